// SPDX-License-Identifier: Apache-2.0
/* Against a made-up /sys in a temporary directory. */
#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/pci_sysfs.h"

static char root[] = "/tmp/pci_test.XXXXXX";

static const struct devid pf = { DEV_BUS_PCI, "0000:81:00.1" };
static const struct devid vf = { DEV_BUS_PCI, "0000:81:01.4" };
static const struct devid sf = { DEV_BUS_AUX, "mlx5_core.sf.4" };

#define PCI "bus/pci/devices/"

static const char *below(const char *path)
{
	static char full[512];

	ck_assert_int_lt(snprintf(full, sizeof(full), "%s/%s", root, path), (int)sizeof(full));
	return full;
}

/* The directory, and those that lead to it. */
static void make_dir(const char *path)
{
	char full[512];

	ck_assert_int_lt(snprintf(full, sizeof(full), "%s", below(path)), (int)sizeof(full));
	for (char *c = full + strlen(root) + 1; *c; c++)
		if (*c == '/') {
			*c = '\0';
			ck_assert(!mkdir(full, 0700) || errno == EEXIST);
			*c = '/';
		}
	ck_assert(!mkdir(full, 0700) || errno == EEXIST);
}

static void make_file(const char *dir, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	make_dir(dir);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(below(path), "we");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void make_link(const char *path, const char *target)
{
	(void)unlink(below(path));
	ck_assert_int_eq(symlink(target, below(path)), 0);
}

static int remove_one(const char *path, unused const struct stat *st, unused int type,
		      unused struct FTW *ftw)
{
	return remove(path);
}

/* PF 81:00.1, first VF at 81:01.0 (7 further), then every second function: VF 2 is 81:01.4. */
static void set_up(void)
{
	memset(root + strlen(root) - 6, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(root));
	make_dir(PCI "0000:81:00.1/net/ens1f1");
	make_file(PCI "0000:81:00.1", "sriov_offset", "7\n");
	make_file(PCI "0000:81:00.1", "sriov_stride", "2\n");
	make_link(PCI "0000:81:00.1/virtfn2", "../0000:81:01.4");
	make_dir(PCI "0000:81:01.4/net/ens1f1v2");
	make_link(PCI "0000:81:01.4/physfn", "../0000:81:00.1");
	make_link(PCI "0000:81:01.4/driver", "../../../../bus/pci/drivers/mlx5_core");
}

static void tear_down(void)
{
	(void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

START_TEST(vf_is_read)
{
	struct pci_fn fn;
	struct stat st;
	struct err e = { 0 };

	ck_assert_msg(!pci_get_at(root, &vf, PCI_ALL, &fn, &e), "%s", e.msg);
	ck_assert(devid_equal(&fn.id, &vf));
	ck_assert(fn.is_vf);
	ck_assert(devid_equal(&fn.pf, &pf));
	ck_assert_uint_eq(fn.vf, 2);
	ck_assert_str_eq(fn.driver, "mlx5_core");
	ck_assert_str_eq(fn.netdev, "ens1f1v2");
	ck_assert_int_eq(stat(below(PCI "0000:81:01.4"), &st), 0);
	ck_assert_uint_eq(fn.instance, st.st_ino);
}
END_TEST

START_TEST(driver_alone)
{
	struct pci_fn all, fn = { .vf = 77 };
	struct err e = { 0 };

	ck_assert_int_eq(pci_get_at(root, &vf, PCI_ALL, &all, &e), 0);
	ck_assert_msg(!pci_get_at(root, &vf, PCI_DRIVER, &fn, &e), "%s", e.msg);
	ck_assert(devid_equal(&fn.id, &vf));
	ck_assert_str_eq(fn.driver, "mlx5_core");
	ck_assert_uint_eq(fn.instance, all.instance);
	ck_assert(!fn.is_vf && !fn.vf);
	unlink(below(PCI "0000:81:01.4/driver"));
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_DRIVER, &fn, &e), 0);
	ck_assert_str_eq(fn.driver, "");
	make_dir(PCI "0000:81:01.4/driver");
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_DRIVER, &fn, &e), -EINVAL);
	ck_assert_str_eq(e.msg, "read driver of 0000:81:01.4: Invalid argument");
}
END_TEST

START_TEST(vf_without_driver_or_interface)
{
	struct pci_fn fn;
	struct err e;

	unlink(below(PCI "0000:81:01.4/driver"));
	rmdir(below(PCI "0000:81:01.4/net/ens1f1v2"));
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_ALL, &fn, &e), 0);
	ck_assert_str_eq(fn.driver, "");
	ck_assert_str_eq(fn.netdev, "");
	rmdir(below(PCI "0000:81:01.4/net"));
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_ALL, &fn, &e), 0);
	ck_assert_str_eq(fn.netdev, "");
}
END_TEST

START_TEST(pf_is_no_vf)
{
	struct pci_fn fn;
	struct err e;

	ck_assert_int_eq(pci_get_at(root, &pf, PCI_ALL, &fn, &e), 0);
	ck_assert(!fn.is_vf);
	ck_assert_str_eq(fn.netdev, "ens1f1");
}
END_TEST

START_TEST(missing_device)
{
	struct devid id = { DEV_BUS_PCI, "0000:99:00.0" };
	struct pci_fn fn = { .vf = 77 };
	struct err e;

	ck_assert_int_eq(pci_get_at(root, &id, PCI_ALL, &fn, &e), -ENODEV);
	ck_assert_str_eq(e.msg, "no device 0000:99:00.0");
	ck_assert_uint_eq(fn.vf, 77);
}
END_TEST

/* VFs continue on the next bus when there are more than the PF's own has room for. */
START_TEST(vf_on_the_next_bus)
{
	struct devid id = { DEV_BUS_PCI, "0000:82:00.0" };
	struct pci_fn fn;
	struct err e = { 0 };

	make_dir(PCI "0000:82:00.0");
	make_link(PCI "0000:82:00.0/physfn", "../0000:81:00.1");
	make_link(PCI "0000:81:00.1/virtfn124", "../0000:82:00.0");
	ck_assert_msg(!pci_get_at(root, &id, PCI_ALL, &fn, &e), "%s", e.msg);
	ck_assert_uint_eq(fn.vf, 124);
}
END_TEST

START_TEST(only_vf_may_have_no_stride)
{
	struct pci_fn fn;
	struct err e = { 0 };

	make_file(PCI "0000:81:00.1", "sriov_offset", "11");
	make_file(PCI "0000:81:00.1", "sriov_stride", "0");
	make_link(PCI "0000:81:00.1/virtfn0", "../0000:81:01.4");
	ck_assert_msg(!pci_get_at(root, &vf, PCI_ALL, &fn, &e), "%s", e.msg);
	ck_assert_uint_eq(fn.vf, 0);
}
END_TEST

START_TEST(index_that_does_not_lead_back)
{
	struct pci_fn fn;
	struct err e;

	make_link(PCI "0000:81:00.1/virtfn2", "../0000:81:01.6");
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_ALL, &fn, &e), -EINVAL);
	ck_assert_str_eq(e.msg, "virtfn2 of 0000:81:00.1 is 0000:81:01.6, not 0000:81:01.4");
	unlink(below(PCI "0000:81:00.1/virtfn2"));
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_ALL, &fn, &e), -EINVAL);
	make_file(PCI "0000:81:00.1", "sriov_offset", "100");
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_ALL, &fn, &e), -EINVAL);
	make_file(PCI "0000:81:00.1", "sriov_offset", "-1");
	ck_assert_int_eq(pci_get_at(root, &vf, PCI_ALL, &fn, &e), -EBADMSG);
}
END_TEST

START_TEST(auxiliary_device)
{
	struct pci_rdma_list list;
	struct pci_fn fn;
	struct err e = { 0 };

	make_dir("bus/auxiliary/devices/mlx5_core.sf.4/net/eth4");
	make_file("bus/auxiliary/devices/mlx5_core.sf.4/infiniband_verbs/uverbs9", "ibdev",
		  "mlx5_9\n");
	ck_assert_int_eq(pci_get_at(root, &sf, PCI_ALL, &fn, &e), 0);
	ck_assert(!fn.is_vf);
	ck_assert_str_eq(fn.netdev, "eth4");
	ck_assert_int_eq(pci_get_rdma_at(root, &sf, &list, &e), 0);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_int_eq(list.dev[0].uverbs, 9);
}
END_TEST

START_TEST(uplink_alone)
{
	char name[IFNAMSIZ] = "untouched";
	struct err e;

	ck_assert_int_eq(pci_uplink_at(root, &pf, name, &e), 0);
	ck_assert_str_eq(name, "ens1f1");
	rmdir(below(PCI "0000:81:00.1/net/ens1f1"));
	ck_assert_int_eq(pci_uplink_at(root, &pf, name, &e), -ENODEV);
	ck_assert_str_eq(name, "ens1f1");
}
END_TEST

START_TEST(uplink_among_representors)
{
	char name[IFNAMSIZ];
	struct err e = { 0 };

	make_file(PCI "0000:81:00.1/net/ens1f1", "phys_port_name", "p1\n");
	make_file(PCI "0000:81:00.1/net/ens1f1_0", "phys_port_name", "pf1vf0\n");
	make_file(PCI "0000:81:00.1/net/aaa", "phys_port_name", "pf1vf1\n");
	make_file(PCI "0000:81:00.1/net/bbb", "phys_port_name", "p1s0\n");
	ck_assert_msg(!pci_uplink_at(root, &pf, name, &e), "%s", e.msg);
	ck_assert_str_eq(name, "ens1f1");
}
END_TEST

START_TEST(uplink_that_cannot_be_told)
{
	char name[IFNAMSIZ];
	struct err e;

	make_dir(PCI "0000:81:00.1/net/ens1f2");
	ck_assert_int_eq(pci_uplink_at(root, &pf, name, &e), -ENOTUNIQ);
	ck_assert_str_eq(e.msg, "which interface of 0000:81:00.1 is the uplink: ens1f1 ens1f2");
}
END_TEST

START_TEST(rdma_device_here)
{
	struct pci_rdma_list list;
	struct err e = { 0 };

	make_file(PCI "0000:81:01.4/infiniband_verbs/uverbs3", "ibdev", "mlx5_2\n");
	make_file(PCI "0000:81:01.4/infiniband_mad/umad5", "ibdev", "mlx5_2\n");
	make_file(PCI "0000:81:01.4/infiniband_mad/umad4", "ibdev", "mlx5_2\n");
	make_file(PCI "0000:81:01.4/infiniband_mad/issm4", "ibdev", "mlx5_2\n");
	make_dir(PCI "0000:81:01.4/infiniband/mlx5_2");
	ck_assert_msg(!pci_get_rdma_at(root, &vf, &list, &e), "%s", e.msg);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.dev[0].name, "mlx5_2");
	ck_assert_int_eq(list.dev[0].uverbs, 3);
	ck_assert_int_eq(list.dev[0].umad, 4);
	ck_assert(list.dev[0].here);
}
END_TEST

START_TEST(rdma_device_elsewhere)
{
	struct pci_rdma_list list;
	struct err e = { 0 };

	make_file(PCI "0000:81:01.4/infiniband_verbs/uverbs3", "ibdev", "mlx5_2\n");
	make_dir(PCI "0000:81:01.4/infiniband");
	ck_assert_int_eq(pci_get_rdma_at(root, &vf, &list, &e), 0);
	ck_assert_uint_eq(list.n, 1);
	ck_assert(!list.dev[0].here);
	ck_assert_int_eq(list.dev[0].umad, -1);
}
END_TEST

START_TEST(rdma_devices_are_sorted)
{
	struct pci_rdma_list list;
	struct err e = { 0 };

	make_file(PCI "0000:81:01.4/infiniband_verbs/uverbs1", "ibdev", "rocep1\n");
	make_file(PCI "0000:81:01.4/infiniband_verbs/uverbs2", "ibdev", "aibdev\n");
	/* without character devices; and one that vanished while we looked */
	make_dir(PCI "0000:81:01.4/infiniband/middle");
	make_dir(PCI "0000:81:01.4/infiniband_verbs/uverbs7");
	ck_assert_int_eq(pci_get_rdma_at(root, &vf, &list, &e), 0);
	ck_assert_uint_eq(list.n, 3);
	ck_assert_str_eq(list.dev[0].name, "aibdev");
	ck_assert_str_eq(list.dev[1].name, "middle");
	ck_assert_int_eq(list.dev[1].uverbs, -1);
	ck_assert_str_eq(list.dev[2].name, "rocep1");
}
END_TEST

START_TEST(no_rdma_is_not_an_error_too_many_is)
{
	struct pci_rdma_list list = { .n = 77 };
	struct err e = { 0 };

	ck_assert_int_eq(pci_get_rdma_at(root, &vf, &list, &e), 0);
	ck_assert_uint_eq(list.n, 0);
	for (int i = 0; i <= PCI_RDMA_MAX; i++) {
		char dir[128];

		snprintf(dir, sizeof(dir), PCI "0000:81:01.4/infiniband/mlx5_%d", i);
		make_dir(dir);
	}
	ck_assert_int_eq(pci_get_rdma_at(root, &vf, &list, &e), -E2BIG);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(lowest_free_uverbs)
{
	struct err e = { 0 };
	int n = -7;

	/* ib_uverbs is not loaded */
	ck_assert_int_eq(pci_lowest_free_uverbs_at(root, &n, &e), 0);
	ck_assert_int_eq(n, 0);
	make_file("class/infiniband_verbs", "abi_version", "6\n");
	make_dir("class/infiniband_verbs/uverbs1");
	make_dir("class/infiniband_verbs/uverbs10");
	ck_assert_int_eq(pci_lowest_free_uverbs_at(root, &n, &e), 0);
	ck_assert_int_eq(n, 0);
	make_dir("class/infiniband_verbs/uverbs0");
	ck_assert_int_eq(pci_lowest_free_uverbs_at(root, &n, &e), 0);
	ck_assert_int_eq(n, 2);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pci");
	TCase *t = tcase_create("sysfs");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, vf_is_read);
	tcase_add_test(t, driver_alone);
	tcase_add_test(t, vf_without_driver_or_interface);
	tcase_add_test(t, pf_is_no_vf);
	tcase_add_test(t, missing_device);
	tcase_add_test(t, vf_on_the_next_bus);
	tcase_add_test(t, only_vf_may_have_no_stride);
	tcase_add_test(t, index_that_does_not_lead_back);
	tcase_add_test(t, auxiliary_device);
	tcase_add_test(t, uplink_alone);
	tcase_add_test(t, uplink_among_representors);
	tcase_add_test(t, uplink_that_cannot_be_told);
	tcase_add_test(t, rdma_device_here);
	tcase_add_test(t, rdma_device_elsewhere);
	tcase_add_test(t, rdma_devices_are_sorted);
	tcase_add_test(t, no_rdma_is_not_an_error_too_many_is);
	tcase_add_test(t, lowest_free_uverbs);
	suite_add_tcase(s, t);
	return s;
}
