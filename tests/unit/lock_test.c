// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "base/file.h"
#include "script.h"

enum { SHORT_MS = 300, LONG_MS = 30000, SLACK_MS = 5000 };

static int at = -EBADF;
static struct err e;
static pid_t holder;

static void set_up(void)
{
	make_dir();
	e = (struct err){ 0 };
	holder = 0;
	ck_assert_msg(!file_open_dir(dir, 0700, &at, &e), "%s", e.msg);
}

static void end_holder(void)
{
	if (!holder)
		return;
	ck_assert_int_eq(kill(holder, SIGKILL), 0);
	ck_assert_int_eq(waitpid(holder, NULL, 0), holder);
	holder = 0;
}

static void tear_down(void)
{
	end_holder();
	fd_close(&at);
	remove_dir();
}

/* Another process takes the lock "l" and lives for @ms, or until end_holder(). */
static void hold(unsigned ms)
{
	int ready[2], fd;
	char c = 0;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	holder = fork();
	ck_assert_int_ge(holder, 0);
	if (!holder) {
		if (file_lock_at(at, "l", 0, &fd, &e) || write(ready[1], "x", 1) != 1)
			_exit(1);
		usleep(ms * 1000);
		_exit(0);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
}

START_TEST(a_free_lock_is_taken_and_closing_gives_it_back)
{
	int fd = -EBADF, second = -EBADF;

	ck_assert_msg(!file_lock_at(at, "l", 0, &fd, &e), "%s", e.msg);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(file_lock_at(at, "l", 0, &second, &e), -ETIMEDOUT);
	ck_assert_int_eq(second, -EBADF);
	ck_assert_msg(!file_lock_at(at, "other", 0, &second, &e), "%s", e.msg);
	fd_close(&second);
	fd_close(&fd);
	ck_assert_msg(!file_lock_at(at, "l", 0, &fd, &e), "%s", e.msg);
	fd_close(&fd);
}
END_TEST

START_TEST(a_held_lock_is_given_up_at_the_deadline_with_its_holder_named)
{
	struct timespec start;
	int fd = 77, before, after;
	char want[128];
	long ms;

	/* other locks are other locks */
	ck_assert_int_eq(file_lock_at(at, "before", 0, &before, &e), 0);
	hold(LONG_MS);
	ck_assert_int_eq(file_lock_at(at, "after", 0, &after, &e), 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	ck_assert_int_eq(file_lock_at(at, "l", SHORT_MS, &fd, &e), -ETIMEDOUT);
	ms = elapsed_ms(&start);
	ck_assert_int_ge(ms, SHORT_MS);
	ck_assert_int_lt(ms, SHORT_MS + SLACK_MS);
	ck_assert_int_eq(fd, 77);
	snprintf(want, sizeof(want), "lock l is held by process %d for more than 0 s", holder);
	ck_assert_str_eq(e.msg, want);
	ck_assert_int_eq(e.sys, ETIMEDOUT);
	fd_close(&before);
	fd_close(&after);
}
END_TEST

START_TEST(no_time_to_wait_is_a_try)
{
	struct timespec start;
	int fd;

	hold(LONG_MS);
	clock_gettime(CLOCK_MONOTONIC, &start);
	ck_assert_int_eq(file_lock_at(at, "l", 0, &fd, &e), -ETIMEDOUT);
	ck_assert_int_lt(elapsed_ms(&start), SLACK_MS);
}
END_TEST

START_TEST(the_lock_is_free_the_moment_its_holder_dies)
{
	struct timespec start;
	int fd;

	hold(SHORT_MS);
	clock_gettime(CLOCK_MONOTONIC, &start);
	ck_assert_msg(!file_lock_at(at, "l", LONG_MS, &fd, &e), "%s", e.msg);
	ck_assert_int_lt(elapsed_ms(&start), SHORT_MS + SLACK_MS);
	fd_close(&fd);
}
END_TEST

START_TEST(a_killed_holder_holds_nothing)
{
	int fd;

	hold(LONG_MS);
	end_holder();
	ck_assert_msg(!file_lock_at(at, "l", 0, &fd, &e), "%s", e.msg);
	fd_close(&fd);
}
END_TEST

static volatile sig_atomic_t alarms;

static void count_alarm(int signo unused)
{
	alarms++;
}

START_TEST(the_callers_alarm_handler_is_back_and_no_timer_runs_on)
{
	struct sigaction act = { .sa_handler = count_alarm }, now;
	struct itimerval timer;
	int fd;

	ck_assert_int_eq(sigaction(SIGALRM, &act, NULL), 0);
	hold(LONG_MS);
	ck_assert_int_eq(file_lock_at(at, "l", 10, &fd, &e), -ETIMEDOUT);
	ck_assert_int_eq(sigaction(SIGALRM, NULL, &now), 0);
	ck_assert(now.sa_handler == count_alarm);
	ck_assert_int_eq(getitimer(ITIMER_REAL, &timer), 0);
	ck_assert(!timer.it_value.tv_sec && !timer.it_value.tv_usec);
	ck_assert_int_eq(alarms, 0);
}
END_TEST

/* A blocked signal is inherited through exec; ours must not depend on who started us. */
START_TEST(the_deadline_holds_where_the_alarm_was_blocked)
{
	sigset_t alarm_set, now;
	int fd;

	sigemptyset(&alarm_set);
	sigaddset(&alarm_set, SIGALRM);
	hold(2 * SLACK_MS);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &alarm_set, NULL), 0);
	ck_assert_int_eq(file_lock_at(at, "l", SHORT_MS, &fd, &e), -ETIMEDOUT);
	ck_assert_int_eq(sigprocmask(SIG_UNBLOCK, &alarm_set, &now), 0);
	ck_assert_msg(sigismember(&now, SIGALRM), "the mask is not as it was");
}
END_TEST

START_TEST(other_signals_do_not_end_the_wait)
{
	struct sigaction act = { .sa_handler = count_alarm };
	pid_t self = getpid(), pest;
	struct timespec start;
	int fd;

	ck_assert_int_eq(sigaction(SIGUSR1, &act, NULL), 0);
	hold(LONG_MS);
	pest = fork();
	if (!pest) {
		for (int i = 0; i < 10; i++) {
			usleep(10 * 1000);
			kill(self, SIGUSR1);
		}
		_exit(0);
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	ck_assert_int_eq(file_lock_at(at, "l", SHORT_MS, &fd, &e), -ETIMEDOUT);
	ck_assert_int_ge(elapsed_ms(&start), SHORT_MS);
	ck_assert_int_eq(TEMP_FAILURE_RETRY(waitpid(pest, NULL, 0)), pest);
	ck_assert_int_gt(alarms, 0);
}
END_TEST

START_TEST(links_and_directories_are_no_locks)
{
	int fd = 77;

	ck_assert_int_eq(symlinkat("target", at, "link"), 0);
	ck_assert_int_eq(file_lock_at(at, "link", 0, &fd, &e), -ELOOP);
	ck_assert_str_eq(e.msg, "open lock file link: Too many levels of symbolic links");
	ck_assert_int_ne(access(in_dir("target"), F_OK), 0);
	ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
	ck_assert_int_eq(file_lock_at(at, "d", 0, &fd, &e), -EISDIR);
	ck_assert_int_eq(fd, 77);
}
END_TEST

/* It locks as well as a file does, and opening it does not wait for anybody. */
START_TEST(a_fifo_in_place_of_a_lock_stops_nobody)
{
	int fd = -EBADF, second = 77;

	ck_assert_int_eq(mkfifoat(at, "fifo", 0600), 0);
	ck_assert_msg(!file_lock_at(at, "fifo", 0, &fd, &e), "%s", e.msg);
	ck_assert_int_eq(file_lock_at(at, "fifo", 0, &second, &e), -ETIMEDOUT);
	ck_assert_int_eq(second, 77);
	fd_close(&fd);
}
END_TEST

START_TEST(what_is_in_a_lock_file_stays)
{
	int fd;

	write_file("l", "of the Go plugin", 0600);
	ck_assert_int_eq(file_lock_at(at, "l", 0, &fd, &e), 0);
	fd_close(&fd);
	ck_assert_str_eq(seen("l"), "of the Go plugin");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("lock");
	TCase *tc = tcase_create("lock");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_free_lock_is_taken_and_closing_gives_it_back);
	tcase_add_test(tc, a_held_lock_is_given_up_at_the_deadline_with_its_holder_named);
	tcase_add_test(tc, no_time_to_wait_is_a_try);
	tcase_add_test(tc, the_lock_is_free_the_moment_its_holder_dies);
	tcase_add_test(tc, a_killed_holder_holds_nothing);
	tcase_add_test(tc, the_callers_alarm_handler_is_back_and_no_timer_runs_on);
	tcase_add_test(tc, the_deadline_holds_where_the_alarm_was_blocked);
	tcase_add_test(tc, other_signals_do_not_end_the_wait);
	tcase_add_test(tc, links_and_directories_are_no_locks);
	tcase_add_test(tc, a_fifo_in_place_of_a_lock_stops_nobody);
	tcase_add_test(tc, what_is_in_a_lock_file_stays);
	suite_add_tcase(suite, tc);
	return suite;
}
