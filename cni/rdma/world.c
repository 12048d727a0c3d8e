// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "kernel/node.h"

static int refuse_many(const struct world *w, struct err *e)
{
	char names[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < w->n && at < sizeof(names); i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s", i ? ", " : "",
				       w->dev[i].name);
	return err_code(e, ENOTUNIQ, CNI_ERR_NO_DEVICE,
			"device %s has several RDMA devices (%s) and one is expected: set "
			"\"rdmaDevices\": \"all\" to attach them all",
			w->fn.id.name, names);
}

/* The one device that the function has, as the last ADD saw it. */
static bool recall_dev(struct world *w, const struct ibdev *last)
{
	struct ibdev *d = &w->dev[0];

	*d = *last;
	w->n = 1;
	w->known = world_is_unchanged(w, true);
	if (w->known)
		memcpy(d->name, d->sys.name, sizeof(d->name));
	else
		w->n = 0;
	return w->known;
}

static bool same_numbers(const struct ibdev *a, const struct ibdev *b)
{
	return a->index == b->index && a->uverbs == b->uverbs && a->umad == b->umad;
}

/* All that the function has; what they are called now is what they are called at home. */
static int list_devs(struct world *w, struct err *e)
{
	struct ibdev last = { .index = -1 };
	struct pci_rdma_list list;
	int r;

	index_recall(&w->fn.id, &last);
	if (recall_dev(w, &last))
		return 0;
	r = devs_list(&w->fn.id, &list, e);
	if (r)
		return r;
	for (; w->n < list.n; w->n++) {
		const struct pci_rdma *sys = &list.dev[w->n];
		struct ibdev *d = &w->dev[w->n];

		*d = (struct ibdev){ .index = -1, .uverbs = sys->uverbs, .umad = sys->umad };
		memcpy(d->name, sys->name, sizeof(d->name));
	}
	/* where to look first; the name will prove it */
	if (w->n == 1)
		w->dev[0].index = last.index;
	r = world_look_at(w, &list, e);
	w->known = !r;
	/* perhaps on its way home: that is waited for */
	if (r == -EAGAIN)
		r = world_get_devs(w, e);
	for (size_t i = 0; i < w->n && !r; i++)
		w->dev[i].index = w->dev[i].found ? (int64_t)w->dev[i].dev.index : -1;
	if (!r && w->n == 1 && w->dev[0].found && !same_numbers(&w->dev[0], &last))
		index_remember(&w->fn.id, &w->dev[0]);
	return r;
}

static int check_devs(const struct world *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->dev[i].found || !w->dev[i].at_home)
			return err_code(e, EBUSY, CNI_ERR_IN_USE,
					"RDMA device %s of %s is in the pod's namespace already: "
					"delete the pod, its DEL brings it home",
					w->dev[i].name, w->fn.id.name);
	return w->n > 1 && !w->conf->all ? refuse_many(w, e) : 0;
}

static int open_devices(struct world *w, struct err *e)
{
	const struct devid *id = &w->conf->device;
	int r = pci_get(id, PCI_DRIVER, &w->fn, e);

	if (r == -ENODEV)
		return err_code(
			e, ENODEV, CNI_ERR_NO_DEVICE,
			"device %s does not exist on this node: SR-IOV is off, or the device "
			"plugin's list is old; rdma-doctor shows the devices that are here",
			id->name);
	if (r)
		return classify(e, CNI_ERR_NO_DEVICE);
	r = pod_sockets(&w->pod, NL_RDMA, &w->host, &w->inpod, e);
	if (!r)
		r = list_devs(w, e);
	if (r == -ENODEV && !e->code)
		return err_code(
			e, ENODEV, CNI_ERR_NO_DEVICE,
			"no RDMA device for device ID %s (driver %s): load the driver's RDMA module "
			"(mlx5_ib, irdma, bnxt_re) or enable RDMA on this VF",
			id->name, *w->fn.driver ? w->fn.driver : "none");
	if (!r)
		r = check_devs(w, e);
	return r ? classify(e, CNI_ERR_KERNEL) : 0;
}

int world_open(const struct rdma_conf *conf, struct pod *pod, struct world **ret, struct err *e)
{
	cleanup(world_free) struct world *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return err_sys(e, ENOMEM, "open device");
	w->conf = conf;
	w->pod = pod_take(pod);
	r = open_devices(w, e);
	if (r)
		return r;
	*ret = take_ptr(w);
	return 0;
}

static bool put_dev(cJSON *list, const struct ibdev *d)
{
	cJSON *item = cJSON_CreateObject();

	return item && cJSON_AddItemToArray(list, item) && json_put_str(item, "name", d->name) &&
	       json_put_int(item, "index", d->index) && json_put_int(item, "uverbs", d->uverbs) &&
	       json_put_int(item, "umad", d->umad);
}

cJSON *world_facts(const struct world *w)
{
	cleanup(json_free) cJSON *facts = cJSON_CreateObject();
	cJSON *list = facts ? cJSON_AddArrayToObject(facts, "devices") : NULL;

	for (size_t i = 0; list && i < w->n; i++)
		if (!put_dev(list, &w->dev[i]))
			return NULL;
	return list ? take_ptr(facts) : NULL;
}

/* -1 where there is none */
static int64_t read_number(const cJSON *obj, const char *key, int64_t max)
{
	struct opt_i64 v = { 0 };
	struct err ignored;

	return !json_get_int(obj, key, &v, &ignored) && v.set && v.v >= 0 && v.v <= max ? v.v : -1;
}

static int read_facts(struct world *w, const struct record *r, struct err *e)
{
	const cJSON *list = NULL, *item;
	int err = json_get_array(r->facts, "devices", &list, e);

	if (err)
		return err;
	cJSON_ArrayForEach(item, list) {
		const char *name = NULL;
		struct ibdev *d = &w->dev[w->n];

		if (w->n == WORLD_DEVS_MAX || json_get_str(item, "name", &name, e) || !name ||
		    str_copy(d->name, sizeof(d->name), name))
			return err_set(e, EBADMSG, "record's list of RDMA devices is damaged");
		d->index = read_number(item, "index", UINT32_MAX);
		d->uverbs = (int)read_number(item, "uverbs", INT32_MAX);
		d->umad = (int)read_number(item, "umad", INT32_MAX);
		w->n++;
	}
	return 0;
}

int world_reopen(const struct record *r, struct world **ret, struct err *e)
{
	cleanup(world_free) struct world *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return err_sys(e, ENOMEM, "open device");
	w->pod = POD_NONE;
	err = pod_reopen_device(r, 0, NL_RDMA, &w->fn, &w->pod, e);
	if (!err)
		err = read_facts(w, r, e);
	if (err)
		return err;
	err = pod_sockets(&w->pod, NL_RDMA, &w->host, &w->inpod, e);
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

void world_leave(struct world **w)
{
	if (!*w)
		return;
	nl_leave(&(*w)->inpod);
	nl_leave(&(*w)->host);
	free(*w);
	*w = NULL;
}
