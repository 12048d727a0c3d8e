// SPDX-License-Identifier: Apache-2.0
/* What delegates answer, in all ways in which that can go wrong. */
#include <signal.h>
#include <sys/wait.h>

#include "delegate_run.h"

static void answers(const char *text)
{
	write_file("answer", text, 0644);
	script("ipam", "cat answer\n");
}

START_TEST(result_of_any_version_is_converted)
{
	static const char plain[] = RESULT, spaced[] = "\n\t" RESULT "\n\n";
	static const char *const texts[] = {
		plain,
		"{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"10.0.0.2/24\"}}",
		"{\"cniVersion\":\"0.4.0\",\"ips\":[{\"version\":\"4\",\"address\":\"10.0.0.2/24\"}]}",
		/* without a version it is the configuration's */
		"{\"ips\":[{\"address\":\"10.0.0.2/24\"}]}",
		spaced,
	};

	for (size_t i = 0; i < array_size(texts); i++) {
		cJSON *result = NULL;

		answers(texts[i]);
		ck_assert_msg(!run(CNI_CMD_ADD, &result), "%s: %s", texts[i], error.msg);
		ck_assert_str_eq(json_find(result, "cniVersion")->valuestring, "1.1.0");
		ck_assert_str_eq(json_find(json_find(result, "ips")->child, "address")->valuestring,
				 "10.0.0.2/24");
		cJSON_Delete(result);
	}
}
END_TEST

START_TEST(success_without_an_address_is_a_failure)
{
	static const struct {
		const char *text;
		unsigned code;
		const char *msg;
	} rows[] = {
		{ "", 105, "IPAM plugin \"ipam\": exit status 0 but no result" },
		{ " \n", 105, "no result" },
		{ "null", 105, "missing IP config" },
		{ "{}", 105, "missing IP config" },
		{ "{\"ips\":[]}", 105, "missing IP config" },
		{ "{\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}", 105, "missing IP config" },
		{ "{\"cniVersion\":\"0.2.0\",\"ips\":[{\"address\":\"10.0.0.2/24\"}]}", 105,
		  "missing IP config" },
		{ "[]", 6, "must be an object" },
		{ "garbage", 6, "not JSON" },
		{ RESULT " x", 6, "text after the document" },
		{ RESULT RESULT, 6, "text after the document" },
		{ "{\"cniVersion\":\"3.0.0\"}", 6, "unsupported CNI result version" },
		{ "{\"ips\":[{\"address\":\"10.0.0.2\"}]}", 6, "prefix" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		answers(rows[i].text);
		expect_error(CNI_CMD_ADD, rows[i].code, rows[i].msg);
	}
}
END_TEST

START_TEST(unreadable_output_is_quoted)
{
	answers("oh dear\n");
	expect_error(CNI_CMD_ADD, CNI_ERR_DECODE, "not JSON");
	ck_assert_str_eq(error.details, "oh dear");
}
END_TEST

START_TEST(other_verbs_print_nothing_that_counts)
{
	answers("garbage");
	expect_ok(CNI_CMD_DEL);
	expect_ok(CNI_CMD_CHECK);
	expect_ok(CNI_CMD_GC);
	ck_assert_int_eq(delegate_run(&call, "ipam", CNI_CMD_STATUS, NULL, &error), 0);
}
END_TEST

static void fails(const char *text)
{
	write_file("answer", text, 0644);
	script("ipam", "cat answer; exit 3\n");
}

START_TEST(its_error_is_passed_on)
{
	fails("{\"cniVersion\":\"1.0.0\",\"code\":11,\"msg\":\"no IP left\",\"details\":\"in x\"}");
	expect_error(CNI_CMD_ADD, 11, "no IP left");
	ck_assert_str_eq(error.msg, "IPAM plugin \"ipam\": no IP left");
	ck_assert_str_eq(error.details, "in x");
	ck_assert_int_eq(error.sys, EREMOTEIO);
	expect_error(CNI_CMD_DEL, 11, "no IP left");
	fails("{\"code\":999,\"msg\":\"m\"}");
	expect_error(CNI_CMD_CHECK, 999, "IPAM plugin \"ipam\": m");
	ck_assert_str_eq(error.details, "");
}
END_TEST

START_TEST(error_without_code_is_an_ipam_error)
{
	static const char *const texts[] = { "{\"msg\":\"m\"}", "{\"code\":0,\"msg\":\"m\"}",
					     "{\"code\":-3,\"msg\":\"m\"}",
					     "{\"code\":4294967296,\"msg\":\"m\"}" };

	for (size_t i = 0; i < array_size(texts); i++) {
		fails(texts[i]);
		expect_error(CNI_CMD_DEL, CNI_ERR_IPAM, "IPAM plugin \"ipam\": m");
	}
	fails("{}");
	expect_error(CNI_CMD_DEL, CNI_ERR_IPAM, "without saying why");
}
END_TEST

START_TEST(unreadable_error_is_quoted)
{
	static const char *const texts[] = { "garbage", "[]", "{\"code\":\"x\"}",
					     "{\"code\":1,\"msg\":2}", "{\"code\":1}{}" };

	for (size_t i = 0; i < array_size(texts); i++) {
		fails(texts[i]);
		expect_error(CNI_CMD_ADD, CNI_ERR_DECODE, "exit status 3, and its error is");
		ck_assert_str_eq(error.details, texts[i]);
	}
}
END_TEST

START_TEST(silent_failure_speaks_through_stderr)
{
	script("ipam", "echo 'cannot open lease' >&2; echo second >&2; exit 1\n");
	expect_error(CNI_CMD_ADD, CNI_ERR_IPAM, "IPAM plugin \"ipam\": cannot open lease second");
	script("ipam", "exit 4\n");
	expect_error(CNI_CMD_ADD, CNI_ERR_IPAM, "exit status 4 without a word");
}
END_TEST

START_TEST(death_by_signal_is_told)
{
	script("ipam", "echo last words >&2; kill -9 $$\n");
	expect_error(CNI_CMD_DEL, CNI_ERR_IPAM, "killed by signal 9 (Killed)");
	ck_assert_str_eq(error.details, "last words");
}
END_TEST

START_TEST(its_stderr_goes_to_ours)
{
	int saved = dup(STDERR_FILENO);
	int fd = open(in_dir("stderr"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	script("ipam", "echo warning >&2\n" ANSWER);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
	expect_ok(CNI_CMD_ADD);
	script("ipam", "echo on failure, too >&2; exit 1\n");
	(void)run(CNI_CMD_DEL, NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	ck_assert_str_eq(seen("stderr"), "warning\non failure, too\n");
}
END_TEST

/* ---- never hang ---- */

START_TEST(background_process_is_not_waited_for)
{
	struct timespec from;

	script("ipam", "sleep 30 & echo $! >pid\n" ANSWER);
	clock_gettime(CLOCK_MONOTONIC, &from);
	expect_ok(CNI_CMD_ADD);
	ck_assert_int_lt(elapsed_ms(&from), 10000);
	/* nor is it killed: a daemon may be what it is for */
	ck_assert_int_eq(kill(atoi(seen("pid")), SIGKILL), 0);
}
END_TEST

START_TEST(closed_output_is_not_the_end)
{
	script("ipam", "exec >&- 2>&-; sleep 0.2; touch finished; exit 5\n");
	expect_error(CNI_CMD_DEL, CNI_ERR_IPAM, "exit status 5");
	ck_assert_int_eq(access(in_dir("finished"), F_OK), 0);
}
END_TEST

START_TEST(endless_output_is_cut_off)
{
	script("ipam", "exec cat /dev/zero\n");
	expect_error(CNI_CMD_ADD, CNI_ERR_DECODE, "bytes of output");
}
END_TEST

/* Kernels 6.11 and 6.12 execute files that are open for writing. */
static bool kernel_says_busy(void)
{
	int fd = open(in_dir("ipam"), O_WRONLY | O_CLOEXEC), status = 0;
	pid_t child = fork();

	if (!child) {
		execl(in_dir("ipam"), "ipam", NULL);
		_exit(errno == ETXTBSY ? 42 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	close(fd);
	return WIFEXITED(status) && WEXITSTATUS(status) == 42;
}

START_TEST(program_being_replaced_is_tried_again)
{
	int fds[2], status;
	pid_t writer;
	char c;

	script("ipam", "cat >in; echo '" RESULT "'\n");
	ck_assert_int_eq(pipe(fds), 0);
	writer = fork();
	if (!writer) {
		if (open(in_dir("ipam"), O_WRONLY) < 0 || write(fds[1], "x", 1) != 1)
			_exit(1);
		usleep(400000);
		_exit(0);
	}
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	expect_ok(CNI_CMD_ADD);
	/* unlike Go's, the second try has stdin, too */
	ck_assert_str_eq(seen("in"), CONFIG);
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(program_that_stays_busy_is_try_again_later)
{
	int fd;

	script("ipam", ANSWER);
	if (!kernel_says_busy())
		return;
	fd = open(in_dir("ipam"), O_WRONLY | O_CLOEXEC);
	expect_error(CNI_CMD_DEL, CNI_ERR_AGAIN, "Text file busy");
	ck_assert_int_eq(error.sys, ETXTBSY);
	close(fd);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("delegate_answer");
	TCase *tc = tcase_create("delegate_answer");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, result_of_any_version_is_converted);
	tcase_add_test(tc, success_without_an_address_is_a_failure);
	tcase_add_test(tc, unreadable_output_is_quoted);
	tcase_add_test(tc, other_verbs_print_nothing_that_counts);
	tcase_add_test(tc, its_error_is_passed_on);
	tcase_add_test(tc, error_without_code_is_an_ipam_error);
	tcase_add_test(tc, unreadable_error_is_quoted);
	tcase_add_test(tc, silent_failure_speaks_through_stderr);
	tcase_add_test(tc, death_by_signal_is_told);
	tcase_add_test(tc, its_stderr_goes_to_ours);
	tcase_add_test(tc, background_process_is_not_waited_for);
	tcase_add_test(tc, closed_output_is_not_the_end);
	tcase_add_test(tc, endless_output_is_cut_off);
	tcase_add_test(tc, program_being_replaced_is_tried_again);
	tcase_add_test(tc, program_that_stays_busy_is_try_again_later);
	suite_add_tcase(suite, tc);
	return suite;
}
