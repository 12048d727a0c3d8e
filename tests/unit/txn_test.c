// SPDX-License-Identifier: Apache-2.0
/* Observe, apply and verify; txn_undo_test.c has the way back. */
#include "memworld.h"

static struct world w;
static struct plan plan;
static struct err e;

static void set_up(void)
{
	e = (struct err){ 0 };
	mem_reset(&w);
	mem_plan(&plan);
}

START_TEST(properties_are_found_by_name)
{
	ck_assert_ptr_eq(prop_find(&mem_table, "a"), &mem_props[P_A]);
	ck_assert_ptr_eq(prop_find(&mem_table, "flags"), &mem_props[P_FLAGS]);
	ck_assert_ptr_null(prop_find(&mem_table, "flag"));
	ck_assert_ptr_null(prop_find(&mem_table, ""));
}
END_TEST

START_TEST(plan_never_grows_beyond_its_room)
{
	struct value v = value_number(1);

	plan.n = 0;
	for (size_t i = 0; i < PLAN_MAX + 3; i++)
		plan_want(&plan, &mem_props[P_A], &v);
	ck_assert_uint_eq(plan.n, PLAN_MAX);
}
END_TEST

START_TEST(observe_reads_every_step_and_changes_nothing)
{
	ck_assert_int_eq(txn_observe(&plan, &w, &e), 0);
	for (int i = 0; i < P_COUNT; i++)
		ck_assert(value_equal(&plan.steps[i].was, &w.home[i]));
	ck_assert_str_eq(w.trace, "");
}
END_TEST

START_TEST(a_plan_that_lacks_a_step_is_not_carried_out)
{
	plan.short_of_memory = true;
	ck_assert_int_eq(txn_observe(&plan, &w, &e), -ENOMEM);
	ck_assert_uint_eq(w.calls, 0);
}
END_TEST

START_TEST(observe_fails_on_what_cannot_be_read)
{
	w.get_fails[P_C] = ENODATA;
	ck_assert_int_eq(txn_observe(&plan, &w, &e), -ENODATA);
	ck_assert_str_eq(e.msg, "read c: cannot read");
	ck_assert_uint_eq(w.calls, 3);
}
END_TEST

START_TEST(apply_sets_in_the_order_of_the_plan_with_one_message_for_a_group)
{
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	ck_assert_str_eq(w.trace, "[a=100 b=101 c=102 ]names= place=pod d=105 flags=106 ");
	assert_wanted(&w, &plan);
}
END_TEST

START_TEST(an_empty_plan_changes_nothing)
{
	plan.n = 0;
	ck_assert_int_eq(txn_observe(&plan, &w, &e), 0);
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	ck_assert_int_eq(txn_verify(&plan, &w, &e), 0);
	ck_assert_int_eq(txn_undo(&mem_table, &plan, &w, &e), 0);
	ck_assert_uint_eq(w.calls, 0);
}
END_TEST

START_TEST(one_of_a_group_alone_needs_no_message_for_groups)
{
	plan.steps[0] = plan.steps[P_B];
	plan.n = 1;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	ck_assert_str_eq(w.trace, "b=101 ");
}
END_TEST

START_TEST(different_groups_side_by_side_are_different_messages)
{
	plan.steps[0] = plan.steps[P_A];
	plan.steps[1] = plan.steps[P_B];
	plan.steps[2] = plan.steps[P_D];
	plan.n = 3;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	ck_assert_str_eq(w.trace, "[a=100 b=101 ]d=105 ");
}
END_TEST

START_TEST(a_table_without_groups_is_set_one_by_one)
{
	const struct prop_table single = { .props = mem_props, .n = P_COUNT };

	plan.n = 3;
	ck_assert_int_eq(txn_apply(&single, &plan, &w, &e), 0);
	ck_assert_str_eq(w.trace, "a=100 b=101 c=102 ");
	forget_trace(&w);
	for (int i = 0; i < 3; i++)
		plan.steps[i].was = w.home[i];
	ck_assert_int_eq(txn_undo(&single, &plan, &w, &e), 0);
	ck_assert_str_eq(w.trace, "a=0 c=2 b=1 ");
}
END_TEST

START_TEST(apply_stops_at_the_first_failure_and_names_it)
{
	w.set_fails[P_PLACE] = EEXIST;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), -EEXIST);
	ck_assert_str_eq(e.msg, "set place: driver refuses");
	ck_assert_str_eq(w.trace, "[a=100 b=101 c=102 ]names= place=pod ");
}
END_TEST

START_TEST(a_refused_message_is_repeated_one_by_one_which_names_the_culprit)
{
	w.set_fails[P_B] = EOPNOTSUPP;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), -EOPNOTSUPP);
	ck_assert_str_eq(e.msg, "set b: driver refuses");
	/* a was done by the message and is not done again; c is behind the culprit */
	ck_assert_str_eq(w.trace, "[a=100 b=101 ]b=101 ");
	ck_assert(at_home(&w, P_C));
}
END_TEST

/* Some drivers refuse a message that they would take in pieces. */
START_TEST(apply_goes_on_when_one_by_one_works)
{
	w.fail_at = 1;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	ck_assert_str_eq(w.trace, "a=100 b=101 c=102 names= place=pod d=105 flags=106 ");
	assert_wanted(&w, &plan);
}
END_TEST

START_TEST(a_message_that_worked_but_reported_failure_is_not_repeated)
{
	w.fail_at = 1;
	w.happens = true;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	ck_assert_str_eq(w.trace, "[a=100 b=101 c=102 ]names= place=pod d=105 flags=106 ");
}
END_TEST

START_TEST(what_cannot_be_read_is_set_when_a_message_is_repeated)
{
	w.set_fails[P_C] = EINVAL;
	w.get_fails[P_A] = ENODATA;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), -EINVAL);
	ck_assert_str_eq(w.trace, "[a=100 b=101 c=102 ]a=100 c=102 ");
}
END_TEST

START_TEST(a_device_that_is_gone_fails_apply)
{
	w.set_fails[P_A] = ENODEV;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), -ENODEV);
	ck_assert_str_eq(e.msg, "set a: driver refuses");
}
END_TEST

START_TEST(verify_finds_nothing_after_apply)
{
	e.sys = 77;
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	ck_assert_int_eq(txn_verify(&plan, &w, &e), 0);
	ck_assert_msg(e.sys == 77, "the error is written on success");
}
END_TEST

START_TEST(verify_lists_all_differences_with_what_is_wanted_and_found)
{
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	w.now[P_A] = value_number(7);
	w.now[P_PLACE] = value_text("elsewhere");
	w.get_fails[P_D] = ENODATA;
	ck_assert_int_eq(txn_verify(&plan, &w, &e), -ESTALE);
	ck_assert_str_eq(e.msg, "a: want 100, found 7");
	ck_assert_str_eq(e.details,
			 "place: want pod, found elsewhere; d: want 105, found cannot read");
}
END_TEST

START_TEST(a_device_that_is_gone_is_a_difference)
{
	for (int i = 0; i < P_COUNT; i++)
		w.get_fails[i] = ENODEV;
	ck_assert_int_eq(txn_verify(&plan, &w, &e), -ESTALE);
	ck_assert_str_eq(e.msg, "a: want 100, found cannot read");
}
END_TEST

START_TEST(what_later_plugins_may_change_is_not_verified)
{
	ck_assert_int_eq(txn_apply(&mem_table, &plan, &w, &e), 0);
	w.now[P_FLAGS] = value_number(0);
	w.get_fails[P_NAMES] = EIO;
	ck_assert_int_eq(txn_verify(&plan, &w, &e), 0);
}
END_TEST

START_TEST(verify_changes_nothing)
{
	ck_assert_int_eq(txn_verify(&plan, &w, &e), -ESTALE);
	ck_assert_str_eq(w.trace, "");
	assert_home(&w);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("txn");
	TCase *tc = tcase_create("txn");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, properties_are_found_by_name);
	tcase_add_test(tc, plan_never_grows_beyond_its_room);
	tcase_add_test(tc, observe_reads_every_step_and_changes_nothing);
	tcase_add_test(tc, a_plan_that_lacks_a_step_is_not_carried_out);
	tcase_add_test(tc, observe_fails_on_what_cannot_be_read);
	tcase_add_test(tc, apply_sets_in_the_order_of_the_plan_with_one_message_for_a_group);
	tcase_add_test(tc, an_empty_plan_changes_nothing);
	tcase_add_test(tc, one_of_a_group_alone_needs_no_message_for_groups);
	tcase_add_test(tc, different_groups_side_by_side_are_different_messages);
	tcase_add_test(tc, a_table_without_groups_is_set_one_by_one);
	tcase_add_test(tc, apply_stops_at_the_first_failure_and_names_it);
	tcase_add_test(tc, a_refused_message_is_repeated_one_by_one_which_names_the_culprit);
	tcase_add_test(tc, apply_goes_on_when_one_by_one_works);
	tcase_add_test(tc, a_message_that_worked_but_reported_failure_is_not_repeated);
	tcase_add_test(tc, what_cannot_be_read_is_set_when_a_message_is_repeated);
	tcase_add_test(tc, a_device_that_is_gone_fails_apply);
	tcase_add_test(tc, verify_finds_nothing_after_apply);
	tcase_add_test(tc, verify_lists_all_differences_with_what_is_wanted_and_found);
	tcase_add_test(tc, a_device_that_is_gone_is_a_difference);
	tcase_add_test(tc, what_later_plugins_may_change_is_not_verified);
	tcase_add_test(tc, verify_changes_nothing);
	suite_add_tcase(suite, tc);
	return suite;
}
