// SPDX-License-Identifier: Apache-2.0
/* Whose is the mark that tells the Go plugin that a device is taken; below $FAKE_ROOT. */
#include "compat.h"
#include "script.h"

#define PODS_NETNS "/run/netns/pod"

static const struct record record = {
	.key = { .network = "net", .container = "c0ffee", .ifname = "net1" },
	.device = { DEV_BUS_PCI, "0000:03:00.3" },
	.netns = PODS_NETNS,
};

static void set_up(void)
{
	char path[PATH_MAX], command[PATH_MAX];

	make_dir();
	setenv("FAKE_ROOT", dir, 1);
	ck_assert_int_eq(str_printf(path, sizeof(path), "%s/world", dir), 0);
	setenv("FAKE_WORLD", path, 1);
	ck_assert_int_eq(
		str_printf(command, sizeof(command), "mkdir -p %s/var/lib/cni/sriov/pci", dir), 0);
	ck_assert_int_eq(system(command), 0);
}

/* The mark names @netns; is it there when the record was forgotten, of which this much was held? */
static bool stays(const char *netns, enum hold hold)
{
	struct err e;

	write_file("var/lib/cni/sriov/pci/0000:03:00.3", netns, 0600);
	ck_assert_int_eq(compat_forget(&record, hold, &e), 0);
	return !access(in_dir("var/lib/cni/sriov/pci/0000:03:00.3"), F_OK);
}

START_TEST(who_holds_the_device_takes_the_mark_back)
{
	ck_assert(!stays(PODS_NETNS, HOLD_ALL));
	ck_assert(!stays(PODS_NETNS, HOLD_DEVICE));
	ck_assert_msg(stays("/run/netns/other", HOLD_DEVICE), "another pod's");
}
END_TEST

/* The device is the next pod's by now, and its namespace may have the path that ours had. */
START_TEST(who_holds_nothing_leaves_it)
{
	ck_assert(stays(PODS_NETNS, HOLD_NOTHING));
	ck_assert(stays("/run/netns/other", HOLD_NOTHING));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sriov_compat");
	TCase *t = tcase_create("mark");

	tcase_add_checked_fixture(t, set_up, remove_dir);
	tcase_add_test(t, who_holds_the_device_takes_the_mark_back);
	tcase_add_test(t, who_holds_nothing_leaves_it);
	suite_add_tcase(s, t);
	return s;
}
