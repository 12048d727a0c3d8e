// SPDX-License-Identifier: Apache-2.0
/* The way back, from wherever apply or an earlier undo was stopped. */
#include "memworld.h"

enum { SWEEP_MAX = 100 };

static struct world w;
static struct plan plan;
static struct err e;

static void set_up(void)
{
	e = (struct err){ 0 };
	mem_reset(&w);
	mem_plan(&plan);
	ck_assert_int_eq(txn_observe(&plan, &w, &e), 0);
	w.calls = 0;
}

static void apply_all(void)
{
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	forget_trace(&w);
	w.calls = 0;
}

static int undo(void)
{
	return txn_undo(&mem_table, &plan, &w, &e);
}

/* What kills the process or fails a call is over; the device is as it is. */
static void heal(void)
{
	w.fail_at = 0;
	w.dead_at = 0;
	w.calls = 0;
	forget_trace(&w);
}

START_TEST(undo_goes_from_low_rank_to_high_and_against_the_plan_within_a_rank)
{
	apply_all();
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "a=0 d=5 place=host [c=2 b=1 ]flags=6 names=alt ");
	assert_home(&w);
}
END_TEST

START_TEST(undo_sets_only_what_differs)
{
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "");
	w.now[P_B] = value_number(9);
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "b=1 ");
	assert_home(&w);
}
END_TEST

START_TEST(undo_twice_is_undo_once)
{
	apply_all();
	ck_assert_int_eq(undo(), 0);
	forget_trace(&w);
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "");
	assert_home(&w);
}
END_TEST

START_TEST(undo_brings_back_what_the_pod_changed)
{
	apply_all();
	for (int i = 0; i < P_D; i += 2)
		w.now[i] = value_number(4711);
	w.now[P_PLACE] = value_text("a name of the pod's own");
	ck_assert_int_eq(undo(), 0);
	assert_home(&w);
}
END_TEST

START_TEST(a_property_that_refused_does_not_get_undo_stuck)
{
	for (int i = 0; i < P_COUNT; i++) {
		set_up();
		w.set_fails[i] = EOPNOTSUPP;
		ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), -EOPNOTSUPP);
		ck_assert_msg(!undo(), "%s: %s", mem_props[i].name, e.msg);
		assert_home(&w);
	}
}
END_TEST

/* Every call of apply fails once, having done its work or not; undo brings all home. */
START_TEST(undo_works_after_a_failure_at_any_call_of_apply)
{
	unsigned n = 0, failures = 0;

	do {
		set_up();
		w.fail_at = ++n;
		w.happens = _i;
		if (txn_apply(&mem_table, &plan, &w, &e))
			failures++;
		else
			assert_wanted(&w, &plan);
		n = w.calls < w.fail_at ? SWEEP_MAX : n;
		heal();
		ck_assert_msg(!undo(), "call %u: %s", n, e.msg);
		assert_home(&w);
	} while (n < SWEEP_MAX);
	/* the message of the group is repeated, the other four fail for good */
	ck_assert_uint_eq(failures, 4);
}
END_TEST

START_TEST(undo_works_when_apply_was_killed_at_any_call)
{
	unsigned n;

	for (n = 1; n < SWEEP_MAX; n++) {
		set_up();
		w.dead_at = n;
		if (!txn_apply(&mem_table, &plan, &w, &e))
			break;
		heal();
		ck_assert_msg(!undo(), "call %u: %s", n, e.msg);
		assert_home(&w);
	}
	ck_assert_uint_eq(n, 6);
}
END_TEST

START_TEST(undo_works_when_undo_was_killed_at_any_call)
{
	unsigned n;

	for (n = 1; n < SWEEP_MAX; n++) {
		set_up();
		apply_all();
		w.dead_at = n;
		if (!undo())
			break;
		ck_assert_int_eq(e.sys, EIO);
		heal();
		ck_assert_msg(!undo(), "call %u: %s", n, e.msg);
		assert_home(&w);
	}
	ck_assert_uint_gt(n, 2UL * P_COUNT);
	ck_assert_uint_lt(n, SWEEP_MAX);
}
END_TEST

START_TEST(one_failing_call_is_made_good_by_the_second_pass)
{
	unsigned n;

	for (n = 1; n < SWEEP_MAX; n++) {
		set_up();
		apply_all();
		w.fail_at = n;
		w.happens = _i;
		ck_assert_msg(!undo(), "call %u: %s", n, e.msg);
		assert_home(&w);
		if (w.calls < n)
			break;
	}
	ck_assert_uint_lt(n, SWEEP_MAX);
}
END_TEST

START_TEST(the_second_pass_solves_what_the_ranks_have_in_the_wrong_order)
{
	/* the driver takes "a" only when "flags" is home, but its rank comes first */
	apply_all();
	w.needs[P_A] = P_FLAGS;
	ck_assert_int_eq(undo(), 0);
	assert_home(&w);
	ck_assert_str_eq(w.trace, "a=0 d=5 place=host [c=2 b=1 ]flags=6 names=alt a=0 ");
}
END_TEST

START_TEST(dependencies_within_a_message_are_solved_one_by_one)
{
	apply_all();
	w.needs[P_C] = P_B;
	ck_assert_int_eq(undo(), 0);
	assert_home(&w);
	ck_assert_ptr_nonnull(strstr(w.trace, "[c=2 ]c=2 b=1 "));
}
END_TEST

START_TEST(undo_never_stops_and_tells_all_that_is_stuck)
{
	apply_all();
	w.set_fails[P_A] = EPERM;
	w.set_fails[P_B] = EINVAL;
	w.get_fails[P_FLAGS] = EIO;
	ck_assert_int_eq(undo(), -EPERM);
	ck_assert_str_eq(e.msg, "set a: driver refuses");
	ck_assert_str_eq(e.details, "set b: driver refuses; read flags: cannot read");
	for (int i = 0; i < P_COUNT; i++)
		ck_assert_int_eq(at_home(&w, i), i != P_A && i != P_B && i != P_FLAGS);
}
END_TEST

START_TEST(undo_can_be_finished_when_the_driver_is_well_again)
{
	apply_all();
	w.set_fails[P_PLACE] = EBUSY;
	ck_assert_int_eq(undo(), -EBUSY);
	w.set_fails[P_PLACE] = 0;
	forget_trace(&w);
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "place=host ");
	assert_home(&w);
}
END_TEST

START_TEST(gone_is_undone)
{
	apply_all();
	for (int i = 0; i < P_COUNT; i++)
		w.get_fails[i] = ENODEV;
	e.sys = 77;
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "");
	ck_assert_msg(e.sys == 77, "the error is written on success");
}
END_TEST

/* It is there when it is read, and not when it is set. */
static void vanish(struct world *world)
{
	world->get_fails[P_PLACE] = world->set_fails[P_PLACE] = ENODEV;
	world->get_fails[P_B] = world->set_fails[P_B] = ENODEV;
}

START_TEST(what_vanishes_between_reading_and_setting_is_undone_too)
{
	apply_all();
	w.on_set = vanish;
	ck_assert_msg(!undo(), "%s", e.msg);
	ck_assert(at_home(&w, P_C));
	ck_assert(at_home(&w, P_FLAGS));
}
END_TEST

/* The first set of "place" finds it nowhere; from then on it is where the kernel took it. */
static void wander(struct world *world)
{
	world->set_fails[P_PLACE] = strstr(world->trace, "place=") ? 0 : ENODEV;
}

START_TEST(what_the_kernel_took_elsewhere_meanwhile_is_undone_there)
{
	apply_all();
	w.on_set = wander;
	ck_assert_msg(!undo(), "%s", e.msg);
	assert_home(&w);
}
END_TEST

START_TEST(what_can_be_read_but_never_set_is_not_undone)
{
	apply_all();
	w.set_fails[P_PLACE] = ENODEV;
	ck_assert_int_eq(undo(), -ENODEV);
	ck_assert_str_eq(e.msg, "set place: driver refuses");
}
END_TEST

START_TEST(what_cannot_be_read_now_is_set_blindly)
{
	apply_all();
	w.get_fails[P_B] = ENODATA;
	w.get_fails[P_D] = ENODATA;
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "a=0 d=5 place=host [c=2 b=1 ]flags=6 names=alt ");
	assert_home(&w);
}
END_TEST

START_TEST(undo_takes_only_the_steps_of_its_plan)
{
	apply_all();
	plan.steps[0] = plan.steps[P_PLACE];
	plan.n = 1;
	ck_assert_int_eq(undo(), 0);
	ck_assert_str_eq(w.trace, "place=host ");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("txn_undo");
	TCase *tc = tcase_create("txn_undo");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, undo_goes_from_low_rank_to_high_and_against_the_plan_within_a_rank);
	tcase_add_test(tc, undo_sets_only_what_differs);
	tcase_add_test(tc, undo_twice_is_undo_once);
	tcase_add_test(tc, undo_brings_back_what_the_pod_changed);
	tcase_add_test(tc, a_property_that_refused_does_not_get_undo_stuck);
	tcase_add_loop_test(tc, undo_works_after_a_failure_at_any_call_of_apply, 0, 2);
	tcase_add_test(tc, undo_works_when_apply_was_killed_at_any_call);
	tcase_add_test(tc, undo_works_when_undo_was_killed_at_any_call);
	tcase_add_loop_test(tc, one_failing_call_is_made_good_by_the_second_pass, 0, 2);
	tcase_add_test(tc, the_second_pass_solves_what_the_ranks_have_in_the_wrong_order);
	tcase_add_test(tc, dependencies_within_a_message_are_solved_one_by_one);
	tcase_add_test(tc, undo_never_stops_and_tells_all_that_is_stuck);
	tcase_add_test(tc, undo_can_be_finished_when_the_driver_is_well_again);
	tcase_add_test(tc, gone_is_undone);
	tcase_add_test(tc, what_vanishes_between_reading_and_setting_is_undone_too);
	tcase_add_test(tc, what_the_kernel_took_elsewhere_meanwhile_is_undone_there);
	tcase_add_test(tc, what_can_be_read_but_never_set_is_not_undone);
	tcase_add_test(tc, what_cannot_be_read_now_is_set_blindly);
	tcase_add_test(tc, undo_takes_only_the_steps_of_its_plan);
	suite_add_tcase(suite, tc);
	return suite;
}
