// SPDX-License-Identifier: Apache-2.0
#include "proto/spawn.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "doc.h"
#include "script.h"

enum { OUT_MAX = 100000 };

static struct spawn_end end;
static struct err error;
static int saved_stderr;

/* The scripts' stderr goes where a test can read it. */
static void setup(void)
{
	int fd;

	make_dir();
	error = (struct err){ 0 };
	saved_stderr = dup(STDERR_FILENO);
	fd = open(in_dir("stderr"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
}

static void teardown(void)
{
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	spawn_end_done(&end);
	remove_dir();
}

static int run(const char *body, const char *in, unsigned timeout_ms)
{
	static char path_variable[] = "PATH=/usr/bin:/bin";
	static char *const env[] = { path_variable, NULL };
	struct spawn s = { .path = in_dir("program"),
			   .env = env,
			   .in = in,
			   .in_len = strlen(in),
			   .out_max = OUT_MAX,
			   .timeout_ms = timeout_ms };
	char path[PATH_MAX];

	script("program", body);
	ck_assert_int_eq(str_copy(path, sizeof(path), s.path), 0);
	s.path = path;
	spawn_end_done(&end);
	return spawn_run(&s, &end, &error);
}

/* Dead, or a zombie that its parent is about to reap. */
static bool is_gone(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	ck_assert_int_eq(str_printf(path, sizeof(path), "/proc/%d/stat", pid), 0);
	f = fopen(path, "re");
	if (!f)
		return true;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	fclose(f);
	return state == 'Z' || state == 'X';
}

START_TEST(output_and_status_are_returned)
{
	ck_assert_int_eq(run("cat; echo out; echo err >&2; exit 7\n", "in ", 20000), 0);
	ck_assert(WIFEXITED(end.status));
	ck_assert_int_eq(WEXITSTATUS(end.status), 7);
	ck_assert_str_eq(end.out, "in out\n");
	ck_assert_uint_eq(end.out_len, 7);
	ck_assert_str_eq(end.err, "err\n");
	ck_assert_str_eq(seen("stderr"), "err\n");
}
END_TEST

START_TEST(no_output_is_an_empty_string)
{
	ck_assert_int_eq(run("exit 0\n", "", 20000), 0);
	ck_assert_str_eq(end.out, "");
	ck_assert_str_eq(end.err, "");
}
END_TEST

START_TEST(no_input_is_the_end_at_once)
{
	ck_assert_int_eq(run("wc -c\n", "", 20000), 0);
	ck_assert_int_eq(atoi(end.out), 0);
}
END_TEST

START_TEST(output_up_to_the_limit_is_taken)
{
	ck_assert_int_eq(run("head -c 100000 /dev/zero | tr '\\0' x\n", "", 20000), 0);
	ck_assert_uint_eq(end.out_len, OUT_MAX);
	ck_assert_uint_eq(strspn(end.out, "x"), OUT_MAX);
	ck_assert_int_eq(run("head -c 100001 /dev/zero | tr '\\0' x\n", "", 20000), -E2BIG);
	ck_assert_int_eq(error.sys, E2BIG);
}
END_TEST

START_TEST(timeout_kills_it_and_what_it_started)
{
	struct timespec from;
	pid_t child, self;

	clock_gettime(CLOCK_MONOTONIC, &from);
	ck_assert_int_eq(run("echo $$ >self; sleep 60 & echo $! >child; wait\n", "", 500),
			 -ETIMEDOUT);
	ck_assert_int_lt(elapsed_ms(&from), 10000);
	ck_assert_ptr_nonnull(strstr(error.msg, "500 ms"));
	self = atoi(seen("self"));
	child = atoi(seen("child"));
	ck_assert_int_eq(kill(self, 0), -1);
	for (int i = 0; i < 100 && !is_gone(child); i++)
		usleep(10000);
	ck_assert_msg(is_gone(child), "%d still runs", child);
}
END_TEST

START_TEST(timeout_reaches_one_that_ignores_signals)
{
	ck_assert_int_eq(run("trap '' TERM INT HUP; while :; do sleep 1; done\n", "", 300),
			 -ETIMEDOUT);
}
END_TEST

START_TEST(late_words_of_others_are_waited_for_shortly)
{
	struct timespec from;

	clock_gettime(CLOCK_MONOTONIC, &from);
	ck_assert_int_eq(
		run("(sleep 0.03; echo late; sleep 20) & echo $! >pid; echo soon\n", "", 20000), 0);
	ck_assert_int_lt(elapsed_ms(&from), 5000);
	ck_assert_int_eq(strncmp(end.out, "soon\n", 5), 0);
	kill(atoi(seen("pid")), SIGKILL);
}
END_TEST

START_TEST(who_says_nothing_and_leaves_somebody_behind_said_nothing)
{
	ck_assert_int_eq(run("sleep 20 & echo $! >pid\n", "", 20000), 0);
	ck_assert_str_eq(end.out, "");
	ck_assert_uint_eq(end.out_len, 0);
	kill(atoi(seen("pid")), SIGKILL);
}
END_TEST

START_TEST(a_nul_on_stderr_ends_nothing)
{
	ck_assert_int_eq(run("printf 'a\\000b' >&2\n", "", 20000), 0);
	ck_assert_str_eq(end.err, "a b");
}
END_TEST

START_TEST(end_of_stderr_is_kept)
{
	ck_assert_int_eq(
		run("i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done >&2\n", "", 20000),
		0);
	ck_assert_uint_eq(strlen(end.err), SPAWN_STDERR_KEPT - 1);
	ck_assert_str_eq(end.err + strlen(end.err) - 10, "1998\n1999\n");
	/* all of it was passed on */
	ck_assert_uint_eq(strlen(seen("stderr")), 10 * 2 + 90 * 3 + 900 * 4 + 1000 * 5);
}
END_TEST

START_TEST(flood_on_stderr_is_drained_but_not_passed_on)
{
	struct stat st;

	ck_assert_int_eq(run("yes | head -c 3000000 >&2; echo done\n", "", 20000), 0);
	ck_assert_str_eq(end.out, "done\n");
	ck_assert_int_eq(stat(in_dir("stderr"), &st), 0);
	ck_assert_int_ge(st.st_size, 1 << 20);
	ck_assert_int_le(st.st_size, (1 << 20) + PIPE_BUF);
}
END_TEST

/* A runtime that does not read our stderr must not stop the attachment. */
START_TEST(blocked_stderr_is_given_up)
{
	struct timespec from;
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	clock_gettime(CLOCK_MONOTONIC, &from);
	ck_assert_int_eq(run("yes | head -c 300000 >&2; echo done\n", "", 30000), 0);
	ck_assert_str_eq(end.out, "done\n");
	ck_assert_int_lt(elapsed_ms(&from), 10000);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

/* As before Linux 5.3. */
static void deny_pidfd(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = array_size(code), .filter = code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	ck_assert_int_eq(syscall(SYS_pidfd_open, getpid(), 0), -1);
}

START_TEST(old_kernel_notices_the_end_too)
{
	struct timespec from;

	deny_pidfd();
	clock_gettime(CLOCK_MONOTONIC, &from);
	ck_assert_int_eq(run("sleep 20 & echo $! >pid; echo out\n", "", 30000), 0);
	ck_assert_str_eq(end.out, "out\n");
	ck_assert_int_eq(run("exec >&- 2>&-; sleep 0.2; exit 5\n", "", 30000), 0);
	ck_assert_int_eq(WEXITSTATUS(end.status), 5);
	ck_assert_int_lt(elapsed_ms(&from), 10000);
	ck_assert_int_eq(run("sleep 60\n", "", 300), -ETIMEDOUT);
	kill(atoi(seen("pid")), SIGKILL);
}
END_TEST

START_TEST(no_descriptor_is_left_open)
{
	int before = dup(0), after;

	close(before);
	ck_assert_int_eq(run("cat\n", "x", 20000), 0);
	ck_assert_int_eq(run("sleep 60\n", "x", 100), -ETIMEDOUT);
	after = dup(0);
	close(after);
	ck_assert_int_eq(before, after);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("spawn");
	TCase *tc = tcase_create("spawn");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, output_and_status_are_returned);
	tcase_add_test(tc, no_output_is_an_empty_string);
	tcase_add_test(tc, no_input_is_the_end_at_once);
	tcase_add_test(tc, output_up_to_the_limit_is_taken);
	tcase_add_test(tc, timeout_kills_it_and_what_it_started);
	tcase_add_test(tc, timeout_reaches_one_that_ignores_signals);
	tcase_add_test(tc, late_words_of_others_are_waited_for_shortly);
	tcase_add_test(tc, who_says_nothing_and_leaves_somebody_behind_said_nothing);
	tcase_add_test(tc, a_nul_on_stderr_ends_nothing);
	tcase_add_test(tc, end_of_stderr_is_kept);
	tcase_add_test(tc, flood_on_stderr_is_drained_but_not_passed_on);
	tcase_add_test(tc, blocked_stderr_is_given_up);
	tcase_add_test(tc, old_kernel_notices_the_end_too);
	tcase_add_test(tc, no_descriptor_is_left_open);
	suite_add_tcase(suite, tc);
	return suite;
}
