// SPDX-License-Identifier: Apache-2.0
#include "proto/version.h"

#include <string.h>

#include "unit.h"

static const char *const texts[] = {
	"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"
};

START_TEST(every_version_is_read_and_written)
{
	enum cni_version v = CNI_VERSIONS;

	ck_assert_uint_eq(array_size(texts), CNI_VERSIONS);
	ck_assert_int_eq(version_parse(texts[_i], &v), 0);
	ck_assert_int_eq(v, _i);
	ck_assert_str_eq(version_text(v), texts[_i]);
}
END_TEST

START_TEST(without_text_it_is_the_first)
{
	enum cni_version v = CNI_VERSIONS;

	ck_assert_int_eq(version_parse(NULL, &v), 0);
	ck_assert_int_eq(v, CNI_0_1_0);
	v = CNI_VERSIONS;
	ck_assert_int_eq(version_parse("", &v), 0);
	ck_assert_int_eq(v, CNI_0_1_0);
}
END_TEST

START_TEST(only_exact_text_is_a_version)
{
	static const char *const bad[] = { "1.0",    "1.1.1",  "1.2.0",	 "9.9", "1.0.0 ",
					   " 1.0.0", "v1.0.0", "1.0.00", "abc" };
	enum cni_version v = CNI_0_4_0;

	for (size_t i = 0; i < array_size(bad); i++)
		ck_assert_msg(version_parse(bad[i], &v) == -ENOENT, "%s", bad[i]);
	ck_assert_msg(v == CNI_0_4_0, "written on failure");
}
END_TEST

START_TEST(families_are_those_of_the_result_shapes)
{
	ck_assert_int_eq(version_family(CNI_0_1_0), CNI_FAMILY_IP4_IP6);
	ck_assert_int_eq(version_family(CNI_0_2_0), CNI_FAMILY_IP4_IP6);
	ck_assert_int_eq(version_family(CNI_0_3_0), CNI_FAMILY_IPS_VERSION);
	ck_assert_int_eq(version_family(CNI_0_3_1), CNI_FAMILY_IPS_VERSION);
	ck_assert_int_eq(version_family(CNI_0_4_0), CNI_FAMILY_IPS_VERSION);
	ck_assert_int_eq(version_family(CNI_1_0_0), CNI_FAMILY_IPS);
	ck_assert_int_eq(version_family(CNI_1_1_0), CNI_FAMILY_IPS);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("version");
	TCase *tc = tcase_create("version");

	tcase_add_loop_test(tc, every_version_is_read_and_written, 0, CNI_VERSIONS);
	tcase_add_test(tc, without_text_it_is_the_first);
	tcase_add_test(tc, only_exact_text_is_a_version);
	tcase_add_test(tc, families_are_those_of_the_result_shapes);
	suite_add_tcase(suite, tc);
	return suite;
}
