// SPDX-License-Identifier: Apache-2.0
/* Finding, releasing, checking and collecting garbage; attach_test.c has how they come to be. */
#include "attach_run.h"

static const struct devid other_device = { DEV_BUS_PCI, "0000:81:00.4" };

static bool is_locked(const char *name)
{
	int fd;
	struct err ignored;
	bool ret = file_lock_at(locks, name, 0, &fd, &ignored) == -ETIMEDOUT;

	if (!ret)
		fd_close(&fd);
	return ret;
}

static int release(void)
{
	return attach_release(&attach, &r, &e);
}

START_TEST(release_gives_the_lease_back_then_the_device_then_forgets)
{
	go_live();
	ck_assert_msg(!release(), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "lease open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(without_a_delegate_there_is_no_lease)
{
	go_live();
	r.ipam = "";
	ck_assert_int_eq(release(), 0);
	r.ipam = NULL;
	ck_assert_int_eq(release(), 0);
	ck_assert_ptr_null(strstr(fake.trace, "lease"));
}
END_TEST

START_TEST(a_device_that_is_gone_is_home)
{
	go_live();
	fake.open_fails = ENODEV;
	ck_assert_msg(!release(), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "lease open forget ");
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(a_device_that_cannot_be_opened_is_stuck)
{
	go_live();
	fake.open_fails = EMFILE;
	ck_assert_int_eq(release(), -EUCLEAN);
	ck_assert_str_eq(e.msg, "device 0000:81:00.3 is not home yet: fake fails");
	assert_on_disk(PHASE_LIVE);
	ck_assert_ptr_null(strstr(fake.trace, "forget"));
}
END_TEST

START_TEST(device_and_lease_are_both_tried_and_both_told)
{
	go_live();
	device.set_fails[P_D] = ENODATA;
	device.set_fails[P_PLACE] = EPERM;
	fake.lease_fails = EPIPE;
	ck_assert_int_eq(release(), -EUCLEAN);
	ck_assert_str_eq(e.msg, "device 0000:81:00.3 is not home yet: set d: driver refuses");
	ck_assert_str_eq(e.details, "set place: driver refuses; fake fails");
	assert_on_disk(PHASE_LIVE);
	ck_assert(at_home(&device, P_A) && at_home(&device, P_FLAGS));
}
END_TEST

START_TEST(with_the_device_home_only_the_lease_is_left_and_claims_nothing)
{
	go_live();
	fake.lease_fails = EPIPE;
	ck_assert_int_eq(release(), -EPIPE);
	ck_assert_str_eq(e.msg, "fake fails");
	ck_assert_str_eq(fake.trace, "lease open close forget ");
	assert_home(&device);
	assert_on_disk(PHASE_LEASE);
	ck_assert(!exists(CLAIM));
}
END_TEST

START_TEST(a_lease_is_tried_again_without_touching_the_device)
{
	go_live();
	fake.lease_fails = EPIPE;
	ck_assert_int_eq(release(), -EPIPE);
	/* it belongs to the next pod by now */
	device.now[P_PLACE] = value_text("next pod");
	device.calls = 0;
	ck_assert_int_eq(release(), -EPIPE);
	assert_on_disk(PHASE_LEASE);
	fake.lease_fails = 0;
	ck_assert_int_eq(release(), 0);
	ck_assert_uint_eq(device.calls, 0);
	assert_no_trace_on_disk();
}
END_TEST

/* Killed between the record's update and giving up the claim. */
START_TEST(a_lease_that_still_has_its_claim_does_not_touch_the_device_either)
{
	go_live();
	r.phase = PHASE_LEASE;
	ck_assert_int_eq(store_update(&attach.store, &r, &e), 0);
	ck_assert(exists(CLAIM));
	ck_assert_int_eq(release(), 0);
	ck_assert_uint_eq(device.calls, 0);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(a_device_that_another_record_claims_is_left_alone)
{
	cleanup(record_done) struct record other = make_record("net", "beef", "0000:81:00.3");

	go_live();
	other.plan.n = 0;
	ck_assert_int_eq(store_save(&attach.store, &other, &e), 0);
	ck_assert_int_eq(release(), 0);
	ck_assert_str_eq(fake.trace, "lease forget ");
	ck_assert_uint_eq(device.calls, 0);
	ck_assert(!exists(NAME));
	ck_assert(owns(&attach.store, &other));
}
END_TEST

START_TEST(a_device_that_a_go_plugin_took_over_is_left_alone)
{
	go_live();
	fake.foreign = true;
	ck_assert_int_eq(release(), 0);
	ck_assert_uint_eq(device.calls, 0);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(before_it_is_live_nobody_can_have_taken_it_over)
{
	go_live();
	fake.foreign = true;
	r.phase = PHASE_PREPARED;
	ck_assert_int_eq(store_update(&attach.store, &r, &e), 0);
	ck_assert_int_eq(release(), 0);
	assert_home(&device);
}
END_TEST

START_TEST(what_a_go_plugin_attached_is_released_and_the_store_left_alone)
{
	device.on_set = NULL; /* no record of ours */
	ck_assert_int_eq(txn_observe(&r.plan, &device, &e), 0);
	ck_assert_int_eq(txn_apply(&mem_table, &r.plan, &device, &e), 0);
	r.phase = PHASE_LIVE;
	r.foreign = true;
	fake.foreign = true;
	ck_assert_msg(!release(), "%s", e.msg);
	assert_home(&device);
	ck_assert_ptr_nonnull(strstr(fake.trace, "forget"));
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(what_a_go_plugin_attached_is_left_alone_when_it_is_ours_now)
{
	cleanup(record_done) struct record go = make_record("net", "beef", "0000:81:00.3");

	go_live();
	go.phase = PHASE_LIVE;
	go.foreign = true;
	ck_assert_int_eq(attach_release(&attach, &go, &e), 0);
	ck_assert_uint_eq(device.calls, 0);
	assert_on_disk(PHASE_LIVE);
}
END_TEST

static int find(const struct devid *hint, struct record *ret, int *fd)
{
	record_done(ret);
	return attach_find(&attach, &r.key, hint, 1000, ret, fd, &e);
}

START_TEST(what_is_found_is_locked)
{
	int fd = -EBADF;

	go_live();
	ck_assert_msg(!find(&other_device, &back, &fd), "%s", e.msg);
	ck_assert_str_eq(back.key.container, "c0ffee");
	ck_assert(is_locked("0000:81:00.3"));
	ck_assert_msg(!is_locked("0000:81:00.4"), "the record knows better than the hint");
	fd_close(&fd);
	ck_assert(!is_locked("0000:81:00.3"));
}
END_TEST

START_TEST(without_a_record_the_device_of_the_hint_is_locked)
{
	int fd = 77;

	ck_assert_int_eq(find(NULL, &back, &fd), -ENOENT);
	ck_assert_int_eq(fd, -EBADF);
	ck_assert_int_eq(find(&other_device, &back, &fd), -ENOENT);
	ck_assert(is_locked("0000:81:00.4"));
	fd_close(&fd);
}
END_TEST

START_TEST(a_device_locked_for_too_long_is_an_error)
{
	int fd = 77;

	go_live();
	fake.busy = "0000:81:00.3";
	ck_assert_int_eq(find(NULL, &back, &fd), -ETIMEDOUT);
	ck_assert_str_eq(e.msg, "0000:81:00.3 is busy");
	ck_assert_int_eq(fd, 77);
}
END_TEST

static void remove_record(void)
{
	ck_assert_int_eq(store_forget(&attach.store, &r, false, &e), 0);
}

static void save_record(void)
{
	ck_assert_int_eq(store_save(&attach.store, &r, &e), 0);
}

START_TEST(what_counts_is_the_record_under_the_lock)
{
	int fd = -EBADF;

	go_live();
	fake.in_lock = remove_record;
	ck_assert_int_eq(find(NULL, &back, &fd), -ENOENT);
	ck_assert(is_locked("0000:81:00.3"));
	fd_close(&fd);
	fake.in_lock = save_record;
	ck_assert_int_eq(find(&r.device, &back, &fd), 0);
	ck_assert_str_eq(back.key.container, "c0ffee");
	fd_close(&fd);
}
END_TEST

START_TEST(a_damaged_record_is_none_and_one_that_is_too_new_is_an_error)
{
	int fd = 77;

	go_live();
	write_file("sriov-rdma/test/" NAME, "damaged", 0600);
	ck_assert_int_eq(find(&r.device, &back, &fd), -ENOENT);
	fd_close(&fd);
	write_file("sriov-rdma/test/" NAME, "damaged", 0600);
	ck_assert_int_eq(find(NULL, &back, &fd), -ENOENT);
	write_file("sriov-rdma/test/" NAME, "{\"minReader\":9,\"plugin\":\"test\"}", 0600);
	ck_assert_int_eq(find(&r.device, &back, &fd), -EPROTO);
	ck_assert(!is_locked("0000:81:00.3"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("attach_release");
	TCase *tc = tcase_create("attach_release");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, release_gives_the_lease_back_then_the_device_then_forgets);
	tcase_add_test(tc, without_a_delegate_there_is_no_lease);
	tcase_add_test(tc, a_device_that_is_gone_is_home);
	tcase_add_test(tc, a_device_that_cannot_be_opened_is_stuck);
	tcase_add_test(tc, device_and_lease_are_both_tried_and_both_told);
	tcase_add_test(tc, with_the_device_home_only_the_lease_is_left_and_claims_nothing);
	tcase_add_test(tc, a_lease_is_tried_again_without_touching_the_device);
	tcase_add_test(tc, a_lease_that_still_has_its_claim_does_not_touch_the_device_either);
	tcase_add_test(tc, a_device_that_another_record_claims_is_left_alone);
	tcase_add_test(tc, a_device_that_a_go_plugin_took_over_is_left_alone);
	tcase_add_test(tc, before_it_is_live_nobody_can_have_taken_it_over);
	tcase_add_test(tc, what_a_go_plugin_attached_is_released_and_the_store_left_alone);
	tcase_add_test(tc, what_a_go_plugin_attached_is_left_alone_when_it_is_ours_now);
	tcase_add_test(tc, what_is_found_is_locked);
	tcase_add_test(tc, without_a_record_the_device_of_the_hint_is_locked);
	tcase_add_test(tc, a_device_locked_for_too_long_is_an_error);
	tcase_add_test(tc, what_counts_is_the_record_under_the_lock);
	tcase_add_test(tc, a_damaged_record_is_none_and_one_that_is_too_new_is_an_error);
	suite_add_tcase(suite, tc);
	return suite;
}
