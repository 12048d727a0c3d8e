// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/sysfs.h"

static char dir[] = "/tmp/sysfs_test.XXXXXX";
static int fd;

static void set_up(void)
{
	memset(dir + strlen(dir) - 6, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	fd = sysfs_open(AT_FDCWD, dir);
	ck_assert_int_ge(fd, 0);
}

static void tear_down(void)
{
	(void)unlinkat(fd, "f", 0);
	(void)unlinkat(fd, "l", 0);
	sysfs_close(&fd);
	(void)rmdir(dir);
}

static void write_file(const char *text, size_t n)
{
	int f = openat(fd, "f", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(f, 0);
	ck_assert_int_eq(write(f, text, n), (ssize_t)n);
	close(f);
}

START_TEST(line_is_read_without_its_newline)
{
	char buf[8] = "old", long_line[300];

	write_file("mlx5_2\n", 7);
	ck_assert_int_eq(sysfs_read(fd, "f", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "mlx5_2");
	write_file("", 0);
	ck_assert_int_eq(sysfs_read(fd, "f", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "");
	ck_assert_int_eq(sysfs_read(fd, "none", buf, sizeof(buf)), -ENOENT);
	write_file("12345678", 8);
	ck_assert_int_eq(sysfs_read(fd, "f", buf, sizeof(buf)), -EFBIG);
	memset(long_line, 'x', sizeof(long_line));
	write_file(long_line, sizeof(long_line));
	ck_assert_int_eq(sysfs_read(fd, "f", buf, sizeof(buf)), -EFBIG);
}
END_TEST

START_TEST(number_is_all_of_the_line)
{
	uint64_t v = 7;

	write_file("x\n", 2);
	ck_assert_int_eq(sysfs_read_u64(fd, "f", &v), -EBADMSG);
	ck_assert_uint_eq(v, 7);
	write_file("128\n", 4);
	ck_assert_int_eq(sysfs_read_u64(fd, "f", &v), 0);
	ck_assert_uint_eq(v, 128);
}
END_TEST

START_TEST(link_is_its_last_component)
{
	char buf[16];

	ck_assert_int_eq(symlinkat("../../0000:81:00.1", fd, "l"), 0);
	ck_assert_int_eq(sysfs_link_name(fd, "l", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "0000:81:00.1");
	ck_assert_int_eq(sysfs_link_name(fd, "l", buf, 12), -ENAMETOOLONG);
	ck_assert_int_eq(sysfs_link_name(fd, "none", buf, sizeof(buf)), -ENOENT);
}
END_TEST

START_TEST(number_of_a_name)
{
	int n = 7;

	ck_assert_int_eq(sysfs_number("uverbs", "uverbs", &n), -EINVAL);
	ck_assert_int_eq(sysfs_number("uverbs1x", "uverbs", &n), -EINVAL);
	ck_assert_int_eq(sysfs_number("uverbs-1", "uverbs", &n), -EINVAL);
	ck_assert_int_eq(sysfs_number("uverbs2147483648", "uverbs", &n), -EINVAL);
	ck_assert_int_eq(sysfs_number("umad1", "uverbs", &n), -EINVAL);
	ck_assert_int_eq(n, 7);
	ck_assert_int_eq(sysfs_number("uverbs2147483647", "uverbs", &n), 0);
	ck_assert_int_eq(n, 2147483647);
}
END_TEST

static int stop(const char *name, void *arg)
{
	ck_assert_str_eq(name, "f");
	++*(int *)arg;
	return -EXDEV;
}

START_TEST(list_ends_when_told)
{
	int calls = 0;

	ck_assert_int_eq(sysfs_list(fd, ".", stop, &calls), 0);
	write_file("", 0);
	ck_assert_int_eq(sysfs_list(fd, ".", stop, &calls), -EXDEV);
	ck_assert_int_eq(calls, 1);
	ck_assert_int_eq(sysfs_list(fd, "none", stop, &calls), -ENOENT);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("sysfs");
	TCase *t = tcase_create("files");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, line_is_read_without_its_newline);
	tcase_add_test(t, number_is_all_of_the_line);
	tcase_add_test(t, link_is_its_last_component);
	tcase_add_test(t, number_of_a_name);
	tcase_add_test(t, list_ends_when_told);
	suite_add_tcase(s, t);
	return s;
}
