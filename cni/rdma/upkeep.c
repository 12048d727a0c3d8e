// SPDX-License-Identifier: Apache-2.0
/* GC and STATUS: the verbs that are about no single attachment. */
#include "kernel/nl.h"
#include "plugin/gc.h"
#include "plugin/pod.h"
#include "plugin/status.h"
#include "run.h"
#include "verbs.h"

int rdma_gc(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	int r = run_open(c, &run, e);

	if (!r)
		r = gc_network(&run.attach, c, e);
	return r ? classify(e, CNI_ERR_INTERNAL) : 0;
}

/* Without RDMA core or exclusive mode the pods that have a device feel it, too. */
static int check_rdma(const struct run *run, struct err *e)
{
	cleanup(nl_shut) struct nl *probe = NULL;
	bool shared = false;
	int r = run_check_mode(run, &shared, e);

	if (!r && !shared)
		r = nl_open(NL_RDMA, NULL, NULL, &probe, e);
	return r ? status_degrade(&run->attach, e) : 0;
}

int rdma_status(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	int r = run_open(c, &run, e);

	if (r)
		return status_no_state(e);
	r = status_check_node(&run.attach.store, e);
	return r ? r : check_rdma(&run, e);
}
