// SPDX-License-Identifier: Apache-2.0
#include "kernel/sysfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

enum {
	SYSFS_LINE_MAX = 256,
	/*
	 * The largest real directory has an entry per VF or representor, of 32 bytes or so: with more
	 * than a hundred there is a second call. Each page of the stack is touched, used or not.
	 */
	SYSFS_DIR_BUF = 4096,
	SYSFS_DIR_READS_MAX = 256,
};

int sysfs_open(int dir, const char *path)
{
	int fd = openat(dir, path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

void sysfs_close(int *fd)
{
	fd_leave(fd);
}

int sysfs_read(int dir, const char *path, char *ret, size_t size)
{
	cleanup(sysfs_close) int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[SYSFS_LINE_MAX];
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = read(fd, text, sizeof(text));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof(text))
		return -EFBIG;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return str_copy(ret, size, text) ? -EFBIG : 0;
}

int sysfs_read_u64(int dir, const char *path, uint64_t *ret)
{
	char text[24];
	int r = sysfs_read(dir, path, text, sizeof(text));

	if (r)
		return r;
	return str_to_u64(text, 10, UINT64_MAX, ret) ? -EBADMSG : 0;
}

int sysfs_link_name(int dir, const char *path, char *ret, size_t size)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, path, target, sizeof(target));
	const char *slash;

	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof(target))
		return -ENAMETOOLONG;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return str_copy(ret, size, slash ? slash + 1 : target);
}

static int visit(const char *buf, size_t len, int (*each)(const char *name, void *arg), void *arg)
{
	int r = 0;

	for (size_t at = 0; !r && at < len;) {
		const char *name = buf + at + offsetof(struct dirent64, d_name);
		unsigned short size;

		/* "." and "..": no other name in sysfs begins so */
		if (*name != '.')
			r = each(name, arg);
		memcpy(&size, buf + at + offsetof(struct dirent64, d_reclen), sizeof(size));
		at += size;
	}
	return r;
}

/*
 * Without opendir(), which asks three things that are known here. One call tells all of a
 * directory of sysfs, up to the size of the buffer (kernfs_fop_readdir()): where there is room
 * for another entry there is none.
 */
int sysfs_list(int dir, const char *path, int (*each)(const char *name, void *arg), void *arg)
{
	cleanup(sysfs_close) int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(struct dirent64) char buf[SYSFS_DIR_BUF];
	int r = 0;

	if (fd < 0)
		return -errno;
	for (unsigned i = 0; !r && i < SYSFS_DIR_READS_MAX; i++) {
		ssize_t n = getdents64(fd, buf, sizeof(buf));

		if (n < 0)
			return -errno;
		r = visit(buf, (size_t)n, each, arg);
		if (!r && (size_t)n + sizeof(struct dirent64) <= sizeof(buf))
			return 0;
	}
	return r ? r : -EFBIG;
}
