// SPDX-License-Identifier: Apache-2.0
#include "proto/call.h"

#include "call_run.h"

START_TEST(args_are_picked_out)
{
	struct call_arg args[] = { { .key = "MAC" }, { .key = "IP" }, { .key = "EMPTY" } };

	ck_assert_int_eq(call_get_args("K8S_POD_UID=;MAC=old;IgnoreUnknown=true;EMPTY=;MAC=new;"
				       "IgnoreUnknown=1",
				       args, array_size(args), &error),
			 0);
	ck_assert(args[0].set);
	ck_assert_str_eq(args[0].value, "new");
	ck_assert(!args[1].set);
	ck_assert_str_eq(args[1].value, "");
	ck_assert(args[2].set);
	ck_assert_str_eq(args[2].value, "");
}
END_TEST

START_TEST(no_args_are_no_error)
{
	struct call_arg arg = { .key = "MAC", .value = "stale", .set = true };

	ck_assert_int_eq(call_get_args("", &arg, 1, &error), 0);
	ck_assert(!arg.set);
	ck_assert_str_eq(arg.value, "");
	ck_assert_int_eq(call_get_args("", NULL, 0, &error), 0);
}
END_TEST

START_TEST(args_need_one_equals_sign_each)
{
	static const char *const bad[] = { "A",	   "A=b=c", "MAC=x;",	    ";MAC=x", ";",
					   "MAC;", "A==",   "MAC=x;;MAC=y", "MAC=x;B" };
	struct call_arg arg = { .key = "MAC", .value = "kept", .set = true };

	for (size_t i = 0; i < array_size(bad); i++) {
		error = (struct err){ 0 };
		expect(call_get_args(bad[i], &arg, 1, &error), CNI_ERR_ENV, "invalid pair \"");
	}
	ck_assert_msg(arg.set && !strcmp(arg.value, "kept"), "written on failure");
}
END_TEST

START_TEST(ignore_unknown_may_stand_anywhere)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{ "X=1;IgnoreUnknown=1", true },
		{ "IgnoreUnknown=TRUE;X=1", true },
		{ "X=1", false },
		{ "mac=1", false },
		{ "MACX=1", false },
		{ "MA=1", false },
		{ "X=1;IgnoreUnknown=0", false },
		{ "IgnoreUnknown=false;X=1", false },
		{ "IgnoreUnknown=1;X=1;IgnoreUnknown=0", false },
		{ "IgnoreUnknown=False;MAC=1", true },
		{ "ignoreunknown=1;X=1", false },
	};
	struct call_arg arg = { .key = "MAC" };

	for (size_t i = 0; i < array_size(rows); i++)
		ck_assert_msg(!call_get_args(rows[i].text, &arg, 1, &error) == rows[i].ok, "%s",
			      rows[i].text);
	error = (struct err){ 0 };
	expect(call_get_args("Foo=1;MAC=2;Bar=3", &arg, 1, &error), CNI_ERR_ENV, "unknown keys");
	ck_assert_str_eq(error.details, "Foo; Bar");
}
END_TEST

START_TEST(ignore_unknown_is_a_truth_value)
{
	static const char *const bad[] = { "IgnoreUnknown=", "IgnoreUnknown=yes",
					   "IgnoreUnknown=10", "IgnoreUnknown=x;IgnoreUnknown=1" };

	for (size_t i = 0; i < array_size(bad); i++) {
		error = (struct err){ 0 };
		expect(call_get_args(bad[i], NULL, 0, &error), CNI_ERR_ENV, "IgnoreUnknown");
	}
}
END_TEST

START_TEST(long_value_of_a_known_key_is_refused)
{
	struct call_arg arg = { .key = "MAC" };
	char text[400];

	memset(text, 'x', sizeof(text));
	memcpy(text, "MAC=", 4);
	text[4 + 255] = '\0';
	ck_assert_int_eq(call_get_args(text, &arg, 1, &error), 0);
	ck_assert_uint_eq(strlen(arg.value), 255);
	text[4 + 255] = 'x';
	text[4 + 256] = '\0';
	expect(call_get_args(text, &arg, 1, &error), CNI_ERR_ENV, "longer than 255");
	/* of an unknown one it does not matter */
	text[0] = 'X';
	memcpy(text + 256, ";IgnoreUnknown=1", 17);
	ck_assert_int_eq(call_get_args(text, &arg, 1, &error), 0);
}
END_TEST

static int get_valid(const char *text, struct call_attachment **ret, size_t *n, bool *given)
{
	call_done(&call);
	call.conf = doc(text);
	error = (struct err){ 0 };
	return call_get_valid(&call, ret, n, given, &error);
}

START_TEST(valid_attachments_are_read)
{
	struct call_attachment *list = NULL;
	bool given = false;
	size_t n = 0;

	ck_assert_int_eq(get_valid("{'cni.dev/valid-attachments':[{'containerID':'a','ifname':"
				   "'net1'},{'containerid':'b','ifName':'net2','x':1}],"
				   "'cni.dev/attachments':[]}",
				   &list, &n, &given),
			 0);
	ck_assert(given);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(list[0].container, "a");
	ck_assert_str_eq(list[0].ifname, "net1");
	ck_assert_str_eq(list[1].container, "b");
	ck_assert_str_eq(list[1].ifname, "net2");
	free(list);
}
END_TEST

START_TEST(old_key_of_valid_attachments_is_the_fallback)
{
	struct call_attachment *list = NULL;
	bool given = false;
	size_t n = 0;

	ck_assert_int_eq(get_valid("{'cni.dev/attachments':[{'containerID':'a','ifname':'i'}]}",
				   &list, &n, &given),
			 0);
	ck_assert(given);
	ck_assert_uint_eq(n, 1);
	free(list);
	ck_assert_int_eq(get_valid("{'cni.dev/valid-attachments':null,"
				   "'cni.dev/attachments':[{'containerID':'a','ifname':'i'}]}",
				   &list, &n, &given),
			 0);
	ck_assert_uint_eq(n, 1);
	free(list);
}
END_TEST

START_TEST(absent_list_is_told_from_an_empty_one)
{
	static const struct {
		const char *text;
		bool given;
	} rows[] = {
		{ "{}", false },
		{ "{'name':'n'}", false },
		{ "{'cni.dev/valid-attachments':null}", true },
		{ "{'cni.dev/valid-attachments':[]}", true },
		{ "{'cni.dev/attachments':null}", true },
		{ "{'cni.dev/attachments':[]}", true },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		struct call_attachment *list = NULL;
		bool given = !rows[i].given;
		size_t n = 1;

		ck_assert_int_eq(get_valid(rows[i].text, &list, &n, &given), 0);
		ck_assert_msg(given == rows[i].given, "%s", rows[i].text);
		ck_assert_uint_eq(n, 0);
		free(list);
	}
}
END_TEST

/* An entry that we cannot read may stand for a living pod. */
START_TEST(unreadable_list_fails_whole)
{
	static const char *const bad[] = {
		"{'cni.dev/valid-attachments':{}}",
		"{'cni.dev/valid-attachments':['a']}",
		"{'cni.dev/valid-attachments':[{'containerID':'a'}]}",
		"{'cni.dev/valid-attachments':[{'ifname':'a'}]}",
		"{'cni.dev/valid-attachments':[{'containerID':'','ifname':'a'}]}",
		("{'cni.dev/valid-attachments':[{'containerID':'a','ifname':'a'},{'containerID':1,"
		 "'ifname':'a'}]}"),
		"{'cni.dev/attachments':5}",
	};
	struct call_attachment *list = NULL;
	bool given = false;
	size_t n = 7;

	for (size_t i = 0; i < array_size(bad); i++) {
		ck_assert_msg(get_valid(bad[i], &list, &n, &given) == -EBADMSG, "%s", bad[i]);
		ck_assert_uint_eq(reply_code(&error), CNI_ERR_DECODE);
	}
	ck_assert_msg(!list && !given && n == 7, "written on failure");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("call_args");
	TCase *tc = tcase_create("call_args");

	tcase_add_checked_fixture(tc, NULL, finish);
	tcase_add_test(tc, args_are_picked_out);
	tcase_add_test(tc, no_args_are_no_error);
	tcase_add_test(tc, args_need_one_equals_sign_each);
	tcase_add_test(tc, ignore_unknown_may_stand_anywhere);
	tcase_add_test(tc, ignore_unknown_is_a_truth_value);
	tcase_add_test(tc, long_value_of_a_known_key_is_refused);
	tcase_add_test(tc, valid_attachments_are_read);
	tcase_add_test(tc, old_key_of_valid_attachments_is_the_fallback);
	tcase_add_test(tc, absent_list_is_told_from_an_empty_one);
	tcase_add_test(tc, unreadable_list_fails_whole);
	suite_add_tcase(suite, tc);
	return suite;
}
