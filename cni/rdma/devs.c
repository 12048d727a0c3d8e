// SPDX-License-Identifier: Apache-2.0
/* Where the function's RDMA devices are now, and which of them is which. */
#include <string.h>

#include "kernel/node.h"
#include "world.h"

enum {
	/* A namespace is taken down by a kernel worker: with 64 devices it took 1.2 s. */
	RETURN_WAIT_MS = 5000,
	RETURN_STEP_MS = 20,
};

/* What is seen of one device before it is known which of ours it is. */
struct sight {
	bool taken, at_home;
	struct pci_rdma sys;
	struct rdma_dev dev;
};

/* By an index that we know if possible: a look-up by name dumps all devices of the node. */
static int find_dev(const struct world *w, struct nl *nl, const char *name, struct rdma_dev *ret,
		    struct err *e)
{
	struct rdma_dev d;
	struct err ignored;

	for (size_t i = 0; i < w->n; i++)
		if (w->dev[i].index >= 0 &&
		    !rdma_get(nl, (uint32_t)w->dev[i].index, &d, &ignored) &&
		    !strcmp(d.name, name)) {
			*ret = d;
			return 0;
		}
	return rdma_find(nl, name, ret, e);
}

static int locate(const struct world *w, struct sight *s, struct err *e)
{
	int r = s->sys.here ? find_dev(w, w->host, s->sys.name, &s->dev, e) : -ENODEV;

	s->at_home = !r;
	if (r == -ENODEV && w->inpod)
		r = find_dev(w, w->inpod, s->sys.name, &s->dev, e);
	/* it exists: -ENODEV is for the one that does not */
	return r == -ENODEV ? err_set(e, EAGAIN,
				      "RDMA device %s is in a namespace that cannot be reached: a "
				      "process may keep it alive, end it and try again",
				      s->sys.name) :
			      r;
}

static void take(struct ibdev *d, struct sight *s)
{
	s->taken = true;
	d->found = true;
	d->at_home = s->at_home;
	d->sys = s->sys;
	d->dev = s->dev;
}

static bool same_index(const struct ibdev *d, const struct sight *s)
{
	return d->index == s->dev.index;
}

static bool same_name(const struct ibdev *d, const struct sight *s)
{
	return !strcmp(d->name, s->sys.name);
}

static void match_by(struct world *w, struct sight *s, size_t n,
		     bool (*same)(const struct ibdev *d, const struct sight *s))
{
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < n && !w->dev[i].found; k++)
			if (!s[k].taken && same(&w->dev[i], &s[k]))
				take(&w->dev[i], &s[k]);
}

/* The one that is left must be the one that is missing, whatever it is called. */
static void match_last(struct world *w, struct sight *s, size_t n)
{
	struct ibdev *missing = NULL;
	struct sight *left = NULL;

	for (size_t i = 0; i < w->n; i++) {
		if (w->dev[i].found)
			continue;
		if (missing)
			return;
		missing = &w->dev[i];
	}
	for (size_t k = 0; k < n; k++) {
		if (s[k].taken)
			continue;
		if (left)
			return;
		left = &s[k];
	}
	if (missing && left)
		take(missing, left);
}

int world_look(struct world *w, struct err *e)
{
	struct pci_rdma_list list;
	int r = pci_get_rdma(&w->fn.id, &list, e);

	return r ? r : world_look_at(w, &list, e);
}

int devs_list(const struct devid *id, struct pci_rdma_list *ret, struct err *e)
{
	struct patience patience = { .ms = RETURN_WAIT_MS };
	int r;

	while ((r = pci_get_rdma(id, ret, e)) == -EAGAIN && !node_gives_up(&patience))
		node_sleep_ms(RETURN_STEP_MS);
	return r;
}

int world_look_at(struct world *w, const struct pci_rdma_list *list, struct err *e)
{
	struct sight s[PCI_RDMA_MAX] = { 0 };
	int r = 0;

	for (size_t k = 0; k < list->n && !r; k++) {
		s[k].sys = list->dev[k];
		r = locate(w, &s[k], e);
	}
	if (r)
		return r;
	for (size_t i = 0; i < w->n; i++)
		w->dev[i].found = false;
	match_by(w, s, list->n, same_index);
	match_by(w, s, list->n, same_name);
	match_last(w, s, list->n);
	if (!world_count(w, true) && !world_count(w, false))
		return err_set(e, ENODEV, "device %s has no RDMA device", w->fn.id.name);
	return 0;
}

/*
 * Under the numbers that it had: the usual ADD and DEL, in two questions. At home sysfs shows the
 * device itself; its uverbs device, which names it, is shown everywhere. Whatever else is so,
 * world_look() finds out.
 */
bool world_is_unchanged(struct world *w, bool home)
{
	struct nl *nl = home ? w->host : w->inpod;
	struct ibdev *d = &w->dev[0];
	struct sight s = { .at_home = home };
	struct err ignored;

	if (w->n != 1 || !nl || d->index < 0 || rdma_get(nl, (uint32_t)d->index, &s.dev, &ignored))
		return false;
	s.sys = (struct pci_rdma){ .uverbs = d->uverbs, .umad = d->umad, .here = home };
	memcpy(s.sys.name, s.dev.name, sizeof(s.sys.name));
	if (!(home ? pci_is_only_rdma : pci_is_rdma)(&w->fn.id, &s.sys))
		return false;
	take(d, &s);
	return true;
}

int world_get_devs(struct world *w, struct err *e)
{
	struct patience patience = { .ms = w->waited ? 0 : RETURN_WAIT_MS };
	int r;

	if (!w->known)
		w->known = world_is_unchanged(w, false);
	if (w->known)
		return 0;
	for (;;) {
		r = world_look(w, e);
		if (r != -EAGAIN || node_gives_up(&patience))
			break;
		node_sleep_ms(RETURN_STEP_MS);
	}
	/* undo asks for each property, and twice: once is enough to wait for */
	w->waited = r == -EAGAIN;
	w->known = !r;
	return r;
}

void world_changed(struct world *w)
{
	w->known = false;
}

size_t world_count(const struct world *w, bool at_home)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->dev[i].found && w->dev[i].at_home == at_home;
	return n;
}

struct nl *world_socket(const struct world *w, const struct ibdev *d)
{
	return d->at_home ? w->host : w->inpod;
}
