// SPDX-License-Identifier: Apache-2.0
#include "moves.h"

#include <limits.h>

#include "base/file.h"
#include "base/log.h"
#include "kernel/node.h"
#include "locks.h"

/* Would the uverbs number be another after a move? *ret is the one it would be. */
static int predict(const struct world *w, int *ret, struct err *e)
{
	int lowest, r;

	*ret = w->sys.uverbs;
	if (w->sys.uverbs < 0)
		return 0;
	r = pci_lowest_free_uverbs(&lowest, e);
	if (!r && lowest < w->sys.uverbs)
		*ret = lowest;
	return r;
}

static int refuse(struct world *w, int next, struct err *e)
{
	struct err settle;
	int before = w->sys.uverbs;

	if (rdma_move(w->host, w->dev.index, &w->pod.home, &w->pod.home, &w->pod.home, &settle))
		log_warn("settle %s on its number: %s", w->sys.name, settle.msg);
	world_changed(w);
	return err_code(
		e, EXDEV, CNI_ERR_NUMBER,
		"/dev/infiniband/uverbs%d, which the pod was promised, would become uverbs%d by "
		"moving RDMA device %s; the number is settled now: delete the pod, so that it is "
		"allocated anew (or set \"uverbsChange\": \"warn\")",
		before, next, w->sys.name);
}

static int explain_move(const struct world *w, int r, struct err *e)
{
	if (r == -EOPNOTSUPP)
		return err_code(
			e, EOPNOTSUPP, CNI_ERR_RDMA_MOVE,
			"RDMA device %s cannot be moved: its driver (%s) does not support network "
			"namespaces; use one that does (mlx5, irdma, bnxt_re, hns, mana, erdma), or "
			"shared mode with the shared RDMA device plugin",
			w->sys.name, w->fn.driver);
	return r;
}

/* The number is what the container's device node was made for: it must be right. */
static int check_number(struct world *w, int expected, struct err *e)
{
	int r = world_get_dev(w, e);

	if (r || w->sys.uverbs == expected)
		return r;
	if (w->conf->change == CHANGE_REFUSE)
		return err_code(
			e, EXDEV, CNI_ERR_NUMBER,
			"RDMA device %s became uverbs%d instead of uverbs%d during the move: another "
			"device came or went; delete the pod, so that it is allocated anew",
			w->sys.name, w->sys.uverbs, expected);
	return 0;
}

static int move_in(struct world *w, struct err *e)
{
	int next, r = predict(w, &next, e);

	if (r)
		return r;
	if (next != w->promised && w->conf->change == CHANGE_REFUSE)
		return refuse(w, next, e);
	if (next != w->promised)
		log_warn("RDMA device %s changes from uverbs%d to uverbs%d", w->sys.name,
			 w->promised, next);
	r = rdma_move(w->host, w->dev.index, &w->pod.home, &w->pod.ns, &w->pod.home, e);
	world_changed(w);
	return r ? explain_move(w, r, e) : check_number(w, next, e);
}

int moves_to_pod(struct world *w, struct err *e)
{
	cleanup(fd_close) int lock = -EBADF;
	int r = world_get_dev(w, e);

	if (r || !w->at_home)
		return r;
	r = locks_moves(&lock, e);
	if (!r) {
		/* another device may have been moved since we looked */
		world_changed(w);
		r = world_get_dev(w, e);
	}
	return r ? r : move_in(w, e);
}

int moves_home(struct world *w, struct err *e)
{
	cleanup(fd_close) int lock = -EBADF;
	struct err ignored;
	int r = world_get_dev(w, e);

	if (r || w->at_home)
		return r;
	r = locks_moves(&lock, e);
	if (r)
		return r;
	r = rdma_move(w->inpod, w->dev.index, &w->pod.ns, &w->pod.home, &w->pod.home, e);
	world_changed(w);
	if (!r && !world_get_dev(w, &ignored) && w->sys.uverbs != w->promised)
		log_warn("RDMA device %s came home as uverbs%d, it was uverbs%d", w->sys.name,
			 w->sys.uverbs, w->promised);
	return r;
}
