/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files for a target whose parsers open them by name: a directory in memory, made at the first
 * input, removed at the end. The fake kernel's world and its root are in it.
 */
#pragma once
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "fields.h"

static char tree_root[] = "/dev/shm/fuzz-XXXXXX";

static inline void tree_path(char buf[static PATH_MAX], const char *name)
{
	MUST(!str_printf(buf, PATH_MAX, "%s/%s", tree_root, name));
}

static inline int tree_remove_one(const char *path, const struct stat *st unused, int type unused,
				  struct FTW *at unused)
{
	return remove(path);
}

static inline void tree_remove(void)
{
	(void)nftw(tree_root, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/** tree_dir() - make a directory, and those above it; an owned descriptor */
static inline int tree_dir(const char *name)
{
	char path[PATH_MAX];
	struct err e;
	int fd;

	tree_path(path, name);
	MUST(!file_open_dir(path, 0700, &fd, &e));
	return fd;
}

/** tree_make() - once; true: it is new */
static inline bool tree_make(void)
{
	static bool made;
	char path[PATH_MAX];

	if (made)
		return false;
	made = true;
	MUST(mkdtemp(tree_root));
	(void)atexit(tree_remove);
	setenv("FAKE_ROOT", tree_root, 1);
	tree_path(path, "world");
	setenv("FAKE_WORLD", path, 1);
	return true;
}

/** tree_put() - the content of a file */
static inline void tree_put(int dir, const char *name, struct field content)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	MUST(fd >= 0 && write(fd, content.b, content.n) == (ssize_t)content.n);
	(void)close(fd);
}

/** tree_link() - a link and where it leads; what no link can hold: none */
static inline void tree_link(int dir, const char *name, struct field target)
{
	char *text = field_text(target);

	(void)unlinkat(dir, name, 0);
	if (symlinkat(text, dir, name))
		MUST(errno == ENAMETOOLONG || errno == ENOENT);
	free(text);
}

/** tree_empty() - remove the files of a directory */
static inline int tree_unlink(const char *name, void *dir)
{
	return unlinkat(*(const int *)dir, name, 0);
}

static inline void tree_empty(int dir)
{
	struct err e;

	MUST(!file_each_at(dir, tree_unlink, &dir, &e));
}
