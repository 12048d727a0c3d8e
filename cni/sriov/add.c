// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "addrs.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "compat.h"
#include "devinfo.h"
#include "kernel/caps.h"
#include "kernel/node.h"
#include "plan.h"
#include "possible.h"
#include "proto/delegate.h"
#include "proto/result.h"
#include "report.h"
#include "run.h"
#include "verbs.h"

enum { ADD_LOCK_MS = 30000 };

/* Before anything is touched: a delegate that is not there can be said at once. */
static int check_ipam(const struct run *run, struct err *e)
{
	return *run->conf.ipam ? delegate_check(run->call, run->conf.ipam, e) : 0;
}

/* 0.1.0 and 0.2.0 have no words for a result without an address. */
static int check_representable(const struct run *run, struct err *e)
{
	if (version_family(run->call->version) != CNI_FAMILY_IP4_IP6 || *run->conf.ipam ||
	    run->call->prev)
		return 0;
	return err_code(
		e, EINVAL, CNI_ERR_CONFIG,
		"cniVersion %s cannot express a result without addresses: configure ipam, or use "
		"cniVersion 0.3.1 or later",
		version_text(run->call->version));
}

static int check_name_free(struct world *w, struct err *e)
{
	struct link taken;
	int r = link_find(w->inpod, w->ifname, &taken, e);

	if (r == -ENODEV)
		return 0;
	if (r)
		return classify(e, CNI_ERR_KERNEL);
	return err_code(
		e, EEXIST, CNI_ERR_NAME_TAKEN,
		"interface name %s is taken in the pod, by an interface that is left alone; choose "
		"another name or remove it",
		w->ifname);
}

/* After the device is in place: addresses. Sets the record's result. */
static int provide(struct world *w, struct record *r, struct err *e)
{
	cleanup(json_free) cJSON *ipam = NULL, *shown = NULL;
	cJSON *result = NULL;
	unsigned index;
	int err = w->userspace ? 0 : world_get_link(w, e);
	struct err untold;

	/* for the result; a driver that does not tell is none of the pod's business */
	if (w->userspace && w->fn.is_vf && !w->conf->has_mac && world_get_vf(w, &untold))
		log_info("%s", untold.msg);

	if (!err && *w->conf->ipam) {
		r->leased = true;
		err = delegate_run(w->call, w->conf->ipam, CNI_CMD_ADD, &ipam, e);
	}
	if (!err)
		err = report_make(w, ipam, &result, &index, e);
	if (err)
		return err;
	r->result = result;
	w->result = result;
	/* can the caller be told? Afterwards it would be too late to undo */
	err = result_format(result, w->call->version, &shown, e);
	if (err)
		return err;
	return w->userspace ? 0 : addrs_configure(w, result, index, e);
}

static void fill_record(const struct run *run, const struct world *w, const cJSON *facts,
			struct record *r)
{
	struct value here = place_pod(&w->pod, "");

	r->key = key_of(run->call);
	r->device = w->fn.id;
	r->instance = w->fn.instance;
	r->netns = run->call->netns;
	r->netns_id = here.place;
	r->ipam = run->conf.ipam;
	r->args = run->call->args;
	r->config = run->call->text;
	r->facts = facts;
}

/*
 * Without the key "vlan" the VF keeps the one it has, which may be what is wanted, or be left from
 * a pod whose node died. Said if the VF was read anyway: asking for nothing else costs the PF's
 * driver a look at all of its VFs.
 */
static void warn_vlan(const struct world *w)
{
	const struct vf_attrs *vf = &w->vf;

	if (!(w->conf->vf.have & VF_VLAN) && vf->have & VF_VLAN && vf->vlan)
		log_warn("VF %s came with VLAN %u, which this network did not ask for, and keeps "
			 "it: \"vlan\": 0 would clear it",
			 w->fn.id.name, vf->vlan);
}

static int attach(const struct run *run, struct world *w, struct err *e)
{
	cleanup(json_free) cJSON *facts = world_facts(w);
	cleanup(record_done) struct record r = { .doc = NULL };
	int err;

	if (!facts)
		return err_sys(e, ENOMEM, "write record");
	fill_record(run, w, facts, &r);
	err = node_boot_id(r.boot, e);
	if (!err && !w->userspace)
		err = world_get_link(w, e);
	if (!err)
		err = possible_check(&run->conf, w, e);
	if (err)
		return classify(e, CNI_ERR_KERNEL);
	plan_make(&run->conf, w, &r.plan);
	err = attach_add(&run->attach, &r, w, provide, e);
	if (!err)
		warn_vlan(w);
	return err ? classify(e, CNI_ERR_KERNEL) : 0;
}

/* The device is locked from here on. */
static int add_locked(const struct run *run, struct pod *pod, cJSON **ret, struct err *e)
{
	const struct record_key key = key_of(run->call);
	cleanup(world_leave) struct world *w = NULL;
	int r = attach_claim(&run->attach, &key, &run->conf.device, e);

	if (r)
		return classify(e, CNI_ERR_IN_USE);
	r = compat_check_free(&run->conf.device, e);
	if (!r)
		r = world_open(run->call, &run->conf, pod, &w, e);
	if (!r)
		r = check_name_free(w, e);
	if (!r)
		r = attach(run, w, e);
	if (r)
		return r;
	devinfo_write(w);
	addrs_announce(w, w->result);
	*ret = take_ptr(w->result);
	return 0;
}

int sriov_add(const struct cni_call *c, cJSON **ret, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(pod_close) struct pod pod = POD_NONE;
	cleanup(fd_leave) int lock = -EBADF;
	struct timespec start = clock_read(CLOCK_REALTIME);
	int r = run_open(c, &run, e);

	if (!r)
		r = check_representable(&run, e);
	if (!r)
		r = check_ipam(&run, e);
	if (!r)
		r = pod_open(c, NL_ROUTE, &pod, e);
	if (!r)
		r = caps_check(e) ? classify(e, CNI_ERR_KERNEL) : 0;
	if (!r)
		r = compat_lock(&run.conf.device, ADD_LOCK_MS, &lock, e);
	if (!r)
		r = add_locked(&run, &pod, ret, e);
	if (!r)
		log_took(&start, "attached %s", run.conf.device.name);
	return r ? classify(e, CNI_ERR_INTERNAL) : 0;
}
