// SPDX-License-Identifier: Apache-2.0
#include "kernel/netns.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

bool netns_id_equal(const struct netns_id *a, const struct netns_id *b)
{
	return a->dev == b->dev && a->ino == b->ino &&
	       (!a->cookie || !b->cookie || a->cookie == b->cookie);
}

/* Opens @ns; all that is asked for is a file. */
static int open_file(const char *path, struct netns *ns, mode_t *ret_mode, struct err *e)
{
	struct stat st;

	/* O_NONBLOCK: the path is the caller's, and opening a FIFO waits for a writer. */
	ns->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (ns->fd < 0 || fstat(ns->fd, &st))
		return err_sys(e, errno, "open network namespace %s", path);
	ns->id = (struct netns_id){ .dev = st.st_dev, .ino = st.st_ino };
	*ret_mode = st.st_mode;
	return 0;
}

/*
 * setns() would tell as well, but only after locks were taken and files written. Namespaces are
 * regular files; a device might take the number for a request of its own, so it is not asked.
 */
static int check_is_netns(int fd, mode_t mode)
{
	int type = S_ISREG(mode) ? ioctl(fd, NS_GET_NSTYPE) : 0;

	/* who may not ask does not know */
	if (type < 0 && (errno == EPERM || errno == EACCES || errno == ENOMEM))
		return -errno;
	return type == CLONE_NEWNET ? 0 : -EINVAL;
}

int netns_open(const char *path, struct netns *ret, struct err *e)
{
	cleanup(netns_close) struct netns ns = NETNS_NONE;
	mode_t mode;
	int r = open_file(path, &ns, &mode, e);

	if (r)
		return r;
	r = check_is_netns(ns.fd, mode);
	if (r == -EINVAL)
		return err_set(e, EINVAL, "open network namespace %s: not a network namespace",
			       path);
	if (r)
		return err_sys(e, -r, "look at network namespace %s", path);
	*ret = ns;
	ns = NETNS_NONE;
	return 0;
}

int netns_open_self(struct netns *ret, struct err *e)
{
	cleanup(netns_close) struct netns ns = NETNS_NONE;
	mode_t mode;
	int r = open_file("/proc/self/ns/net", &ns, &mode, e);

	if (r)
		return r;
	*ret = ns;
	ns = NETNS_NONE;
	return 0;
}

int netns_is_at(const struct netns *ns, const char *path, bool *ret, struct err *e)
{
	struct stat st;
	bool there = !stat(path, &st);

	if (!there && errno != ENOENT && errno != ENOTDIR)
		return err_sys(e, errno, "look at network namespace %s", path);
	*ret = there && st.st_dev == ns->id.dev && st.st_ino == ns->id.ino;
	return 0;
}

void netns_close(struct netns *ns)
{
	if (ns->fd >= 0)
		(void)close(ns->fd);
	ns->fd = -EBADF;
}

int netns_enter(const struct netns *ns, struct err *e)
{
	if (setns(ns->fd, CLONE_NEWNET))
		return err_sys(e, errno, "enter network namespace");
	return 0;
}

void netns_leave(const struct netns *home)
{
	/*
	 * Cannot happen with an open descriptor and the privilege that took us in. If it does, all
	 * that follows would act on the wrong namespace, including the undo. The record on disk is
	 * what the next process goes on from, so ending here is the safe thing. No text: stdout
	 * belongs to the reply, and this layer does not print.
	 */
	if (setns(home->fd, CLONE_NEWNET))
		abort();
}
