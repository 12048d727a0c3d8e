// SPDX-License-Identifier: Apache-2.0
#include "proto/call.h"

#include "call_run.h"

START_TEST(commands_have_their_texts)
{
	ck_assert_str_eq(command_text(CNI_CMD_ADD), "ADD");
	ck_assert_str_eq(command_text(CNI_CMD_DEL), "DEL");
	ck_assert_str_eq(command_text(CNI_CMD_CHECK), "CHECK");
	ck_assert_str_eq(command_text(CNI_CMD_GC), "GC");
	ck_assert_str_eq(command_text(CNI_CMD_STATUS), "STATUS");
	ck_assert_str_eq(command_text(CNI_CMD_VERSION), "VERSION");
}
END_TEST

START_TEST(call_is_read_whole)
{
	start("ADD");
	setenv("CNI_ARGS", "IgnoreUnknown=1", 1);
	ck_assert_int_eq(read_text("{ \"cniVersion\":\"0.4.0\",\"name\":\"n.1_-\" }\n"), 0);
	ck_assert_int_eq(call.command, CNI_CMD_ADD);
	ck_assert_str_eq(call.container, "c0ffee");
	ck_assert_str_eq(call.netns, "/run/netns/x");
	ck_assert_str_eq(call.ifname, "net1");
	ck_assert_str_eq(call.args, "IgnoreUnknown=1");
	ck_assert_str_eq(call.path, "/opt/cni/bin");
	ck_assert_str_eq(call.network, "n.1_-");
	ck_assert_int_eq(call.version, CNI_0_4_0);
	ck_assert_ptr_null(call.prev);
	ck_assert(!call.netns_override);
	/* delegates get these very bytes */
	ck_assert_uint_eq(call.text_len, 40);
	ck_assert_mem_eq(call.text, "{ \"cniVersion\":\"0.4.0\",\"name\":\"n.1_-\" }\n", 40);
}
END_TEST

START_TEST(all_missing_variables_are_named_at_once)
{
	static const struct {
		const char *command, *msg;
	} rows[] = {
		{ NULL, "required env variables [CNI_COMMAND] missing" },
		{ "ADD", "required env variables "
			 "[CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing" },
		{ "CHECK", "required env variables "
			   "[CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing" },
		{ "DEL", "required env variables [CNI_CONTAINERID,CNI_IFNAME,CNI_PATH] missing" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		start(rows[i].command);
		unsetenv("CNI_CONTAINERID");
		/* empty is unset */
		setenv("CNI_NETNS", "", 1);
		setenv("CNI_IFNAME", "", 1);
		unsetenv("CNI_PATH");
		expect(read_text(CONFIG), CNI_ERR_ENV, rows[i].msg);
		ck_assert_str_eq(error.msg, rows[i].msg);
	}
}
END_TEST

START_TEST(strings_are_never_null)
{
	start("ADD");
	setenv("CNI_CONTAINERID", "-x", 1);
	unsetenv("CNI_PATH");
	ck_assert_int_lt(read_text(CONFIG), 0);
	ck_assert_str_eq(call.args, "");
	ck_assert_str_eq(call.path, "");
	ck_assert_ptr_nonnull(call.netns);
	ck_assert_ptr_nonnull(call.ifname);
}
END_TEST

START_TEST(path_is_optional)
{
	static const char *const commands[] = { "ADD", "DEL", "CHECK", "GC", "STATUS" };

	for (size_t i = 0; i < array_size(commands); i++) {
		start(commands[i]);
		unsetenv("CNI_PATH");
		ck_assert_msg(!read_text(CONFIG), "%s: %s", commands[i], error.msg);
		ck_assert_str_eq(call.path, "");
	}
}
END_TEST

START_TEST(only_needed_variables_are_wanted)
{
	start("DEL");
	unsetenv("CNI_NETNS");
	ck_assert_int_eq(read_text(CONFIG), 0);
	start("GC");
	unsetenv("CNI_CONTAINERID");
	unsetenv("CNI_NETNS");
	unsetenv("CNI_IFNAME");
	ck_assert_int_eq(read_text(CONFIG), 0);
	setenv("CNI_COMMAND", "STATUS", 1);
	ck_assert_int_eq(read_text(CONFIG), 0);
}
END_TEST

START_TEST(bad_value_that_is_not_needed_is_ignored)
{
	start("GC");
	setenv("CNI_CONTAINERID", "-x", 1);
	setenv("CNI_IFNAME", "a/b", 1);
	ck_assert_int_eq(read_text(CONFIG), 0);
	start("STATUS");
	setenv("CNI_CONTAINERID", "-x", 1);
	ck_assert_int_eq(read_text(CONFIG), 0);
}
END_TEST

START_TEST(bad_container_id_is_refused)
{
	static const char *const bad[] = { "-x", "a b", "a/b", "a\n", ".", "\xc3\xa4" };
	static const char *const commands[] = { "ADD", "DEL", "CHECK" };

	for (size_t i = 0; i < array_size(bad); i++) {
		start(commands[i % array_size(commands)]);
		setenv("CNI_CONTAINERID", bad[i], 1);
		expect(read_text(CONFIG), CNI_ERR_ENV, "CNI_CONTAINERID");
		if (i < 3)
			ck_assert_str_eq(error.details, bad[i]);
	}
}
END_TEST

START_TEST(bad_interface_name_is_refused)
{
	static const struct {
		const char *name, *msg;
	} rows[] = {
		{ "0123456789abcdef", "longer than 15 bytes" },
		{ ".", "directory" },
		{ "..", "directory" },
		{ "a/b", "'/'" },
		{ "a:b", "':'" },
		{ "a b", "white space" },
		{ "a\tb", "white space" },
		{ "a\xc2\xa0", "white space" },
		{ "net%d", "'%'" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		start("ADD");
		setenv("CNI_IFNAME", rows[i].name, 1);
		expect(read_text(CONFIG), CNI_ERR_ENV, rows[i].msg);
		ck_assert_ptr_nonnull(strstr(error.msg, "CNI_IFNAME"));
	}
	start("ADD");
	setenv("CNI_IFNAME", "0123456789abcde", 1);
	ck_assert_int_eq(read_text(CONFIG), 0);
}
END_TEST

START_TEST(invalid_wins_over_missing)
{
	start("ADD");
	setenv("CNI_CONTAINERID", "a b", 1);
	unsetenv("CNI_NETNS");
	expect(read_text(CONFIG), CNI_ERR_ENV, "invalid characters in CNI_CONTAINERID");
	start("ADD");
	unsetenv("CNI_CONTAINERID");
	setenv("CNI_IFNAME", "a:b", 1);
	expect(read_text(CONFIG), CNI_ERR_ENV, "CNI_IFNAME contains");
}
END_TEST

START_TEST(override_is_one_or_true)
{
	static const struct {
		const char *text;
		bool v;
	} rows[] = { { "1", true },  { "true", true }, { "TRUE", true }, { "True", true },
		     { "0", false }, { "yes", false }, { "", false },	 { "11", false } };

	for (size_t i = 0; i < array_size(rows); i++) {
		start("ADD");
		setenv("CNI_NETNS_OVERRIDE", rows[i].text, 1);
		ck_assert_int_eq(read_text(CONFIG), 0);
		ck_assert_msg(call.netns_override == rows[i].v, "%s", rows[i].text);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("call");
	TCase *tc = tcase_create("call");

	tcase_add_checked_fixture(tc, NULL, finish);
	tcase_add_test(tc, commands_have_their_texts);
	tcase_add_test(tc, call_is_read_whole);
	tcase_add_test(tc, all_missing_variables_are_named_at_once);
	tcase_add_test(tc, strings_are_never_null);
	tcase_add_test(tc, path_is_optional);
	tcase_add_test(tc, only_needed_variables_are_wanted);
	tcase_add_test(tc, bad_value_that_is_not_needed_is_ignored);
	tcase_add_test(tc, bad_container_id_is_refused);
	tcase_add_test(tc, bad_interface_name_is_refused);
	tcase_add_test(tc, invalid_wins_over_missing);
	tcase_add_test(tc, override_is_one_or_true);
	suite_add_tcase(suite, tc);
	return suite;
}
