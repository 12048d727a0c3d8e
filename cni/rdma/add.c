// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "base/log.h"
#include "kernel/node.h"
#include "locks.h"
#include "plan.h"
#include "proto/result.h"
#include "run.h"
#include "verbs.h"

enum { ADD_LOCK_MS = 30000 };

/* Our part of the chain is the device alone: what prevResult says is the answer. */
static int read_prev(const struct cni_call *c, cJSON **ret, struct err *e)
{
	if (!c->prev)
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"RDMA-CNI is expected to be called as part of a plugin chain: prevResult is "
			"missing, put rdma behind sriov in the list");
	return result_parse(c->prev, c->version, ret, e);
}

/* The interface's entry of prevResult tells the device, when the configuration does not. */
static int derive_device(struct run *run, const cJSON *prev, struct err *e)
{
	struct result_iface iface = { .pci_id = NULL };

	if (run->conf.source)
		return 0;
	if (result_find_iface(prev, run->call->ifname, run->call->netns, &iface) < 0 ||
	    !iface.pci_id || devid_parse(iface.pci_id, &run->conf.device))
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"deviceID is required for rdma: it is neither in the configuration nor in "
			"prevResult (pciID); with Multus, check the network's "
			"k8s.v1.cni.cncf.io/resourceName annotation");
	run->conf.source = "prevResult";
	return 0;
}

/* No addresses, nothing to wait for: the device is all. */
static int provide(struct world *w unused, struct record *r unused, struct err *e unused)
{
	return 0;
}

static int attach(const struct run *run, struct world *w, struct err *e)
{
	cleanup(json_free) cJSON *facts = world_facts(w);
	struct record r = { .doc = NULL };
	struct value here = place_pod(&w->pod, "");
	int err;

	if (!facts)
		return err_sys(e, ENOMEM, "write record");
	r.key = key_of(run->call);
	r.device = w->fn.id;
	r.instance = w->fn.instance;
	r.netns = run->call->netns;
	r.netns_id = here.place;
	r.facts = facts;
	plan_make(w, &r.plan);
	err = node_boot_id(r.boot, e);
	if (!err)
		err = attach_add(&run->attach, &r, w, provide, e);
	return err ? classify(e, CNI_ERR_KERNEL) : 0;
}

static int add_locked(struct run *run, struct pod *pod, struct err *e)
{
	const struct record_key key = key_of(run->call);
	cleanup(world_free) struct world *w = NULL;
	int r = attach_claim(&run->attach, &key, &run->conf.device, e);

	if (r)
		return classify(e, CNI_ERR_IN_USE);
	r = world_open(&run->conf, pod, &w, e);
	return r ? r : attach(run, w, e);
}

static int add_exclusive(struct run *run, const cJSON *prev, struct err *e)
{
	cleanup(pod_close) struct pod pod = POD_NONE;
	cleanup(fd_close) int lock = -EBADF;
	uint64_t start = node_now_ms();
	int r = derive_device(run, prev, e);

	if (!r)
		r = pod_open(run->call, &pod, e);
	if (!r)
		r = locks_device(&run->conf.device, ADD_LOCK_MS, &lock, e);
	if (!r)
		r = add_locked(run, &pod, e);
	if (!r)
		log_info("attached the RDMA device of %s (from %s) in %u ms", run->conf.device.name,
			 run->conf.source, (unsigned)(node_now_ms() - start));
	return r;
}

int rdma_add(const struct cni_call *c, cJSON **ret, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(json_free) cJSON *prev = NULL;
	bool shared = false;
	int r = run_open(c, &run, e);

	if (!r)
		r = read_prev(c, &prev, e);
	if (!r)
		r = run_check_mode(&run, &shared, e);
	if (!r && shared)
		log_info("RDMA subsystem is in shared mode, nothing to move");
	else if (!r)
		r = add_exclusive(&run, prev, e);
	if (r)
		return classify(e, CNI_ERR_INTERNAL);
	*ret = take_ptr(prev);
	return 0;
}
