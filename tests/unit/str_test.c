// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

START_TEST(number_is_all_of_the_text)
{
	uint64_t v = 7;

	ck_assert_int_eq(str_to_u64("4094", 10, 4094, &v), 0);
	ck_assert_uint_eq(v, 4094);
	ck_assert_int_eq(str_to_u64("", 10, 10, &v), -EINVAL);
	ck_assert_int_eq(str_to_u64(" 1", 10, 10, &v), -EINVAL);
	ck_assert_int_eq(str_to_u64("1x", 10, 10, &v), -EINVAL);
	ck_assert_int_eq(str_to_u64("-1", 10, 10, &v), -EINVAL);
	ck_assert_int_eq(str_to_u64("+1", 10, 10, &v), -EINVAL);
	ck_assert_msg(v == 4094, "written on failure");
}
END_TEST

START_TEST(number_has_a_bound)
{
	uint64_t v = 7;

	ck_assert_int_eq(str_to_u64("4095", 10, 4094, &v), -ERANGE);
	ck_assert_int_eq(str_to_u64("18446744073709551616", 10, UINT64_MAX, &v), -ERANGE);
	ck_assert_int_eq(str_to_u64("18446744073709551615", 10, UINT64_MAX, &v), 0);
	ck_assert(v == UINT64_MAX);
	ck_assert_int_eq(str_to_u64("1f", 16, 255, &v), 0);
	ck_assert_uint_eq(v, 31);
}
END_TEST

START_TEST(number_in_hex_has_no_prefix)
{
	uint64_t v = 7;

	ck_assert_int_eq(str_to_u64("0x1f", 16, 255, &v), -EINVAL);
	ck_assert_int_eq(str_to_u64("0X1f", 16, 255, &v), -EINVAL);
	ck_assert_int_eq(str_to_u64("ff", 10, 255, &v), -EINVAL);
	ck_assert_int_eq(str_to_u64("0FF", 16, 255, &v), 0);
	ck_assert_uint_eq(v, 255);
	ck_assert_int_eq(str_to_u64("0", 16, 255, &v), 0);
	ck_assert_uint_eq(v, 0);
}
END_TEST

START_TEST(lower_case_is_ascii_only)
{
	char s[] = "AZaz09_[@\xc3\x84";

	str_lower(s);
	ck_assert_str_eq(s, "azaz09_[@\xc3\x84");
}
END_TEST

START_TEST(distance_of_long_words_is_large)
{
	char a[100];

	memset(a, 'x', sizeof(a) - 1);
	a[sizeof(a) - 1] = '\0';
	ck_assert_uint_ge(str_distance(a, "vlan"), 32);
	ck_assert_uint_ge(str_distance("", a), 32);
	ck_assert_uint_eq(str_distance("", "abc"), 3);
	ck_assert_uint_eq(str_distance("abc", ""), 3);
}
END_TEST

START_TEST(freed_string_is_forgotten)
{
	char *s = strdup("x");

	str_free(&s);
	ck_assert_ptr_null(s);
	str_free(&s);
}
END_TEST

START_TEST(copy_fits_or_leaves_nothing)
{
	char buf[4] = "zzz";

	ck_assert_int_eq(str_copy(buf, sizeof(buf), "abc"), 0);
	ck_assert_str_eq(buf, "abc");
	ck_assert_int_eq(str_copy(buf, sizeof(buf), "abcd"), -ENAMETOOLONG);
	ck_assert_str_eq(buf, "");
}
END_TEST

START_TEST(printf_reports_truncation)
{
	char buf[4];

	ck_assert_int_eq(str_printf(buf, sizeof(buf), "%d", 123), 0);
	ck_assert_str_eq(buf, "123");
	ck_assert_int_eq(str_printf(buf, sizeof(buf), "%d", 1234), -ENAMETOOLONG);
}
END_TEST

START_TEST(ids_are_those_of_cni)
{
	ck_assert(str_is_id("a"));
	ck_assert(str_is_id("0-a_b.C"));
	ck_assert(!str_is_id(""));
	ck_assert(!str_is_id(".a"));
	ck_assert(!str_is_id("a/b"));
	ck_assert(!str_is_id("a b"));
	ck_assert(!str_is_id("a\n"));
	ck_assert(!str_is_id("-a"));
	ck_assert(!str_is_id("\xc3\xa4"));
}
END_TEST

START_TEST(distance_counts_edits)
{
	ck_assert_uint_eq(str_distance("vlan", "vlan"), 0);
	ck_assert_uint_eq(str_distance("vlan", "VLAN"), 0);
	ck_assert_uint_eq(str_distance("vlan", "vlna"), 2);
	ck_assert_uint_eq(str_distance("vlanQos", "vlanQoSs"), 1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("str");
	TCase *tcase = tcase_create("str");

	tcase_add_test(tcase, number_in_hex_has_no_prefix);
	tcase_add_test(tcase, lower_case_is_ascii_only);
	tcase_add_test(tcase, distance_of_long_words_is_large);
	tcase_add_test(tcase, freed_string_is_forgotten);
	tcase_add_test(tcase, number_is_all_of_the_text);
	tcase_add_test(tcase, number_has_a_bound);
	tcase_add_test(tcase, copy_fits_or_leaves_nothing);
	tcase_add_test(tcase, printf_reports_truncation);
	tcase_add_test(tcase, ids_are_those_of_cni);
	tcase_add_test(tcase, distance_counts_edits);
	suite_add_tcase(suite, tcase);
	return suite;
}
