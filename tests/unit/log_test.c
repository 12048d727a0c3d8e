// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <regex.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "script.h"

static int real_stderr;

/* What goes to stderr is seen("stderr"). */
static void set_up(void)
{
	int fd;

	make_dir();
	write_file("stderr", "", 0600);
	fd = open(in_dir("stderr"), O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
	close(fd);
}

static void tear_down(void)
{
	ck_assert_int_ge(dup2(real_stderr, STDERR_FILENO), 0);
	close(real_stderr);
	remove_dir();
}

/* One line and no other, but for its time. */
static void assert_line(const char *name, const char *want)
{
	static const char time_form[] = "^time=\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:"
					"[0-9]{2}\\.[0-9]{9}Z\" ";
	const char *text = seen(name);
	regmatch_t m;
	regex_t re;

	ck_assert_int_eq(regcomp(&re, time_form, REG_EXTENDED), 0);
	ck_assert_msg(!regexec(&re, text, 1, &m, 0), "no time: %s", text);
	regfree(&re);
	ck_assert_str_eq(text + m.rm_eo, want);
}

static unsigned count_lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void one_of_each(void)
{
	log_line(LOG_PANIC, "x");
	log_error("x");
	log_warn("x");
	log_info("x");
	log_debug("x");
}

START_TEST(before_it_is_opened_warnings_and_worse_go_to_stderr)
{
	one_of_each();
	ck_assert_uint_eq(count_lines(seen("stderr")), 3);
	ck_assert_ptr_null(strstr(seen("stderr"), "level=\"info\""));
}
END_TEST

START_TEST(a_line_has_the_form_of_the_go_plugins)
{
	log_open("sriov-cni", NULL, NULL);
	log_context("c0ffee", "/run/netns/x", "net1");
	log_info("attached %s in %u ms", "0000:81:00.3", 7U);
	assert_line("stderr", "level=\"info\" msg=\"attached 0000:81:00.3 in 7 ms\" "
			      "cniName=\"sriov-cni\" containerID=\"c0ffee\" "
			      "netns=\"/run/netns/x\" ifname=\"net1\"\n");
}
END_TEST

START_TEST(how_long_it_took_stands_behind_the_text)
{
	struct timespec start = clock_read(CLOCK_REALTIME), later;
	const char *tail;
	long ms;

	start.tv_sec -= 7;
	log_open("x", NULL, NULL);
	log_took(&start, "attached %s", "0000:81:00.3");
	later = clock_read(CLOCK_REALTIME);
	tail = strstr(seen("stderr"), "msg=\"attached 0000:81:00.3 in ");
	ck_assert_ptr_nonnull(tail);
	ms = strtol(strstr(tail, " in ") + strlen(" in "), NULL, 10);
	ck_assert_int_ge(ms, 7000);
	ck_assert_int_le(ms, clock_diff_ms(&start, &later));
	ck_assert_ptr_nonnull(strstr(tail, " ms\" cniName=\"x\"\n"));
}
END_TEST

START_TEST(how_long_it_took_is_said_to_who_wants_to_know)
{
	const struct timespec start = { 0 };

	log_open("x", "warning", NULL);
	log_took(&start, "attached");
	ck_assert_str_eq(seen("stderr"), "");
}
END_TEST

START_TEST(what_is_not_known_is_left_out)
{
	log_open("rdma-cni", "", "");
	log_context("", NULL, "net1");
	log_error("x");
	assert_line("stderr", "level=\"error\" msg=\"x\" cniName=\"rdma-cni\" ifname=\"net1\"\n");
}
END_TEST

static const struct {
	const char *level;
	unsigned lines;
} levels[] = {
	{ "panic", 1 }, { "error", 2 },	  { "warning", 3 }, { "info", 4 }, { "debug", 5 },
	{ "", 4 },	{ "verbose", 4 }, { "DEBUG", 4 },   { NULL, 4 },
};

START_TEST(a_level_lets_itself_and_worse_through_and_what_is_no_level_is_info)
{
	static const char *const names[] = { "panic", "error", "warning", "info", "debug" };
	char key[32];

	log_open("x", levels[_i].level, NULL);
	one_of_each();
	ck_assert_uint_eq(count_lines(seen("stderr")), levels[_i].lines);
	for (unsigned i = 0; i < array_size(names); i++) {
		snprintf(key, sizeof(key), " level=\"%s\" ", names[i]);
		ck_assert_int_eq(!!strstr(seen("stderr"), key), i < levels[_i].lines);
	}
}
END_TEST

START_TEST(a_log_file_is_made_for_its_owner_and_appended_to)
{
	struct stat st;

	log_open("x", NULL, in_dir("log"));
	log_info("first");
	ck_assert_int_eq(stat(in_dir("log"), &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0600);
	assert_line("log", "level=\"info\" msg=\"first\" cniName=\"x\"\n");
	log_open("x", NULL, in_dir("log"));
	log_info("second");
	ck_assert_uint_eq(count_lines(seen("log")), 2);
	ck_assert_str_eq(seen("stderr"), "");
}
END_TEST

static void assert_falls_back(const char *path)
{
	char want[PATH_MAX + 128];

	snprintf(want, sizeof(want),
		 "level=\"warning\" msg=\"log file %s cannot be written, logging to stderr\" "
		 "cniName=\"x\"\n",
		 path);
	log_open("x", NULL, path);
	assert_line("stderr", want);
	log_info("x");
	ck_assert_uint_eq(count_lines(seen("stderr")), 2);
}

START_TEST(a_file_that_cannot_be_made_means_stderr_and_a_line_saying_so)
{
	assert_falls_back(in_dir("no/such/directory"));
}
END_TEST

START_TEST(a_directory_is_no_log_file)
{
	assert_falls_back(in_dir("."));
}
END_TEST

START_TEST(a_fifo_without_reader_stops_nobody)
{
	ck_assert_int_eq(mkfifo(in_dir("fifo"), 0600), 0);
	assert_falls_back(in_dir("fifo"));
}
END_TEST

START_TEST(a_fifo_with_a_reader_is_no_log_file_either)
{
	int fd;

	ck_assert_int_eq(mkfifo(in_dir("fifo"), 0600), 0);
	fd = open(in_dir("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	assert_falls_back(in_dir("fifo"));
	close(fd);
}
END_TEST

START_TEST(nothing_in_a_message_can_look_like_another_field_or_line)
{
	log_open("x", NULL, NULL);
	log_context("a\" b=\"c", NULL, NULL);
	log_info("%s", "say \"hi\"\nlevel=\"panic\"\t\\ \xc3\xbc");
	assert_line("stderr", "level=\"info\" msg=\"say \\\"hi\\\" level=\\\"panic\\\" \\\\ "
			      "\xc3\xbc\" cniName=\"x\" containerID=\"a\\\" b=\\\"c\"\n");
}
END_TEST

/* Every character doubles; whatever the length, nothing is written behind the end (ASan looks). */
START_TEST(a_line_that_is_too_long_is_cut_and_stays_a_line)
{
	char text[4000];
	size_t n;

	log_open("x", NULL, NULL);
	for (size_t len = 900; len < 1100; len++) {
		memset(text, _i ? '"' : 'x', len);
		text[len] = '\0';
		ck_assert_int_eq(truncate(in_dir("stderr"), 0), 0);
		log_context(text, text, text);
		log_info("%s", text);
		n = strlen(seen("stderr"));
		ck_assert_uint_gt(n, 1900);
		ck_assert_uint_le(n, 2048);
		ck_assert_uint_eq(count_lines(seen("stderr")), 1);
		ck_assert_int_eq(seen("stderr")[n - 1], '\n');
	}
}
END_TEST

START_TEST(a_message_is_never_a_format)
{
	log_open("x", NULL, NULL);
	log_info("%s", "100%s %n");
	assert_line("stderr", "level=\"info\" msg=\"100%s %n\" cniName=\"x\"\n");
}
END_TEST

START_TEST(a_line_that_cannot_be_written_is_lost)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	(void)signal(SIGPIPE, SIG_IGN);
	close(ends[0]);
	ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
	close(ends[1]);
	log_error("nobody reads this");
	close(STDERR_FILENO);
	log_error("nor this");
	ck_assert_str_eq(seen("stderr"), "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("log");
	TCase *tc = tcase_create("log");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, before_it_is_opened_warnings_and_worse_go_to_stderr);
	tcase_add_test(tc, a_line_has_the_form_of_the_go_plugins);
	tcase_add_test(tc, how_long_it_took_stands_behind_the_text);
	tcase_add_test(tc, how_long_it_took_is_said_to_who_wants_to_know);
	tcase_add_test(tc, what_is_not_known_is_left_out);
	tcase_add_loop_test(tc, a_level_lets_itself_and_worse_through_and_what_is_no_level_is_info,
			    0, (int)array_size(levels));
	tcase_add_test(tc, a_log_file_is_made_for_its_owner_and_appended_to);
	tcase_add_test(tc, a_file_that_cannot_be_made_means_stderr_and_a_line_saying_so);
	tcase_add_test(tc, a_directory_is_no_log_file);
	tcase_add_test(tc, a_fifo_without_reader_stops_nobody);
	tcase_add_test(tc, a_fifo_with_a_reader_is_no_log_file_either);
	tcase_add_test(tc, nothing_in_a_message_can_look_like_another_field_or_line);
	tcase_add_loop_test(tc, a_line_that_is_too_long_is_cut_and_stays_a_line, 0, 2);
	tcase_add_test(tc, a_message_is_never_a_format);
	tcase_add_test(tc, a_line_that_cannot_be_written_is_lost);
	suite_add_tcase(suite, tc);
	return suite;
}
