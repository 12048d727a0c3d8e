// SPDX-License-Identifier: Apache-2.0
/* Not being able to look is never taken for an answer; and what is found changed under the lock. */
#include "attach_run.h"

static const struct record_key next = { "net", "beef", "net1" };
static const struct devid other_device = { DEV_BUS_PCI, "0000:81:00.4" };

static void assert_untouched(void)
{
	ck_assert_uint_eq(device.calls, 0);
	ck_assert_ptr_null(strstr(fake.trace, "lease"));
	assert_on_disk(PHASE_LIVE);
}

START_TEST(a_pod_that_cannot_be_looked_at_keeps_its_device)
{
	go_live();
	fake.alive_fails = EMFILE;
	ck_assert_int_eq(attach_claim(&attach, &next, &r.device, &e), -EMFILE);
	assert_untouched();
	ck_assert_int_eq(attach_claim(&attach, &r.key, &r.device, &e), -EMFILE);
	assert_untouched();
}
END_TEST

START_TEST(a_mirror_that_cannot_be_looked_at_proves_nothing)
{
	go_live();
	fake.hold_fails = EACCES;
	ck_assert_int_eq(attach_claim(&attach, &next, &r.device, &e), -EACCES);
	assert_untouched();
	ck_assert_int_eq(attach_check(&attach, &r, &e), -EACCES);
	ck_assert_int_eq(attach_release(&attach, &r, &e), -EUCLEAN);
	ck_assert_str_eq(e.msg, "device 0000:81:00.3 is not home yet: fake fails");
	ck_assert_uint_eq(device.calls, 0);
	assert_on_disk(PHASE_LIVE);
}
END_TEST

START_TEST(an_add_that_cannot_look_at_the_pod_again_is_undone)
{
	fake.alive_fails = EMFILE;
	ck_assert_int_eq(add(), -EMFILE);
	ck_assert_str_eq(fake.trace, "provide lease open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

static int no_delegate(struct world *w unused, struct record *rec unused, struct err *err)
{
	return err_set(err, ENOSPC, "before the delegate was run");
}

START_TEST(a_delegate_that_was_not_run_is_not_asked_to_give_back)
{
	ck_assert_int_eq(attach_add(&attach, &r, &device, no_delegate, &e), -ENOSPC);
	ck_assert_str_eq(fake.trace, "open close forget ");
	assert_home(&device);
	assert_no_trace_on_disk();
}
END_TEST

START_TEST(what_cannot_be_forgotten_is_tried_again)
{
	go_live();
	fake.forget_fails = EROFS;
	ck_assert_int_eq(attach_release(&attach, &r, &e), -EROFS);
	assert_home(&device);
	assert_on_disk(PHASE_LIVE);
	fake.forget_fails = 0;
	ck_assert_int_eq(attach_release(&attach, &r, &e), 0);
	assert_no_trace_on_disk();
}
END_TEST

static int valid_fails; /* errno; 0: nothing is valid */

static int valid(const struct record *rec unused, void *arg unused, bool *ret, struct err *err)
{
	*ret = false;
	return fake_fail(valid_fails, err);
}

static int gc(void)
{
	return attach_gc(&attach, "net", valid, NULL, &e);
}

START_TEST(gc_keeps_what_it_cannot_tell_the_validity_of)
{
	go_live();
	valid_fails = EMFILE;
	ck_assert_int_eq(gc(), -EMFILE);
	assert_untouched();
	valid_fails = 0;
	ck_assert_int_eq(gc(), 0);
	assert_no_trace_on_disk();
}
END_TEST

static void dangle(const char *claim)
{
	ck_assert_int_eq(file_link_at(attach.store.dirfd, claim, "net:gone:net1", &e), 0);
}

START_TEST(gc_removes_claims_without_record_unless_their_device_is_locked)
{
	go_live();
	dangle("@0000:81:00.5");
	dangle("@0000:81:00.6");
	valid_fails = EMFILE;
	fake.busy = "0000:81:00.6";
	ck_assert_int_eq(gc(), -EMFILE);
	ck_assert(exists(CLAIM));
	ck_assert(!exists("@0000:81:00.5"));
	ck_assert(exists("@0000:81:00.6"));
}
END_TEST

START_TEST(cleaning_removes_what_a_killed_add_left_and_no_more)
{
	go_live();
	dangle("@0000:81:00.5");
	write_file("sriov-rdma/test/.net:beef:net1.tmp", "{", 0600);
	ck_assert_int_eq(attach_clean(&attach, &next, NULL, &e), 0);
	ck_assert(!exists(".net:beef:net1.tmp"));
	ck_assert(exists("@0000:81:00.5"));
	ck_assert_int_eq(
		attach_clean(&attach, &next, &(struct devid){ DEV_BUS_PCI, "0000:81:00.5" }, &e),
		0);
	ck_assert(!exists("@0000:81:00.5"));
	ck_assert_int_eq(attach_clean(&attach, &next, &r.device, &e), 0);
	assert_on_disk(PHASE_LIVE);
}
END_TEST

/* While we waited for the lock: the key is on another device now. */
static void move_record(void)
{
	cleanup(record_done) struct record moved = make_record("net", "c0ffee", "0000:81:00.4");

	ck_assert_int_eq(store_save(&attach.store, &moved, &e), 0);
	fake.in_lock = NULL;
}

START_TEST(a_key_that_moved_to_another_device_under_the_lock_is_to_be_tried_again)
{
	int fd = -EBADF;

	go_live();
	fake.in_lock = move_record;
	ck_assert_int_eq(attach_find(&attach, &r.key, NULL, 1000, &back, &fd, &e), -EAGAIN);
	ck_assert_str_eq(e.msg, "container c0ffee is being attached to device 0000:81:00.4 at "
				"this moment");
	fd_close(&fd);
	ck_assert_int_eq(store_save(&attach.store, &r, &e), 0);
	fake.in_lock = move_record;
	ck_assert_int_eq(
		attach_claim(&attach, &r.key, &(struct devid){ DEV_BUS_PCI, "0000:81:00.7" }, &e),
		-EAGAIN);
	ck_assert_str_eq(e.msg, "container c0ffee is being attached elsewhere at this moment");
	ck_assert_uint_eq(device.calls, 0);
}
END_TEST

static void remove_record(void)
{
	ck_assert_int_eq(store_forget(&attach.store, &r, false, &e), 0);
}

START_TEST(a_key_that_was_released_under_the_lock_is_free)
{
	go_live();
	fake.in_lock = remove_record;
	ck_assert_msg(!attach_claim(&attach, &r.key, &other_device, &e), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "lock ");
}
END_TEST

static void bring_to_life(void)
{
	fake.dead = false;
	ck_assert_int_eq(store_update(&attach.store, &r, &e), 0);
}

START_TEST(a_key_that_went_live_under_the_lock_is_in_use)
{
	go_live();
	r.phase = PHASE_PREPARED;
	ck_assert_int_eq(store_update(&attach.store, &r, &e), 0);
	r.phase = PHASE_LIVE;
	fake.in_lock = bring_to_life;
	ck_assert_int_eq(attach_claim(&attach, &r.key, &other_device, &e), -EADDRINUSE);
	assert_untouched();
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("attach_doubt");
	TCase *tc = tcase_create("attach_doubt");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_pod_that_cannot_be_looked_at_keeps_its_device);
	tcase_add_test(tc, a_mirror_that_cannot_be_looked_at_proves_nothing);
	tcase_add_test(tc, an_add_that_cannot_look_at_the_pod_again_is_undone);
	tcase_add_test(tc, a_delegate_that_was_not_run_is_not_asked_to_give_back);
	tcase_add_test(tc, what_cannot_be_forgotten_is_tried_again);
	tcase_add_test(tc, gc_keeps_what_it_cannot_tell_the_validity_of);
	tcase_add_test(tc, gc_removes_claims_without_record_unless_their_device_is_locked);
	tcase_add_test(tc, cleaning_removes_what_a_killed_add_left_and_no_more);
	tcase_add_test(tc, a_key_that_moved_to_another_device_under_the_lock_is_to_be_tried_again);
	tcase_add_test(tc, a_key_that_was_released_under_the_lock_is_free);
	tcase_add_test(tc, a_key_that_went_live_under_the_lock_is_in_use);
	suite_add_tcase(suite, tc);
	return suite;
}
