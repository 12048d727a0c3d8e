// SPDX-License-Identifier: Apache-2.0
#include "moves.h"

#include <limits.h>

#include "base/file.h"
#include "base/log.h"
#include "kernel/node.h"
#include "locks.h"

enum {
	/*
	 * A number that is free may be that of a device which the kernel brings home from a dead
	 * namespace at this moment, outside our lock: that takes milliseconds.
	 */
	HOLE_WAIT_MS = 500,
	HOLE_STEP_MS = 20,
};

/** struct change - a character device that would not keep the number it was promised with */
struct change {
	const struct ibdev *dev;
	const char *kind;
	int promised, next;
};

static bool would_change(const struct ibdev *d, const char *kind, int promised, int now, int lowest,
			 struct change *ret)
{
	int next = now >= 0 && lowest < now ? lowest : now;

	if (next == promised)
		return false;
	*ret = (struct change){ d, kind, promised, next };
	return true;
}

/*
 * As long as no lower number is free, each device that is moved takes its own
 * number again; so one look is enough for several. ret->dev is NULL: none changes.
 */
static int predict(const struct world *w, struct change *ret, struct err *e)
{
	int uverbs, umad, r = pci_lowest_free_uverbs(&uverbs, e);

	if (!r)
		r = pci_lowest_free_umad(&umad, e);
	if (r)
		return r;
	ret->dev = NULL;
	for (size_t i = 0; i < w->n; i++) {
		const struct ibdev *d = &w->dev[i];

		if (d->found && d->at_home &&
		    (would_change(d, "uverbs", d->uverbs, d->sys.uverbs, uverbs, ret) ||
		     would_change(d, "umad", d->umad, d->sys.umad, umad, ret)))
			return 0;
	}
	return 0;
}

/* The lowest number first: then none leaves a hole below another. */
static struct ibdev *next_to_settle(struct world *w, const bool *done)
{
	struct ibdev *next = NULL;

	for (size_t i = 0; i < w->n; i++)
		if (!done[i] && w->dev[i].found && w->dev[i].at_home &&
		    (!next || w->dev[i].sys.uverbs < next->sys.uverbs))
			next = &w->dev[i];
	return next;
}

/* Within their own namespace: it is not a no-op but a registration with the lowest free numbers. */
static void settle(struct world *w)
{
	bool done[WORLD_DEVS_MAX] = { false };
	struct ibdev *d;
	struct err e;

	while ((d = next_to_settle(w, done))) {
		done[d - w->dev] = true;
		if (rdma_move(w->host, d->dev.index, &w->pod.home, &w->pod.home, &w->pod.home, &e))
			log_warn("settle %s on its number: %s", d->sys.name, e.msg);
	}
	world_changed(w);
	if (world_get_devs(w, &e))
		log_warn("%s", e.msg);
}

static int refuse(struct world *w, const struct change *c, struct err *e)
{
	const int *now = c->kind[1] == 'v' ? &c->dev->sys.uverbs : &c->dev->sys.umad;

	settle(w);
	return err_code(
		e, EXDEV, CNI_ERR_NUMBER,
		"/dev/infiniband/%s%d, which the pod was promised, would become %s%d by moving RDMA "
		"device %s (a lower number is free, or it changed since the promise); the number is "
		"settled as %s%d now: delete the pod, so that the device is allocated anew (or set "
		"\"uverbsChange\": \"warn\")",
		c->kind, c->promised, c->kind, c->next, c->dev->sys.name, c->kind, *now);
}

static int explain_move(const struct world *w, const char *name, int r, struct err *e)
{
	if (r == -EOPNOTSUPP)
		return err_code(
			e, EOPNOTSUPP, CNI_ERR_RDMA_MOVE,
			"RDMA device %s cannot be moved: its driver (%s) does not support network "
			"namespaces; use one that does (mlx5, irdma, bnxt_re, hns, mana, erdma), or "
			"shared mode with the shared RDMA device plugin",
			name, w->fn.driver);
	return err_wrap(e, "RDMA device %s", name);
}

/*
 * The kernel has acknowledged the moves. Of a function with one device it is then known where
 * that is; if it also kept its numbers, as it mostly does, nothing else has to be read again.
 */
static void note_place(struct world *w, bool home)
{
	struct ibdev *d = &w->dev[0];

	if (w->n != 1 || !d->found || d->sys.uverbs < 0 || !pci_has_rdma(&w->fn.id, &d->sys))
		return;
	d->at_home = d->sys.here = home;
	w->known = true;
}

/* The number is what the container's device node was made for: it must be right. */
static int check_numbers(struct world *w, struct err *e)
{
	int r = world_get_devs(w, e);

	for (size_t i = 0; i < w->n && !r; i++) {
		const struct ibdev *d = &w->dev[i];

		if (!d->found || (d->sys.uverbs == d->uverbs && d->sys.umad == d->umad))
			continue;
		if (w->conf->change == CHANGE_REFUSE)
			return err_code(
				e, EXDEV, CNI_ERR_NUMBER,
				"RDMA device %s became uverbs%d, umad%d instead of uverbs%d, umad%d "
				"during the move: another device came or went; delete the pod, so "
				"that it is allocated anew",
				d->sys.name, d->sys.uverbs, d->sys.umad, d->uverbs, d->umad);
		log_warn("RDMA device %s has become uverbs%d, umad%d; the pod was promised "
			 "uverbs%d, umad%d",
			 d->sys.name, d->sys.uverbs, d->sys.umad, d->uverbs, d->umad);
	}
	return r;
}

static int move_in(struct world *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct ibdev *d = &w->dev[i];
		int r;

		if (!d->found || !d->at_home)
			continue;
		world_changed(w);
		r = rdma_move(w->host, d->dev.index, &w->pod.home, &w->pod.ns, &w->pod.home, e);
		if (r)
			return explain_move(w, d->sys.name, r, e);
	}
	note_place(w, false);
	return check_numbers(w, e);
}

/* -EAGAIN: a lower number is free at the moment. */
static int try_move_in(struct world *w, bool last, struct err *e)
{
	cleanup(fd_close) int lock = -EBADF;
	struct change c;
	int r = locks_moves(&lock, e);

	if (r)
		return r;
	/* our own numbers change only with our own device, which is locked: others' free ones do */
	r = predict(w, &c, e);
	if (r)
		return r;
	if (!c.dev || w->conf->change == CHANGE_WARN)
		return move_in(w, e);
	return last ? refuse(w, &c, e) : -EAGAIN;
}

int moves_to_pod(struct world *w, struct err *e)
{
	struct patience patience = { .ms = HOLE_WAIT_MS };
	bool last = false;
	int r = world_get_devs(w, e);

	if (r || !world_count(w, true))
		return r;
	for (;;) {
		r = try_move_in(w, last, e);
		if (r != -EAGAIN || last)
			return r;
		node_sleep_ms(HOLE_STEP_MS);
		last = node_gives_up(&patience);
	}
}

/* All that are away, whatever happens to one of them. */
static int move_out(struct world *w, struct err *e)
{
	struct err all = { 0 };

	for (size_t i = 0; i < w->n; i++) {
		const struct ibdev *d = &w->dev[i];
		struct err one = { 0 };

		if (!d->found || d->at_home)
			continue;
		if (rdma_move(w->inpod, d->dev.index, &w->pod.ns, &w->pod.home, &w->pod.home,
			      &one)) {
			(void)err_wrap(&one, "RDMA device %s", d->sys.name);
			(void)err_gather(&all, &one);
		}
	}
	world_changed(w);
	if (all.sys)
		*e = all;
	return -all.sys;
}

static void tell_numbers(const struct world *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct ibdev *d = &w->dev[i];

		/* of a device that a Go plugin attached it is not known */
		if (d->found && d->uverbs >= 0 && d->sys.uverbs != d->uverbs)
			log_warn("RDMA device %s came home as uverbs%d, it was uverbs%d",
				 d->sys.name, d->sys.uverbs, d->uverbs);
	}
}

int moves_home(struct world *w, struct err *e)
{
	cleanup(fd_close) int lock = -EBADF;
	struct err ignored;
	int r = world_get_devs(w, e);

	if (r || !world_count(w, false))
		return r;
	r = locks_moves(&lock, e);
	if (!r)
		r = move_out(w, e);
	if (!r)
		note_place(w, true);
	if (!r && !world_get_devs(w, &ignored))
		tell_numbers(w);
	return r;
}
