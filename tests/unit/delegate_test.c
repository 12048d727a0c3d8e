// SPDX-License-Identifier: Apache-2.0
/* Which program is run, and what it is given. */
#include "proto/delegate.h"

#include <signal.h>
#include <stdio.h>

#include "delegate_run.h"

/* ---- finding it ---- */

START_TEST(first_executable_file_of_the_path_is_run)
{
	char path[PATH_MAX];

	mkdir(in_dir("a"), 0755);
	mkdir(in_dir("b"), 0755);
	mkdir(in_dir("c"), 0755);
	mkdir(in_dir("d"), 0755);
	mkdir(in_dir("a/ipam"), 0755);
	write_file("b/ipam", "not executable", 0644);
	script("c/ipam", "touch c-ran\n" ANSWER);
	script("d/ipam", "touch d-ran\n" ANSWER);
	ck_assert_int_eq(str_printf(path, sizeof(path), "/nonexistent::%s/a:%s/b:%s/c:%s/d:", dir,
				    dir, dir, dir),
			 0);
	call.path = path;
	expect_ok(CNI_CMD_ADD);
	ck_assert_int_eq(access(in_dir("c-ran"), F_OK), 0);
	ck_assert_int_ne(access(in_dir("d-ran"), F_OK), 0);
}
END_TEST

START_TEST(symbolic_link_and_relative_directory_are_honoured)
{
	script("real", ANSWER);
	ck_assert_int_eq(symlink("real", in_dir("ipam")), 0);
	ck_assert_int_eq(chdir(dir), 0);
	call.path = ".";
	expect_ok(CNI_CMD_ADD);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

/* Go would take the current directory, and then $PATH. */
START_TEST(empty_path_element_is_no_directory)
{
	script("ipam", ANSWER);
	ck_assert_int_eq(chdir(dir), 0);
	call.path = ":/nonexistent:";
	expect_error(CNI_CMD_ADD, CNI_ERR_CONFIG, "failed to find plugin \"ipam\" in path");
	ck_assert_int_eq(error.sys, ENOENT);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(absent_plugin_is_named_with_the_path)
{
	expect_error(CNI_CMD_ADD, CNI_ERR_CONFIG, "failed to find plugin \"ipam\" in path [/tmp/");
	ck_assert_ptr_nonnull(strstr(error.msg, "install it there"));
	ck_assert_int_eq(error.sys, ENOENT);
	write_file("ipam", "x", 0644);
	expect_error(CNI_CMD_ADD, CNI_ERR_CONFIG, "not executable");
	ck_assert_int_eq(error.sys, ENOENT);
}
END_TEST

START_TEST(path_is_demanded_when_a_delegate_must_run)
{
	static const char *const paths[] = { "", ":", "::" };

	for (size_t i = 0; i < array_size(paths); i++) {
		call.path = paths[i];
		expect_error(CNI_CMD_DEL, CNI_ERR_ENV, "required env variables [CNI_PATH] missing");
	}
}
END_TEST

START_TEST(type_is_a_name_not_a_path)
{
	static const char *const types[] = { "a/b", "../ipam", "/bin/sh" };

	for (size_t i = 0; i < array_size(types); i++) {
		error = (struct err){ 0 };
		ck_assert_int_lt(delegate_run(&call, types[i], CNI_CMD_DEL, NULL, &error), 0);
		ck_assert_uint_eq(error.code, CNI_ERR_CONFIG);
		ck_assert_ptr_nonnull(strstr(error.msg, "invalid plugin name"));
	}
	ck_assert_int_lt(delegate_run(&call, "", CNI_CMD_DEL, NULL, &error), 0);
	ck_assert_uint_eq(error.code, CNI_ERR_CONFIG);
	/* directories */
	ck_assert_int_eq(delegate_run(&call, "..", CNI_CMD_DEL, NULL, &error), -ENOENT);
}
END_TEST

START_TEST(what_cannot_be_executed_says_why)
{
	write_file("ipam", "no program at all\n", 0755);
	expect_error(CNI_CMD_ADD, CNI_ERR_IPAM, "Exec format error");
	write_file("ipam", "#!/nonexistent/sh\n", 0755);
	expect_error(CNI_CMD_ADD, CNI_ERR_IPAM, "No such file");
	ck_assert_msg(error.sys != ENOENT, "taken for a plugin that is not installed");
	ck_assert_ptr_nonnull(strstr(error.msg, "IPAM plugin \"ipam\": "));
}
END_TEST

/* ---- what it is given ---- */

START_TEST(it_gets_our_input_byte_for_byte)
{
	script("ipam", "cat >in; echo '" RESULT "'\n");
	expect_ok(CNI_CMD_ADD);
	ck_assert_str_eq(seen("in"), CONFIG);
}
END_TEST

START_TEST(input_may_be_larger_than_a_pipe)
{
	free(call.text);
	call.text_len = 3000000;
	call.text = malloc(call.text_len);
	ck_assert_ptr_nonnull(call.text);
	memset(call.text, 'x', call.text_len);
	/* it writes before it reads: only one that drains meanwhile gets through */
	script("ipam", "head -c 300000 /dev/zero | tr '\\0' ' '; wc -c >n; echo '" RESULT "'\n");
	expect_ok(CNI_CMD_ADD);
	ck_assert_int_eq(atoi(seen("n")), 3000000);
	script("ipam", "exec <&-; sleep 0.1; echo '" RESULT "'\n");
	expect_ok(CNI_CMD_ADD);
	/* never reads */
	script("ipam", "echo '" RESULT "'\n");
	expect_ok(CNI_CMD_ADD);
}
END_TEST

START_TEST(environment_is_ours_with_the_command_replaced)
{
	static char e0[] = "CNI_COMMAND=ADD", e1[] = "TWICE=first", e2[] = "CNI_ARGS=A=1;B=2",
		    e3[] = "TWICE=last", e4[] = "CNI_COMMAND=CHECK", e5[] = "PATH=/usr/bin:/bin",
		    e6[] = "TWICEX=1", e7[] = "EMPTY=", e8[] = "CNI_NETNS_OVERRIDE=1";
	static char *env[] = { e0, e1, e2, e3, e4, e5, e6, e7, e8, NULL };
	static const enum cni_command commands[] = { CNI_CMD_ADD, CNI_CMD_DEL, CNI_CMD_CHECK };

	script("ipam", "tr '\\0' '\\n' </proc/$$/environ | sort >env\n" ANSWER);
	environ = env;
	call.container = call.netns = call.ifname = "";
	call.args = "A=1;B=2";
	for (size_t i = 0; i < array_size(commands); i++) {
		char want[PATH_MAX];

		expect_ok(commands[i]);
		ck_assert_int_eq(str_printf(want, sizeof(want),
					    "CNI_ARGS=A=1;B=2\nCNI_COMMAND=%s\n"
					    "CNI_NETNS_OVERRIDE=1\nCNI_PATH=%s\nEMPTY=\n"
					    "PATH=/usr/bin:/bin\nTWICE=last\nTWICEX=1\n",
					    command_text(commands[i]), dir),
				 0);
		ck_assert_str_eq(seen("env"), want);
	}
}
END_TEST

/* The lease of an earlier attachment is given back under that attachment's name. */
START_TEST(variables_are_those_of_the_call)
{
	script("ipam", "tr '\\0' '\\n' </proc/$$/environ | grep ^CNI_ | sort >env\n");
	setenv("CNI_CONTAINERID", "mine", 1);
	setenv("CNI_NETNS", "/mine", 1);
	setenv("CNI_IFNAME", "eth0", 1);
	setenv("CNI_ARGS", "MAC=x", 1);
	setenv("CNI_PATH", "/mine", 1);
	call.netns = "";
	expect_ok(CNI_CMD_DEL);
	ck_assert_ptr_eq(strstr(seen("env"), "CNI_ARGS=\nCNI_COMMAND=DEL\nCNI_CONTAINERID=c\n"
					     "CNI_IFNAME=net1\nCNI_NETNS=\nCNI_PATH=/tmp/"),
			 seen("env"));
}
END_TEST

START_TEST(command_is_the_one_asked_for)
{
	static const enum cni_command commands[] = { CNI_CMD_ADD, CNI_CMD_DEL, CNI_CMD_CHECK,
						     CNI_CMD_GC, CNI_CMD_STATUS };

	script("ipam", "echo $CNI_COMMAND >command\n" ANSWER);
	for (size_t i = 0; i < array_size(commands); i++) {
		expect_ok(commands[i]);
		ck_assert_int_eq(strncmp(seen("command"), command_text(commands[i]),
					 strlen(command_text(commands[i]))),
				 0);
	}
}
END_TEST

START_TEST(path_is_the_only_argument)
{
	char want[PATH_MAX];

	script("ipam", "tr '\\0' ' ' </proc/$$/cmdline >argv\n");
	expect_ok(CNI_CMD_DEL);
	ck_assert_int_eq(str_printf(want, sizeof(want), "/bin/sh %s/ipam ", dir), 0);
	ck_assert_str_eq(seen("argv"), want);
}
END_TEST

START_TEST(no_descriptor_is_inherited)
{
	/* one that its owner forgot to mark */
	ck_assert_int_eq(dup2(STDERR_FILENO, 77), 77);
	script("ipam", "ls /proc/self/fd >fds\n");
	expect_ok(CNI_CMD_DEL);
	/* 3 is ls reading the directory */
	ck_assert_str_eq(seen("fds"), "0\n1\n2\n3\n");
	close(77);
}
END_TEST

START_TEST(signals_are_as_new)
{
	unsigned long long blocked, ignored;
	sigset_t all;

	/* exec: dash itself blocks signals while it waits */
	script("ipam", "exec grep -E 'SigBlk|SigIgn' /proc/self/status >signals\n");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	expect_ok(CNI_CMD_DEL);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	ck_assert_int_eq(
		sscanf(seen("signals"), "SigBlk:\t%llx\nSigIgn:\t%llx\n", &blocked, &ignored), 2);
	ck_assert(!blocked);
	/* glibc ignores its own two, 32 and 33, in every child */
	ck_assert(!(ignored & ~0x180000000ULL));
	ck_assert_msg(signal(SIGCHLD, SIG_DFL) == SIG_IGN, "our own SIGCHLD was not put back");
	ck_assert_msg(signal(SIGPIPE, SIG_DFL) == SIG_IGN, "our own SIGPIPE was not put back");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("delegate");
	TCase *tc = tcase_create("delegate");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, first_executable_file_of_the_path_is_run);
	tcase_add_test(tc, symbolic_link_and_relative_directory_are_honoured);
	tcase_add_test(tc, empty_path_element_is_no_directory);
	tcase_add_test(tc, absent_plugin_is_named_with_the_path);
	tcase_add_test(tc, path_is_demanded_when_a_delegate_must_run);
	tcase_add_test(tc, type_is_a_name_not_a_path);
	tcase_add_test(tc, what_cannot_be_executed_says_why);
	tcase_add_test(tc, it_gets_our_input_byte_for_byte);
	tcase_add_test(tc, input_may_be_larger_than_a_pipe);
	tcase_add_test(tc, environment_is_ours_with_the_command_replaced);
	tcase_add_test(tc, variables_are_those_of_the_call);
	tcase_add_test(tc, command_is_the_one_asked_for);
	tcase_add_test(tc, path_is_the_only_argument);
	tcase_add_test(tc, no_descriptor_is_inherited);
	tcase_add_test(tc, signals_are_as_new);
	suite_add_tcase(suite, tc);
	return suite;
}
