// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/rdma.h. Names are unique on the whole node; numbers of character
 * devices are given out anew, lowest first, at every move (rdma-kernel.md 2.3).
 */
#include "kernel/rdma.h"

#include <string.h>

#include "world.h"

int uverbs_lowest(const struct fake_world *w)
{
	for (int n = 0;; n++) {
		bool taken = false;

		for (int i = 0; i < FAKE_RDMA_MAX; i++)
			taken |= w->rdmas[i].used && w->rdmas[i].uverbs == n;
		if (!taken)
			return n;
	}
}

int umad_lowest(const struct fake_world *w)
{
	for (int n = 0;; n++) {
		bool taken = false;

		for (int i = 0; i < FAKE_RDMA_MAX; i++)
			taken |= w->rdmas[i].used && w->rdmas[i].umad == n;
		if (!taken)
			return n;
	}
}

void rdma_renumber(struct fake_world *w, struct fake_rdma *d)
{
	/* Its own numbers are free again before it asks for new ones. */
	d->uverbs = d->umad = NONE;
	d->uverbs = uverbs_lowest(w);
	d->umad = umad_lowest(w);
}

static int rdma_by_index(const struct fake_world *w, int ns, uint32_t index)
{
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].dev.index == index &&
		    (w->rdmas[i].ns == ns || w->mode == RDMA_MODE_SHARED))
			return i;
	return NONE;
}

static const char *label(const struct fake_world *w, int d)
{
	return d == NONE ? "?" : w->rdmas[d].dev.name;
}

int rdma_get_mode(enum rdma_mode *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "rdma.mode", "netns_mode");

	if (!r && w->no_ib_core)
		r = -ENOENT;
	if (!r)
		*ret = w->mode;
	return fake_errno(e, fake_leave(&c, r), "/sys/module/ib_core/parameters/netns_mode");
}

/* As link_enter(), for a request about an RDMA device of any namespace. */
static int rdma_enter(struct fake_call *c, const char *kind, const struct nl *nl, const char *name)
{
	int r = fake_enter(c, kind, "%s", name);

	if (nl->family != NL_RDMA)
		fake_fatal("%s on a socket of another family", kind);
	return r ? r : nl_ns(fake_get(), nl);
}

static const char *name_of(const struct nl *nl, uint32_t index)
{
	const struct fake_world *w = fake_get();

	return label(w, rdma_by_index(w, nl->ns, index));
}

int rdma_get(struct nl *nl, uint32_t index, struct rdma_dev *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = rdma_enter(&c, "rdma.get", nl, name_of(nl, index));

	if (r >= 0) {
		int d = rdma_by_index(w, r, index);

		r = d == NONE ? -ENODEV : 0;
		if (!r)
			*ret = w->rdmas[d].dev;
	}
	return fake_errno(e, fake_leave(&c, r), "RDMA device %u", index);
}

int rdma_find(struct nl *nl, const char *name, struct rdma_dev *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int ns = rdma_enter(&c, "rdma.find", nl, name), r = ns < 0 ? ns : -ENODEV;

	for (int i = 0; ns >= 0 && i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && !strcmp(w->rdmas[i].dev.name, name) &&
		    (w->rdmas[i].ns == ns || w->mode == RDMA_MODE_SHARED)) {
			*ret = w->rdmas[i].dev;
			r = 0;
		}
	return fake_errno(e, fake_leave(&c, r), "RDMA device %s", name);
}

int rdma_find_netdev(struct nl *nl, int ifindex, struct rdma_dev *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	int link = link_index(w, nl->ns, ifindex);
	struct fake_call c;
	int ns = rdma_enter(&c, "rdma.netdev", nl, link == NONE ? "?" : link_label(w, link));
	int r = ns < 0 ? ns : -ENODEV;

	for (int i = 0; ns >= 0 && link != NONE && i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].ns == ns && w->rdmas[i].fn != NONE &&
		    w->rdmas[i].fn == w->links[link].fn) {
			*ret = w->rdmas[i].dev;
			r = 0;
		}
	return fake_errno(e, fake_leave(&c, r), "RDMA device of interface %d", ifindex);
}

int rdma_list(struct nl *nl, struct rdma_list *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int ns = rdma_enter(&c, "rdma.list", nl, "all"), r = ns < 0 ? ns : 0;

	ret->n = 0;
	for (int i = 0; ns >= 0 && i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && (w->rdmas[i].ns == ns || w->mode == RDMA_MODE_SHARED))
			ret->index[ret->n++] = w->rdmas[i].dev.index;
	return fake_errno(e, fake_leave(&c, r), "list RDMA devices");
}

/* The port is as active as its interface, which must be where the socket is. */
static void read_port(const struct fake_world *w, int ns, int d, struct rdma_port *ret)
{
	int link = w->rdmas[d].fn == NONE ? NONE : link_of_fn(w, w->rdmas[d].fn);
	const struct fake_link *l = link == NONE ? NULL : &w->links[link];

	*ret = (struct rdma_port){ .ifindex = l && l->ns == ns ? l->ifindex : 0,
				   .state = l && l->operstate == OPER_UP ? 4 : 1 };
}

int rdma_get_port(struct nl *nl, uint32_t index, struct rdma_port *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = rdma_enter(&c, "rdma.port", nl, name_of(nl, index));

	if (r >= 0) {
		int d = rdma_by_index(w, r, index);

		if (d != NONE)
			read_port(w, r, d, ret);
		r = d == NONE ? -EINVAL : 0;
	}
	return fake_errno(e, fake_leave(&c, r), "RDMA device %u: port", index);
}

/* What happens on the node at the same moment: see struct fake_world. */
static void rival_gives_up(struct fake_world *w)
{
	enum { FAR_AWAY = 90 };

	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (w->rival_uverbs && w->rdmas[i].used && w->rdmas[i].uverbs == w->rival_uverbs)
			w->rdmas[i].uverbs = FAR_AWAY;
	w->rival_uverbs = 0;
}

static void rival_takes_name(struct fake_world *w)
{
	if (w->rival_name[0])
		memcpy(w->rdmas[0].dev.name, w->rival_name, IBDEV_NAME_MAX);
	w->rival_name[0] = '\0';
}

static int move(struct fake_world *w, int socket, uint32_t index, const struct netns *from,
		const struct netns *to)
{
	int thread = ns_of_fd(from->fd), target = ns_of_fd(to->fd);
	int d = rdma_by_index(w, socket, index);

	if (thread < 0)
		return thread;
	if (d == NONE || target < 0)
		return -EINVAL;
	if (w->mode == RDMA_MODE_SHARED || !w->rdmas[d].movable)
		return -EOPNOTSUPP;
	if (w->rdmas[d].ns != thread)
		return -ENODEV;
	if (target == thread && target != HOST)
		fake_fatal("a move to where it is: it kills what the pod has open");
	held_rdma(w, d);
	rival_gives_up(w);
	w->rdmas[d].ns = target;
	rdma_renumber(w, &w->rdmas[d]);
	return 0;
}

int rdma_move(struct nl *nl, uint32_t index, const struct netns *from, const struct netns *to,
	      const struct netns *home, struct err *e)
{
	struct fake_call c;
	int r = rdma_enter(&c, "rdma.move", nl, name_of(nl, index));

	if (ns_of_fd(home->fd) != HOST || ns_current() != HOST)
		fake_fatal("rdma_move() starts somewhere else than at home");
	fake_note(&c, ns_of_fd(to->fd) == HOST ? "home" : "away");
	if (r >= 0)
		r = move(fake_get(), r, index, from, to);
	return fake_errno(e, fake_leave(&c, r), "RDMA device %u: move%s", index, c.note);
}

static int rename_dev(struct fake_world *w, int ns, uint32_t index, const char *name)
{
	int d = rdma_by_index(w, ns, index);

	if (d == NONE || !*name)
		return -EINVAL;
	held_rdma(w, d);
	rival_takes_name(w);
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (i != d && w->rdmas[i].used && !strcmp(w->rdmas[i].dev.name, name))
			return -EEXIST;
	return str_copy(w->rdmas[d].dev.name, IBDEV_NAME_MAX, name) ? -EINVAL : 0;
}

int rdma_rename(struct nl *nl, uint32_t index, const char *name, struct err *e)
{
	struct fake_call c;
	int r = rdma_enter(&c, "rdma.rename", nl, name_of(nl, index));

	if (r >= 0)
		r = rename_dev(fake_get(), r, index, name);
	return fake_errno(e, fake_leave(&c, r), "RDMA device %u: rename to %s", index, name);
}
