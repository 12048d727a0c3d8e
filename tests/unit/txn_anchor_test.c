// SPDX-License-Identifier: Apache-2.0
/* A pod that still has the device must not find it changed: what says where it is holds undo up. */
#include "memworld.h"

static struct prop props[P_COUNT];
static const struct prop_table table = { .props = props, .n = P_COUNT, .anchor = "place" };
static struct world w;
static struct plan plan;
static struct err e;

static struct value place(uint64_t ino, const char *name)
{
	struct value v = { .type = VALUE_PLACE, .place = { .ino = ino } };

	ck_assert_int_eq(str_copy(v.place.name, sizeof(v.place.name), name), 0);
	return v;
}

/* As in memworld.h, but "place" (rank 1) is one, and the anchor; applied. */
static void set_up(void)
{
	e = (struct err){ 0 };
	mem_reset(&w);
	memcpy(props, mem_props, sizeof(props));
	props[P_PLACE].type = VALUE_PLACE;
	w.home[P_PLACE] = place(0, "ens1f0v3");
	w.now[P_PLACE] = w.home[P_PLACE];
	mem_plan(&plan);
	for (size_t i = 0; i < plan.n; i++)
		plan.steps[i].prop = &props[i];
	plan.steps[P_PLACE].want = place(7, "net1");
	ck_assert_int_eq(txn_observe(&plan, &w, &e), 0);
	ck_assert_int_eq(txn_apply(&table, &plan, &w, &e), 0);
	forget_trace(&w);
}

static int undo(void)
{
	return txn_undo(&table, &plan, &w, &e);
}

/* What stands behind the device's way home. */
static void assert_later_ranks_wait(void)
{
	ck_assert_ptr_null(strstr(w.trace, "b="));
	ck_assert_ptr_null(strstr(w.trace, "c="));
	ck_assert_ptr_null(strstr(w.trace, "flags="));
	ck_assert_ptr_null(strstr(w.trace, "names="));
}

START_TEST(undo_is_as_ever_when_the_device_comes_home)
{
	ck_assert_msg(!undo(), "%s", e.msg);
	assert_home(&w);
}
END_TEST

START_TEST(nothing_is_touched_while_nobody_knows_where_the_device_is)
{
	w.get_fails[P_PLACE] = EAGAIN;
	ck_assert_int_eq(undo(), -EAGAIN);
	ck_assert_str_eq(e.msg, "read place: cannot read");
	ck_assert_str_eq(w.trace, "");
	w.get_fails[P_PLACE] = 0;
	ck_assert_int_eq(undo(), 0);
	assert_home(&w);
}
END_TEST

START_TEST(a_device_that_is_gone_holds_nothing_up)
{
	w.get_fails[P_PLACE] = ENODEV;
	ck_assert_int_eq(undo(), 0);
	for (int i = 0; i < P_COUNT; i++)
		ck_assert(i == P_PLACE || at_home(&w, i));
}
END_TEST

START_TEST(a_device_that_stays_in_the_pod_stays_as_the_pod_knows_it)
{
	w.set_fails[P_PLACE] = EBUSY;
	ck_assert_int_eq(undo(), -EBUSY);
	ck_assert_str_eq(e.msg, "set place: driver refuses");
	assert_later_ranks_wait();
	w.set_fails[P_PLACE] = 0;
	ck_assert_int_eq(undo(), 0);
	assert_home(&w);
}
END_TEST

START_TEST(home_under_another_name_is_home_enough_for_the_rest)
{
	w.now[P_PLACE] = place(0, "net1");
	w.set_fails[P_PLACE] = EEXIST;
	ck_assert_int_eq(undo(), -EEXIST);
	for (int i = 0; i < P_COUNT; i++)
		ck_assert(i == P_PLACE || at_home(&w, i));
}
END_TEST

START_TEST(another_property_of_the_same_rank_holds_nothing_up)
{
	w.set_fails[P_D] = EIO;
	ck_assert_int_eq(undo(), -EIO);
	for (int i = 0; i < P_COUNT; i++)
		ck_assert(i == P_D || at_home(&w, i));
}
END_TEST

START_TEST(an_earlier_rank_that_fails_is_no_reason_to_leave_the_device_in_the_pod)
{
	w.set_fails[P_A] = EPERM;
	ck_assert_int_eq(undo(), -EPERM);
	for (int i = 0; i < P_COUNT; i++)
		ck_assert(i == P_A || at_home(&w, i));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("txn_anchor");
	TCase *tc = tcase_create("txn_anchor");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, undo_is_as_ever_when_the_device_comes_home);
	tcase_add_test(tc, nothing_is_touched_while_nobody_knows_where_the_device_is);
	tcase_add_test(tc, a_device_that_is_gone_holds_nothing_up);
	tcase_add_test(tc, a_device_that_stays_in_the_pod_stays_as_the_pod_knows_it);
	tcase_add_test(tc, home_under_another_name_is_home_enough_for_the_rest);
	tcase_add_test(tc, another_property_of_the_same_rank_holds_nothing_up);
	tcase_add_test(tc, an_earlier_rank_that_fails_is_no_reason_to_leave_the_device_in_the_pod);
	suite_add_tcase(suite, tc);
	return suite;
}
