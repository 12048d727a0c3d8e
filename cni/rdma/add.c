// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/file.h"
#include "base/log.h"
#include "kernel/caps.h"
#include "kernel/node.h"
#include "locks.h"
#include "names.h"
#include "plan.h"
#include "proto/result.h"
#include "ready.h"
#include "run.h"
#include "verbs.h"
#include "which.h"

enum { ADD_LOCK_MS = 30000 };

/* Our part of the chain is the device alone: what prevResult says is the answer. */
static int read_prev(const struct cni_call *c, cJSON **ret, struct err *e)
{
	cleanup(json_free) cJSON *shown = NULL;
	int r;

	if (!c->prev)
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"RDMA-CNI is expected to be called as part of a plugin chain: prevResult is "
			"missing, put rdma behind sriov in the list");
	r = result_parse(c->prev, c->version, ret, e);
	/* can the caller be told? Afterwards it would be too late */
	return r ? r : result_format(*ret, c->version, &shown, e);
}

/* The devices are in the pod: what is left is that they can be used. */
static int provide(struct world *w, struct record *r unused, struct err *e unused)
{
	ready_wait(w);
	return 0;
}

/* Before anything is changed: what can be known to fail. */
static int check_possible(const struct world *w, struct err *e)
{
	int r = ready_check(w, e);

	if (r || !*w->conf->name)
		return r;
	if (w->n > 1)
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"rdmaDeviceName %s is one name, but device %s has %zu RDMA devices and "
			"rdmaDevices is \"all\": remove one of the two keys",
			w->conf->name, w->fn.id.name, w->n);
	return names_check_free(w, w->conf->name, e);
}

static int attach(const struct run *run, struct world *w, struct err *e)
{
	cleanup(json_free) cJSON *facts = world_facts(w);
	cleanup(record_done) struct record r = { .doc = NULL };
	const struct value here = place_pod(&w->pod, "");
	int err;

	if (!facts)
		return err_sys(e, ENOMEM, "write record");
	err = check_possible(w, e);
	if (err)
		return classify(e, CNI_ERR_KERNEL);
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

/* What nobody can find out afterwards: which numbers the pod was given. */
static void tell(const struct world *w)
{
	char list[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < w->n && at < sizeof(list); i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s as uverbs%d",
				       i ? ", " : "", w->dev[i].sys.name, w->dev[i].sys.uverbs);
	log_info("attached the RDMA device of %s (from %s), %s", w->fn.id.name, w->conf->source,
		 list);
}

static int add_locked(struct run *run, struct pod *pod, const cJSON *prev, struct err *e)
{
	const struct record_key key = key_of(run->call);
	cleanup(world_leave) struct world *w = NULL;
	int r = attach_claim(&run->attach, &key, &run->conf.device, e);

	if (r)
		return classify(e, CNI_ERR_IN_USE);
	r = world_open(&run->conf, pod, &w, e);
	if (r)
		return r;
	w->call = run->call;
	w->prev = prev;
	r = attach(run, w, e);
	if (!r)
		tell(w);
	return r;
}

static int add_exclusive(struct run *run, const cJSON *prev, struct err *e)
{
	cleanup(pod_close) struct pod pod = POD_NONE;
	cleanup(fd_leave) int lock = -EBADF;
	int r = pod_open(run->call, NL_RDMA, &pod, e);

	if (!r)
		r = caps_check(e) ? classify(e, CNI_ERR_KERNEL) : 0;
	if (!r)
		r = which_device(run->call, prev, &pod, &run->conf, e);
	if (!r)
		r = locks_device(&run->conf.device, ADD_LOCK_MS, &lock, e);
	if (!r)
		r = add_locked(run, &pod, prev, e);
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
