// SPDX-License-Identifier: Apache-2.0
/* What concerns the whole node: free numbers, owners of names; in a made-up /sys. */
#include "script.h"

#include <errno.h>
#include <string.h>

#include "kernel/pci_sysfs.h"

/* uverbs0: PF, in the host; uverbs1: VF, wherever; issm and abi_version as in a real /sys */
static void set_up(void)
{
	char command[1024];

	make_dir();
	ck_assert_int_eq(
		str_printf(command, sizeof(command),
			   "set -e; cd %s; mkdir -p devices/0000:81:00.0 devices/0000:81:00.3; "
			   "for n in 0 1; do mkdir -p class/infiniband_verbs/uverbs$n "
			   "class/infiniband_mad/umad$n class/infiniband_mad/issm$n; done; "
			   "cd class/infiniband_verbs; echo 1 >abi_version; "
			   "echo mlx5_0 >uverbs0/ibdev; echo mlx5_2 >uverbs1/ibdev; "
			   "ln -s ../../../devices/0000:81:00.0 uverbs0/device; "
			   "ln -s ../../../devices/0000:81:00.3 uverbs1/device",
			   dir),
		0);
	ck_assert_int_eq(system(command), 0);
}

static int lowest_umad(void)
{
	struct err e;
	int n;

	ck_assert_int_eq(pci_lowest_free_umad_at(dir, &n, &e), 0);
	return n;
}

static void in_mad_class(const char *command)
{
	char text[256];

	ck_assert_int_eq(
		str_printf(text, sizeof(text), "cd %s/class/infiniband_mad && %s", dir, command),
		0);
	ck_assert_int_eq(system(text), 0);
}

START_TEST(lowest_free_umad)
{
	ck_assert_int_eq(lowest_umad(), 2);
	in_mad_class("mkdir umad3");
	ck_assert_int_eq(lowest_umad(), 2);
	/* an issm alone, which does not happen, is no umad */
	in_mad_class("rmdir umad0");
	ck_assert_int_eq(lowest_umad(), 0);
	in_mad_class("rm -r ../infiniband_mad");
	ck_assert_int_eq(lowest_umad(), 0);
}
END_TEST

START_TEST(owner_of_a_name)
{
	char owner[DEVID_MAX];
	struct err e;

	ck_assert_int_eq(pci_find_rdma_at(dir, "mlx5_2", owner, &e), 0);
	ck_assert_str_eq(owner, "0000:81:00.3");
	ck_assert_int_eq(pci_find_rdma_at(dir, "mlx5", owner, &e), -ENODEV);
}
END_TEST

START_TEST(nobody_owns_a_name_without_uverbs)
{
	char owner[DEVID_MAX];
	struct err e;

	in_mad_class("rm -r ../infiniband_verbs");
	ck_assert_int_eq(pci_find_rdma_at(dir, "mlx5_2", owner, &e), -ENODEV);
}
END_TEST

START_TEST(numbers_are_the_functions_or_not)
{
	const struct devid vf = { .bus = DEV_BUS_PCI, .name = "0000:81:00.3" };
	struct pci_rdma d = { .name = "mlx5_2", .uverbs = 1, .umad = 1 };
	char command[512];

	ck_assert_int_eq(str_printf(command, sizeof(command),
				    "set -e; cd %s; mkdir -p bus/pci; "
				    "ln -s ../../devices bus/pci/devices; cd devices/0000:81:00.3; "
				    "mkdir -p infiniband_verbs/uverbs1 infiniband_mad/umad1; "
				    "echo mlx5_2 >infiniband_verbs/uverbs1/ibdev",
				    dir),
			 0);
	ck_assert_int_eq(system(command), 0);
	ck_assert(pci_has_rdma_at(dir, &vf, &d));
	ck_assert(pci_is_rdma_at(dir, &vf, &d));
	d.umad = 2;
	ck_assert_msg(!pci_is_rdma_at(dir, &vf, &d), "the umad is another function's");
	d.umad = 1;
	memcpy(d.name, "mlx5_3", sizeof("mlx5_3"));
	ck_assert(pci_has_rdma_at(dir, &vf, &d));
	ck_assert(!pci_is_rdma_at(dir, &vf, &d));
	d.umad = 2;
	ck_assert(!pci_has_rdma_at(dir, &vf, &d));
	d = (struct pci_rdma){ .name = "mlx5_2", .uverbs = 2, .umad = 1 };
	ck_assert(!pci_has_rdma_at(dir, &vf, &d));
	ck_assert(!pci_is_rdma_at(dir, &vf, &d));
	d.uverbs = -1;
	ck_assert(pci_has_rdma_at(dir, &vf, &d));
	ck_assert_msg(!pci_is_rdma_at(dir, &vf, &d), "without uverbs nothing tells the name");
}
END_TEST

/* As /sys shows it at home. */
static void make_infiniband(void)
{
	char command[512];

	ck_assert_int_eq(str_printf(command, sizeof(command),
				    "set -e; cd %s; mkdir -p bus/pci; "
				    "ln -s ../../devices bus/pci/devices; cd devices/0000:81:00.3; "
				    "mkdir -p infiniband_verbs/uverbs1 infiniband_mad/umad1 "
				    "infiniband/mlx5_2",
				    dir),
			 0);
	ck_assert_int_eq(system(command), 0);
}

/* Some file systems, such as btrfs, count no links of a directory: then it cannot be told. */
static bool counts_links(void)
{
	struct stat st;

	ck_assert_int_eq(stat(dir, &st), 0);
	return st.st_nlink >= 2;
}

START_TEST(the_only_one_has_name_and_both_numbers)
{
	const struct devid vf = { .bus = DEV_BUS_PCI, .name = "0000:81:00.3" };
	static const struct pci_rdma others[] = {
		{ .name = "mlx5_3", .uverbs = 1, .umad = 1 },
		{ .name = "mlx5_2", .uverbs = 2, .umad = 1 },
		{ .name = "mlx5_2", .uverbs = 1, .umad = 2 },
		{ .name = "mlx5_2", .uverbs = -1, .umad = 1 },
		{ .name = "mlx5_2", .uverbs = 1, .umad = -1 },
		/* no name, but a way to a directory that has one in it, too */
		{ .name = "../infiniband_verbs/uverbs1", .uverbs = 1, .umad = 1 },
	};
	const struct pci_rdma d = { .name = "mlx5_2", .uverbs = 1, .umad = 1 };

	make_infiniband();
	ck_assert(pci_is_only_rdma_at(dir, &vf, &d) == counts_links());
	for (size_t i = 0; i < array_size(others); i++)
		ck_assert_msg(!pci_is_only_rdma_at(dir, &vf, &others[i]), "others[%zu]", i);
	/* a file is no device */
	in_mad_class(">../../devices/0000:81:00.3/infiniband/file");
	ck_assert(pci_is_only_rdma_at(dir, &vf, &d) == counts_links());
	in_mad_class("mkdir ../../devices/0000:81:00.3/infiniband/mlx5_4");
	ck_assert_msg(!pci_is_only_rdma_at(dir, &vf, &d), "it has two");
}
END_TEST

static int list_vf(struct pci_rdma_list *ret)
{
	const struct devid vf = { .bus = DEV_BUS_PCI, .name = "0000:81:00.3" };
	struct err e = { 0 };
	int r = pci_get_rdma_at(dir, &vf, ret, &e);

	ck_assert_int_eq(e.sys, -r);
	return r;
}

/* ".x" is a directory that a list leaves out, as sysfs does one that has left its namespace. */
START_TEST(one_between_two_namespaces_is_counted_only)
{
	struct pci_rdma_list list;

	make_infiniband();
	ck_assert_int_eq(list_vf(&list), 0);
	ck_assert_uint_eq(list.n, 1);
	in_mad_class("mkdir ../../devices/0000:81:00.3/infiniband/.x");
	ck_assert_int_eq(list_vf(&list), counts_links() ? -EAGAIN : 0);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.dev[0].name, "mlx5_2");
	in_mad_class("rm -r ../../devices/0000:81:00.3/infiniband_*/* "
		     "../../devices/0000:81:00.3/infiniband/mlx5_2");
	ck_assert_int_eq(list_vf(&list), counts_links() ? -EAGAIN : 0);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

/* Then one in another namespace is never seen, and there is nothing to wait for. */
START_TEST(without_uverbs_nobody_is_waited_for)
{
	struct pci_rdma_list list;

	make_infiniband();
	in_mad_class("mv ../../devices/0000:81:00.3/infiniband/mlx5_2 "
		     "../../devices/0000:81:00.3/infiniband/.x && "
		     "rm -r ../../devices/0000:81:00.3/infiniband_* ../infiniband_verbs");
	ck_assert_int_eq(list_vf(&list), 0);
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pci_rdma");
	TCase *t = tcase_create("node");

	tcase_add_checked_fixture(t, set_up, remove_dir);
	tcase_add_test(t, lowest_free_umad);
	tcase_add_test(t, numbers_are_the_functions_or_not);
	tcase_add_test(t, the_only_one_has_name_and_both_numbers);
	tcase_add_test(t, one_between_two_namespaces_is_counted_only);
	tcase_add_test(t, without_uverbs_nobody_is_waited_for);
	tcase_add_test(t, owner_of_a_name);
	tcase_add_test(t, nobody_owns_a_name_without_uverbs);
	suite_add_tcase(s, t);
	return s;
}
