// SPDX-License-Identifier: Apache-2.0
/* GC and STATUS: the verbs that are about no single attachment. */
#include "base/file.h"
#include "compat.h"
#include "plugin/gc.h"
#include "plugin/status.h"
#include "run.h"
#include "verbs.h"

int sriov_gc(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	struct err all = { 0 }, one = { 0 };
	cJSON *none = NULL;
	int r = run_open(c, &run, e);

	if (r)
		return r;
	if (gc_network(&run.attach, c, &one))
		(void)err_gather(&all, &one);
	if (run_delegate(&run, CNI_CMD_GC, &none, &one))
		(void)err_gather(&all, &one);
	if (all.sys)
		*e = all;
	return all.sys ? classify(e, CNI_ERR_INTERNAL) : 0;
}

/* Beside the common ground: the locks that we share with the Go plugin, and the kernel's door. */
static int check_node(const struct run *run, struct err *e)
{
	cleanup(nl_shut) struct nl *probe = NULL;
	cleanup(fd_close) int locks = -EBADF;
	int r = status_check_node(&run->attach.store, e);

	if (r)
		return r;
	if (compat_open_dir("/pci/vf_lock", &locks, e))
		return status_no_state(e);
	r = nl_open(NL_ROUTE, NULL, NULL, &probe, e);
	if (r)
		e->code = CNI_ERR_STATUS;
	return r;
}

int sriov_status(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cJSON *none = NULL;
	int r = run_open(c, &run, e);

	if (r)
		return status_no_state(e);
	r = check_node(&run, e);
	if (!r)
		r = run_delegate(&run, CNI_CMD_STATUS, &none, e);
	/* what the delegate says of itself keeps its code; that it cannot be run is 50 */
	if (r && r != -EREMOTEIO)
		e->code = CNI_ERR_STATUS;
	return r;
}
