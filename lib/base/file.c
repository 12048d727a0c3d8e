// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

enum { DIR_ENTRIES_MAX = 65536, READ_ATTEMPTS = 1000 };

static int make_dir(const char *path, mode_t mode)
{
	if (mkdirat(AT_FDCWD, path, mode))
		return errno == EEXIST ? 0 : -errno;
	/* the umask may have taken bits that our own later runs need */
	return chmod(path, mode) ? -errno : 0;
}

static int make_parents(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	int r = str_copy(part, sizeof(part), path);

	for (char *slash = r ? NULL : strchr(part + (*part == '/'), '/'); slash && !r;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = make_dir(part, mode);
		*slash = '/';
	}
	return r ? r : make_dir(part, mode);
}

int file_open_dir(const char *path, mode_t mode, int *ret_fd, struct err *e)
{
	static const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = open(path, flags);
	int r;

	if (fd < 0 && errno == ENOENT) {
		r = make_parents(path, mode);
		if (r)
			return err_sys(e, -r, "create directory %s", path);
		fd = open(path, flags);
	}
	if (fd < 0)
		return err_sys(e, errno, "open directory %s", path);
	*ret_fd = fd;
	return 0;
}

int file_make_parent(const char *path, mode_t mode, struct err *e)
{
	const char *slash = strrchr(path, '/');
	cleanup(fd_leave) int fd = -EBADF;
	char dir[PATH_MAX];

	if (!slash || str_printf(dir, sizeof(dir), "%.*s", (int)(slash - path), path))
		return err_sys(e, ENAMETOOLONG, "directory of %s", path);
	return file_open_dir(dir, mode, &fd, e);
}

/* Reads up to @size bytes; a signal or a short read is not the end. */
static ssize_t read_full(int fd, char *buf, size_t size)
{
	size_t n = 0;

	for (int i = 0; n < size && i < READ_ATTEMPTS; i++) {
		ssize_t r = read(fd, buf + n, size - n);

		if (r == 0)
			break;
		if (r < 0 && errno != EINTR)
			return -errno;
		n += r > 0 ? (size_t)r : 0;
	}
	return (ssize_t)n;
}

static int open_regular(int dirfd, const char *name, int *ret_fd, struct stat *st, struct err *e)
{
	cleanup(fd_leave) int fd =
		openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, errno, "open %s", name);
	if (fstat(fd, st))
		return err_sys(e, errno, "stat %s", name);
	if (!S_ISREG(st->st_mode))
		return err_set(e, EINVAL, "%s is not a regular file", name);
	*ret_fd = take_fd(fd);
	return 0;
}

static int read_all(int fd, const char *name, const struct stat *st, size_t max, char **ret,
		    size_t *ret_len, struct err *e)
{
	cleanup(str_free) char *buf = NULL;
	ssize_t n;

	if (st->st_size < 0 || (size_t)st->st_size > max)
		return err_set(e, E2BIG, "%s has %lld bytes, at most %zu are read", name,
			       (long long)st->st_size, max);
	buf = malloc((size_t)st->st_size + 1);
	if (!buf)
		return err_sys(e, ENOMEM, "read %s", name);
	n = read_full(fd, buf, (size_t)st->st_size);
	if (n < 0)
		return err_sys(e, (int)-n, "read %s", name);
	buf[n] = '\0';
	*ret = take_ptr(buf);
	*ret_len = (size_t)n;
	return 0;
}

int file_read_at(int dirfd, const char *name, size_t max, char **ret, size_t *ret_len,
		 struct err *e)
{
	cleanup(fd_leave) int fd = -EBADF;
	struct stat st;
	int r = open_regular(dirfd, name, &fd, &st, e);

	return r ? r : read_all(fd, name, &st, max, ret, ret_len, e);
}

int file_read_own_at(int dirfd, const char *name, size_t max, char **ret, size_t *ret_len,
		     struct err *e)
{
	cleanup(fd_leave) int fd = -EBADF;
	struct stat st;
	int r = open_regular(dirfd, name, &fd, &st, e);

	if (!r && st.st_uid && st.st_uid != geteuid())
		r = err_set(e, EBADMSG, "%s belongs to user %u, not to root", name,
			    (unsigned)st.st_uid);
	return r ? r : read_all(fd, name, &st, max, ret, ret_len, e);
}

bool file_is_useless(int err)
{
	static const int finals[] = { ENOENT, EBADMSG, EINVAL, ELOOP, E2BIG, ENXIO };

	for (size_t i = 0; i < array_size(finals); i++)
		if (err == -finals[i])
			return true;
	return false;
}

static int write_full(int fd, const char *data, size_t len)
{
	for (int i = 0; len && i < READ_ATTEMPTS; i++) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return len ? -EIO : 0;
}

/* In the same directory: @name may be a path. */
static int tmp_name(char buf[static FILE_PATH_MAX], const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	if (strlen(base) + strlen("..tmp") > NAME_MAX)
		return -ENAMETOOLONG;
	return str_printf(buf, FILE_PATH_MAX, "%.*s.%s.tmp", (int)(base - name), name, base);
}

/* Made anew: what is there, a killed write's or no file at all, is neither opened nor kept. */
static int create_tmp(int dirfd, const char *tmp, mode_t mode)
{
	static const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = openat(dirfd, tmp, flags, mode);

	if (fd < 0 && errno == EEXIST && !unlinkat(dirfd, tmp, 0))
		fd = openat(dirfd, tmp, flags, mode);
	return fd < 0 ? -errno : fd;
}

enum durability { DURABLE, FLEETING };

static int write_tmp(int dirfd, const char *tmp, const void *data, size_t len, mode_t mode,
		     enum durability how)
{
	cleanup(fd_leave) int fd = create_tmp(dirfd, tmp, mode);
	int r;

	if (fd < 0)
		return fd;
	r = write_full(fd, data, len);
	if (!r && how == DURABLE && fsync(fd))
		r = -errno;
	return r;
}

static int write_at(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		    enum durability how, struct err *e)
{
	char tmp[FILE_PATH_MAX];
	int r = tmp_name(tmp, name);

	if (r)
		return err_sys(e, -r, "write %s", name);
	r = write_tmp(dirfd, tmp, data, len, mode, how);
	if (!r && renameat(dirfd, tmp, dirfd, name))
		r = -errno;
	if (!r && how == DURABLE && fsync(dirfd))
		r = -errno;
	if (r) {
		(void)unlinkat(dirfd, tmp, 0);
		return err_sys(e, -r, "write %s", name);
	}
	return 0;
}

int file_save_at(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		 struct err *e)
{
	return write_at(dirfd, name, data, len, mode, DURABLE, e);
}

int file_replace_at(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		    struct err *e)
{
	return write_at(dirfd, name, data, len, mode, FLEETING, e);
}

static int probe_at(int dirfd)
{
	cleanup(fd_close) int fd = openat(dirfd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd >= 0)
		return write_full(fd, "x", 1);
	if (errno != EOPNOTSUPP)
		return -errno;
	return faccessat(dirfd, ".", W_OK, AT_EACCESS) ? -errno : 0;
}

int file_probe_at(int dirfd, struct err *e)
{
	int r = probe_at(dirfd);

	return r ? err_sys(e, -r, "write a file there") : 0;
}

int file_replace(const char *path, const void *data, size_t len, mode_t mode, mode_t dir_mode,
		 struct err *e)
{
	int r = file_replace_at(AT_FDCWD, path, data, len, mode, e);

	if (r != -ENOENT)
		return r;
	r = file_make_parent(path, dir_mode, e);
	return r ? r : file_replace_at(AT_FDCWD, path, data, len, mode, e);
}

int file_remove_tmp_at(int dirfd, const char *name, struct err *e)
{
	char tmp[FILE_PATH_MAX];
	int r = tmp_name(tmp, name);

	if (!r && unlinkat(dirfd, tmp, 0) && errno != ENOENT)
		r = -errno;
	return r ? err_sys(e, -r, "remove temporary file of %s", name) : 0;
}

int file_unlink_at(int dirfd, const char *name, struct err *e)
{
	if (unlinkat(dirfd, name, 0) && errno != ENOENT)
		return err_sys(e, errno, "remove %s", name);
	return 0;
}

int file_remove_at(int dirfd, const char *name, struct err *e)
{
	int r = file_remove_tmp_at(dirfd, name, e), removed = file_unlink_at(dirfd, name, e);

	return removed ? removed : r;
}

int file_link_at(int dirfd, const char *name, const char *target, struct err *e)
{
	char tmp[FILE_PATH_MAX];
	int r;

	if (!symlinkat(target, dirfd, name))
		return 0;
	r = errno == EEXIST ? tmp_name(tmp, name) : -errno;
	if (!r && unlinkat(dirfd, tmp, 0) && errno != ENOENT)
		r = -errno;
	if (!r && (symlinkat(target, dirfd, tmp) || renameat(dirfd, tmp, dirfd, name))) {
		r = -errno;
		(void)unlinkat(dirfd, tmp, 0);
	}
	return r ? err_sys(e, -r, "link %s", name) : 0;
}

int file_target_at(int dirfd, const char *name, char *buf, size_t size, struct err *e)
{
	ssize_t n = readlinkat(dirfd, name, buf, size);

	if (n < 0)
		return err_sys(e, errno, "read link %s", name);
	if ((size_t)n >= size)
		return err_sys(e, ENAMETOOLONG, "read link %s", name);
	buf[n] = '\0';
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes over names[0..n-1]. */
static int visit_names(char **names, size_t n, int (*fn)(const char *name, void *arg), void *arg)
{
	int r = 0;

	/* sorted: the order in which files were made must not change what is done */
	if (n)
		qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 0; i < n; i++) {
		if (!r)
			r = fn(names[i], arg);
		free(names[i]);
	}
	free(names);
	return r;
}

static int skip_name(const char *name unused, void *arg unused)
{
	return 0;
}

static int read_names(DIR *d, char ***ret, size_t *ret_n)
{
	for (;;) {
		const struct dirent *entry;
		char **more;

		/* an error and the end look alike but for this */
		errno = 0;
		entry = readdir(d);
		if (!entry)
			return -errno;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (*ret_n >= DIR_ENTRIES_MAX)
			return -E2BIG;
		more = realloc(*ret, (*ret_n + 1) * sizeof(**ret));
		if (!more)
			return -ENOMEM;
		*ret = more;
		more[*ret_n] = strdup(entry->d_name);
		if (!more[*ret_n])
			return -ENOMEM;
		(*ret_n)++;
	}
}

int file_each_at(int dirfd, int (*fn)(const char *name, void *arg), void *arg, struct err *e)
{
	/* a descriptor of its own: fdopendir() takes it over, and its offset */
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char **names = NULL;
	size_t n = 0;
	int r;

	if (!d) {
		r = -errno;
		fd_close(&fd);
		return err_sys(e, -r, "list directory");
	}
	r = read_names(d, &names, &n);
	closedir(d);
	if (r) {
		(void)visit_names(names, n, skip_name, NULL);
		return err_sys(e, -r, "list directory");
	}
	return visit_names(names, n, fn, arg);
}

int file_read_attr(int dirfd, const char *name, char *buf, size_t size)
{
	cleanup(fd_leave) int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size);
	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}
