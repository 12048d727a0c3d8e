/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shell scripts in place of real programs, made in a directory of their own;
 * they tell in files what they saw.
 */
#pragma once
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "unit.h"

enum { SEEN_MAX = 65536 };

static char dir[] = "/tmp/unit_script.XXXXXX";

static inline void make_dir(void)
{
	memset(dir + strlen(dir) - 6, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static inline void remove_dir(void)
{
	char command[64];

	ck_assert_int_eq(str_printf(command, sizeof(command), "rm -rf %s", dir), 0);
	ck_assert_int_eq(system(command), 0);
}

static inline const char *in_dir(const char *name)
{
	static char path[PATH_MAX];

	ck_assert_int_eq(str_printf(path, sizeof(path), "%s/%s", dir, name), 0);
	return path;
}

static inline void write_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* @body runs in @dir's directory. */
static inline void script(const char *name, const char *body)
{
	char text[2048];

	ck_assert_int_eq(
		str_printf(text, sizeof(text), "#!/bin/sh\ncd %s || exit 9\n%s", dir, body), 0);
	write_file(name, text, 0755);
}

/* Of a file that the script left. */
static inline const char *seen(const char *name)
{
	static char text[SEEN_MAX];
	int fd = open(in_dir(name), O_RDONLY | O_CLOEXEC);
	ssize_t n;

	ck_assert_msg(fd >= 0, "no file %s", name);
	n = read(fd, text, sizeof(text) - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static inline long elapsed_ms(const struct timespec *from)
{
	struct timespec to;

	clock_gettime(CLOCK_MONOTONIC, &to);
	return (to.tv_sec - from->tv_sec) * 1000 + (to.tv_nsec - from->tv_nsec) / 1000000;
}
