// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/netns.h and kernel/nl.h.
 *
 * A file descriptor of /dev/null stands for an open namespace, so that
 * descriptors are used up, leak and go stale as real ones do; this process
 * remembers what each stands for. The thread's namespace is one variable: our
 * programs have one thread.
 */
#include "kernel/netns.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/nl.h"
#include "world.h"

enum { FDS_MAX = 64, NSFS_DEV = 4 };

static struct {
	int fd, ns;
	uint64_t cookie;
} fds[FDS_MAX] = { { .fd = -EBADF } };
static size_t n_fds;
static int current = HOST;

int ns_current(void)
{
	return current;
}

int ns_find_path(const struct fake_world *w, const char *path)
{
	for (int i = 0; i < FAKE_MOUNT_MAX; i++)
		if (w->mounts[i].used && !strcmp(w->mounts[i].path, path))
			return w->mounts[i].ns;
	return NONE;
}

int ns_of_fd(int fd)
{
	const struct fake_world *w = fake_get();

	if (fd < 0)
		return -EBADF;
	for (size_t i = 0; i < n_fds; i++)
		if (fds[i].fd == fd)
			/* An open descriptor keeps a real namespace; here its death is the end. */
			return w->netns[fds[i].ns].cookie == fds[i].cookie ? fds[i].ns : -EINVAL;
	return -EINVAL;
}

static int open_as(struct fake_world *w, int ns, struct netns *ret)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (n_fds == FDS_MAX)
		fake_fatal("%d namespaces are open: a leak", FDS_MAX);
	fds[n_fds].fd = fd;
	fds[n_fds].ns = ns;
	fds[n_fds].cookie = w->netns[ns].cookie;
	n_fds++;
	*ret = (struct netns){ .fd = fd, .id = { .dev = NSFS_DEV, .ino = w->netns[ns].ino } };
	return 0;
}

static int open_path(const char *path, struct netns *ret)
{
	struct fake_world *w = fake_get();
	int ns = ns_find_path(w, path);
	struct stat st;

	if (ns != NONE)
		return open_as(w, ns, ret);
	if (stat(path, &st) < 0)
		return -errno;
	return -EINVAL;
}

bool netns_id_equal(const struct netns_id *a, const struct netns_id *b)
{
	return a->dev == b->dev && a->ino == b->ino &&
	       (!a->cookie || !b->cookie || a->cookie == b->cookie);
}

int netns_open(const char *path, struct netns *ret, struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "netns.open", "%s", path);

	if (!r)
		r = open_path(path, ret);
	r = fake_leave(&c, r);
	if (r == -EINVAL)
		return err_set(e, EINVAL, "%s is not a network namespace", path);
	return fake_errno(e, r, "network namespace %s", path);
}

int netns_open_self(struct netns *ret, struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "netns.self", "%s", fake_get()->netns[current].label);

	if (!r)
		r = open_as(fake_get(), current, ret);
	return fake_errno(e, fake_leave(&c, r), "own network namespace");
}

int netns_is_at(const struct netns *ns, const char *path, bool *ret, struct err *e)
{
	struct fake_call c;
	int at, r = fake_enter(&c, "netns.open", "%s", path);

	if (!r) {
		at = ns_find_path(fake_get(), path);
		*ret = at != NONE && at == ns_of_fd(ns->fd);
	}
	return fake_errno(e, fake_leave(&c, r), "network namespace %s", path);
}

void netns_close(struct netns *ns)
{
	for (size_t i = 0; ns->fd >= 0 && i < n_fds; i++)
		if (fds[i].fd == ns->fd) {
			fds[i] = fds[--n_fds];
			break;
		}
	if (ns->fd >= 0)
		(void)close(ns->fd);
	*ns = NETNS_NONE;
}

int netns_enter(const struct netns *ns, struct err *e)
{
	int to = ns_of_fd(ns->fd);
	struct fake_call c;
	int r;

	if (current != HOST)
		fake_fatal("a namespace is entered from another one that was not left");
	r = fake_enter(&c, "netns.enter", "%s", to < 0 ? "?" : fake_get()->netns[to].label);
	if (!r && fake_get()->caps_missing)
		r = -EPERM;
	if (!r)
		r = to < 0 ? to : 0;
	r = fake_leave(&c, r);
	if (!r)
		current = to;
	return fake_errno(e, r, "enter network namespace");
}

void netns_leave(const struct netns *home)
{
	int to = ns_of_fd(home->fd);

	if (to != HOST)
		fake_fatal("a namespace is left for something other than the host's");
	current = to;
}

static int open_socket(struct fake_world *w, enum nl_family family, struct netns *in,
		       struct nl **ret)
{
	int ns = in ? ns_of_fd(in->fd) : current;

	if (ns < 0)
		return ns;
	/* a visit of the namespace is needed */
	if (in && w->caps_missing)
		return -EPERM;
	if (family == NL_RDMA && w->no_ib_core)
		return -EPROTONOSUPPORT;
	*ret = malloc(sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	**ret = (struct nl){ .family = family, .ns = ns, .cookie = w->netns[ns].cookie };
	if (in && !w->no_cookies)
		in->id.cookie = w->netns[ns].cookie;
	return 0;
}

int nl_open(enum nl_family family, struct netns *in, const struct netns *home, struct nl **ret,
	    struct err *e)
{
	const char *name = family == NL_RDMA ? "NETLINK_RDMA" : "NETLINK_ROUTE";
	int ns = in ? ns_of_fd(in->fd) : current;
	struct fake_call c;
	int r;

	if (in && current != HOST)
		fake_fatal("nl_open() for a namespace while visiting another");
	if (in && ns_of_fd(home->fd) != HOST)
		fake_fatal("nl_open() cannot come back home");
	r = fake_enter(&c, "nl.open", "%s %s", name, ns < 0 ? "?" : fake_get()->netns[ns].label);
	if (!r)
		r = open_socket(fake_get(), family, in, ret);
	return fake_errno(e, fake_leave(&c, r), "%s socket", name);
}

int nl_get_netns(const struct nl *nl, struct netns *ret, struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "netns.self", "%s", fake_get()->netns[nl->ns].label);

	/* sock_ioctl(): for CAP_NET_ADMIN only */
	if (!r)
		r = fake_get()->caps_missing ? -EPERM : open_as(fake_get(), nl->ns, ret);
	return fake_errno(e, fake_leave(&c, r), "network namespace of a socket");
}

void nl_shut(struct nl **nl)
{
	free(*nl);
	*nl = NULL;
}

void nl_leave(struct nl **nl)
{
	nl_shut(nl);
}

int nl_ns(const struct fake_world *w, const struct nl *nl)
{
	if (!w->netns[nl->ns].used || w->netns[nl->ns].cookie != nl->cookie)
		return -ENODEV;
	return nl->ns;
}

static void lose_rdma(struct fake_world *w, struct fake_rdma *d)
{
	d->ns = HOST;
	rdma_renumber(w, d);
}

/* The name it had in the pod if nobody has it, else dev<ifindex>, else dev%d; altnames that clash go. */
static void lose_link(struct fake_world *w, int link)
{
	struct fake_link *l = &w->links[link];
	char pattern[IFNAMSIZ];

	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (l->altnames[i][0] && link_by_name(w, HOST, l->altnames[i], link) != NONE)
			l->altnames[i][0] = '\0';
	if (str_printf(pattern, sizeof(pattern), "dev%d", l->ifindex) ||
	    link_by_name(w, HOST, pattern, link) != NONE)
		fake_copy(pattern, sizeof(pattern), "dev%d");
	if (link_move(w, link, HOST, pattern))
		fake_fatal("a device cannot come back from a dead namespace");
}

/* ib_core's exit runs before the netdevs' (rdma-kernel.md 2.6). */
void ns_collapse(struct fake_world *w, int ns)
{
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].ns == ns)
			lose_rdma(w, &w->rdmas[i]);
	for (int i = 0; i < FAKE_LINK_MAX; i++) {
		if (!w->links[i].used || w->links[i].ns != ns)
			continue;
		if (w->links[i].fn == NONE) {
			link_detach(w, i);
			w->links[i].used = false;
		} else {
			lose_link(w, i);
		}
	}
	w->netns[ns] = (struct fake_netns){ .used = false };
}
