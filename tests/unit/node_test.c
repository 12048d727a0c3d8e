// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <string.h>

#include "kernel/node.h"

START_TEST(directories_are_absolute)
{
	ck_assert_int_eq(node_dir(NODE_STATE)[0], '/');
	ck_assert_str_eq(node_dir(NODE_RUN), "/run/cni");
}
END_TEST

START_TEST(boot_id_stays)
{
	char a[NODE_BOOT_ID_MAX], b[NODE_BOOT_ID_MAX];
	struct err e;

	ck_assert_int_eq(node_boot_id(a, &e), 0);
	ck_assert_int_eq(node_boot_id(b, &e), 0);
	ck_assert_uint_eq(strlen(a), 36);
	ck_assert_str_eq(a, b);
}
END_TEST

START_TEST(sleep_takes_its_time)
{
	uint64_t begin = node_now_ms();

	node_sleep_ms(20);
	ck_assert_uint_ge(node_now_ms(), begin + 20);
}
END_TEST

START_TEST(patience_begins_with_the_first_failure)
{
	struct patience p = { .ms = 30 };
	uint64_t begin;

	node_sleep_ms(40);
	begin = node_now_ms();
	ck_assert(!node_gives_up(&p));
	while (!node_gives_up(&p))
		node_sleep_ms(1);
	ck_assert_uint_ge(node_now_ms(), begin + 30);
	ck_assert(node_gives_up(&p));
}
END_TEST

START_TEST(no_patience_is_one_try)
{
	struct patience p = { .ms = 0 };

	ck_assert(node_gives_up(&p));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("node");
	TCase *t = tcase_create("node");

	tcase_add_test(t, directories_are_absolute);
	tcase_add_test(t, boot_id_stays);
	tcase_add_test(t, sleep_takes_its_time);
	tcase_add_test(t, patience_begins_with_the_first_failure);
	tcase_add_test(t, no_patience_is_one_try);
	suite_add_tcase(s, t);
	return s;
}
