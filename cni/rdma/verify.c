// SPDX-License-Identifier: Apache-2.0
/* CHECK: where the devices are and what they are called, against what ADD did. */
#include "base/file.h"
#include "proto/result.h"
#include "run.h"
#include "verbs.h"
#include "world.h"

enum { CHECK_LOCK_MS = 30000 };

/*
 * The number that the container's device node was made for. Nothing of the record
 * is compared with it: a number cannot be set.
 */
static int check_numbers(const struct run *run, const struct record *r, struct err *e)
{
	cleanup(world_free) struct world *w = NULL;
	struct err all = { 0 }, one;
	int err = world_reopen(r, &w, e);

	if (!err)
		err = world_get_devs(w, e);
	if (err || run->conf.change != CHANGE_REFUSE)
		return err;
	for (size_t i = 0; i < w->n; i++) {
		const struct ibdev *d = &w->dev[i];

		if (!d->found || d->uverbs < 0 || d->sys.uverbs == d->uverbs)
			continue;
		(void)err_set(&one, ESTALE,
			      "rdma.uverbs: want %s to be uverbs%d as at ADD, found uverbs%d: the "
			      "pod's device node belongs to another device, delete the pod",
			      d->sys.name, d->uverbs, d->sys.uverbs);
		(void)err_gather(&all, &one);
	}
	if (all.sys)
		*e = all;
	return -all.sys;
}

static int check_locked(const struct run *run, struct err *e)
{
	const struct record_key key = key_of(run->call);
	cleanup(record_done) struct record record = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	struct err all = { 0 }, one = { 0 };
	int r = attach_find(&run->attach, &key, NULL, CHECK_LOCK_MS, &record, &lock, e);

	if (r == -ENOENT)
		return err_code(
			e, ENOENT, CNI_ERR_MISMATCH,
			"attachment: want the RDMA device of %s of network %s for container "
			"%s, found none",
			key.ifname, key.network, key.container);
	if (r)
		return r;
	if (attach_check(&run->attach, &record, &one))
		(void)err_gather(&all, &one);
	/* devices that are away have been said already */
	r = record.phase == PHASE_LIVE ? check_numbers(run, &record, &one) : 0;
	if (r == -ESTALE || (r && !all.sys))
		(void)err_gather(&all, &one);
	if (all.sys)
		*e = all;
	return -all.sys;
}

/* What rdma passes on is all sriov's: that it is there and can be read is our part. */
static int check_prev(const struct cni_call *c, struct err *e)
{
	cleanup(json_free) cJSON *prev = NULL;

	if (!c->prev)
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"CHECK needs prevResult, the result of ADD: the runtime must keep it");
	return result_parse(c->prev, c->version, &prev, e);
}

int rdma_check(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(pod_close) struct pod pod = POD_NONE;
	bool shared = false;
	int r = run_open(c, &run, e);

	if (!r)
		r = check_prev(c, e);
	if (!r)
		r = run_check_mode(&run, &shared, e);
	if (!r)
		r = pod_open(c, NL_RDMA, &pod, e);
	if (r || shared)
		return r;
	r = check_locked(&run, e);
	return r ? classify(e, CNI_ERR_MISMATCH) : 0;
}
