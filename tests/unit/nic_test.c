// SPDX-License-Identifier: Apache-2.0
/* Against a made-up /sys in a temporary directory. */
#include "kernel/nic_sysfs.h"

#include "script.h"

#define DEVICES "bus/pci/devices/"
#define PF	"0000:81:00.0"
#define VF	"0000:81:00.2"

static struct err e;

static void make_dirs(const char *path)
{
	char command[PATH_MAX];

	ck_assert_int_eq(str_printf(command, sizeof(command), "mkdir -p %s/%s", dir, path), 0);
	ck_assert_int_eq(system(command), 0);
}

static void attribute(const char *id, const char *name, const char *text)
{
	char path[PATH_MAX];

	ck_assert_int_eq(str_printf(path, sizeof(path), DEVICES "%s/%s", id, name), 0);
	write_file(path, text, 0600);
}

static void function(const char *id, const char *class)
{
	char path[PATH_MAX];

	ck_assert_int_eq(str_printf(path, sizeof(path), DEVICES "%s", id), 0);
	make_dirs(path);
	attribute(id, "class", class);
	attribute(id, "vendor", "0x15b3\n");
	attribute(id, "device", "0x1017\n");
}

static void link_to(const char *path, const char *target)
{
	ck_assert_int_eq(symlink(target, in_dir(path)), 0);
}

/* Written in an order that is not the one to be shown */
static void set_up(void)
{
	make_dir();
	e = (struct err){ 0 };
	function("0000:a0:00.0", "0x020000\n");
	function(VF, "0x020000\n");
	attribute(VF, "device", "0x1018\n");
	function(PF, "0x020000\n");
	attribute(PF, "sriov_numvfs", "2\n");
	attribute(PF, "sriov_totalvfs", "64\n");
	link_to(DEVICES VF "/physfn", "../" PF);
	link_to(DEVICES PF "/virtfn1", "../" VF);
	function("0000:00:1f.0", "0x060100\n"); /* a bridge */
}

static char listed[1024];

static int list_one(const struct nic *n, void *arg unused)
{
	char word[128];

	(void)snprintf(word, sizeof(word), "%s,%04x:%04x,%u/%u", n->id.name, n->vendor, n->device,
		       n->num_vfs, n->total_vfs);
	add_word(listed, sizeof(listed), word);
	return 0;
}

static const char *list(void)
{
	listed[0] = '\0';
	ck_assert_int_eq(nic_each_at(dir, list_one, NULL, &e), 0);
	return listed;
}

START_TEST(network_functions_but_no_vfs_in_order)
{
	ck_assert_str_eq(list(), PF ",15b3:1017,2/64 0000:a0:00.0,15b3:1017,0/0 ");
}
END_TEST

START_TEST(what_cannot_be_read_is_passed_over)
{
	attribute(PF, "vendor", "15b3\n");
	attribute("0000:a0:00.0", "class", "0x02zz00\n");
	make_dirs(DEVICES "0000:b0:00.0");
	make_dirs(DEVICES
		  "this-is-no-address-and-it-is-much-too-long-for-one-as-well-really-it-is-longer");
	ck_assert_str_eq(list(), "");
}
END_TEST

START_TEST(counts_beyond_pci_are_none)
{
	attribute(PF, "sriov_numvfs", "-1\n");
	attribute(PF, "sriov_totalvfs", "65536\n");
	ck_assert_str_eq(list(), PF ",15b3:1017,0/0 0000:a0:00.0,15b3:1017,0/0 ");
}
END_TEST

static int stop(const struct nic *n unused, void *arg)
{
	++*(int *)arg;
	return 7;
}

START_TEST(the_callback_ends_it)
{
	int calls = 0;

	ck_assert_int_eq(nic_each_at(dir, stop, &calls, &e), 7);
	ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(no_pci_no_functions)
{
	ck_assert_int_eq(nic_each_at("/nonexistent", list_one, NULL, &e), 0);
}
END_TEST

START_TEST(a_vf_by_its_number)
{
	static const struct devid pf = { DEV_BUS_PCI, PF }, gone = { DEV_BUS_PCI, "0000:c0:00.0" };
	struct devid ret = { .name = "kept" };

	ck_assert_int_eq(nic_get_vf_at(dir, &pf, 0, &ret, &e), -ENODEV);
	ck_assert_str_eq(e.msg, "PF " PF " has no VF 0");
	ck_assert(nic_get_vf_at(dir, &gone, 1, &ret, &e) < 0);
	ck_assert_str_eq(ret.name, "kept");
	ck_assert_int_eq(nic_get_vf_at(dir, &pf, 1, &ret, &e), 0);
	ck_assert_str_eq(ret.name, VF);
	ck_assert_int_eq(ret.bus, DEV_BUS_PCI);
}
END_TEST

START_TEST(ids_of_a_vf)
{
	static const struct devid vf = { DEV_BUS_PCI, VF };
	uint16_t vendor = 1, device = 2;

	ck_assert_int_eq(nic_get_ids_at(dir, &vf, &vendor, &device, &e), 0);
	ck_assert_uint_eq(vendor, 0x15b3);
	ck_assert_uint_eq(device, 0x1018);
	attribute(VF, "device", "0x10180\n");
	vendor = 1;
	ck_assert(nic_get_ids_at(dir, &vf, &vendor, &device, &e) < 0);
	ck_assert_uint_eq(vendor, 1);
	ck_assert_ptr_nonnull(strstr(e.msg, VF));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("nic");
	TCase *t = tcase_create("nic");

	tcase_add_checked_fixture(t, set_up, remove_dir);
	tcase_add_test(t, network_functions_but_no_vfs_in_order);
	tcase_add_test(t, what_cannot_be_read_is_passed_over);
	tcase_add_test(t, counts_beyond_pci_are_none);
	tcase_add_test(t, the_callback_ends_it);
	tcase_add_test(t, no_pci_no_functions);
	tcase_add_test(t, a_vf_by_its_number);
	tcase_add_test(t, ids_of_a_vf);
	suite_add_tcase(s, t);
	return s;
}
