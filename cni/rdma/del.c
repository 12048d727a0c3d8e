// SPDX-License-Identifier: Apache-2.0
/* DEL, CHECK, GC and STATUS. */
#include "base/file.h"
#include "base/log.h"
#include "compat.h"
#include "kernel/caps.h"
#include "kernel/node.h"
#include "locks.h"
#include "orphan.h"
#include "plugin/gc.h"
#include "plugin/pod.h"
#include "run.h"
#include "verbs.h"

enum { DEL_LOCK_MS = 110000, CHECK_LOCK_MS = 30000 };

/*
 * An error here keeps the runtime from ever calling sriov and the IPAM delegate.
 * So only one thing is worth it: the device is still in the pod, where the next
 * DEL can get at it. Out of reach, the kernel brings it home when the namespace's
 * last process ends; the record stays, and the next ADD of this device, or GC,
 * finishes it.
 */
static bool is_in_pod(const struct record *r)
{
	cleanup(world_free) struct world *w = NULL;
	struct err ignored;

	return !world_reopen(r, &w, &ignored) && !world_look(w, &ignored) && world_count(w, false);
}

static int forgive(const struct record *r, int err, struct err *e)
{
	if (!err || is_in_pod(r))
		return err;
	log_warn("left for later: %s", e->msg);
	return 0;
}

/* Not ours: perhaps the Go plugin's. @lock is what is locked already, if anything. */
static int find_foreign(const struct run *run, struct record *ret, int *lock, struct err *e)
{
	int r = compat_load(run->call, ret, e);

	if (r == -EBADMSG) {
		log_warn("%s", e->msg);
		return -ENOENT;
	}
	if (!r && *lock < 0)
		r = locks_device(&ret->device, DEL_LOCK_MS, lock, e);
	return r;
}

int rdma_del(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(record_done) struct record record = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	const struct record_key key = key_of(c);
	uint64_t start = node_now_ms();
	int r = run_open(c, &run, e);

	if (r)
		return r;
	r = attach_find(&run.attach, &key, run.conf.source ? &run.conf.device : NULL, DEL_LOCK_MS,
			&record, &lock, e);
	/* -EPROTO: a newer version's record, which its mirror can release */
	if (r == -ENOENT || r == -EPROTO)
		r = find_foreign(&run, &record, &lock, e);
	if (r == -ENOENT)
		r = orphan_find(&run, &record, e);
	if (r == -ENOENT)
		return attach_clean(&run.attach, &key, run.conf.source ? &run.conf.device : NULL,
				    e);
	if (!r)
		r = attach_release(&run.attach, &record, e);
	if (record.doc)
		r = forgive(&record, r, e);
	if (r)
		return classify(e, r == -EUCLEAN ? CNI_ERR_STUCK : CNI_ERR_INTERNAL);
	log_info("released the RDMA device of %s in %u ms", record.device.name,
		 (unsigned)(node_now_ms() - start));
	return 0;
}

/*
 * The number that the container's device node was made for. Nothing of the record
 * is compared with it: a number cannot be set.
 */
static int check_numbers(const struct run *run, const struct record *r, struct err *e)
{
	cleanup(world_free) struct world *w = NULL;
	int err = world_reopen(r, &w, e);

	if (!err)
		err = world_get_devs(w, e);
	for (size_t i = 0; i < w->n && !err; i++) {
		const struct ibdev *d = &w->dev[i];

		if (run->conf.change == CHANGE_REFUSE && d->uverbs >= 0 &&
		    d->sys.uverbs != d->uverbs)
			return err_set(
				e, ESTALE,
				"RDMA device %s is uverbs%d now and was uverbs%d at ADD: the "
				"pod's device node belongs to another device, delete the pod",
				d->sys.name, d->sys.uverbs, d->uverbs);
	}
	return err;
}

static int check_locked(const struct run *run, struct err *e)
{
	const struct record_key key = key_of(run->call);
	cleanup(record_done) struct record record = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	int r = attach_find(&run->attach, &key, NULL, CHECK_LOCK_MS, &record, &lock, e);

	if (r == -ENOENT)
		return err_code(e, ENOENT, CNI_ERR_MISMATCH,
				"container %s has no RDMA attachment %s of network %s",
				key.container, key.ifname, key.network);
	if (!r)
		r = attach_check(&run->attach, &record, e);
	return r ? r : check_numbers(run, &record, e);
}

int rdma_check(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(pod_close) struct pod pod = POD_NONE;
	bool shared = false;
	int r = run_open(c, &run, e);

	if (!r && !c->prev)
		r = err_code(e, EINVAL, CNI_ERR_CONFIG,
			     "CHECK needs prevResult, the result of ADD: the runtime must keep it");
	if (!r)
		r = run_check_mode(&run, &shared, e);
	if (!r)
		r = pod_open(c, &pod, e);
	if (r || shared)
		return r;
	r = check_locked(&run, e);
	return r ? classify(e, CNI_ERR_MISMATCH) : 0;
}

int rdma_gc(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	int r = run_open(c, &run, e);

	if (!r)
		r = gc_network(&run.attach, c, e);
	return r ? classify(e, CNI_ERR_INTERNAL) : 0;
}

int rdma_status(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	bool shared = false;
	int r = run_open(c, &run, e);

	if (!r)
		r = run_check_mode(&run, &shared, e);
	if (!r)
		r = caps_check(e);
	if (r)
		e->code = CNI_ERR_STATUS;
	return r;
}
