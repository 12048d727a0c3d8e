// SPDX-License-Identifier: Apache-2.0
#include "proto/call.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <time.h>

#include "call_run.h"

START_TEST(what_is_no_configuration_cannot_be_decoded)
{
	static const char *const bad[] = {
		"",
		" \n",
		"[]",
		"\"x\"",
		"5",
		"true",
		"{\"name\":1}",
		"{\"name\":\"n\"} x",
		"{\"name\":\"n\"}{}",
		"{",
		"{\"name\":\"n\",\"cniVersion\":1}",
		"{\"name\":\"n\",\"prevResult\":\"x\"}",
		"{\"name\":\"n\",\"prevResult\":[]}",
		"\xef\xbb\xbf{\"name\":\"n\"}",
		"/**/{\"name\":\"n\"}",
	};
	static const char *const commands[] = { "ADD", "DEL", "CHECK", "GC", "STATUS" };

	for (size_t i = 0; i < array_size(bad); i++) {
		start(commands[i % array_size(commands)]);
		expect(read_text(bad[i]), CNI_ERR_DECODE, "network configuration");
	}
}
END_TEST

START_TEST(network_needs_a_name)
{
	static const char *const bad[] = { "null", "{}", "{\"name\":\"\"}", "{\"name\":null}" };

	for (size_t i = 0; i < array_size(bad); i++) {
		start("ADD");
		expect(read_text(bad[i]), CNI_ERR_CONFIG, "missing network name");
	}
	start("GC");
	expect(read_text("{\"cniVersion\":\"1.1.0\"}"), CNI_ERR_CONFIG, "missing network name");
}
END_TEST

START_TEST(network_name_has_an_alphabet)
{
	start("STATUS");
	expect(read_text("{\"name\":\"a b\"}"), CNI_ERR_CONFIG,
	       "invalid characters found in network name");
	ck_assert_str_eq(error.details, "a b");
}
END_TEST

START_TEST(keys_match_in_any_case_and_the_last_wins)
{
	start("ADD");
	ck_assert_int_eq(read_text("{\"CNIVERSION\":\"9\",\"cniversion\":\"1.0.0\",\"name\":\"a\","
				   "\"Name\":\"b\",\"PREVRESULT\":{\"x\":1}}"),
			 0);
	ck_assert_int_eq(call.version, CNI_1_0_0);
	ck_assert_str_eq(call.network, "b");
	ck_assert_ptr_nonnull(call.prev);
}
END_TEST

START_TEST(previous_result_is_absent_null_or_an_object)
{
	start("ADD");
	ck_assert_int_eq(read_text("{\"name\":\"n\",\"prevResult\":null}"), 0);
	ck_assert_ptr_null(call.prev);
	ck_assert_int_eq(read_text("{\"name\":\"n\",\"prevResult\":{}}"), 0);
	ck_assert_ptr_nonnull(call.prev);
	assert_doc_eq(call.prev, "{}");
}
END_TEST

START_TEST(unknown_command_is_noticed_after_the_configuration)
{
	start("add");
	expect(read_text(CONFIG), CNI_ERR_ENV, "unknown CNI_COMMAND: add");
	start("FOO");
	expect(read_text("{}"), CNI_ERR_CONFIG, "missing network name");
	start("FOO");
	expect(read_text("x"), CNI_ERR_DECODE, "not JSON");
}
END_TEST

START_TEST(version_gate)
{
	static const char no_version[] = "incompatible CNI versions";
	static const struct {
		const char *command, *version;
		unsigned code;
		const char *msg;
	} rows[] = {
		{ "ADD", "9.0.0", 1, no_version },
		{ "ADD", "1.0", 1, no_version },
		{ "DEL", "1.1.1", 1, no_version },
		{ "DEL", "abc", 1, no_version },
		{ "ADD", "1.0.0.0", 1, no_version },
		{ "CHECK", "0.1.0", 1, "config version does not allow CHECK" },
		{ "CHECK", "0.3.1", 1, "config version does not allow CHECK" },
		{ "CHECK", "", 1, "config version does not allow CHECK" },
		{ "CHECK", "0.3.9", 1, "config version does not allow CHECK" },
		{ "GC", "1.0.0", 1, "config version does not allow GC" },
		{ "STATUS", "1.0.0", 1, "config version does not allow STATUS" },
		{ "STATUS", "0.4.0", 1, "config version does not allow STATUS" },
		{ "CHECK", "9.9", 1, "plugin version does not allow CHECK" },
		{ "GC", "1.1.1", 1, "plugin version does not allow GC" },
		{ "CHECK", "1", 1, no_version },
		{ "CHECK", "1.0.5", 1, no_version },
		{ "CHECK", "abc", 6, "invalid cniVersion \"abc\"" },
		{ "CHECK", "1.x", 6, "invalid cniVersion" },
		{ "GC", "1.1.0.0", 6, "invalid cniVersion" },
		{ "STATUS", "1..0", 6, "invalid cniVersion" },
		{ "STATUS", "1.1.0.", 6, "invalid cniVersion" },
		{ "STATUS", "11111111111111111111", 6, "invalid cniVersion" },
		{ "STATUS", "1.0000000000000001", 6, "invalid cniVersion" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		char text[128];

		ck_assert_int_eq(str_printf(text, sizeof(text),
					    "{\"name\":\"n\",\"cniVersion\":\"%s\"}",
					    rows[i].version),
				 0);
		start(rows[i].command);
		expect(read_text(text), rows[i].code, rows[i].msg);
	}
}
END_TEST

START_TEST(refused_version_is_told_with_both_sides)
{
	start("ADD");
	expect(read_text("{\"name\":\"n\",\"cniVersion\":\"9.0.0\"}"), CNI_ERR_VERSION,
	       "incompatible CNI versions");
	ck_assert_str_eq(error.details,
			 "config is \"9.0.0\", plugin supports [\"0.1.0\" \"0.2.0\" \"0.3.0\" "
			 "\"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]");
	ck_assert_int_eq(call.version, CNI_NEWEST);
}
END_TEST

START_TEST(every_verb_works_from_its_version_on)
{
	static const struct {
		const char *command;
		enum cni_version since;
	} rows[] = { { "ADD", CNI_0_1_0 },
		     { "DEL", CNI_0_1_0 },
		     { "CHECK", CNI_0_4_0 },
		     { "GC", CNI_1_1_0 },
		     { "STATUS", CNI_1_1_0 } };

	for (size_t i = 0; i < array_size(rows); i++) {
		for (enum cni_version v = 0; v < CNI_VERSIONS; v++) {
			char text[128];

			ck_assert_int_eq(str_printf(text, sizeof(text),
						    "{\"name\":\"n\",\"cniVersion\":\"%s\"}",
						    version_text(v)),
					 0);
			start(rows[i].command);
			ck_assert_msg((read_text(text) == 0) == (v >= rows[i].since), "%s at %s",
				      rows[i].command, version_text(v));
			ck_assert_int_eq(call.version, v);
		}
	}
}
END_TEST

START_TEST(configuration_without_version_is_the_first)
{
	start("ADD");
	ck_assert_int_eq(read_text("{\"name\":\"n\"}"), 0);
	ck_assert_int_eq(call.version, CNI_0_1_0);
}
END_TEST

START_TEST(errors_are_answered_in_the_version_asked_for)
{
	start("ADD");
	expect(read_text("{\"cniVersion\":\"0.4.0\"}"), CNI_ERR_CONFIG, "name");
	ck_assert_int_eq(call.version, CNI_0_4_0);
	expect(read_text("x"), CNI_ERR_DECODE, "");
	ck_assert_int_eq(call.version, CNI_NEWEST);
	start(NULL);
	expect(read_text(CONFIG), CNI_ERR_ENV, "");
	ck_assert_int_eq(call.version, CNI_NEWEST);
}
END_TEST

/* standard input */

START_TEST(input_may_come_in_pieces)
{
	enum { PAD = 300000 };
	int fds[2], status;
	pid_t writer;

	start("ADD");
	ck_assert_int_eq(pipe(fds), 0);
	writer = fork();
	if (!writer) {
		static char pad[PAD];
		bool ok;

		memset(pad, ' ', sizeof(pad));
		ok = write(fds[1], "{\"name\":", 8) == 8;
		usleep(50000);
		ok = ok && write(fds[1], pad, sizeof(pad)) == sizeof(pad);
		usleep(50000);
		ok = ok && write(fds[1], "\"n\"}", 4) == 4;
		_exit(!ok);
	}
	close(fds[1]);
	ck_assert_int_eq(call_read(fds[0], 0, &call, &error), 0);
	ck_assert_uint_eq(call.text_len, PAD + 12);
	ck_assert_str_eq(call.network, "n");
	close(fds[0]);
	ck_assert_int_eq(waitpid(writer, &status, 0), writer);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(unreadable_input_is_an_io_error)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	start("ADD");
	expect(call_read(fd, 0, &call, &error), CNI_ERR_IO, "stdin");
	close(fd);
	call_done(&call);
	expect(call_read(fd, 0, &call, &error), CNI_ERR_IO, "stdin");
}
END_TEST

START_TEST(endless_input_is_refused)
{
	size_t n = (size_t)JSON_TEXT_MAX + 1000;
	char *text = malloc(n);
	int fd;

	start("ADD");
	ck_assert_ptr_nonnull(text);
	memset(text, ' ', n);
	fd = input(text, n);
	expect(call_read(fd, 0, &call, &error), CNI_ERR_DECODE, "bytes");
	ck_assert_int_eq(error.sys, E2BIG);
	close(fd);
	fd = open("/dev/zero", O_RDONLY);
	call_done(&call);
	expect(call_read(fd, 0, &call, &error), CNI_ERR_DECODE, "bytes");
	close(fd);
	free(text);
}
END_TEST

START_TEST(version_echoes_what_it_knows)
{
	static const struct {
		const char *text;
		enum cni_version v;
	} rows[] = {
		{ "{\"cniVersion\":\"0.4.0\"}", CNI_0_4_0 },
		{ "{\"cniVersion\":\"1.1.0\"}", CNI_1_1_0 },
		{ "{\"cniVersion\":\"9.9.9\"}", CNI_NEWEST },
		{ "{\"cniVersion\":\"\"}", CNI_NEWEST },
		{ "{\"cniVersion\":4}", CNI_NEWEST },
		{ "{}", CNI_NEWEST },
		{ "null", CNI_NEWEST },
		{ "[]", CNI_NEWEST },
		{ "garbage", CNI_NEWEST },
		{ "", CNI_NEWEST },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		start("VERSION");
		clearenv();
		setenv("CNI_COMMAND", "VERSION", 1);
		ck_assert_int_eq(read_text(rows[i].text), 0);
		ck_assert_msg(call.version == rows[i].v, "%s", rows[i].text);
		ck_assert_int_eq(call.command, CNI_CMD_VERSION);
	}
}
END_TEST

START_TEST(version_does_not_wait_for_input)
{
	struct timespec before, after;
	int fds[2];

	start("VERSION");
	ck_assert_int_eq(pipe(fds), 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	ck_assert_int_eq(call_read(fds[0], 0, &call, &error), 0);
	/* nor for the rest of it */
	ck_assert_int_eq(write(fds[1], "{", 1), 1);
	ck_assert_int_eq(call_read(fds[0], POLLIN, &call, &error), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ck_assert_int_le(after.tv_sec - before.tv_sec, 5);
	ck_assert_int_eq(call.version, CNI_NEWEST);
	close(fds[0]);
	close(fds[1]);
	ck_assert_msg(!call_read(fds[0], 0, &call, &error), "closed stdin failed VERSION");
}
END_TEST

START_TEST(version_ignores_the_other_variables)
{
	start("VERSION");
	/* as libcni sends them */
	setenv("CNI_CONTAINERID", "", 1);
	setenv("CNI_NETNS", "dummy", 1);
	setenv("CNI_IFNAME", "much too long for a name", 1);
	ck_assert_int_eq(read_text("{\"cniVersion\":\"1.0.0\"}"), 0);
	ck_assert_int_eq(call.version, CNI_1_0_0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("call_input");
	TCase *tc = tcase_create("call_input");

	tcase_add_checked_fixture(tc, NULL, finish);
	tcase_add_test(tc, what_is_no_configuration_cannot_be_decoded);
	tcase_add_test(tc, network_needs_a_name);
	tcase_add_test(tc, network_name_has_an_alphabet);
	tcase_add_test(tc, keys_match_in_any_case_and_the_last_wins);
	tcase_add_test(tc, previous_result_is_absent_null_or_an_object);
	tcase_add_test(tc, unknown_command_is_noticed_after_the_configuration);
	tcase_add_test(tc, version_gate);
	tcase_add_test(tc, refused_version_is_told_with_both_sides);
	tcase_add_test(tc, every_verb_works_from_its_version_on);
	tcase_add_test(tc, configuration_without_version_is_the_first);
	tcase_add_test(tc, errors_are_answered_in_the_version_asked_for);
	tcase_add_test(tc, input_may_come_in_pieces);
	tcase_add_test(tc, unreadable_input_is_an_io_error);
	tcase_add_test(tc, endless_input_is_refused);
	tcase_add_test(tc, version_echoes_what_it_knows);
	tcase_add_test(tc, version_does_not_wait_for_input);
	tcase_add_test(tc, version_ignores_the_other_variables);
	suite_add_tcase(suite, tc);
	return suite;
}
