// SPDX-License-Identifier: Apache-2.0
#include "orphan.h"

#include <string.h>

#include "base/log.h"
#include "kernel/node.h"
#include "names.h"
#include "props.h"
#include "world.h"

static bool is_claimed(const struct run *run)
{
	cleanup(record_done) struct record other = { .doc = NULL };
	struct err ignored;

	return store_claimant(&run->attach.store, &run->conf.device, &other, &ignored) != -ENOENT;
}

/* One name of each of the function's devices that are in the pod. */
static cJSON *list_in_pod(struct nl *inpod, const struct pci_rdma_list *list)
{
	cleanup(json_free) cJSON *found = cJSON_CreateArray();

	for (size_t i = 0; found && i < list->n; i++) {
		cJSON *item;
		struct rdma_dev d;
		struct err ignored;

		if (list->dev[i].here || rdma_find(inpod, list->dev[i].name, &d, &ignored))
			continue;
		item = cJSON_CreateObject();
		if (!item || !cJSON_AddItemToArray(found, item) ||
		    !json_put_str(item, "name", d.name) || !json_put_int(item, "index", d.index))
			return NULL;
	}
	return take_ptr(found);
}

static int look(const struct run *run, struct pod *pod, cJSON **ret, struct err *e)
{
	cleanup(nl_shut) struct nl *inpod = NULL;
	struct pci_rdma_list list;
	int r = pod_open(run->call, NL_RDMA, pod, e);

	if (!r)
		r = nl_open(NL_RDMA, &pod->ns, &pod->home, &inpod, e);
	if (!r)
		r = devs_list(&run->conf.device, &list, e);
	if (r)
		return r;
	*ret = list_in_pod(inpod, &list);
	return *ret ? 0 : err_sys(e, ENOMEM, "look for the device");
}

static int make_record(const struct run *run, const struct pod *pod, cJSON **devices,
		       struct record *r, struct err *e)
{
	const struct value here = place_pod(pod, ""), home = place_home(PLACE_ALL);
	struct pci_fn fn;
	int err = pci_get(&run->conf.device, 0, &fn, e);

	if (err)
		return err;
	r->doc = cJSON_CreateObject();
	if (!r->doc || !json_put(r->doc, "devices", take_ptr(*devices)))
		return err_sys(e, ENOMEM, "look for the device");
	r->facts = r->doc;
	r->key = key_of(run->call);
	r->foreign = true;
	r->phase = PHASE_LIVE;
	r->device = fn.id;
	r->instance = fn.instance;
	r->netns = run->call->netns;
	r->netns_id = here.place;
	plan_add(&r->plan, prop_find(&rdma_props, "rdma.place"), &home, &here);
	err = plan_check(&r->plan, e);
	return err ? err : node_boot_id(r->boot, e);
}

int orphan_find(const struct run *run, struct record *ret, struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	cleanup(json_free) cJSON *devices = NULL;
	cleanup(pod_close) struct pod pod = POD_NONE;
	struct err why;

	if (!run->conf.source || !*run->call->netns || is_claimed(run) ||
	    look(run, &pod, &devices, &why) || !cJSON_GetArraySize(devices) ||
	    make_record(run, &pod, &devices, &r, &why))
		return err_set(e, ENOENT, "no attachment is known");
	log_warn("nothing is on record, but RDMA devices of %s are in the pod: bringing them home",
		 run->conf.device.name);
	*ret = record_take(&r);
	return 0;
}
