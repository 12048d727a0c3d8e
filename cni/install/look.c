// SPDX-License-Identifier: Apache-2.0
#include "look.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

/* The largest CNI plugins (Cilium's) have 100 MB. */
enum { CHUNK = 1 << 16, CHUNKS_MAX = (512 << 20) / CHUNK };

#define SELINUX "security.selinux"

/* A file system or a kernel without labels has none to keep. */
static int get_label(int fd, struct look *look, struct err *e)
{
	ssize_t n = fgetxattr(fd, SELINUX, look->label, sizeof(look->label));

	if (n < 0 && errno != ENODATA && errno != EOPNOTSUPP)
		return err_sys(e, errno, "read SELinux label");
	look->label_len = n < 0 ? 0 : (size_t)n;
	return 0;
}

int look_of(int dirfd, const char *name, struct look *ret, struct err *e)
{
	cleanup(fd_close) int fd =
		openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct look look = { .is_new = true, .mode = 0755 };
	struct stat st;
	int r;

	if (fd < 0 && (errno == ENOENT || errno == ELOOP)) {
		*ret = look;
		return 0;
	}
	if (fd < 0 || fstat(fd, &st))
		return err_sys(e, errno, "look at %s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "%s is not a file; remedy: remove it", name);
	look = (struct look){ .mode = st.st_mode & 0777, .uid = st.st_uid, .gid = st.st_gid };
	look.mode |= S_IRUSR | S_IXUSR; /* what is there to be run must be runnable */
	r = get_label(fd, &look, e);
	if (r)
		return err_wrap(e, "%s", name);
	*ret = look;
	return 0;
}

static int give_label(int fd, const struct look *look, struct err *e)
{
	struct look now;
	int r = get_label(fd, &now, e);

	if (r || !look->label_len ||
	    (now.label_len == look->label_len && !memcmp(now.label, look->label, now.label_len)))
		return r;
	if (fsetxattr(fd, SELINUX, look->label, look->label_len, 0))
		return err_sys(e, errno,
			       "keep SELinux label %.*s; remedy: run cni-install with the SELinux "
			       "type spc_t",
			       (int)look->label_len, look->label);
	return 0;
}

static void give_owner(int fd, const struct look *look)
{
	struct stat st;

	if (look->is_new || (!fstat(fd, &st) && st.st_uid == look->uid && st.st_gid == look->gid))
		return;
	if (fchown(fd, look->uid, look->gid))
		log_warn("owner %u:%u is not kept: %s", look->uid, look->gid, strerror(errno));
}

int look_give(int fd, const struct look *look, struct err *e)
{
	give_owner(fd, look);
	if (fchmod(fd, look->mode))
		return err_sys(e, errno, "set mode %o", look->mode);
	return give_label(fd, look, e);
}

int look_copy(int from, int to)
{
	off_t offset = 0;

	for (int i = 0; i < CHUNKS_MAX; i++) {
		ssize_t n = sendfile(to, from, &offset, CHUNK);

		if (n <= 0)
			return n ? -errno : 0;
	}
	return -EFBIG;
}

static ssize_t read_chunk(int fd, char *buf, off_t offset)
{
	ssize_t n = pread(fd, buf, CHUNK, offset);

	return n < 0 ? -errno : n;
}

int look_same(int a, int b, bool *ret)
{
	char in_a[CHUNK], in_b[CHUNK];
	off_t offset = 0;

	for (int i = 0; i < CHUNKS_MAX; i++) {
		ssize_t n = read_chunk(a, in_a, offset), m = read_chunk(b, in_b, offset);

		if (n < 0 || m < 0)
			return (int)(n < 0 ? n : m);
		if (n != m || memcmp(in_a, in_b, (size_t)n) != 0 || !n) {
			*ret = n == m && !n;
			return 0;
		}
		offset += n;
	}
	return -EFBIG;
}
