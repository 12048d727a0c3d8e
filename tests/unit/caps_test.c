// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <sys/capability.h>

#include "kernel/caps.h"

/* Dropping works for everybody, and libcheck's fork keeps it to this test. */
START_TEST(missing_privilege_is_named)
{
	cap_t none = cap_init();
	struct err e;

	ck_assert_int_eq(cap_set_proc(none), 0);
	cap_free(none);
	ck_assert_int_eq(caps_check(&e), -EPERM);
	ck_assert_str_eq(
		e.msg,
		"missing privilege: CAP_NET_ADMIN and CAP_SYS_ADMIN: run the plugin as root with these capabilities (a container runtime has them, an unprivileged pod has not)");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("caps");
	TCase *t = tcase_create("caps");

	tcase_add_test(t, missing_privilege_is_named);
	suite_add_tcase(s, t);
	return s;
}
