// SPDX-License-Identifier: Apache-2.0
/* The two verbs over what is there: CHECK and GC. */
#include "attach_run.h"

static int check(void)
{
	int ret = attach_check(&attach, &r, &e);

	ck_assert_msg(!*device.trace, "CHECK changed something");
	return ret;
}

START_TEST(what_was_added_passes_the_check)
{
	go_live();
	ck_assert_msg(!check(), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "open close ");
}
END_TEST

START_TEST(the_check_lists_all_differences)
{
	go_live();
	device.now[P_A] = value_number(1);
	device.now[P_PLACE] = value_text("elsewhere");
	ck_assert_int_eq(check(), -ESTALE);
	ck_assert_str_eq(e.msg, "a: want 100, found 1");
	ck_assert_str_eq(e.details, "place: want pod, found elsewhere");
}
END_TEST

START_TEST(what_is_not_live_does_not_pass)
{
	go_live();
	r.phase = PHASE_PREPARED;
	ck_assert_int_eq(check(), -ESTALE);
	ck_assert_str_eq(e.msg, "attachment was never completed, or is being released");
	r.phase = PHASE_LEASE;
	ck_assert_int_eq(check(), -ESTALE);
}
END_TEST

START_TEST(what_belongs_to_somebody_else_does_not_pass)
{
	cleanup(record_done) struct record other = make_record("net", "beef", "0000:81:00.3");

	go_live();
	fake.foreign = true;
	ck_assert_int_eq(check(), -ESTALE);
	ck_assert_str_eq(e.msg, "device 0000:81:00.3 belongs to another attachment now");
	fake.foreign = false;
	other.plan.n = 0;
	ck_assert_int_eq(store_save(&attach.store, &other, &e), 0);
	ck_assert_int_eq(check(), -ESTALE);
	ck_assert_str_eq(fake.trace, "");
}
END_TEST

START_TEST(a_device_that_is_gone_does_not_pass)
{
	go_live();
	fake.open_fails = ENODEV;
	ck_assert_int_eq(check(), -ENODEV);
	ck_assert_str_eq(e.msg, "device 0000:81:00.3: fake fails");
}
END_TEST

/* Containers that GC is told of, joined. */
static const char *valid = "";

static int is_valid(const struct record *rec, void *arg, bool *ret, struct err *err unused)
{
	ck_assert_ptr_eq(arg, &fake);
	ck_assert_str_eq(rec->key.network, "net");
	*ret = strstr(valid, rec->key.container);
	return 0;
}

static int gc(void)
{
	return attach_gc(&attach, "net", is_valid, &fake, &e);
}

/* Three live attachments, of three devices that are one in memory, in two networks. */
static void add_three(void)
{
	static const char *const keys[][3] = { { "net", "c0ffee", "0000:81:00.3" },
					       { "net", "beef", "0000:81:00.4" },
					       { "other", "f00d", "0000:81:00.5" } };

	for (size_t i = array_size(keys); i-- > 0;) {
		record_done(&r);
		r = make_record(keys[i][0], keys[i][1], keys[i][2]);
		device.on_set = NULL;
		memcpy(device.now, device.home, sizeof(device.now));
		go_live();
	}
}

START_TEST(gc_keeps_what_is_valid_and_what_is_another_networks)
{
	add_three();
	valid = "c0ffee";
	ck_assert_msg(!gc(), "%s", e.msg);
	ck_assert_str_eq(fake.trace, "lock lease open close forget ");
	ck_assert(exists("net:c0ffee:net1"));
	ck_assert(exists("@0000:81:00.3"));
	ck_assert(!exists("net:beef:net1"));
	ck_assert(!exists("@0000:81:00.4"));
	ck_assert(exists("other:f00d:net1"));
	ck_assert(exists("@0000:81:00.5"));
	assert_home(&device);
}
END_TEST

START_TEST(gc_releases_all_of_a_network_when_nothing_is_valid)
{
	add_three();
	ck_assert_int_eq(gc(), 0);
	ck_assert(!exists("net:c0ffee:net1"));
	ck_assert(!exists("net:beef:net1"));
	ck_assert(exists("other:f00d:net1"));
}
END_TEST

START_TEST(gc_goes_on_after_errors_and_tells_them_all)
{
	add_three();
	fake.busy = "0000:81:00.4";
	fake.lease_fails = EPIPE;
	ck_assert_int_eq(gc(), -ETIMEDOUT);
	ck_assert_str_eq(e.msg, "container beef net1: 0000:81:00.4 is busy");
	ck_assert_str_eq(e.details, "container c0ffee net1: fake fails");
	ck_assert(exists("net:beef:net1"));
	assert_home(&device);
	assert_on_disk(PHASE_LEASE);
	fake.busy = NULL;
	fake.lease_fails = 0;
	ck_assert_int_eq(gc(), 0);
	ck_assert(!exists("net:c0ffee:net1"));
	ck_assert(!exists("net:beef:net1"));
}
END_TEST

static void remove_beef(void)
{
	ck_assert_int_eq(unlinkat(attach.store.dirfd, "net:beef:net1", 0), 0);
	fake.in_lock = NULL;
}

START_TEST(what_was_released_while_gc_waited_is_no_error)
{
	add_three();
	valid = "c0ffee";
	fake.in_lock = remove_beef;
	ck_assert_msg(!gc(), "%s", e.msg);
	/* the second one is for the claim, which points to nothing now */
	ck_assert_str_eq(fake.trace, "lock lock ");
}
END_TEST

START_TEST(gc_passes_over_what_it_cannot_read)
{
	add_three();
	write_file("sriov-rdma/test/net:a:net1", "damaged", 0600);
	write_file("sriov-rdma/test/net:b:net1", "{\"minReader\":9,\"plugin\":\"test\"}", 0600);
	ck_assert_int_eq(gc(), 0);
	ck_assert(exists("!net:a:net1"));
	ck_assert(exists("net:b:net1"));
	ck_assert(!exists("net:c0ffee:net1"));
}
END_TEST

START_TEST(gc_over_nothing_is_fine)
{
	ck_assert_int_eq(gc(), 0);
	ck_assert_str_eq(fake.trace, "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("attach_gc");
	TCase *tc = tcase_create("attach_gc");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, what_was_added_passes_the_check);
	tcase_add_test(tc, the_check_lists_all_differences);
	tcase_add_test(tc, what_is_not_live_does_not_pass);
	tcase_add_test(tc, what_belongs_to_somebody_else_does_not_pass);
	tcase_add_test(tc, a_device_that_is_gone_does_not_pass);
	tcase_add_test(tc, gc_keeps_what_is_valid_and_what_is_another_networks);
	tcase_add_test(tc, gc_releases_all_of_a_network_when_nothing_is_valid);
	tcase_add_test(tc, gc_goes_on_after_errors_and_tells_them_all);
	tcase_add_test(tc, what_was_released_while_gc_waited_is_no_error);
	tcase_add_test(tc, gc_passes_over_what_it_cannot_read);
	tcase_add_test(tc, gc_over_nothing_is_fine);
	suite_add_tcase(suite, tc);
	return suite;
}
