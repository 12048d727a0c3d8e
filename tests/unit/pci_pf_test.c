// SPDX-License-Identifier: Apache-2.0
/* Against a made-up /sys in a temporary directory. */
#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/pci_sysfs.h"

static char root[] = "/tmp/pci_pf_test.XXXXXX";

static const struct devid pf = { DEV_BUS_PCI, "0000:81:00.1" };

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

static int remove_one(const char *path, unused const struct stat *st, unused int type,
		      unused struct FTW *ftw)
{
	return remove(path);
}

/* 64 VFs from 81:01.0 on, every second function; 8 exist. */
static void set_up(void)
{
	memset(root + strlen(root) - 6, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(root));
	make_dir(PCI "0000:81:00.1/net/ens1f1");
	make_file(PCI "0000:81:00.1", "sriov_offset", "7\n");
	make_file(PCI "0000:81:00.1", "sriov_stride", "2\n");
	make_file(PCI "0000:81:00.1", "sriov_numvfs", "8\n");
	make_file(PCI "0000:81:00.1", "sriov_totalvfs", "64\n");
	make_dir(PCI "0000:00:1f.0");
}

static void tear_down(void)
{
	(void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int find(const char *address, struct pf_vacancy *ret)
{
	struct devid id;
	struct err e;

	ck_assert_int_eq(devid_parse(address, &id), 0);
	return pf_find_vacancy_at(root, &id, ret, &e);
}

START_TEST(who_could_have_a_vf)
{
	struct pf_vacancy v;

	ck_assert_int_eq(find("0000:81:01.4", &v), 0);
	ck_assert(devid_equal(&v.pf, &pf));
	ck_assert_uint_eq(v.vf, 2);
	ck_assert_uint_eq(v.num_vfs, 8);
	ck_assert_uint_eq(v.total_vfs, 64);
	/* the first, the last, on the way to another bus number or not */
	ck_assert_int_eq(find("0000:81:01.0", &v), 0);
	ck_assert_uint_eq(v.vf, 0);
	ck_assert_int_eq(find("0000:81:10.6", &v), 0);
	ck_assert_uint_eq(v.vf, 63);
}
END_TEST

START_TEST(nobody_could_have_it)
{
	struct pf_vacancy v;

	/* between two VFs, before the first, behind the last, another domain, another bus */
	ck_assert_int_eq(find("0000:81:01.5", &v), -ENODEV);
	ck_assert_int_eq(find("0000:81:00.7", &v), -ENODEV);
	ck_assert_int_eq(find("0000:81:11.0", &v), -ENODEV);
	ck_assert_int_eq(find("0001:81:01.4", &v), -ENODEV);
	ck_assert_int_eq(find("0000:f0:01.4", &v), -ENODEV);
	ck_assert_int_eq(find("mlx5_core.sf.4", &v), -ENODEV);
}
END_TEST

START_TEST(one_vf_and_no_stride)
{
	struct pf_vacancy v;

	make_file(PCI "0000:81:00.1", "sriov_totalvfs", "1\n");
	make_file(PCI "0000:81:00.1", "sriov_stride", "0\n");
	ck_assert_int_eq(find("0000:81:01.0", &v), 0);
	ck_assert_uint_eq(v.vf, 0);
	ck_assert_int_eq(find("0000:81:01.1", &v), -ENODEV);
	make_file(PCI "0000:81:00.1", "sriov_totalvfs", "0\n");
	ck_assert_int_eq(find("0000:81:01.0", &v), -ENODEV);
}
END_TEST

START_TEST(uplinks)
{
	struct pf_uplinks u;
	struct err e = { 0 };

	make_dir(PCI "0000:81:00.1/net/aport");
	make_file(PCI "0000:81:00.1/net/arep", "phys_port_name", "pf0vf3\n");
	ck_assert_msg(!pf_get_uplinks_at(root, &pf, &u, &e), "%s", e.msg);
	ck_assert_uint_eq(u.n, 2);
	ck_assert_str_eq(u.name[0], "aport");
	ck_assert_str_eq(u.name[1], "ens1f1");
	make_file(PCI "0000:81:00.1/net/aport", "phys_port_name", "p1s4\n");
	ck_assert_int_eq(pf_get_uplinks_at(root, &pf, &u, &e), 0);
	ck_assert_uint_eq(u.n, 1);
}
END_TEST

START_TEST(switch_id)
{
	ck_assert(!pf_has_switch_at(root, &pf, "ens1f1"));
	make_file(PCI "0000:81:00.1/net/ens1f1", "phys_switch_id", "\n");
	ck_assert(!pf_has_switch_at(root, &pf, "ens1f1"));
	make_file(PCI "0000:81:00.1/net/ens1f1", "phys_switch_id", "08c0eb0300d1a5f8\n");
	ck_assert(pf_has_switch_at(root, &pf, "ens1f1"));
	ck_assert(!pf_has_switch_at(root, &pf, "none"));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("pci_pf");
	TCase *t = tcase_create("pci_pf");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, who_could_have_a_vf);
	tcase_add_test(t, nobody_could_have_it);
	tcase_add_test(t, one_vf_and_no_stride);
	tcase_add_test(t, uplinks);
	tcase_add_test(t, switch_id);
	suite_add_tcase(s, t);
	return s;
}
