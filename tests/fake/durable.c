// SPDX-License-Identifier: Apache-2.0
/* With libc's calls that wrap.c leaves alone: nothing here is a file operation of the product. */
#include "durable.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

static FILE *open_for(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (!f)
		fake_fatal("%s: %s", path, strerror(errno));
	return f;
}

static void copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = open_for(to, "we");
	int c;

	while (in && (c = fgetc(in)) != EOF)
		(void)fputc(c, out);
	if (in)
		(void)fclose(in);
	(void)fclose(out);
}

/* Once more from /proc: the descriptor may be for writing only. */
static void keep_content(const char *top, int fd, const struct stat *st)
{
	char live[64], kept[PATH_MAX];

	(void)snprintf(live, sizeof(live), "/proc/self/fd/%d", fd);
	(void)snprintf(kept, sizeof(kept), "%s/ino/%llu", top, (unsigned long long)st->st_ino);
	copy(live, kept);
}

/* @name: of a directory below $FAKE_ROOT; its files are forgotten, directories in it are not. */
static void make_dir(const char *top, const char *name, char dir[static PATH_MAX])
{
	const struct dirent *entry;
	DIR *d;

	(void)snprintf(dir, PATH_MAX, "%s/root/%s", top, name);
	for (char *slash = dir + strlen(top) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(dir, 0700);
		*slash = '/';
	}
	(void)mkdir(dir, 0700);
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		char path[PATH_MAX + NAME_MAX + 2];

		(void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		(void)unlink(path);
	}
	if (d)
		(void)closedir(d);
}

static void keep_entry(const char *top, const char *from, const char *to)
{
	char kept[PATH_MAX], target[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (lstat(from, &st) || S_ISDIR(st.st_mode))
		return;
	if (S_ISLNK(st.st_mode)) {
		n = readlink(from, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		(void)!symlink(target, to);
		return;
	}
	(void)snprintf(kept, sizeof(kept), "%s/ino/%llu", top, (unsigned long long)st.st_ino);
	copy(kept, to);
}

static void keep_names(const char *top, const char *name)
{
	char dir[PATH_MAX], live[PATH_MAX];
	const struct dirent *entry;
	DIR *d;

	make_dir(top, name, dir);
	(void)snprintf(live, sizeof(live), "%s/%s", fake_root(), name);
	d = opendir(live);
	while (d && (entry = readdir(d))) {
		char from[PATH_MAX + NAME_MAX + 2], to[PATH_MAX + NAME_MAX + 2];

		(void)snprintf(from, sizeof(from), "%s/%s", live, entry->d_name);
		(void)snprintf(to, sizeof(to), "%s/%s", dir, entry->d_name);
		keep_entry(top, from, to);
	}
	if (d)
		(void)closedir(d);
}

void fake_durable(int fd, const char *name)
{
	const char *top = getenv("FAKE_DURABLE");
	struct stat st;

	if (!top || fstat(fd, &st))
		return;
	if (S_ISDIR(st.st_mode))
		keep_names(top, name);
	else
		keep_content(top, fd, &st);
}
