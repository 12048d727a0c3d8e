// SPDX-License-Identifier: Apache-2.0
#include "plugin/pod.h"

#include <string.h>

#include "kernel/nl.h"
#include "kernel/node.h"

static int open_target(const struct cni_call *c, struct netns *ret, struct err *e)
{
	int r = netns_open(c->netns, ret, e);

	if (r == -ENOENT)
		return err_code(e, ENOENT, c->prev ? CNI_ERR_ENV : CNI_ERR_UNKNOWN,
				"CNI_NETNS %s does not exist: the pod is gone", c->netns);
	if (r)
		return err_code(e, -r, CNI_ERR_ENV, "CNI_NETNS %s: %.400s", c->netns, e->msg);
	return 0;
}

static void take_pod(struct pod *from, struct pod *ret)
{
	*ret = *from;
	*from = POD_NONE;
}

/*
 * By a socket, which is needed anyway: /proc would make a directory for this process first. What
 * fails here is said where the socket is asked for.
 */
static int open_home(enum nl_family family, struct pod *p, struct err *e)
{
	struct err ignored;

	if (!nl_open(family, NULL, NULL, &p->host, &ignored) &&
	    !nl_get_netns(p->host, &p->home, &ignored))
		return 0;
	return netns_open_self(&p->home, e);
}

int pod_open(const struct cni_call *c, enum nl_family family, struct pod *ret, struct err *e)
{
	cleanup(pod_close) struct pod p = POD_NONE;
	int r = open_home(family, &p, e);

	if (!r)
		r = open_target(c, &p.ns, e);
	if (r)
		return r;
	if (!c->netns_override && netns_id_equal(&p.home.id, &p.ns.id))
		return err_code(e, EINVAL, CNI_ERR_NETNS,
				"plugin's netns and netns from CNI_NETNS should not be the same");
	take_pod(&p, ret);
	return 0;
}

static struct netns_id recorded_id(const struct record *r)
{
	return (struct netns_id){ r->netns_id.dev, r->netns_id.ino, r->netns_id.cookie };
}

/* Is @ns the namespace that was recorded? Its inode number alone may have been reused. */
static int is_recorded(const struct record *r, struct netns *ns, const struct netns *home,
		       bool probe, bool *ret, struct err *e)
{
	cleanup(nl_shut) struct nl *nl = NULL;
	struct netns_id want = recorded_id(r);
	int err = 0;

	/* a Go plugin recorded nothing but the path; out of our own nothing is moved */
	*ret = want.ino ? netns_id_equal(&ns->id, &want) : !netns_id_equal(&ns->id, &home->id);
	if (!*ret || !want.cookie || !probe)
		return 0;
	/* opening a socket inside is what tells the cookie */
	err = nl_open(NL_ROUTE, ns, home, &nl, e);
	*ret = netns_id_equal(&ns->id, &want);
	return err;
}

/* 0: @ret is open, or NETNS_NONE if there is no such namespace any more. */
static int reopen_target(const struct record *r, const struct netns *home, bool probe,
			 struct netns *ret, struct err *e)
{
	struct netns ns = NETNS_NONE;
	bool same = false;
	int err = r->netns && *r->netns ? netns_open(r->netns, &ns, e) : -ENOENT;

	/* -EINVAL: something else is there now */
	if (err == -ENOENT || err == -ENOTDIR || err == -EINVAL)
		return 0;
	if (!err)
		err = is_recorded(r, &ns, home, probe, &same, e);
	if (!err && same)
		*ret = ns;
	else
		netns_close(&ns);
	return err;
}

static int same_boot(const struct record *r, bool *ret, struct err *e)
{
	char boot[NODE_BOOT_ID_MAX];
	int err = node_boot_id(boot, e);

	*ret = !err && !strcmp(boot, r->boot);
	return err;
}

int pod_reopen(const struct record *r, struct pod *ret, struct err *e)
{
	cleanup(pod_close) struct pod p = POD_NONE;
	bool booted = false;
	int err = same_boot(r, &booted, e);

	if (!err)
		err = netns_open_self(&p.home, e);
	/* numbers and cookies start again with each boot: they may match by chance */
	if (!err && booted)
		err = reopen_target(r, &p.home, true, &p.ns, e);
	if (err)
		return err_wrap(e, "network namespace %s", r->netns);
	take_pod(&p, ret);
	return 0;
}

int pod_reopen_device(const struct record *r, unsigned parts, enum nl_family family,
		      struct pci_fn *ret_fn, struct pod *ret_pod, struct err *e)
{
	cleanup(pod_close) struct pod p = POD_NONE;
	bool booted = false;
	struct pci_fn fn;
	int err = pci_get(&r->device, parts, &fn, e);

	if (!err)
		err = same_boot(r, &booted, e);
	if (!err && (fn.instance != r->instance || !booted))
		err = err_set(e, ENODEV, "it was re-created since");
	if (err)
		return err;
	err = open_home(family, &p, e);
	if (!err)
		err = reopen_target(r, &p.home, false, &p.ns, e);
	if (err)
		return err_wrap(e, "network namespace %s", r->netns);
	p.cookie = recorded_id(r).cookie;
	take_pod(&p, ret_pod);
	*ret_fn = fn;
	return 0;
}

struct pod pod_take(struct pod *p)
{
	struct pod taken = *p;

	*p = POD_NONE;
	return taken;
}

int pod_sockets(struct pod *p, enum nl_family family, struct nl **ret_host, struct nl **ret_inpod,
		struct err *e)
{
	int r = p->host ? 0 : nl_open(family, NULL, NULL, ret_host, e);

	if (p->host)
		*ret_host = take_ptr(p->host);
	if (!r && pod_has_netns(p))
		r = nl_open(family, &p->ns, &p->home, ret_inpod, e);
	if (!r && p->cookie && p->ns.id.cookie && p->cookie != p->ns.id.cookie) {
		nl_shut(ret_inpod);
		netns_close(&p->ns);
		p->ns = NETNS_NONE;
	}
	return r;
}

void pod_close(struct pod *p)
{
	nl_shut(&p->host);
	netns_close(&p->home);
	netns_close(&p->ns);
}

bool pod_has_netns(const struct pod *p)
{
	return p->ns.fd >= 0;
}

int pod_alive(const struct record *r, bool *ret, struct err *e)
{
	cleanup(pod_close) struct pod p = POD_NONE;
	int err = pod_reopen(r, &p, e);

	*ret = !err && pod_has_netns(&p);
	return err;
}

struct value place_home(const char *name)
{
	struct value v = value_text(name);
	struct value_place place = { 0 };

	memcpy(place.name, v.text, sizeof(place.name));
	return (struct value){ .type = VALUE_PLACE, .place = place };
}

struct value place_pod(const struct pod *p, const char *name)
{
	struct value v = place_home(name);

	v.place.dev = p->ns.id.dev;
	v.place.ino = p->ns.id.ino;
	v.place.cookie = p->ns.id.cookie;
	return v;
}

bool place_is_home(const struct value *v)
{
	return !v->place.ino;
}

struct record_key key_of(const struct cni_call *c)
{
	return (struct record_key){ c->network, c->container, c->ifname };
}

bool is_call_about(const struct cni_call *c, const struct record_key *key)
{
	return !strcmp(c->network, key->network) && !strcmp(c->container, key->container) &&
	       !strcmp(c->ifname, key->ifname);
}

struct cni_call call_of(const struct record *r, enum cni_command command)
{
	/* text is only read by the delegate's runner */
	return (struct cni_call){ .command = command,
				  .container = r->key.container,
				  .netns = r->netns,
				  .ifname = r->key.ifname,
				  .args = r->args,
				  .path = "",
				  .text = (char *)(uintptr_t)r->config,
				  .text_len = strlen(r->config),
				  .network = r->key.network };
}

/* Again, unreadable, a disk that takes no more: wherever it happens. EIO is what drivers say, too. */
static bool speaks_for_itself(unsigned code, int sys)
{
	return code == CNI_ERR_AGAIN || code == CNI_ERR_DECODE ||
	       (code == CNI_ERR_IO && sys != EIO);
}

int classify(struct err *e, enum cni_code code)
{
	struct err plain = *e;
	unsigned general;

	if (e->code)
		return -e->sys;
	plain.code = 0;
	general = reply_code(&plain);
	e->code = speaks_for_itself(general, e->sys) ? general : code;
	return -e->sys;
}
