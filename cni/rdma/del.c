// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "locks.h"
#include "orphan.h"
#include "plugin/pod.h"
#include "run.h"
#include "verbs.h"
#include "world.h"

enum { DEL_LOCK_MS = 110000 };

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

int rdma_del(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(record_done) struct record record = { .doc = NULL };
	cleanup(fd_leave) int lock = -EBADF;
	const struct record_key key = key_of(c);
	struct timespec start = clock_read(CLOCK_REALTIME);
	int r = run_open(c, &run, e);

	if (r)
		return r;
	r = attach_find(&run.attach, &key, run.conf.source ? &run.conf.device : NULL, DEL_LOCK_MS,
			&record, &lock, e);
	if (r == -ENOENT)
		r = orphan_find(&run, &record, e);
	if (r == -ENOENT)
		return attach_clean(&run.attach, &key, run.conf.source ? &run.conf.device : NULL,
				    e);
	if (!r)
		r = attach_release(&run.attach, &record, e);
	if (record.doc)
		r = forgive(&record, r, e);
	/* a newer version's record without mirror: that version, or GC of it, finishes it */
	if (r == -EPROTO) {
		log_warn("left for later: %s", e->msg);
		return 0;
	}
	if (r)
		return classify(e, r == -EUCLEAN ? CNI_ERR_STUCK : CNI_ERR_INTERNAL);
	log_took(&start, "released the RDMA device of %s", record.device.name);
	return 0;
}
