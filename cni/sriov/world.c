// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "kernel/node.h"
#include "pf.h"

enum {
	/* A namespace is taken down by a kernel worker: with 64 devices it took 1.2 s. */
	RETURN_WAIT_MS = 5000,
	RETURN_STEP_MS = 20,
};

/*
 * With what it says of the VF, which nearly everybody who asks for the PF asks next. More VFs than an
 * attribute has room for (64 KiB) are an error, in which the PF itself is still of use.
 */
static int find_interface(struct world *w, struct link *ret, struct err *e)
{
	int r = vf_find(w->host, w->pf_name, w->fn.vf, ret, &w->vf, e);

	w->vf_known = !r && w->vf.have;
	return !r || r == -ENODEV ? r : link_find(w->host, w->pf_name, ret, e);
}

static int find_pf(struct world *w, struct err *e)
{
	struct link pf;
	int r = 0;

	if (!w->fn.is_vf || w->pf)
		return 0;
	/* of a record's device it is not known yet which VF it is */
	if (!w->numbered)
		r = pci_get(&w->fn.id, PCI_ALL, &w->fn, e);
	w->numbered = !r;
	if (!r)
		r = pci_uplink(&w->fn.pf, w->pf_name, e);
	if (r == -ENOTUNIQ)
		r = pf_choose_port(w, e);
	if (!r)
		r = find_interface(w, &pf, e);
	if (!r) {
		w->pf = pf.ifindex;
		w->pf_mtu = pf.mtu;
		w->pf_type = pf.type;
		w->no_parents = !*pf.parent;
	}
	return r ? err_wrap(e, "PF %s of VF %s", w->fn.pf.name, w->fn.id.name) : 0;
}

/*
 * Only when it is asked for: a VF of which nothing was programmed is released without. And for
 * undo the PF may be away for a while (driver reload, another namespace): that is no reason to
 * leave the interface in the pod, nor a sign that the VF is gone.
 */
static bool have_pf(struct world *w)
{
	struct err e;

	if (find_pf(w, &e))
		log_warn("%s", e.msg);
	return w->pf;
}

static int check_kind(const struct world *w, struct err *e)
{
	const struct pci_fn *fn = &w->fn;

	if (fn->id.bus == DEV_BUS_PCI && !fn->is_vf)
		return err_code(e, EINVAL, CNI_ERR_CONFIG,
				"deviceID %s is not a VF (no physfn): give a VF's address",
				fn->id.name);
	if (!fn->is_vf && w->conf->vf.have & ~(unsigned)VF_MAC)
		return err_code(
			e, EOPNOTSUPP, CNI_ERR_FIELD,
			"deviceID %s is not a VF: vlan, rates, spoofchk, trust and link_state "
			"need a VF, remove these keys",
			fn->id.name);
	return 0;
}

/*
 * An interface that exists but is not here is on its way home from a dying
 * namespace; one that does not exist yet may be about to be made, unless the
 * driver is of a kind that never makes one. That list would age, so everything
 * else gets the short wait once.
 */
static bool is_userspace_driver(const char *driver)
{
	static const char *const names[] = { "uio_pci_generic", "igb_uio", "pci-stub" };

	for (size_t i = 0; i < array_size(names); i++)
		if (!strcmp(driver, names[i]))
			return true;
	/* vfio-pci and the vendors' variants of it */
	return strstr(driver, "vfio") != NULL;
}

static int no_netdev(const struct pci_fn *fn, struct err *e)
{
	if (!*fn->driver)
		return err_code(e, EAGAIN, CNI_ERR_AGAIN,
				"VF %s has no driver: it is being set up, or unbound; bind one",
				fn->id.name);
	return err_code(e, EAGAIN, CNI_ERR_AGAIN,
			"VF %s (driver %s) has no network interface here: %s; try again",
			fn->id.name, fn->driver,
			fn->has_netdev ? "it is still in another namespace" :
					 "its driver is starting, or makes none");
}

/* A VF that has just been made has no driver for a moment: that is awaited as well. */
static int await_netdev(struct world *w, struct err *e)
{
	struct patience patience = { .ms = RETURN_WAIT_MS };
	int r = 0;

	while (!r && !*w->fn.netdev) {
		w->userspace = !w->fn.has_netdev && is_userspace_driver(w->fn.driver);
		if (w->userspace)
			break;
		if (node_gives_up(&patience))
			return no_netdev(&w->fn, e);
		node_sleep_ms(RETURN_STEP_MS);
		r = pci_get(&w->fn.id, PCI_ALL, &w->fn, e);
	}
	return r;
}

static int open_device(struct world *w, const struct devid *id, struct err *e)
{
	int r = pf_await_vf(w, id, e);

	if (r)
		return r;
	r = check_kind(w, e);
	if (!r)
		r = await_netdev(w, e);
	if (!r)
		r = pod_sockets(&w->pod, NL_ROUTE, &w->host, &w->inpod, e);
	if (!r)
		r = find_pf(w, e);
	return r ? classify(e, CNI_ERR_NO_DEVICE) : 0;
}

int world_open(const struct cni_call *c, const struct sriov_conf *conf, struct pod *pod,
	       struct world **ret, struct err *e)
{
	cleanup(world_free) struct world *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return err_sys(e, ENOMEM, "open device");
	w->call = c;
	w->conf = conf;
	w->ifname = c->ifname;
	w->pod = pod_take(pod);
	w->numbered = true;
	r = open_device(w, &conf->device, e);
	if (r)
		return r;
	memcpy(w->host_name, w->fn.netdev, sizeof(w->host_name));
	*ret = take_ptr(w);
	return 0;
}

cJSON *world_facts(const struct world *w)
{
	cleanup(json_free) cJSON *facts = cJSON_CreateObject();

	if (!facts || !json_put_str(facts, "pf", w->pf_name) ||
	    !json_put_int(facts, "vf", w->fn.is_vf ? (int64_t)w->fn.vf : -1) ||
	    !json_put_str(facts, "hostName", w->host_name) ||
	    !json_put_str(facts, "driver", w->fn.driver) ||
	    !json_put_bool(facts, "userspace", w->userspace))
		return NULL;
	return take_ptr(facts);
}

static int read_facts(struct world *w, const struct record *r, struct err *e)
{
	const char *name = NULL;
	int err = json_get_str(r->facts, "hostName", &name, e);
	struct opt_bool userspace = { 0 };

	if (!err)
		err = json_get_bool(r->facts, "userspace", &userspace, e);
	if (!err && name && str_copy(w->host_name, sizeof(w->host_name), name))
		err = err_set(e, EBADMSG, "hostName is too long");
	w->userspace = userspace.v;
	return err;
}

int world_reopen(const struct record *r, struct world **ret, struct err *e)
{
	cleanup(world_free) struct world *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return err_sys(e, ENOMEM, "open device");
	w->pod = POD_NONE;
	w->ifname = r->key.ifname;
	err = pod_reopen_device(r, PCI_DRIVER | PCI_PF, NL_ROUTE, &w->fn, &w->pod, e);
	if (!err)
		err = read_facts(w, r, e);
	if (err)
		return err;
	err = pod_sockets(&w->pod, NL_ROUTE, &w->host, &w->inpod, e);
	if (err)
		return err;
	w->likely_in_pod = pod_has_netns(&w->pod);
	*ret = take_ptr(w);
	return 0;
}

static void free_world(struct world *w)
{
	nl_leave(&w->inpod);
	nl_leave(&w->host);
	json_free(&w->result);
	free(w);
}

void world_close(struct world *w)
{
	nl_shut(&w->inpod);
	nl_shut(&w->host);
	pod_close(&w->pod);
	free_world(w);
}

void world_free(struct world **w)
{
	if (*w)
		world_close(*w);
	*w = NULL;
}

void world_leave(struct world **w)
{
	if (*w)
		free_world(*w);
	*w = NULL;
}

static bool is_ours(struct world *w, const struct link *l)
{
	/*
	 * Virtual interfaces have no parent either, and a pod can give one our name: only
	 * on a kernel that tells no parents at all (before 5.14) is the name an answer.
	 */
	return *l->parent ? !strcmp(l->parent, w->fn.id.name) : have_pf(w) && w->no_parents;
}

/* The usual place first, by the usual name: one small message. */
static int find_in_pod(struct world *w, struct link *ret, struct err *e)
{
	int r;

	if (!w->inpod)
		return err_set(e, ENODEV, "network namespace of the pod is gone");
	r = link_find(w->inpod, w->ifname, ret, e);
	if (!r && is_ours(w, ret))
		return 0;
	if (r && r != -ENODEV)
		return r;
	return link_find_parent(w->inpod, &w->fn.id, ret, e);
}

/* A name that is mostly right, and the parent that proves it. */
static bool is_called(struct world *w, const char *name, struct link *ret)
{
	struct err ignored;

	return *name && !link_find(w->host, name, ret, &ignored) && *ret->parent && is_ours(w, ret);
}

/* sysfs shows the interface in the namespace that /sys was mounted in: home. */
static int find_at_home(struct world *w, struct link *ret, struct err *e)
{
	int r;

	if (is_called(w, *w->fn.netdev ? w->fn.netdev : w->host_name, ret))
		return 0;
	r = pci_get(&w->fn.id, PCI_ALL, &w->fn, e);
	w->numbered = !r;
	if (r)
		return r;
	if (!*w->fn.netdev)
		return err_set(e, ENODEV, "interface of %s is not at home", w->fn.id.name);
	r = link_find(w->host, w->fn.netdev, ret, e);
	if (!r && !is_ours(w, ret))
		return err_set(e, ENODEV, "interface %s is not the VF's", w->fn.netdev);
	return r;
}

/* 0: found there and taken over; else as find_in_pod() and find_at_home() */
static int try_place(struct world *w, bool home, struct err *e)
{
	struct link l;
	int r = home ? find_at_home(w, &l, e) : find_in_pod(w, &l, e);

	if (r)
		return r;
	w->link = l;
	w->at_home = home;
	w->likely_in_pod = !home;
	return 0;
}

static int find_link(struct world *w, struct err *e)
{
	bool first = !w->likely_in_pod;
	int r = try_place(w, first, e);

	return r == -ENODEV ? try_place(w, !first, e) : r;
}

/* One wait for all look-ups of a run: every row of the table asks. */
static bool is_too_late(struct world *w)
{
	w->patience.ms = RETURN_WAIT_MS;
	return node_gives_up(&w->patience);
}

int world_get_link(struct world *w, struct err *e)
{
	int r;

	if (w->link_known)
		return 0;
	for (;;) {
		r = find_link(w, e);
		if (r != -ENODEV)
			break;
		/* taken down with its driver, or with the device */
		r = pci_get(&w->fn.id, PCI_ALL, &w->fn, e);
		if (r)
			break;
		if (!w->fn.has_netdev)
			return err_set(e, ENODEV, "device %s has no network interface any more",
				       w->fn.id.name);
		if (is_too_late(w))
			return err_set(
				e, EAGAIN,
				"interface of %s is in a namespace that cannot be reached: a "
				"process may keep it alive, end it and try again",
				w->fn.id.name);
		node_sleep_ms(RETURN_STEP_MS);
	}
	w->link_known = !r;
	return r;
}

int world_get_vf(struct world *w, struct err *e)
{
	int r;

	if (w->vf_known)
		return 0;
	if (!have_pf(w))
		return err_set(e, EAGAIN, "PF %s of VF %s has no interface here at this moment",
			       w->fn.pf.name, w->fn.id.name);
	r = vf_get(w->host, w->pf, w->fn.vf, &w->vf, e);
	/* the PF's interface left: no sign that the VF did, whose absence is success in undo */
	if (r == -ENODEV) {
		w->pf = 0;
		return err_set(e, EAGAIN, "PF %s of VF %s has no interface here any more",
			       w->fn.pf.name, w->fn.id.name);
	}
	w->vf_known = !r;
	return r;
}

void world_link_changed(struct world *w)
{
	w->link_known = false;
}

void world_vf_changed(struct world *w)
{
	w->vf_known = false;
}
