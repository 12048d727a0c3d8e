// SPDX-License-Identifier: Apache-2.0
/* Reading, directories and walks; file_write_test.c has what changes files. */
#include "base/file.h"

#include <stdio.h>

#include "script.h"

static int at = -EBADF;
static struct err e;

static void set_up(void)
{
	make_dir();
	e = (struct err){ 0 };
	ck_assert_msg(!file_open_dir(dir, 0700, &at, &e), "%s", e.msg);
}

static void tear_down(void)
{
	fd_close(&at);
	remove_dir();
}

static void assert_refused(const char *name, int want, const char *msg)
{
	char *text = (char *)1;
	size_t len = 77;

	ck_assert_int_eq(file_read_at(at, name, 100, &text, &len, &e), want);
	ck_assert_int_eq(e.sys, -want);
	ck_assert_str_eq(e.msg, msg);
	ck_assert_msg(text == (char *)1 && len == 77, "written on failure");
}

START_TEST(a_file_is_read_whole_with_a_nul_behind_it)
{
	char *text;
	size_t len;

	write_file("f", "two\nlines\n", 0600);
	ck_assert_int_eq(file_read_at(at, "f", 10, &text, &len, &e), 0);
	ck_assert_uint_eq(len, 10);
	ck_assert_str_eq(text, "two\nlines\n");
	free(text);
	write_file("f", "", 0600);
	ck_assert_int_eq(file_read_at(at, "f", 0, &text, &len, &e), 0);
	ck_assert_uint_eq(len, 0);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(bytes_of_all_kinds_are_read)
{
	static const char bytes[] = "a\0b\xff";
	char *text;
	size_t len;

	ck_assert_int_eq(file_replace_at(at, "f", bytes, sizeof(bytes), 0600, &e), 0);
	ck_assert_int_eq(file_read_at(at, "f", 100, &text, &len, &e), 0);
	ck_assert_uint_eq(len, sizeof(bytes));
	ck_assert_mem_eq(text, bytes, sizeof(bytes));
	ck_assert_int_eq(text[len], '\0');
	free(text);
}
END_TEST

START_TEST(what_is_larger_than_allowed_is_refused)
{
	char text[102] = "";

	memset(text, 'x', 101);
	write_file("f", text, 0600);
	assert_refused("f", -E2BIG, "f has 101 bytes, at most 100 are read");
}
END_TEST

/* Around the size of the first read. */
START_TEST(files_of_any_size_are_read_as_a_whole)
{
	static const size_t sizes[] = { 1, 4095, 4096, 4097, 20000 };
	static char bytes[20000];
	char *text;
	size_t len;

	memset(bytes, 'x', sizeof(bytes));
	for (size_t i = 0; i < array_size(sizes); i++) {
		ck_assert_int_eq(file_replace_at(at, "f", bytes, sizes[i], 0600, &e), 0);
		ck_assert_int_eq(file_read_at(at, "f", sizes[i], &text, &len, &e), 0);
		ck_assert_uint_eq(len, sizes[i]);
		ck_assert_mem_eq(text, bytes, len);
		ck_assert_int_eq(text[len], '\0');
		free(text);
		ck_assert_int_eq(file_read_at(at, "f", sizes[i] - 1, &text, &len, &e), -E2BIG);
	}
}
END_TEST

START_TEST(what_is_not_there_is_enoent)
{
	assert_refused("f", -ENOENT, "open f: No such file or directory");
}
END_TEST

START_TEST(links_are_not_followed_when_reading)
{
	write_file("f", "secret", 0600);
	ck_assert_int_eq(symlinkat("f", at, "link"), 0);
	assert_refused("link", -ELOOP, "open link: Too many levels of symbolic links");
}
END_TEST

START_TEST(fifos_and_directories_are_not_read_and_nobody_waits)
{
	ck_assert_int_eq(mkfifoat(at, "fifo", 0600), 0);
	assert_refused("fifo", -EINVAL, "fifo is not a regular file");
	ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
	assert_refused("d", -EINVAL, "d is not a regular file");
}
END_TEST

static mode_t mode_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(stat(in_dir(name), &st), 0);
	return st.st_mode & 07777;
}

START_TEST(a_directory_is_made_with_its_parents_whatever_the_umask)
{
	mode_t old = umask(0777);
	int fd = -EBADF, r = file_open_dir(in_dir("x/y/z"), 0710, &fd, &e);

	umask(old);
	ck_assert_msg(!r, "%s", e.msg);
	ck_assert_uint_eq(mode_of("x"), 0710);
	ck_assert_uint_eq(mode_of("x/y"), 0710);
	ck_assert_uint_eq(mode_of("x/y/z"), 0710);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(mkdirat(fd, "inside", 0700), 0);
	ck_assert_int_eq(access(in_dir("x/y/z/inside"), F_OK), 0);
	fd_close(&fd);
	ck_assert_int_eq(fd, -EBADF);
}
END_TEST

START_TEST(directories_that_exist_keep_their_mode)
{
	int fd;

	ck_assert_int_eq(mkdir(in_dir("x"), 0755), 0);
	ck_assert_int_eq(file_open_dir(in_dir("x"), 0700, &fd, &e), 0);
	fd_close(&fd);
	ck_assert_int_eq(file_open_dir(in_dir("x/y"), 0700, &fd, &e), 0);
	fd_close(&fd);
	ck_assert_uint_eq(mode_of("x"), 0755);
	ck_assert_uint_eq(mode_of("x/y"), 0700);
}
END_TEST

START_TEST(what_is_in_the_way_of_a_directory_is_told)
{
	char msg[2 * PATH_MAX];
	int fd = 77;

	write_file("x", "", 0600);
	ck_assert_int_eq(file_open_dir(in_dir("x"), 0700, &fd, &e), -ENOTDIR);
	ck_assert_int_eq(symlinkat("nowhere", at, "y"), 0);
	ck_assert_int_eq(file_open_dir(in_dir("y/z"), 0700, &fd, &e), -ENOENT);
	snprintf(msg, sizeof(msg), "create directory %s: No such file or directory", in_dir("y/z"));
	ck_assert_str_eq(e.msg, msg);
	ck_assert_int_eq(file_open_dir("", 0700, &fd, &e), -ENOENT);
	ck_assert_int_eq(fd, 77);
}
END_TEST

START_TEST(a_path_longer_than_any_is_refused)
{
	char path[PATH_MAX + 10] = "/";
	int fd;

	memset(path + 1, 'x', sizeof(path) - 2);
	ck_assert_int_eq(file_open_dir(path, 0700, &fd, &e), -ENAMETOOLONG);
}
END_TEST

/* What a walk saw, joined; stops with 5 at the name "stop". */
static char walked[256];

static int walk(const char *name, void *arg)
{
	ck_assert_ptr_eq(arg, walked);
	add_word(walked, sizeof(walked), name);
	return strcmp(name, "stop") == 0 ? 5 : 0;
}

START_TEST(a_walk_sees_every_name_once_and_sorted)
{
	static const char *const names[] = { "b", "@c", ".hidden", "a", "!aside" };

	for (size_t i = 0; i < array_size(names); i++)
		write_file(names[i], "", 0600);
	ck_assert_int_eq(mkdirat(at, "dir", 0700), 0);
	ck_assert_int_eq(file_each_at(at, walk, walked, &e), 0);
	ck_assert_str_eq(walked, "!aside .hidden @c a b dir ");
	/* once more: the descriptor's offset is nobody's */
	walked[0] = '\0';
	ck_assert_int_eq(file_each_at(at, walk, walked, &e), 0);
	ck_assert_str_eq(walked, "!aside .hidden @c a b dir ");
}
END_TEST

START_TEST(a_walk_over_nothing_calls_nobody)
{
	ck_assert_int_eq(file_each_at(at, walk, walked, &e), 0);
	ck_assert_str_eq(walked, "");
}
END_TEST

START_TEST(a_walk_ends_with_the_first_answer_that_is_not_0)
{
	write_file("a", "", 0600);
	write_file("stop", "", 0600);
	write_file("z", "", 0600);
	ck_assert_int_eq(file_each_at(at, walk, walked, &e), 5);
	ck_assert_str_eq(walked, "a stop ");
}
END_TEST

static int remove_it(const char *name, void *arg)
{
	(*(int *)arg)++;
	return file_remove_at(at, name, &e);
}

START_TEST(a_walk_may_remove_what_it_sees)
{
	int n = 0;

	for (int i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i);
		write_file(name, "", 0600);
	}
	ck_assert_int_eq(file_each_at(at, remove_it, &n, &e), 0);
	ck_assert_int_eq(n, 300);
	ck_assert_int_eq(file_each_at(at, walk, walked, &e), 0);
	ck_assert_str_eq(walked, "");
}
END_TEST

START_TEST(a_walk_needs_a_directory)
{
	int fd;

	write_file("f", "", 0600);
	fd = open(in_dir("f"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(file_each_at(fd, walk, walked, &e), -ENOTDIR);
	ck_assert_str_eq(e.msg, "list directory: Not a directory");
	close(fd);
	ck_assert_int_eq(file_each_at(-EBADF, walk, walked, &e), -EBADF);
}
END_TEST

START_TEST(an_attribute_is_its_first_line)
{
	char buf[8];

	write_file("a", "0x1234\n", 0600);
	ck_assert_int_eq(file_read_attr(at, "a", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "0x1234");
	write_file("a", "a\nb\n", 0600);
	ck_assert_int_eq(file_read_attr(at, "a", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "a");
	write_file("a", "", 0600);
	ck_assert_int_eq(file_read_attr(at, "a", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "");
}
END_TEST

START_TEST(an_attribute_must_fit_and_be_there)
{
	char buf[8];

	write_file("a", "1234567", 0600);
	ck_assert_int_eq(file_read_attr(at, "a", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "1234567");
	write_file("a", "12345678", 0600);
	ck_assert_int_eq(file_read_attr(at, "a", buf, sizeof(buf)), -ENAMETOOLONG);
	ck_assert_int_eq(file_read_attr(at, "b", buf, sizeof(buf)), -ENOENT);
	ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
	ck_assert_int_eq(file_read_attr(at, "d", buf, sizeof(buf)), -EISDIR);
}
END_TEST

START_TEST(closing_nothing_is_fine)
{
	int fd = -ENOENT;

	fd_close(&fd);
	ck_assert_int_eq(fd, -EBADF);
	fd_close(&fd);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("file");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_file_is_read_whole_with_a_nul_behind_it);
	tcase_add_test(tc, bytes_of_all_kinds_are_read);
	tcase_add_test(tc, what_is_larger_than_allowed_is_refused);
	tcase_add_test(tc, files_of_any_size_are_read_as_a_whole);
	tcase_add_test(tc, what_is_not_there_is_enoent);
	tcase_add_test(tc, links_are_not_followed_when_reading);
	tcase_add_test(tc, fifos_and_directories_are_not_read_and_nobody_waits);
	tcase_add_test(tc, a_directory_is_made_with_its_parents_whatever_the_umask);
	tcase_add_test(tc, directories_that_exist_keep_their_mode);
	tcase_add_test(tc, what_is_in_the_way_of_a_directory_is_told);
	tcase_add_test(tc, a_path_longer_than_any_is_refused);
	tcase_add_test(tc, a_walk_sees_every_name_once_and_sorted);
	tcase_add_test(tc, a_walk_over_nothing_calls_nobody);
	tcase_add_test(tc, a_walk_ends_with_the_first_answer_that_is_not_0);
	tcase_add_test(tc, a_walk_may_remove_what_it_sees);
	tcase_add_test(tc, a_walk_needs_a_directory);
	tcase_add_test(tc, an_attribute_is_its_first_line);
	tcase_add_test(tc, an_attribute_must_fit_and_be_there);
	tcase_add_test(tc, closing_nothing_is_fine);
	suite_add_tcase(suite, tc);
	return suite;
}
