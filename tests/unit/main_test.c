// SPDX-License-Identifier: Apache-2.0
/* cni_main() as a runtime sees it: a process with an environment, three descriptors and a status. */
#include "proto/main.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doc.h"
#include "ending.h"
#include "proto/reply.h"
#include "proto/result.h"

enum { TEXT_MAX = 8192 };

#define CONFIG "{\"cniVersion\":\"1.1.0\",\"name\":\"n\"}"

static char out[TEXT_MAX], err[TEXT_MAX];

static int add(const struct cni_call *c, cJSON **ret, struct err *e)
{
	if (json_find(c->conf, "fail"))
		return err_code(e, EBUSY, 0, "device is busy");
	puts("a library's banner");
	fflush(stdout);
	*ret = doc("{'cniVersion':'1.1.0','interfaces':[{'name':'net1'}]}");
	return 0;
}

static int say(const char *what, const struct cni_call *c, struct err *e)
{
	fprintf(stderr, "ran %s;", what);
	if (json_find(c->conf, "fail"))
		return err_set(e, EIO, "%s failed", what);
	return 0;
}

static int del(const struct cni_call *c, struct err *e)
{
	return say("del", c, e);
}

static int check(const struct cni_call *c, struct err *e)
{
	return say("check", c, e);
}

static int gc(const struct cni_call *c, struct err *e)
{
	return say("gc", c, e);
}

static int status(const struct cni_call *c, struct err *e)
{
	return say("status", c, e);
}

static const struct cni_plugin full = { .name = "sriov",
					.version = "1.2.3",
					.about = "moves VFs",
					.add = add,
					.del = del,
					.check = check,
					.gc = gc,
					.status = status };
static const struct cni_plugin empty = { .name = "none", .version = "1", .about = "nothing" };

static int memory_file(const char *text)
{
	int fd = memfd_create("io", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void take_text(int fd, char buf[static TEXT_MAX])
{
	ssize_t n = pread(fd, buf, TEXT_MAX - 1, 0);

	ck_assert_int_ge(n, 0);
	buf[n] = '\0';
	close(fd);
}

/* Runs a plugin in a child; fills out and err; returns its exit status. */
static int run(const struct cni_plugin *p, const char *arg, const char *in)
{
	int in_fd = memory_file(in), out_fd = memory_file(""), err_fd = memory_file(""), st;
	pid_t child = fork();

	if (!child) {
		char name[] = "plugin", option[32] = "";
		char *argv[] = { name, option, NULL };

		if (dup2(in_fd, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(err_fd, 2) < 0 ||
		    str_copy(option, sizeof(option), arg ? arg : ""))
			_exit(99);
		end_at_once(cni_main(p, arg ? 2 : 1, argv));
	}
	ck_assert_int_eq(waitpid(child, &st, 0), child);
	close(in_fd);
	take_text(out_fd, out);
	take_text(err_fd, err);
	ck_assert_msg(WIFEXITED(st), "killed by signal %d: %s", WTERMSIG(st), err);
	return WEXITSTATUS(st);
}

static int run_verb(const struct cni_plugin *p, const char *command, const char *in)
{
	setenv("CNI_COMMAND", command, 1);
	setenv("CNI_CONTAINERID", "c", 1);
	setenv("CNI_NETNS", "/n", 1);
	setenv("CNI_IFNAME", "net1", 1);
	return run(p, NULL, in);
}

static void expect_error(int status_now, unsigned code, const char *msg)
{
	cJSON *d;

	ck_assert_int_eq(status_now, 1);
	/* one document: json_parse() refuses text after it */
	d = doc(out);
	ck_assert_uint_eq((unsigned)cJSON_GetObjectItem(d, "code")->valueint, code);
	ck_assert_msg(strstr(cJSON_GetObjectItem(d, "msg")->valuestring, msg), "%s", out);
	cJSON_Delete(d);
}

START_TEST(version_option_prints_one_line)
{
	static const char *const options[] = { "--version", "-version" };

	unsetenv("CNI_COMMAND");
	for (size_t i = 0; i < array_size(options); i++) {
		ck_assert_int_eq(run(&full, options[i], ""), 0);
		ck_assert_str_eq(out, "sriov (sriov-rdma-cni) 1.2.3\n");
		ck_assert_str_eq(err, "");
	}
}
END_TEST

START_TEST(help_option_tells_how_it_is_run)
{
	static const char *const words[] = {
		"sriov",	   "moves VFs", "CNI_COMMAND",
		"CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME",
		"CNI_ARGS",	   "CNI_PATH",	"0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0",
		"sriov(8)"
	};

	unsetenv("CNI_COMMAND");
	ck_assert_int_eq(run(&full, "--help", ""), 0);
	for (size_t i = 0; i < array_size(words); i++)
		ck_assert_msg(strstr(out, words[i]), "%s", words[i]);
	ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(without_command_it_introduces_itself_on_stderr)
{
	setenv("CNI_COMMAND", "", 1);
	ck_assert_int_eq(run(&full, NULL, "garbage"), 0);
	ck_assert_str_eq(out, "");
	ck_assert_str_eq(err,
			 "CNI plugin sriov v1.2.3: moves VFs\nCNI protocol versions supported: "
			 "0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0\n");
}
END_TEST

START_TEST(options_are_ignored_with_a_command)
{
	setenv("CNI_COMMAND", "VERSION", 1);
	ck_assert_int_eq(run(&full, "--help", ""), 0);
	ck_assert_str_eq(out,
			 "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.1.0\",\"0.2.0\","
			 "\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n");
}
END_TEST

START_TEST(add_prints_its_result_alone)
{
	ck_assert_int_eq(run_verb(&full, "ADD", CONFIG), 0);
	ck_assert_str_eq(out, "{\"cniVersion\":\"1.1.0\",\"interfaces\":[{\"name\":\"net1\"}]}\n");
	ck_assert_ptr_nonnull(strstr(err, "banner"));
	ck_assert_int_eq(run_verb(&full, "ADD", "{\"cniVersion\":\"0.4.0\",\"name\":\"n\"}"), 0);
	ck_assert_str_eq(out, "{\"cniVersion\":\"0.4.0\",\"interfaces\":[{\"name\":\"net1\"}],"
			      "\"dns\":{}}\n");
}
END_TEST

START_TEST(result_that_cannot_be_said_is_an_error)
{
	expect_error(run_verb(&full, "ADD", "{\"cniVersion\":\"0.2.0\",\"name\":\"n\"}"), 7,
		     "cannot convert: no valid IP addresses");
}
END_TEST

START_TEST(other_verbs_print_nothing)
{
	static const char *const rows[][2] = {
		{ "DEL", "ran del;" },
		{ "CHECK", "ran check;" },
		{ "GC", "ran gc;" },
		{ "STATUS", "ran status;" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		ck_assert_int_eq(run_verb(&full, rows[i][0], CONFIG), 0);
		ck_assert_str_eq(out, "");
		ck_assert_str_eq(err, rows[i][1]);
	}
}
END_TEST

START_TEST(failure_is_one_document_and_status_one)
{
	static const char fail[] = "{\"cniVersion\":\"1.1.0\",\"name\":\"n\",\"fail\":1}";

	expect_error(run_verb(&full, "ADD", fail), 11, "device is busy");
	expect_error(run_verb(&full, "DEL", fail), 5, "del failed");
	expect_error(run_verb(&full, "CHECK", fail), 5, "check failed");
	expect_error(run_verb(&full, "GC", fail), 5, "gc failed");
	/* and in the log */
	ck_assert_ptr_nonnull(strstr(err, "gc failed"));
	ck_assert_ptr_nonnull(strstr(err, "cniName=\"sriov\""));
	ck_assert_ptr_nonnull(strstr(err, "containerID=\"c\""));
}
END_TEST

START_TEST(status_failure_says_that_add_cannot_work)
{
	expect_error(
		run_verb(&full, "STATUS", "{\"cniVersion\":\"1.1.0\",\"name\":\"n\",\"fail\":1}"),
		50, "status failed");
}
END_TEST

START_TEST(bad_call_runs_nothing)
{
	expect_error(run_verb(&full, "DEL", "{}"), 7, "missing network name");
	ck_assert_ptr_null(strstr(err, "ran"));
	expect_error(run_verb(&full, "FOO", CONFIG), 4, "unknown CNI_COMMAND: FOO");
}
END_TEST

START_TEST(verb_that_is_not_there_fails)
{
	static const char *const verbs[] = { "ADD", "DEL", "CHECK", "GC", "STATUS" };

	for (size_t i = 0; i < array_size(verbs); i++) {
		expect_error(run_verb(&empty, verbs[i], CONFIG), 2, "not implemented by none");
		ck_assert_ptr_nonnull(strstr(out, verbs[i]));
	}
}
END_TEST

static int confine(struct err *e)
{
	if (lseek(STDIN_FILENO, 0, SEEK_CUR))
		fprintf(stderr, "too late;");
	return err_set(e, EPERM, "it is not allowed");
}

START_TEST(privileges_are_given_up_before_input_is_read)
{
	struct cni_plugin p = full;

	p.confine = confine;
	ck_assert_int_eq(run_verb(&p, "DEL", CONFIG), 0);
	/* what fails is told, and the verb is done */
	ck_assert_ptr_nonnull(strstr(err, "it is not allowed"));
	ck_assert_ptr_nonnull(strstr(err, "ran del;"));
	ck_assert_ptr_null(strstr(err, "too late;"));
	ck_assert_int_eq(run_verb(&p, "VERSION", CONFIG), 0);
	ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(lost_result_is_a_failure)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), st;
	pid_t child;

	ck_assert_int_ge(fd, 0);
	setenv("CNI_COMMAND", "VERSION", 1);
	child = fork();
	if (!child) {
		char name[] = "plugin";
		char *argv[] = { name, NULL };
		int quiet = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (dup2(fd, 1) < 0 || dup2(quiet, 0) < 0 || dup2(quiet, 2) < 0)
			_exit(99);
		end_at_once(cni_main(&full, 1, argv));
	}
	ck_assert_int_eq(waitpid(child, &st, 0), child);
	ck_assert_msg(WIFEXITED(st) && WEXITSTATUS(st) == 1, "status %x", (unsigned)st);
	close(fd);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("main");
	TCase *tc = tcase_create("main");

	tcase_add_test(tc, version_option_prints_one_line);
	tcase_add_test(tc, help_option_tells_how_it_is_run);
	tcase_add_test(tc, without_command_it_introduces_itself_on_stderr);
	tcase_add_test(tc, options_are_ignored_with_a_command);
	tcase_add_test(tc, add_prints_its_result_alone);
	tcase_add_test(tc, result_that_cannot_be_said_is_an_error);
	tcase_add_test(tc, other_verbs_print_nothing);
	tcase_add_test(tc, failure_is_one_document_and_status_one);
	tcase_add_test(tc, status_failure_says_that_add_cannot_work);
	tcase_add_test(tc, bad_call_runs_nothing);
	tcase_add_test(tc, verb_that_is_not_there_fails);
	tcase_add_test(tc, privileges_are_given_up_before_input_is_read);
	tcase_add_test(tc, lost_result_is_a_failure);
	suite_add_tcase(suite, tc);
	return suite;
}
