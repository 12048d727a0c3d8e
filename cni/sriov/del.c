// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "compat.h"
#include "run.h"
#include "verbs.h"

enum { DEL_LOCK_MS = 110000 /* kubelet gives StopPodSandbox two minutes */ };

/*
 * No trace of it: never added, or released before. What may be left is the lease:
 * the spec wants the delegate called whatever we know.
 */
static int del_unknown(const struct run *run, struct err *e)
{
	const struct devid *device = run->conf.has_device ? &run->conf.device : NULL;
	const struct record_key key = key_of(run->call);
	struct err ignored;
	cJSON *none = NULL;

	if (attach_clean(&run->attach, &key, device, &ignored))
		log_warn("%s", ignored.msg);
	return run_delegate(run, CNI_CMD_DEL, &none, e);
}

int sriov_del(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(record_done) struct record record = { .doc = NULL };
	cleanup(fd_leave) int lock = -EBADF;
	const struct record_key key = key_of(c);
	struct timespec start = clock_read(CLOCK_REALTIME);
	int r = run_open(c, &run, e);

	if (r)
		return r;
	r = attach_find(&run.attach, &key, run.conf.has_device ? &run.conf.device : NULL,
			DEL_LOCK_MS, &record, &lock, e);
	if (r == -ENOENT)
		return del_unknown(&run, e);
	if (!r)
		r = attach_release(&run.attach, &record, e);
	if (r)
		return classify(e, r == -EUCLEAN ? CNI_ERR_STUCK : CNI_ERR_INTERNAL);
	log_took(&start, "released %s", record.device.name);
	return 0;
}
