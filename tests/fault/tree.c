// SPDX-License-Identifier: Apache-2.0
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "fake/world.h"

enum { OPEN_DIRS = 16 };

static int remove_one(const char *path, const struct stat *st unused, int type unused,
		      struct FTW *f unused)
{
	return remove(path);
}

void tree_remove(const char *path)
{
	(void)nftw(path, remove_one, OPEN_DIRS, FTW_DEPTH | FTW_PHYS);
}

/* nftw() has no argument for its function */
static const char *source, *target;

static bool copy_file(const char *path, const char *to, const struct stat *st)
{
	int in = open(path, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st->st_mode & 07777);
	const struct timespec times[] = { st->st_atim, st->st_mtim };
	/* the times, too: they tell which of two attachments is the younger */
	bool good = in >= 0 && out >= 0 &&
		    sendfile(out, in, NULL, (size_t)st->st_size) == st->st_size &&
		    !futimens(out, times);

	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	return good;
}

static bool copy_link(const char *path, const char *to)
{
	char text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof(text) - 1);

	if (n < 0)
		return false;
	text[n] = '\0';
	return !symlink(text, to);
}

static int copy_one(const char *path, const struct stat *st, int type, struct FTW *f unused)
{
	char to[PATH_MAX];
	bool good;

	fake_printf(to, sizeof(to), "%s%s", target, path + strlen(source));
	if (type == FTW_D)
		good = !mkdir(to, st->st_mode & 07777);
	else if (type == FTW_SL)
		good = copy_link(path, to);
	else
		good = type == FTW_F && copy_file(path, to, st);
	if (!good)
		fake_fatal("copy %s to %s: %s", path, to, strerror(errno));
	return 0;
}

void tree_copy(const char *from, const char *to)
{
	source = from;
	target = to;
	if (nftw(from, copy_one, OPEN_DIRS, FTW_PHYS))
		fake_fatal("copy %s: %s", from, strerror(errno));
}
