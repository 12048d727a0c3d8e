// SPDX-License-Identifier: Apache-2.0
/* Against a made-up sysfs in a temporary directory. */
#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "kernel/gid.h"

#define PORT "class/infiniband/mlx5_2/ports/1"

static int sysfs = -1;

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "we");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void set_up(void)
{
	char command[128];

	make_dir();
	ck_assert_int_eq(str_printf(command, sizeof(command), "mkdir -p %s/" PORT "/gids", dir), 0);
	ck_assert_int_eq(system(command), 0);
	put(PORT "/state", "4: ACTIVE\n");
	put(PORT "/gids/0", "fe80:0000:0000:0000:0042:a1ff:fe00:0002\n");
	put(PORT "/gids/1", "0000:0000:0000:0000:0000:0000:0000:0000\n");
	put(PORT "/gids/2", "0000:0000:0000:0000:0000:ffff:0a38:0005\n");
	put(PORT "/gids/3", "fd56:0000:0000:0000:0000:0000:0000:0005\n");
	sysfs = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(sysfs, 0);
}

static void tear_down(void)
{
	close(sysfs);
	remove_dir();
}

static struct gid_port look(const char *const *texts, size_t n)
{
	struct ip addrs[GID_ADDRS_MAX] = { 0 };
	struct gid_port p;
	struct err e;

	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(ip_parse(texts[i], &addrs[i]), 0);
	ck_assert_int_eq(gid_look(sysfs, "mlx5_2", addrs, n, &p, &e), 0);
	return p;
}

START_TEST(gids_of_both_families_are_found)
{
	static const char *const addrs[] = { "10.56.0.5", "fd56::5", "10.56.0.6", "fd56::6" };
	struct gid_port p = look(addrs, 4);

	ck_assert(p.active);
	ck_assert_uint_eq(p.found, 3);
}
END_TEST

/* An entry that is not in use must not be taken for one. */
START_TEST(empty_entries_are_no_gids)
{
	static const char *const addrs[] = { "::", "0.0.0.0" };

	ck_assert_uint_eq(look(addrs, 2).found, 0);
}
END_TEST

START_TEST(all_64_addresses_have_a_bit)
{
	const char *addrs[GID_ADDRS_MAX];

	for (int i = 0; i < GID_ADDRS_MAX; i++)
		addrs[i] = "10.56.0.5";
	ck_assert(look(addrs, GID_ADDRS_MAX).found == UINT64_MAX);
}
END_TEST

START_TEST(no_addresses_need_no_table)
{
	ck_assert_uint_eq(look(NULL, 0).found, 0);
}
END_TEST

START_TEST(other_states_are_not_active)
{
	static const char *const states[] = { "1: DOWN", "2: INIT", "5: ACTIVE_DEFER" };

	for (size_t i = 0; i < array_size(states); i++) {
		struct gid_port p;

		put(PORT "/state", states[i]);
		p = look(NULL, 0);
		ck_assert(!p.active);
		ck_assert_str_eq(p.state, states[i]);
	}
}
END_TEST

START_TEST(device_that_left_is_enodev)
{
	struct gid_port p;
	struct err e;

	ck_assert_int_eq(gid_look(sysfs, "mlx5_3", NULL, 0, &p, &e), -ENODEV);
}
END_TEST

START_TEST(nonsense_in_the_table_is_skipped)
{
	static const char *const addrs[] = { "fd56::5" };

	put(PORT "/gids/0", "nonsense\n");
	put(PORT "/gids/1", "");
	ck_assert_uint_eq(look(addrs, 1).found, 1);
}
END_TEST

/* The real thing, where we may: attached nowhere, so /proc/mounts stays as it is. */
START_TEST(sysfs_of_a_namespace_is_mounted_nowhere)
{
	cleanup(netns_close) struct netns self = NETNS_NONE;
	struct stat before, after;
	int fd = -EBADF;
	struct err e;

	ck_assert_int_eq(netns_open_self(&self, &e), 0);
	ck_assert_int_eq(stat("/sys", &before), 0);
	if (gid_open(&self, &self, &fd, &e)) {
		ck_assert(e.sys == EPERM || e.sys == ENOSYS || e.sys == EINVAL);
		return;
	}
	ck_assert_int_eq(faccessat(fd, "class/net", F_OK, 0), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(stat("/sys", &after), 0);
	ck_assert(before.st_dev == after.st_dev);
	ck_assert_int_eq(system("test $(grep -c ' /sys sysfs' /proc/self/mounts) -le 1"), 0);
	gid_close(&fd);
	ck_assert_int_eq(fd, -EBADF);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("gid");
	TCase *t = tcase_create("table"), *m = tcase_create("mount");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, gids_of_both_families_are_found);
	tcase_add_test(t, empty_entries_are_no_gids);
	tcase_add_test(t, all_64_addresses_have_a_bit);
	tcase_add_test(t, no_addresses_need_no_table);
	tcase_add_test(t, other_states_are_not_active);
	tcase_add_test(t, device_that_left_is_enodev);
	tcase_add_test(t, nonsense_in_the_table_is_skipped);
	tcase_add_test(m, sysfs_of_a_namespace_is_mounted_nowhere);
	suite_add_tcase(s, t);
	suite_add_tcase(s, m);
	return s;
}
