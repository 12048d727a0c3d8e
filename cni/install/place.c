// SPDX-License-Identifier: Apache-2.0
#include "place.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "look.h"

enum { LOCK_TIMEOUT_MS = 60 * 1000 };

#define LOCK_FILE  ".cni-install.lock"
#define WATCH_FILE ".cni-install.watch"

struct names {
	char tmp[NAME_MAX + 1], old[NAME_MAX + 1], old_tmp[NAME_MAX + 1];
};

static struct names names_of(const char *name)
{
	struct names n = { .tmp = "" };

	/* the callers' names are plugin_name[]: nothing is cut */
	(void)(str_printf(n.tmp, sizeof(n.tmp), ".%s.tmp", name) ||
	       str_printf(n.old, sizeof(n.old), ".%s.old", name) ||
	       str_printf(n.old_tmp, sizeof(n.old_tmp), ".%s.old.tmp", name));
	return n;
}

int place_open(const char *path, struct place *ret, struct err *e)
{
	cleanup(fd_close) int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int lock, r;

	if (dir < 0)
		return errno == ENOENT ?
			       err_set(e, ENOENT,
				       "location %s does not exist; remedy: mount the host's CNI "
				       "directory there, or say where it is with --cni-bin-dir",
				       path) :
			       err_sys(e, errno, "open directory %s", path);
	r = file_lock_at(dir, LOCK_FILE, LOCK_TIMEOUT_MS, &lock, e);
	if (r)
		return err_wrap(e, "%s", path);
	*ret = (struct place){ .path = path, .dir = take_fd(dir), .lock = lock };
	return 0;
}

void place_close(struct place *p)
{
	fd_close(&p->lock);
	fd_close(&p->dir);
}

static int open_source(const char *source, int *ret_fd, struct stat *st, struct err *e)
{
	cleanup(fd_close) int fd = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? err_set(e, ENOENT, "location %s does not exist", source) :
					 err_sys(e, errno, "open %s", source);
	if (fstat(fd, st))
		return err_sys(e, errno, "stat %s", source);
	if (!S_ISREG(st->st_mode) || !st->st_size)
		return err_set(e, EINVAL, "%s is not a program", source);
	*ret_fd = take_fd(fd);
	return 0;
}

int place_compare(const struct place *p, const char *name, const char *source,
		  enum place_state *ret, struct err *e)
{
	cleanup(fd_close) int from = -EBADF, fd = -EBADF;
	struct stat want, have;
	bool same = false;
	int r = open_source(source, &from, &want, e);

	if (r)
		return r;
	fd = openat(p->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno != ENOENT && errno != ELOOP)
		return err_sys(e, errno, "open %s/%s", p->path, name);
	if (fd < 0) {
		*ret = errno == ENOENT ? PLACE_ABSENT : PLACE_OTHER;
		return 0;
	}
	if (fstat(fd, &have))
		return err_sys(e, errno, "stat %s/%s", p->path, name);
	if (S_ISREG(have.st_mode) && have.st_size == want.st_size)
		r = look_same(from, fd, &same);
	if (r)
		return err_sys(e, -r, "compare %s/%s with %s", p->path, name, source);
	*ret = !same ? PLACE_OTHER : have.st_mode & S_IXUSR ? PLACE_SAME : PLACE_UNUSABLE;
	return 0;
}

/* Makes @tmp anew, with @from's content. On failure it may be there, in part. */
static int copy_to(const struct place *p, int from, const char *tmp, const struct look *look,
		   struct err *e)
{
	cleanup(fd_close) int fd = -EBADF;
	int r;

	if (unlinkat(p->dir, tmp, 0) && errno != ENOENT)
		return err_sys(e, errno, "remove %s/%s", p->path, tmp);
	fd = openat(p->dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(e, errno, "create %s/%s", p->path, tmp);
	r = look_copy(from, fd);
	if (r)
		return err_sys(e, -r, "write %s/%s", p->path, tmp);
	r = look_give(fd, look, e);
	if (r)
		return err_wrap(e, "%s/%s", p->path, tmp);
	return fsync(fd) ? err_sys(e, errno, "sync %s/%s", p->path, tmp) : 0;
}

int place_stage(const struct place *p, const char *name, const char *source, struct err *e)
{
	cleanup(fd_close) int from = -EBADF;
	struct names n = names_of(name);
	struct look look;
	struct stat st;
	int r = open_source(source, &from, &st, e);

	if (!r)
		r = look_of(p->dir, name, &look, e);
	if (!r)
		r = copy_to(p, from, n.tmp, &look, e);
	if (r)
		place_unstage(p, name);
	return r;
}

void place_unstage(const struct place *p, const char *name)
{
	struct names n = names_of(name);

	(void)unlinkat(p->dir, n.tmp, 0);
}

/* For file systems without hard links, and for another owner's file without CAP_FOWNER. */
static int keep_copy(const struct place *p, const char *name, const char *tmp, struct err *e)
{
	cleanup(fd_close) int from =
		openat(p->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct look look;
	int r;

	if (from < 0)
		return err_sys(e, errno, "open %s/%s", p->path, name);
	r = look_of(p->dir, name, &look, e);
	return r ? r : copy_to(p, from, tmp, &look, e);
}

static bool exists(const struct place *p, const char *name)
{
	struct stat st;

	return !fstatat(p->dir, name, &st, AT_SYMLINK_NOFOLLOW);
}

int place_keep(const struct place *p, const char *name, enum place_keep how, struct err *e)
{
	struct names n = names_of(name);
	int r = 0;

	if (!exists(p, name) || (how == KEEP_FIRST && exists(p, n.old)))
		return 0;
	if (unlinkat(p->dir, n.old_tmp, 0) && errno != ENOENT)
		return err_sys(e, errno, "remove %s/%s", p->path, n.old_tmp);
	if (linkat(p->dir, name, p->dir, n.old_tmp, 0))
		r = errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK ?
			    keep_copy(p, name, n.old_tmp, e) :
			    err_sys(e, errno, "keep %s/%s aside", p->path, name);
	if (!r && renameat(p->dir, n.old_tmp, p->dir, n.old))
		r = err_sys(e, errno, "keep %s/%s aside", p->path, name);
	/* when both names are of one file, rename does nothing: killed between here and commit */
	(void)unlinkat(p->dir, n.old_tmp, 0);
	return r;
}

int place_commit(const struct place *p, const char *name, struct err *e)
{
	struct names n = names_of(name);

	return renameat(p->dir, n.tmp, p->dir, name) ?
		       err_sys(e, errno, "replace %s/%s", p->path, name) :
		       0;
}

int place_restore(const struct place *p, const char *name, struct err *e)
{
	struct names n = names_of(name);

	if (renameat(p->dir, n.old, p->dir, name))
		return err_sys(e, errno, "restore %s/%s", p->path, name);
	(void)unlinkat(p->dir, n.old, 0); /* as in place_keep() */
	return 0;
}

int place_sync(const struct place *p, struct err *e)
{
	return fsync(p->dir) ? err_sys(e, errno, "sync %s", p->path) : 0;
}

static int open_watch(const struct place *p, int flags, int *ret_fd, struct err *e)
{
	int fd = openat(p->dir, WATCH_FILE, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

	if (fd < 0)
		return err_sys(e, errno, "open %s/%s", p->path, WATCH_FILE);
	*ret_fd = fd;
	return 0;
}

int place_watch(const struct place *p, int *ret_fd, struct err *e)
{
	cleanup(fd_close) int fd = -EBADF;
	int r = open_watch(p, O_RDWR | O_CREAT, &fd, e);

	if (r)
		return r;
	/* several may watch: one of each Go image's DaemonSets */
	if (flock(fd, LOCK_SH | LOCK_NB))
		return err_sys(e, errno, "lock %s/%s", p->path, WATCH_FILE);
	*ret_fd = take_fd(fd);
	return 0;
}

int place_unwatched(const struct place *p, struct err *e)
{
	cleanup(fd_close) int fd = -EBADF;
	int r = open_watch(p, O_RDWR, &fd, e);

	if (r)
		return r == -ENOENT ? 0 : r;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	return errno == EWOULDBLOCK ?
		       err_set(e, EBUSY,
			       "%s is watched by another cni-install, which would undo a rollback; "
			       "remedy: delete its DaemonSet first",
			       p->path) :
		       err_sys(e, errno, "lock %s/%s", p->path, WATCH_FILE);
}
