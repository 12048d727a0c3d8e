// SPDX-License-Identifier: Apache-2.0
/* Claiming and adding; attach_release_test.c has the other verbs. */
#include "attach_run.h"

static int refuse(struct world *w unused, struct record *rec, struct err *err)
{
	called("provide");
	rec->leased = true;
	return err_code(err, ENOSPC, 105, "no address left");
}

START_TEST(add_records_applies_provides_publishes_and_only_then_is_live)
{
	ck_assert_msg(!add(), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "provide publish ");
	ck_assert_int_eq(r.phase, PHASE_LIVE);
	assert_on_disk(PHASE_LIVE);
	assert_wanted(&device, &r.plan);
	ck_assert(value_equal(&back.plan.steps[P_PLACE].was, &device.home[P_PLACE]));
}
END_TEST

static cJSON *result;

static int provide_result(struct world *w unused, struct record *rec, struct err *err unused)
{
	result = cJSON_CreateObject();
	json_put_str(result, "cniVersion", "1.1.0");
	rec->result = result;
	return 0;
}

START_TEST(the_result_is_in_the_record_when_it_goes_live)
{
	ck_assert_int_eq(attach_add(&attach, &r, &device, provide_result, &e), 0);
	assert_on_disk(PHASE_LIVE);
	ck_assert(cJSON_Compare(back.result, result, true));
	cJSON_Delete(result);
}
END_TEST

START_TEST(what_cannot_be_read_is_neither_recorded_nor_changed)
{
	device.get_fails[P_D] = EIO;
	ck_assert_int_eq(add(), -EIO);
	ck_assert_str_eq(e.msg, "read d: cannot read");
	ck_assert_str_eq(device.trace, "");
	ck_assert_str_eq(fake.trace, "");
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(nothing_is_changed_when_the_record_cannot_be_written)
{
	ck_assert_int_eq(mkdirat(attach.store.dirfd, "." NAME ".tmp", 0700), 0);
	ck_assert_int_eq(add(), -EISDIR);
	ck_assert_str_eq(e.msg, "write " NAME ": Is a directory");
	ck_assert_str_eq(device.trace, "");
	assert_home(&device);
}
END_TEST

START_TEST(whatever_refuses_all_is_as_it_was_and_forget)
{
	char want[64];

	fresh();
	device.set_fails[_i] = EOPNOTSUPP;
	ck_assert_int_eq(add(), -EOPNOTSUPP);
	snprintf(want, sizeof(want), "set %s: driver refuses", mem_props[_i].name);
	ck_assert_str_eq(e.msg, want);
	ck_assert_str_eq(e.details, "");
	/* the delegate was not called, so it has nothing to give back */
	ck_assert_str_eq(fake.trace, "open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(a_lease_is_given_back_before_the_device_leaves_the_pod)
{
	ck_assert_int_eq(attach_add(&attach, &r, &device, refuse, &e), -ENOSPC);
	ck_assert_str_eq(e.msg, "no address left");
	ck_assert_uint_eq(e.code, 105);
	ck_assert_str_eq(fake.trace, "provide lease open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(a_pod_that_went_away_meanwhile_gets_nothing)
{
	fake.dead = true;
	ck_assert_int_eq(add(), -ECANCELED);
	ck_assert_str_eq(e.msg, "network namespace /run/netns/x went away during ADD");
	ck_assert_str_eq(fake.trace, "provide lease open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(what_cannot_be_published_is_undone)
{
	fake.publish_fails = EROFS;
	ck_assert_int_eq(add(), -EROFS);
	ck_assert_str_eq(fake.trace, "provide publish lease open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

static void spoil_update(void)
{
	ck_assert_int_eq(mkdirat(attach.store.dirfd, "." NAME ".tmp", 0700), 0);
	/* not asked of what is not live */
	fake.foreign = true;
}

START_TEST(what_cannot_go_live_is_undone)
{
	fake.in_publish = spoil_update;
	ck_assert_int_eq(add(), -EISDIR);
	ck_assert_str_eq(e.msg, "write " NAME ": Is a directory");
	ck_assert_str_eq(fake.trace, "provide publish lease open close forget ");
	assert_home(&device);
	ck_assert(!exists(NAME));
}
END_TEST

static int refuse_and_break(struct world *w, struct record *rec, struct err *err)
{
	w->set_fails[P_PLACE] = EBUSY;
	fake.lease_fails = EPIPE;
	return refuse(w, rec, err);
}

START_TEST(an_incomplete_rollback_keeps_the_record_and_says_what_is_stuck)
{
	ck_assert_int_eq(attach_add(&attach, &r, &device, refuse_and_break, &e), -ENOSPC);
	ck_assert_str_eq(e.msg, "no address left");
	ck_assert_uint_eq(e.code, 105);
	ck_assert_str_eq(e.details, "not undone: device 0000:81:00.3 is not home yet: set place: "
				    "driver refuses; fake fails");
	ck_assert_str_eq(fake.trace, "provide lease open close ");
	assert_on_disk(PHASE_PREPARED);
	/* and whoever comes next finishes it */
	device.set_fails[P_PLACE] = 0;
	fake.lease_fails = 0;
	ck_assert_int_eq(attach_release(&attach, &back, &e), 0);
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(a_free_device_is_claimed_by_anybody)
{
	ck_assert_int_eq(attach_claim(&attach, &r.key, &r.device, &e), 0);
	ck_assert_str_eq(fake.trace, "");
}
END_TEST

static const struct record_key next = { "net", "beef", "net1" };
static const struct devid other_device = { DEV_BUS_PCI, "0000:81:00.4" };

static int claim_next(void)
{
	return attach_claim(&attach, &next, &r.device, &e);
}

START_TEST(a_device_in_use_is_not_claimed_and_its_user_is_named)
{
	go_live();
	ck_assert_int_eq(claim_next(), -EADDRINUSE);
	ck_assert_str_eq(e.msg, "device 0000:81:00.3 is attached to container c0ffee as net1 "
				"(network net), delete that pod first");
	assert_on_disk(PHASE_LIVE);
	ck_assert_str_eq(device.trace, "");
}
END_TEST

START_TEST(a_container_cannot_have_the_same_interface_twice)
{
	go_live();
	ck_assert_int_eq(attach_claim(&attach, &r.key, &other_device, &e), -EADDRINUSE);
	ck_assert_str_eq(e.msg, "container c0ffee already has net1 on device 0000:81:00.3, "
				"delete it first");
	ck_assert_int_eq(attach_claim(&attach, &r.key, &r.device, &e), -EADDRINUSE);
	assert_on_disk(PHASE_LIVE);
}
END_TEST

START_TEST(what_a_dead_pod_left_is_finished_off)
{
	go_live();
	fake.dead = true;
	ck_assert_msg(!claim_next(), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "lease open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(what_a_dead_add_left_is_finished_off)
{
	go_live();
	r.phase = PHASE_PREPARED;
	ck_assert_int_eq(store_update(&attach.store, &r, &e), 0);
	ck_assert_msg(!claim_next(), "%s", e.msg);
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(what_somebody_else_took_over_is_forget_and_left_alone)
{
	go_live();
	fake.foreign = true;
	ck_assert_msg(!claim_next(), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "lease forget ");
	ck_assert_str_eq(device.trace, "");
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(a_stale_attachment_that_is_stuck_is_told_and_stays)
{
	go_live();
	fake.dead = true;
	device.set_fails[P_PLACE] = EBUSY;
	ck_assert_int_eq(claim_next(), -EUCLEAN);
	ck_assert_str_eq(e.msg, "stale attachment to container c0ffee: device 0000:81:00.3 is not "
				"home yet: set place: driver refuses");
	assert_on_disk(PHASE_LIVE);
}
END_TEST

START_TEST(a_lease_that_cannot_be_given_back_does_not_block_the_next_pod)
{
	go_live();
	fake.dead = true;
	fake.lease_fails = ETIMEDOUT;
	ck_assert_msg(!claim_next(), "%s", e.msg);
	assert_home(&device);
	assert_on_disk(PHASE_LEASE);
	fake.trace[0] = '\0';
	ck_assert_msg(!claim_next(), "%s", e.msg);
	ck_assert_msg(!*fake.trace, "a record without claim is nobody's business");
}
END_TEST

START_TEST(an_earlier_attachment_of_the_key_on_another_device_is_finished_off_under_its_lock)
{
	go_live();
	fake.dead = true;
	ck_assert_msg(!attach_claim(&attach, &r.key, &other_device, &e), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "lock lease open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
	fake.dead = false;
	go_live();
	fake.dead = true;
	fake.busy = r.device.name;
	ck_assert_int_eq(attach_claim(&attach, &r.key, &other_device, &e), -ETIMEDOUT);
	ck_assert_str_eq(device.trace, "");
	assert_on_disk(PHASE_LIVE);
}
END_TEST

START_TEST(a_damaged_record_claims_nothing)
{
	go_live();
	write_file("sriov-rdma/test/" NAME, "damaged", 0600);
	ck_assert_int_eq(claim_next(), 0);
	ck_assert_int_eq(attach_claim(&attach, &r.key, &r.device, &e), 0);
	ck_assert(exists("!" NAME));
}
END_TEST

START_TEST(a_record_that_is_too_new_blocks_its_device_and_its_key)
{
	go_live();
	write_file("sriov-rdma/test/" NAME, "{\"minReader\":9,\"plugin\":\"test\"}", 0600);
	ck_assert_int_eq(claim_next(), -EPROTO);
	ck_assert_int_eq(attach_claim(&attach, &r.key, &other_device, &e), -EPROTO);
	ck_assert(exists(NAME));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("attach");
	TCase *tc = tcase_create("attach");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, add_records_applies_provides_publishes_and_only_then_is_live);
	tcase_add_test(tc, the_result_is_in_the_record_when_it_goes_live);
	tcase_add_test(tc, what_cannot_be_read_is_neither_recorded_nor_changed);
	tcase_add_test(tc, nothing_is_changed_when_the_record_cannot_be_written);
	tcase_add_loop_test(tc, whatever_refuses_all_is_as_it_was_and_forget, 0, P_COUNT);
	tcase_add_test(tc, a_lease_is_given_back_before_the_device_leaves_the_pod);
	tcase_add_test(tc, a_pod_that_went_away_meanwhile_gets_nothing);
	tcase_add_test(tc, what_cannot_be_published_is_undone);
	tcase_add_test(tc, what_cannot_go_live_is_undone);
	tcase_add_test(tc, an_incomplete_rollback_keeps_the_record_and_says_what_is_stuck);
	tcase_add_test(tc, a_free_device_is_claimed_by_anybody);
	tcase_add_test(tc, a_device_in_use_is_not_claimed_and_its_user_is_named);
	tcase_add_test(tc, a_container_cannot_have_the_same_interface_twice);
	tcase_add_test(tc, what_a_dead_pod_left_is_finished_off);
	tcase_add_test(tc, what_a_dead_add_left_is_finished_off);
	tcase_add_test(tc, what_somebody_else_took_over_is_forget_and_left_alone);
	tcase_add_test(tc, a_stale_attachment_that_is_stuck_is_told_and_stays);
	tcase_add_test(tc, a_lease_that_cannot_be_given_back_does_not_block_the_next_pod);
	tcase_add_test(
		tc,
		an_earlier_attachment_of_the_key_on_another_device_is_finished_off_under_its_lock);
	tcase_add_test(tc, a_damaged_record_claims_nothing);
	tcase_add_test(tc, a_record_that_is_too_new_blocks_its_device_and_its_key);
	suite_add_tcase(suite, tc);
	return suite;
}
