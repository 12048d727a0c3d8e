// SPDX-License-Identifier: Apache-2.0
/* kernel/gid.h: the GID table of a device follows the addresses of its function's interface. */
#include "kernel/gid.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.h"

/* The namespace of the one sysfs that is open; a second one would be a bug. */
static int view_fd = -EBADF, view_ns = NONE;

static int open_view(int ns, int *ret_fd)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (view_fd >= 0)
		fake_fatal("a sysfs is open already");
	view_fd = fd;
	view_ns = ns;
	*ret_fd = fd;
	return 0;
}

int gid_open(const struct netns *in, const struct netns *home, int *ret_fd, struct err *e)
{
	int ns = ns_of_fd(in->fd);
	struct fake_call c;
	int r;

	if (ns_of_fd(home->fd) != HOST || ns_current() != HOST)
		fake_fatal("gid_open() cannot come back home");
	r = fake_enter(&c, "gid.open", "sysfs");
	if (!r)
		r = ns < 0 ? ns : open_view(ns, ret_fd);
	return fake_errno(e, fake_leave(&c, r), "mount the pod's sysfs");
}

void gid_close(int *fd)
{
	if (*fd >= 0) {
		(void)close(*fd);
		view_fd = -EBADF;
	}
	*fd = -EBADF;
}

static struct fake_rdma *find_dev(struct fake_world *w, const char *name)
{
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].ns == view_ns &&
		    !strcmp(w->rdmas[i].dev.name, name))
			return &w->rdmas[i];
	return NULL;
}

static bool has_gids(struct fake_rdma *d)
{
	if (d->gids == GIDS_LATE && d->gid_looks)
		d->gid_looks--;
	return d->gids == GIDS_AT_ONCE || (d->gids == GIDS_LATE && !d->gid_looks);
}

static void look(const struct fake_world *w, struct fake_rdma *d, const struct ip *addrs, size_t n,
		 struct gid_port *ret)
{
	int link = d->fn == NONE ? NONE : link_of_fn(w, d->fn);
	bool there = has_gids(d) && link != NONE && w->links[link].ns == d->ns;

	*ret = (struct gid_port){ .active = link != NONE && w->links[link].flags & IFF_RUNNING };
	fake_copy(ret->state, sizeof(ret->state), ret->active ? "4: ACTIVE" : "1: DOWN");
	for (size_t i = 0; there && i < n; i++)
		for (int a = 0; a < FAKE_ADDR_MAX; a++)
			if (w->addrs[a].used && w->addrs[a].link == link &&
			    ip_equal(&w->addrs[a].addr.ip, &addrs[i]))
				ret->found |= UINT64_C(1) << i;
}

int gid_look(int sysfs, const char *ibdev, const struct ip *addrs, size_t n, struct gid_port *ret,
	     struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_rdma *d = find_dev(w, ibdev);
	struct fake_call c;
	int r = fake_enter(&c, "gid.look", "%s", ibdev);

	if (sysfs != view_fd)
		fake_fatal("gid_look() without a sysfs");
	if (!r && !d)
		r = -ENODEV;
	if (!r)
		look(w, d, addrs, n, ret);
	return fake_errno(e, fake_leave(&c, r), "port of RDMA device %s", ibdev);
}

int gid_rebuild(struct nl *nl, int ifindex, struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_call c;
	int r = link_enter(&c, "gid.rebuild", nl, ifindex);
	int link = r < 0 ? NONE : link_index(w, r, ifindex);

	if (r >= 0)
		r = link == NONE ? -ENODEV : 0;
	for (int i = 0; !r && i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].fn == w->links[link].fn &&
		    w->rdmas[i].gids == GIDS_LOST)
			w->rdmas[i].gids = GIDS_AT_ONCE;
	return fake_errno(e, fake_leave(&c, r), "rebuild the GIDs of interface %d", ifindex);
}
