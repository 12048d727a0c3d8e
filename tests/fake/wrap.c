// SPDX-License-Identifier: Apache-2.0
/*
 * The product's file operations and delegate starts, put into the fault
 * countdown by the linker's --wrap, so that product code knows nothing of it.
 *
 * Counted is what happens below $FAKE_ROOT, on stdin and on the reply; sysfs,
 * /proc and pipes to delegates are not. A temporary file's name is part of the
 * log only: faults that last match the directory (fault.c).
 *
 * The names are the linker's, reserved or not.
 */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "durable.h"
#include "world.h"

#define WRAPPED(type, name, ...)                                                                   \
	type __real_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

WRAPPED(int, open64, const char *path, int flags, ...);
WRAPPED(int, openat64, int dirfd, const char *path, int flags, ...);
WRAPPED(int, open, const char *path, int flags, ...);
WRAPPED(int, openat, int dirfd, const char *path, int flags, ...);
WRAPPED(ssize_t, read, int fd, void *buf, size_t n);
WRAPPED(ssize_t, write, int fd, const void *buf, size_t n);
WRAPPED(int, fstatat, int dirfd, const char *path, struct stat *st, int flags);
WRAPPED(int, fstatat64, int dirfd, const char *path, struct stat64 *st, int flags);
WRAPPED(struct dirent *, readdir, DIR *d);
WRAPPED(struct dirent64 *, readdir64, DIR *d);
WRAPPED(int, fsync, int fd);
WRAPPED(int, chmod, const char *path, mode_t mode);
WRAPPED(int, renameat, int from_fd, const char *from, int to_fd, const char *to);
WRAPPED(int, unlinkat, int dirfd, const char *path, int flags);
WRAPPED(int, mkdirat, int dirfd, const char *path, mode_t mode);
WRAPPED(int, symlinkat, const char *target, int dirfd, const char *path);
WRAPPED(int, flock, int fd, int op);
WRAPPED(int, posix_spawn, pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attr, char *const argv[], char *const envp[]);

static struct stat reply;

__attribute__((constructor)) static void remember_stdout(void)
{
	if (fstat(STDOUT_FILENO, &reply))
		reply = (struct stat){ .st_ino = 0 };
}

static bool is_reply(int fd)
{
	struct stat st;

	return fd != STDERR_FILENO && reply.st_ino && !fstat(fd, &st) &&
	       st.st_ino == reply.st_ino && st.st_dev == reply.st_dev;
}

/* The part of a path below $FAKE_ROOT; NULL: none of ours */
static const char *below_root(const char *path)
{
	size_t n = strlen(fake_root());

	return !strncmp(path, fake_root(), n) && path[n] == '/' ? path + n + 1 : NULL;
}

/* Where a descriptor leads, and what the kernel calls what is not a file; "" when it leads nowhere */
static void path_of(int fd, char ret[static PATH_MAX])
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = syscall(SYS_readlinkat, AT_FDCWD, link, ret, PATH_MAX - 1);
	ret[n < 0 ? 0 : n] = '\0';
}

static const char *resolve(int dirfd, const char *path, char buf[static PATH_MAX])
{
	if (*path == '/' || dirfd == AT_FDCWD) {
		(void)snprintf(buf, PATH_MAX, "%s", path);
	} else {
		size_t n;

		path_of(dirfd, buf);
		n = strlen(buf);
		(void)snprintf(buf + n, PATH_MAX - n, "/%s", path);
	}
	return below_root(buf);
}

/* One file operation: @real is evaluated when it is to happen. */
#define COUNTED(kind, path, real)                                                                  \
	({                                                                                         \
		struct fake_call call;                                                             \
		long result = fake_enter(&call, kind, "%s", path);                                 \
		if (!result) {                                                                     \
			result = (long)(real);                                                     \
			result = result < 0 ? -errno : result;                                     \
		}                                                                                  \
		finish(&call, result);                                                             \
	})

static long finish(struct fake_call *c, long r)
{
	/* fake_leave() speaks of int; sizes are small here */
	int late = fake_leave(c, (int)r);

	if (late >= 0)
		return late;
	errno = -late;
	return -1;
}

static bool is_made(int flags)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
}

static int open_at(int dirfd, const char *path, int flags, mode_t mode)
{
	char buf[PATH_MAX];
	const char *name = resolve(dirfd, path, buf);

	if (!name)
		return __real_openat(dirfd, path, flags, mode);
	return (int)COUNTED(is_made(flags) ? "file.create" : "file.open", name,
			    __real_openat(dirfd, path, flags, mode));
}

/* A mode is only there when the flags say so. */
static mode_t mode_of(int flags, va_list ap)
{
	if (!is_made(flags))
		return 0;
	/* clang 14 loses sight of the caller's va_start(), and with other -D flags does not */
	return va_arg(ap, mode_t); /* NOLINT(clang-analyzer-valist.Uninitialized) */
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return open_at(AT_FDCWD, path, flags, mode);
}

int __wrap_open64(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return open_at(AT_FDCWD, path, flags, mode);
}

int __wrap_openat(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return open_at(dirfd, path, flags, mode);
}

int __wrap_openat64(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return open_at(dirfd, path, flags, mode);
}

int __wrap_fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	char buf[PATH_MAX];
	const char *name = resolve(dirfd, path, buf);

	return name ? (int)COUNTED("file.stat", name, __real_fstatat(dirfd, path, st, flags)) :
		      __real_fstatat(dirfd, path, st, flags);
}

int __wrap_fstatat64(int dirfd, const char *path, struct stat64 *st, int flags)
{
	char buf[PATH_MAX];
	const char *name = resolve(dirfd, path, buf);

	return name ? (int)COUNTED("file.stat", name, __real_fstatat64(dirfd, path, st, flags)) :
		      __real_fstatat64(dirfd, path, st, flags);
}

/* A listing's first entry is where it fails; what is left of @d is then its end. */
static bool can_list(DIR *d)
{
	char path[PATH_MAX];
	const char *name;

	if (telldir(d))
		return true;
	path_of(dirfd(d), path);
	name = below_root(path);
	return !name || COUNTED("file.list", name, 0) >= 0;
}

struct dirent *__wrap_readdir(DIR *d)
{
	return can_list(d) ? __real_readdir(d) : NULL;
}

struct dirent64 *__wrap_readdir64(DIR *d)
{
	return can_list(d) ? __real_readdir64(d) : NULL;
}

ssize_t __wrap_read(int fd, void *buf, size_t n)
{
	char path[PATH_MAX];
	const char *name;

	if (fd == STDIN_FILENO)
		return COUNTED("file.read", "stdin", __real_read(fd, buf, n));
	path_of(fd, path);
	name = below_root(path);
	return name ? COUNTED("file.read", name, __real_read(fd, buf, n)) : __real_read(fd, buf, n);
}

/* In two halves: a full disk and a killed process leave the first. */
static ssize_t write_halves(struct fake_call *c, int fd, const char *buf, size_t n)
{
	size_t half = n / 2;
	ssize_t first = half ? __real_write(fd, buf, half) : 0, second;
	int r;

	if (first < (ssize_t)half)
		return first < 0 ? -errno : first;
	r = half ? fake_stage(c, "half") : 0;
	if (r)
		return r;
	second = __real_write(fd, buf + half, n - half);
	return second < 0 ? -errno : first + second;
}

ssize_t __wrap_write(int fd, const void *buf, size_t n)
{
	bool is_answer = is_reply(fd);
	char path[PATH_MAX];
	const char *name;
	struct fake_call c;
	long r;

	path_of(fd, path);
	name = is_answer ? "stdout" : below_root(path);
	if (!name)
		return __real_write(fd, buf, n);
	r = fake_enter(&c, is_answer ? "reply" : "file.write", "%s", name);
	if (!r)
		r = write_halves(&c, fd, buf, n);
	return finish(&c, r);
}

static int sync_below(int fd, const char *name)
{
	int r = __real_fsync(fd);

	if (!r)
		fake_durable(fd, name);
	return r;
}

int __wrap_fsync(int fd)
{
	char path[PATH_MAX];
	const char *name;

	path_of(fd, path);
	name = below_root(path);
	return name ? (int)COUNTED("file.fsync", name, sync_below(fd, name)) : __real_fsync(fd);
}

int __wrap_chmod(const char *path, mode_t mode)
{
	const char *name = below_root(path);

	return name ? (int)COUNTED("file.attr", name, __real_chmod(path, mode)) :
		      __real_chmod(path, mode);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	char buf[PATH_MAX];
	const char *name = resolve(to_fd, to, buf);

	if (!name)
		return __real_renameat(from_fd, from, to_fd, to);
	return (int)COUNTED("file.rename", name, __real_renameat(from_fd, from, to_fd, to));
}

int __wrap_unlinkat(int dirfd, const char *path, int flags)
{
	char buf[PATH_MAX];
	const char *name = resolve(dirfd, path, buf);

	if (!name)
		return __real_unlinkat(dirfd, path, flags);
	return (int)COUNTED("file.unlink", name, __real_unlinkat(dirfd, path, flags));
}

int __wrap_mkdirat(int dirfd, const char *path, mode_t mode)
{
	char buf[PATH_MAX];
	const char *name = resolve(dirfd, path, buf);

	if (!name)
		return __real_mkdirat(dirfd, path, mode);
	return (int)COUNTED("file.mkdir", name, __real_mkdirat(dirfd, path, mode));
}

int __wrap_symlinkat(const char *target, int dirfd, const char *path)
{
	char buf[PATH_MAX];
	const char *name = resolve(dirfd, path, buf);

	if (!name)
		return __real_symlinkat(target, dirfd, path);
	return (int)COUNTED("file.link", name, __real_symlinkat(target, dirfd, path));
}

int __wrap_flock(int fd, int op)
{
	char path[PATH_MAX];
	const char *name;

	path_of(fd, path);
	name = below_root(path);
	/* A wait for somebody else must not hold the world meanwhile. */
	if (!name || !(op & LOCK_NB))
		return __real_flock(fd, op);
	return (int)COUNTED("file.lock", name, __real_flock(fd, op));
}

static const char *command_of(char *const envp[])
{
	for (; *envp; envp++)
		if (!strncmp(*envp, "CNI_COMMAND=", 12))
			return *envp + 12;
	return "?";
}

int __wrap_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attr, char *const argv[], char *const envp[])
{
	const char *slash = strrchr(path, '/');
	struct fake_call c;
	int r;

	if (ns_current() != HOST)
		fake_fatal("a delegate is started from inside a pod's namespace");
	r = fake_enter(&c, "spawn", "%s %s", slash ? slash + 1 : path, command_of(envp));
	/* posix_spawn() returns the errno, positive. */
	if (!r)
		r = -__real_posix_spawn(pid, path, actions, attr, argv, envp);
	return -fake_leave(&c, r);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
