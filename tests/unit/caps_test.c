// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kernel/caps.h"

enum { TEXT_MAX = 512 };

/* CAP_DAC_OVERRIDE, _NET_ADMIN, _NET_RAW, _SYS_PTRACE, _SYS_ADMIN */
static const uint64_t ours = UINT64_C(1) << 1 | 1 << 12 | 1 << 13 | 1 << 19 | 1 << 21;

/* How the plugin's caller may have started it, beside root. Ambient capabilities are what others get. */
enum start { AS_WE_ARE, NO_NEW_PRIVS, ROOT_IS_NOBODY, NOT_ROOT, STARTS };

struct sets {
	uint64_t effective, permitted, inheritable;
};

static struct sets own_sets(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { { 0 } };

	ck_assert_int_eq(capget(&h, d), 0);
	return (struct sets){ d[0].effective | (uint64_t)d[1].effective << 32,
			      d[0].permitted | (uint64_t)d[1].permitted << 32,
			      d[0].inheritable | (uint64_t)d[1].inheritable << 32 };
}

static void make_ambient(void)
{
	static const int caps[] = { CAP_DAC_OVERRIDE, CAP_NET_ADMIN, CAP_SYS_ADMIN, CAP_SYS_TIME };
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { { 0 } };

	for (size_t i = 0; i < array_size(caps); i++)
		d[0].permitted |= CAP_TO_MASK(caps[i]);
	d[0].effective = d[0].inheritable = d[0].permitted;
	ck_assert_int_eq(capset(&h, d), 0);
	for (size_t i = 0; i < array_size(caps); i++)
		ck_assert_int_eq(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, caps[i], 0, 0), 0);
}

/* libcheck's fork keeps it to this test */
static void start_as(enum start how)
{
	switch (how) {
	case NO_NEW_PRIVS:
		ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
		break;
	case ROOT_IS_NOBODY:
		ck_assert_int_eq(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT, 0, 0, 0), 0);
		make_ambient();
		break;
	case NOT_ROOT:
		ck_assert_int_eq(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), 0);
		ck_assert_int_eq(setuid(1), 0);
		make_ambient();
		break;
	case AS_WE_ARE:
	case STARTS:
		break;
	}
}

/* What a program that we run has. */
static void ask_program(char text[static TEXT_MAX])
{
	FILE *f = popen("grep ^Cap /proc/self/status", "re");
	size_t n;

	ck_assert_ptr_nonnull(f);
	n = fread(text, 1, TEXT_MAX - 1, f);
	text[n] = '\0';
	ck_assert_int_eq(pclose(f), 0);
	ck_assert_ptr_nonnull(strstr(text, "CapAmb:"));
}

/* Dropping works for everybody. */
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

START_TEST(what_is_lowered_is_not_in_effect_and_may_be_handed_on)
{
	struct sets before = own_sets(), after;
	struct err e;

	ck_assert_int_eq(caps_lower(&e), 0);
	after = own_sets();
	ck_assert_uint_eq(after.effective, before.effective & ours);
	ck_assert_uint_eq(after.permitted, before.permitted);
	ck_assert_uint_eq(after.inheritable, before.inheritable);
	/* and ADD finds all it asks for */
	ck_assert_int_eq(caps_check(&e),
			 before.effective & CAP_TO_MASK(CAP_SYS_ADMIN) ? 0 : -EPERM);
}
END_TEST

START_TEST(what_is_dropped_is_gone)
{
	struct sets before = own_sets(), after;
	struct err e;

	ck_assert_int_eq(caps_drop(&e), 0);
	after = own_sets();
	ck_assert_uint_eq(after.effective, before.effective & ours);
	ck_assert_uint_eq(after.permitted, before.permitted & ours);
}
END_TEST

/* Without privileges there is nothing to hand on, and no other way to be started. */
START_TEST(a_program_gets_what_we_were_started_with)
{
	char before[TEXT_MAX], lowered[TEXT_MAX], dropped[TEXT_MAX];
	enum start how = (enum start)_i;
	struct err e;

	if (geteuid() && how != AS_WE_ARE)
		return;
	start_as(how);
	ask_program(before);
	ck_assert_int_eq(caps_lower(&e), 0);
	ask_program(lowered);
	ck_assert_str_eq(before, lowered);
	/* for this it is not enough that root gets all again */
	ck_assert_int_eq(caps_drop(&e), 0);
	ask_program(dropped);
	ck_assert_int_eq(!strcmp(before, dropped), how == AS_WE_ARE);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("caps");
	TCase *t = tcase_create("caps");

	tcase_add_test(t, missing_privilege_is_named);
	tcase_add_test(t, what_is_lowered_is_not_in_effect_and_may_be_handed_on);
	tcase_add_test(t, what_is_dropped_is_gone);
	tcase_add_loop_test(t, a_program_gets_what_we_were_started_with, 0, STARTS);
	suite_add_tcase(s, t);
	return s;
}
