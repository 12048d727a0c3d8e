// SPDX-License-Identifier: Apache-2.0
/* One failure, or the end of the process, at every call of the device. */
#include "attach_run.h"

enum { SWEEP_MAX = 200 };

static const struct record_key next = { "net", "beef", "net1" };

static void heal(void)
{
	device.fail_at = 0;
	device.dead_at = 0;
}

/* @_i: the call that fails has done its work nevertheless */
START_TEST(add_that_fails_at_any_call_leaves_nothing_or_what_release_finishes)
{
	unsigned n, kept = 0;

	for (n = 1; n < SWEEP_MAX; n++) {
		fresh();
		device.fail_at = n;
		device.happens = _i;
		if (!add()) {
			assert_on_disk(PHASE_LIVE);
			assert_wanted(&device, &r.plan);
			if (device.calls < n)
				break;
		} else {
			ck_assert_msg(!*e.details, "call %u: %s", n, e.details);
		}
		heal();
		kept += exists(NAME);
		ck_assert_int_eq(attach_release(&attach, &r, &e), 0);
		assert_home(&device);
		assert_no_trace_on_disk();
	}
	/* only a message that is repeated one by one gets over a failure */
	ck_assert_uint_eq(kept, 1);
	ck_assert_uint_lt(n, SWEEP_MAX);
}
END_TEST

START_TEST(add_that_was_killed_at_any_call_is_finished_off_by_the_next)
{
	unsigned n;

	for (n = 1; n < SWEEP_MAX; n++) {
		fresh();
		device.dead_at = n;
		if (!add())
			break;
		heal();
		ck_assert_msg(!attach_claim(&attach, &next, &r.device, &e), "call %u: %s", n,
			      e.msg);
		assert_home(&device);
		assert_no_trace_on_disk();
	}
	ck_assert_uint_eq(n, P_COUNT + 6);
}
END_TEST

START_TEST(release_that_was_killed_at_any_call_is_finished_by_the_next)
{
	unsigned n;

	for (n = 1; n < SWEEP_MAX; n++) {
		fresh();
		go_live();
		device.dead_at = n;
		if (!attach_release(&attach, &r, &e))
			break;
		assert_on_disk(PHASE_LIVE);
		heal();
		ck_assert_msg(!attach_release(&attach, &r, &e), "call %u: %s", n, e.msg);
		assert_home(&device);
		assert_no_trace_on_disk();
	}
	ck_assert_uint_gt(n, 2UL * P_COUNT);
	ck_assert_uint_lt(n, SWEEP_MAX);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("attach_sweep");
	TCase *tc = tcase_create("attach_sweep");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, add_that_fails_at_any_call_leaves_nothing_or_what_release_finishes,
			    0, 2);
	tcase_add_test(tc, add_that_was_killed_at_any_call_is_finished_off_by_the_next);
	tcase_add_test(tc, release_that_was_killed_at_any_call_is_finished_by_the_next);
	suite_add_tcase(suite, tc);
	return suite;
}
