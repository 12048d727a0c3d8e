// SPDX-License-Identifier: Apache-2.0
/* What writes, links and removes. */
#include "base/file.h"

#include <signal.h>
#include <sys/resource.h>

#include "script.h"

enum { NOBODY = 65534 };

typedef int write_fn(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		     struct err *e);

/* Every test of writing runs with both. */
static write_fn *const writers[] = { file_save_at, file_replace_at };

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

static int write_with(int how, const char *name, const char *text)
{
	return writers[how](at, name, text, strlen(text), 0600, &e);
}

static bool exists(const char *name)
{
	struct stat st;

	return !fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW);
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode;
}

/* The directory cannot be written to; root is nobody as long. */
static void forbid(void)
{
	ck_assert_int_eq(chmod(dir, 0555), 0);
	if (!geteuid())
		ck_assert_int_eq(seteuid(NOBODY), 0);
}

static void allow(void)
{
	if (!getuid())
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(dir, 0700), 0);
}

START_TEST(a_new_file_has_the_content_and_the_mode)
{
	ck_assert_msg(!write_with(_i, "f", "text"), "%s", e.msg);
	ck_assert_str_eq(seen("f"), "text");
	ck_assert_uint_eq(mode_of("f"), S_IFREG | 0600);
	ck_assert(!exists(".f.tmp"));
	ck_assert_int_eq(write_with(_i, "f", ""), 0);
	ck_assert_str_eq(seen("f"), "");
}
END_TEST

START_TEST(who_has_the_old_file_open_reads_the_old_content)
{
	char buf[8] = "";
	int fd;

	write_file("f", "old", 0600);
	fd = open(in_dir("f"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(write_with(_i, "f", "newer"), 0);
	ck_assert_int_eq(read(fd, buf, sizeof(buf)), 3);
	ck_assert_str_eq(buf, "old");
	ck_assert_str_eq(seen("f"), "newer");
	close(fd);
}
END_TEST

START_TEST(what_a_killed_write_left_does_not_matter)
{
	write_file(".f.tmp", "longer than what comes", 0666);
	ck_assert_int_eq(fchmodat(at, ".f.tmp", 0666, 0), 0);
	ck_assert_int_eq(write_with(_i, "f", "text"), 0);
	ck_assert_str_eq(seen("f"), "text");
	ck_assert_uint_eq(mode_of("f"), S_IFREG | 0600);
	ck_assert(!exists(".f.tmp"));
}
END_TEST

START_TEST(a_link_in_place_of_the_temporary_file_is_not_followed)
{
	write_file("precious", "precious", 0600);
	ck_assert_int_eq(symlinkat("precious", at, ".f.tmp"), 0);
	(void)write_with(_i, "f", "text");
	ck_assert_str_eq(seen("precious"), "precious");
	ck_assert(!exists("f") || S_ISREG(mode_of("f")));
}
END_TEST

START_TEST(a_fifo_in_place_of_the_temporary_file_stops_nobody)
{
	ck_assert_int_eq(mkfifoat(at, ".f.tmp", 0600), 0);
	ck_assert_msg(!write_with(_i, "f", "text"), "%s", e.msg);
	ck_assert_str_eq(seen("f"), "text");
	ck_assert_uint_eq(mode_of("f"), S_IFREG | 0600);
}
END_TEST

START_TEST(a_link_in_place_of_the_file_is_replaced_not_followed)
{
	write_file("precious", "precious", 0600);
	ck_assert_int_eq(symlinkat("precious", at, "f"), 0);
	ck_assert_int_eq(write_with(_i, "f", "text"), 0);
	ck_assert_str_eq(seen("precious"), "precious");
	ck_assert_uint_eq(mode_of("f"), S_IFREG | 0600);
}
END_TEST

START_TEST(a_directory_in_place_of_the_file_is_an_error)
{
	ck_assert_int_eq(mkdirat(at, "f", 0700), 0);
	ck_assert_int_eq(write_with(_i, "f", "text"), -EISDIR);
	ck_assert_str_eq(e.msg, "write f: Is a directory");
	ck_assert(S_ISDIR(mode_of("f")));
	ck_assert(!exists(".f.tmp"));
}
END_TEST

START_TEST(a_name_without_room_for_the_temporary_one_is_refused)
{
	char name[NAME_MAX + 1] = "";

	memset(name, 'x', NAME_MAX - 5);
	ck_assert_int_eq(write_with(_i, name, "text"), 0);
	memset(name, 'x', NAME_MAX - 4);
	ck_assert_int_eq(write_with(_i, name, "text"), -ENAMETOOLONG);
	ck_assert(!exists(name));
}
END_TEST

/* Such paths are ours, and short. */
START_TEST(a_path_that_is_too_long_is_refused)
{
	char path[FILE_PATH_MAX + 1] = "";
	size_t n = 0;

	while (n + strlen("./.name.tmp") < FILE_PATH_MAX)
		n += (size_t)snprintf(path + n, sizeof(path) - n, "./");
	snprintf(path + n, sizeof(path) - n, "name");
	ck_assert_int_eq(write_with(_i, path, "text"), 0);
	ck_assert(exists("name"));
	ck_assert_int_eq(unlinkat(at, "name", 0), 0);
	memmove(path + 2, path, strlen(path) + 1);
	ck_assert_int_eq(write_with(_i, path, "text"), -ENAMETOOLONG);
	ck_assert(!exists("name"));
}
END_TEST

START_TEST(a_directory_that_cannot_be_written_is_an_error)
{
	write_file("f", "old", 0644);
	forbid();
	ck_assert_int_eq(write_with(_i, "f", "new"), -EACCES);
	ck_assert_str_eq(e.msg, "write f: Permission denied");
	ck_assert_int_eq(file_remove_at(at, "f", &e), -EACCES);
	ck_assert_str_eq(e.msg, "remove f: Permission denied");
	ck_assert_int_eq(file_link_at(at, "l", "f", &e), -EACCES);
	ck_assert_int_eq(file_link_at(at, "f", "g", &e), -EACCES);
	allow();
	ck_assert_str_eq(seen("f"), "old");
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_old_content_and_nothing_else)
{
	static const char big[9000] = { 1 };
	struct rlimit old, limit;
	int r;

	write_file("f", "old", 0600);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 4096;
	(void)signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	r = writers[_i](at, "f", big, sizeof(big), 0600, &e);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	ck_assert_int_eq(r, -EFBIG);
	ck_assert_str_eq(seen("f"), "old");
	ck_assert(!exists(".f.tmp"));
}
END_TEST

START_TEST(a_probe_leaves_nothing)
{
	ck_assert_msg(!file_probe_at(at, &e), "%s", e.msg);
	ck_assert_msg(!rmdir(dir), "the directory is not empty");
	ck_assert_int_eq(mkdir(dir, 0700), 0);
}
END_TEST

START_TEST(a_probe_finds_a_directory_that_cannot_be_written)
{
	forbid();
	ck_assert_int_eq(file_probe_at(at, &e), -EACCES);
	ck_assert_str_eq(e.msg, "write a file there: Permission denied");
	allow();
}
END_TEST

START_TEST(removing_takes_the_file_and_what_a_killed_write_left)
{
	write_file("f", "", 0600);
	write_file(".f.tmp", "", 0600);
	ck_assert_int_eq(file_remove_at(at, "f", &e), 0);
	ck_assert(!exists("f"));
	ck_assert(!exists(".f.tmp"));
	ck_assert_msg(!file_remove_at(at, "f", &e), "absent is fine");
	write_file(".f.tmp", "", 0600);
	ck_assert_int_eq(file_remove_at(at, "f", &e), 0);
	ck_assert(!exists(".f.tmp"));
}
END_TEST

START_TEST(removing_takes_a_link_and_not_what_it_points_to)
{
	write_file("f", "", 0600);
	ck_assert_int_eq(symlinkat("f", at, "l"), 0);
	ck_assert_int_eq(file_remove_at(at, "l", &e), 0);
	ck_assert(!exists("l"));
	ck_assert(exists("f"));
}
END_TEST

START_TEST(directories_are_not_removed)
{
	ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
	ck_assert_int_eq(file_remove_at(at, "d", &e), -EISDIR);
	ck_assert_str_eq(e.msg, "remove d: Is a directory");
	ck_assert(exists("d"));
}
END_TEST

static void assert_target(const char *name, const char *want)
{
	char buf[64];

	ck_assert_msg(!file_target_at(at, name, buf, sizeof(buf), &e), "%s", e.msg);
	ck_assert_str_eq(buf, want);
}

START_TEST(a_link_is_made_and_replaces_whatever_was_there)
{
	ck_assert_int_eq(file_link_at(at, "l", "first", &e), 0);
	assert_target("l", "first");
	ck_assert_int_eq(file_link_at(at, "l", "second", &e), 0);
	assert_target("l", "second");
	write_file("f", "", 0600);
	ck_assert_int_eq(file_link_at(at, "f", "third", &e), 0);
	assert_target("f", "third");
	ck_assert(!exists(".l.tmp"));
	ck_assert(!exists(".f.tmp"));
}
END_TEST

START_TEST(a_link_is_made_in_spite_of_what_a_killed_one_left)
{
	ck_assert_int_eq(file_link_at(at, "l", "first", &e), 0);
	ck_assert_int_eq(symlinkat("other", at, ".l.tmp"), 0);
	ck_assert_int_eq(file_link_at(at, "l", "second", &e), 0);
	assert_target("l", "second");
	ck_assert(!exists(".l.tmp"));
}
END_TEST

START_TEST(a_link_does_not_replace_a_directory)
{
	ck_assert_int_eq(mkdirat(at, "d", 0700), 0);
	ck_assert_int_eq(file_link_at(at, "d", "target", &e), -EISDIR);
	ck_assert_str_eq(e.msg, "link d: Is a directory");
	ck_assert(S_ISDIR(mode_of("d")));
	ck_assert(!exists(".d.tmp"));
}
END_TEST

START_TEST(what_is_no_link_has_no_target)
{
	char buf[8] = "before";

	ck_assert_int_eq(file_target_at(at, "l", buf, sizeof(buf), &e), -ENOENT);
	ck_assert_str_eq(e.msg, "read link l: No such file or directory");
	write_file("f", "", 0600);
	ck_assert_int_eq(file_target_at(at, "f", buf, sizeof(buf), &e), -EINVAL);
	ck_assert_str_eq(buf, "before");
}
END_TEST

START_TEST(a_target_must_fit_with_its_nul)
{
	char buf[8];

	ck_assert_int_eq(file_link_at(at, "l", "1234567", &e), 0);
	ck_assert_int_eq(file_target_at(at, "l", buf, sizeof(buf), &e), 0);
	ck_assert_str_eq(buf, "1234567");
	ck_assert_int_eq(file_link_at(at, "l", "12345678", &e), 0);
	ck_assert_int_eq(file_target_at(at, "l", buf, sizeof(buf), &e), -ENAMETOOLONG);
}
END_TEST

Suite *unit_suite(void)
{
	static const int n = (int)array_size(writers);
	Suite *suite = suite_create("file_write");
	TCase *tc = tcase_create("file_write");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, a_new_file_has_the_content_and_the_mode, 0, n);
	tcase_add_loop_test(tc, who_has_the_old_file_open_reads_the_old_content, 0, n);
	tcase_add_loop_test(tc, what_a_killed_write_left_does_not_matter, 0, n);
	tcase_add_loop_test(tc, a_link_in_place_of_the_temporary_file_is_not_followed, 0, n);
	tcase_add_loop_test(tc, a_fifo_in_place_of_the_temporary_file_stops_nobody, 0, n);
	tcase_add_loop_test(tc, a_link_in_place_of_the_file_is_replaced_not_followed, 0, n);
	tcase_add_loop_test(tc, a_directory_in_place_of_the_file_is_an_error, 0, n);
	tcase_add_loop_test(tc, a_name_without_room_for_the_temporary_one_is_refused, 0, n);
	tcase_add_loop_test(tc, a_path_that_is_too_long_is_refused, 0, n);
	tcase_add_loop_test(tc, a_directory_that_cannot_be_written_is_an_error, 0, n);
	tcase_add_loop_test(tc, a_write_that_fails_leaves_the_old_content_and_nothing_else, 0, n);
	tcase_add_test(tc, a_probe_leaves_nothing);
	tcase_add_test(tc, a_probe_finds_a_directory_that_cannot_be_written);
	tcase_add_test(tc, removing_takes_the_file_and_what_a_killed_write_left);
	tcase_add_test(tc, removing_takes_a_link_and_not_what_it_points_to);
	tcase_add_test(tc, directories_are_not_removed);
	tcase_add_test(tc, a_link_is_made_and_replaces_whatever_was_there);
	tcase_add_test(tc, a_link_is_made_in_spite_of_what_a_killed_one_left);
	tcase_add_test(tc, a_link_does_not_replace_a_directory);
	tcase_add_test(tc, what_is_no_link_has_no_target);
	tcase_add_test(tc, a_target_must_fit_with_its_nul);
	suite_add_tcase(suite, tc);
	return suite;
}
