// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include <string.h>

#include "unit.h"

static struct err e;

static void reset(void)
{
	e = (struct err){ .sys = 77, .code = 78, .msg = "old", .details = "old" };
}

START_TEST(set_replaces_all)
{
	ck_assert_int_eq(err_set(&e, EBUSY, "vf %d: set %s", 3, "vlan"), -EBUSY);
	ck_assert_int_eq(e.sys, EBUSY);
	ck_assert_uint_eq(e.code, 0);
	ck_assert_str_eq(e.msg, "vf 3: set vlan");
	ck_assert_str_eq(e.details, "");
}
END_TEST

START_TEST(sys_appends_the_text_of_errno)
{
	ck_assert_int_eq(err_sys(&e, ENOENT, "open %s", "x"), -ENOENT);
	ck_assert_str_eq(e.msg, "open x: No such file or directory");
	ck_assert_str_eq(e.details, "");
}
END_TEST

/* The kernel has errnos of its own, which drivers hand on: 524 is its ENOTSUPP. */
START_TEST(an_errno_without_text_keeps_its_number)
{
	ck_assert_int_eq(err_sys(&e, 524, "set x"), -524);
	ck_assert_str_eq(e.msg, "set x: Unknown error 524");
}
END_TEST

START_TEST(code_is_kept)
{
	ck_assert_int_eq(err_code(&e, EINVAL, 7, "missing %s", "name"), -EINVAL);
	ck_assert_uint_eq(e.code, 7);
	ck_assert_str_eq(e.msg, "missing name");
}
END_TEST

START_TEST(wrap_puts_in_front_and_keeps_the_rest)
{
	err_code(&e, EIO, 5, "set vlan 100");
	err_detail(&e, "d");
	ck_assert_int_eq(err_wrap(&e, "pf %s vf %d", "ens1f0", 3), -EIO);
	ck_assert_str_eq(e.msg, "pf ens1f0 vf 3: set vlan 100");
	ck_assert_uint_eq(e.code, 5);
	ck_assert_str_eq(e.details, "d");
}
END_TEST

START_TEST(details_are_joined)
{
	err_set(&e, EIO, "m");
	err_detail(&e, "a %d", 1);
	err_detail(&e, "b");
	ck_assert_str_eq(e.details, "a 1; b");
	ck_assert_str_eq(e.msg, "m");
}
END_TEST

START_TEST(arguments_may_point_into_the_error_itself)
{
	err_set(&e, EIO, "inner");
	err_set(&e, EIO, "outer: %s", e.msg);
	ck_assert_str_eq(e.msg, "outer: inner");
	err_wrap(&e, "%s", e.msg);
	ck_assert_str_eq(e.msg, "outer: inner: outer: inner");
}
END_TEST

START_TEST(text_is_one_line)
{
	err_set(&e, EIO, "a\nb\rc\td");
	ck_assert_str_eq(e.msg, "a b c d");
	err_detail(&e, "x\ny");
	ck_assert_str_eq(e.details, "x y");
}
END_TEST

START_TEST(long_text_ends_in_dots)
{
	char text[3 * ERR_DETAILS_MAX];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, EIO, "%s", text);
	ck_assert_uint_eq(strlen(e.msg), ERR_MSG_MAX - 1);
	ck_assert_str_eq(e.msg + ERR_MSG_MAX - 5, "x...");
	err_wrap(&e, "front");
	ck_assert_int_eq(strncmp(e.msg, "front: xxx", 10), 0);
	ck_assert_str_eq(e.msg + ERR_MSG_MAX - 5, "x...");
	err_detail(&e, "%s", text);
	ck_assert_uint_eq(strlen(e.details), ERR_DETAILS_MAX - 1);
	ck_assert_str_eq(e.details + ERR_DETAILS_MAX - 5, "x...");
	err_sys(&e, EIO, "%s", text);
	ck_assert_uint_lt(strlen(e.msg), ERR_MSG_MAX);
}
END_TEST

/* Whatever the lengths, nothing is written behind the end (ASan looks). */
START_TEST(details_fill_up_without_harm)
{
	for (int step = 1; step < 12; step++) {
		err_set(&e, EIO, "m");
		for (int i = 0; i < ERR_DETAILS_MAX; i++)
			err_detail(&e, "%.*s", step, "abcdefghijkl");
		ck_assert_uint_lt(strlen(e.details), ERR_DETAILS_MAX);
		ck_assert_uint_gt(strlen(e.details), ERR_DETAILS_MAX - 32);
	}
}
END_TEST

START_TEST(gather_keeps_the_first)
{
	struct err all = { 0 }, one = { 0 };

	ck_assert_int_eq(err_gather(&all, &one), 0);
	err_code(&one, EBUSY, 11, "first");
	ck_assert_int_eq(err_gather(&all, &one), -EBUSY);
	err_set(&one, EIO, "second");
	err_detail(&one, "why");
	ck_assert_int_eq(err_gather(&all, &one), -EBUSY);
	one = (struct err){ 0 };
	ck_assert_int_eq(err_gather(&all, &one), -EBUSY);
	ck_assert_uint_eq(all.code, 11);
	ck_assert_str_eq(all.msg, "first");
	ck_assert_str_eq(all.details, "second; why");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("err");
	TCase *tc = tcase_create("err");

	tcase_add_checked_fixture(tc, reset, NULL);
	tcase_add_test(tc, set_replaces_all);
	tcase_add_test(tc, sys_appends_the_text_of_errno);
	tcase_add_test(tc, an_errno_without_text_keeps_its_number);
	tcase_add_test(tc, code_is_kept);
	tcase_add_test(tc, wrap_puts_in_front_and_keeps_the_rest);
	tcase_add_test(tc, details_are_joined);
	tcase_add_test(tc, arguments_may_point_into_the_error_itself);
	tcase_add_test(tc, text_is_one_line);
	tcase_add_test(tc, long_text_ends_in_dots);
	tcase_add_test(tc, details_fill_up_without_harm);
	tcase_add_test(tc, gather_keeps_the_first);
	suite_add_tcase(suite, tc);
	return suite;
}
