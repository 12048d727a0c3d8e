// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/node.h"

enum {
	/* A namespace is taken down by a kernel worker: with 64 devices it took 1.2 s. */
	RETURN_WAIT_MS = 5000,
	RETURN_STEP_MS = 20,
};

static void take_pod(struct world *w, struct pod *pod)
{
	w->pod = *pod;
	*pod = POD_NONE;
}

static int open_sockets(struct world *w, struct err *e)
{
	int r = nl_open(NL_RDMA, NULL, NULL, &w->host, e);

	if (!r && pod_has_netns(&w->pod))
		r = nl_open(NL_RDMA, &w->pod.ns, &w->pod.home, &w->inpod, e);
	return r;
}

static int refuse_many(const struct world *w, const struct pci_rdma_list *list, struct err *e)
{
	char names[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < list->n && at < sizeof(names); i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s", i ? ", " : "",
				       list->dev[i].name);
	return err_code(e, ENOTUNIQ, CNI_ERR_NO_DEVICE,
			"device %s has several RDMA devices (%s), one is supported", w->fn.id.name,
			names);
}

/*
 * Which of the function's devices is ours: the only one, else the one with the
 * recorded name.
 */
static int choose(const struct world *w, const struct pci_rdma_list *list, struct pci_rdma *ret,
		  struct err *e)
{
	if (!list->n)
		return err_set(e, ENODEV, "device %s has no RDMA device", w->fn.id.name);
	*ret = list->dev[0];
	if (list->n == 1)
		return 0;
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->dev[i].name, w->name)) {
			*ret = list->dev[i];
			return 0;
		}
	return refuse_many(w, list, e);
}

static int look(struct world *w, struct err *e)
{
	struct pci_rdma_list list;
	struct pci_rdma sys;
	int r = pci_get_rdma(&w->fn.id, &list, e);

	if (!r)
		r = choose(w, &list, &sys, e);
	if (r)
		return r;
	w->at_home = true;
	r = sys.here ? rdma_find(w->host, sys.name, &w->dev, e) : -ENODEV;
	if (r == -ENODEV && w->inpod) {
		w->at_home = false;
		r = rdma_find(w->inpod, sys.name, &w->dev, e);
	}
	w->sys = sys;
	/* it exists: -ENODEV is for the one that does not */
	return r == -ENODEV ? err_set(e, EAGAIN,
				      "RDMA device %s is in a namespace that cannot be reached: a "
				      "process may keep it alive, end it and try again",
				      sys.name) :
			      r;
}

int world_get_dev(struct world *w, struct err *e)
{
	uint64_t deadline = node_now_ms() + RETURN_WAIT_MS;
	int r;

	if (w->known)
		return 0;
	for (;;) {
		r = look(w, e);
		if (r != -EAGAIN || node_now_ms() >= deadline)
			break;
		node_sleep_ms(RETURN_STEP_MS);
	}
	w->known = !r;
	return r;
}

void world_changed(struct world *w)
{
	w->known = false;
}

static int open_device(struct world *w, struct err *e)
{
	const struct devid *id = &w->conf->device;
	int r = pci_get(id, &w->fn, e);

	if (r)
		return err_code(e, -r, CNI_ERR_NO_DEVICE, "device %s: %.400s", id->name, e->msg);
	r = open_sockets(w, e);
	if (!r)
		r = world_get_dev(w, e);
	if (r == -ENODEV && !e->code)
		return err_code(
			e, ENODEV, CNI_ERR_NO_DEVICE,
			"no RDMA device for device ID %s (driver %s): load the driver's RDMA module "
			"(mlx5_ib, irdma, bnxt_re) or enable RDMA on this VF",
			id->name, *w->fn.driver ? w->fn.driver : "none");
	if (!r && !w->at_home)
		return err_code(e, EBUSY, CNI_ERR_IN_USE,
				"RDMA device %s of %s is in the pod's namespace already",
				w->sys.name, id->name);
	return r ? classify(e, CNI_ERR_KERNEL) : 0;
}

int world_open(const struct rdma_conf *conf, struct pod *pod, struct world **ret, struct err *e)
{
	cleanup(world_free) struct world *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return err_sys(e, ENOMEM, "open device");
	w->conf = conf;
	take_pod(w, pod);
	r = open_device(w, e);
	if (r)
		return r;
	memcpy(w->name, w->sys.name, sizeof(w->name));
	w->promised = w->sys.uverbs;
	*ret = take_ptr(w);
	return 0;
}

cJSON *world_facts(const struct world *w)
{
	cleanup(json_free) cJSON *facts = cJSON_CreateObject();

	if (!facts || !json_put_str(facts, "name", w->name) ||
	    !json_put_int(facts, "index", w->dev.index) ||
	    !json_put_int(facts, "uverbs", w->promised) ||
	    !json_put_int(facts, "umad", w->sys.umad))
		return NULL;
	return take_ptr(facts);
}

static int read_facts(struct world *w, const struct record *r, struct err *e)
{
	struct opt_i64 uverbs = { 0 };
	const char *name = NULL;
	int err = json_get_str(r->facts, "name", &name, e);

	if (!err)
		err = json_get_int(r->facts, "uverbs", &uverbs, e);
	if (!err && name && str_copy(w->name, sizeof(w->name), name))
		err = err_set(e, EBADMSG, "name is too long");
	w->promised = uverbs.set && uverbs.v >= 0 && uverbs.v < INT32_MAX ? (int)uverbs.v : -1;
	return err;
}

static bool same_boot(const struct record *r)
{
	char boot[NODE_BOOT_ID_MAX];
	struct err ignored;

	return !node_boot_id(boot, &ignored) && !strcmp(boot, r->boot);
}

int world_reopen(const struct record *r, struct world **ret, struct err *e)
{
	cleanup(world_free) struct world *w = calloc(1, sizeof(*w));
	struct pod pod = POD_NONE;
	int err;

	if (!w)
		return err_sys(e, ENOMEM, "open device");
	take_pod(w, &pod);
	err = pci_get(&r->device, &w->fn, e);
	if (err)
		return err;
	if (w->fn.instance != r->instance || !same_boot(r))
		return err_set(e, ENODEV, "it was re-created since");
	err = read_facts(w, r, e);
	if (!err)
		err = pod_reopen(r, &pod, e);
	if (err)
		return err;
	take_pod(w, &pod);
	err = open_sockets(w, e);
	/* no RDMA subsystem: no device either */
	if (err == -EPROTONOSUPPORT)
		return err_set(e, ENODEV, "RDMA subsystem is not loaded any more");
	if (err)
		return err;
	*ret = take_ptr(w);
	return 0;
}

void world_close(struct world *w)
{
	nl_shut(&w->inpod);
	nl_shut(&w->host);
	pod_close(&w->pod);
	free(w);
}

void world_free(struct world **w)
{
	if (*w)
		world_close(*w);
	*w = NULL;
}
