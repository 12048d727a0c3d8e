// SPDX-License-Identifier: Apache-2.0
#include "plugin/pod.h"

#include <string.h>

#include "kernel/nl.h"

static int open_target(const struct cni_call *c, struct netns *ret, struct err *e)
{
	int r = netns_open(c->netns, ret, e);

	if (r == -ENOENT)
		return err_code(e, ENOENT, CNI_ERR_UNKNOWN,
				"CNI_NETNS %s does not exist: the pod is gone", c->netns);
	if (r)
		return err_code(e, -r, CNI_ERR_ENV, "CNI_NETNS %s: %.400s", c->netns, e->msg);
	return 0;
}

int pod_open(const struct cni_call *c, struct pod *ret, struct err *e)
{
	cleanup(pod_close) struct pod p = POD_NONE;
	int r = netns_open_self(&p.home, e);

	if (!r)
		r = open_target(c, &p.ns, e);
	if (r)
		return r;
	if (!c->netns_override && netns_id_equal(&p.home.id, &p.ns.id))
		return err_code(e, EINVAL, CNI_ERR_NETNS,
				"plugin's netns and netns from CNI_NETNS should not be the same");
	*ret = p;
	p = POD_NONE;
	return 0;
}

static struct netns_id recorded_id(const struct record *r)
{
	return (struct netns_id){ r->netns_id.dev, r->netns_id.ino, r->netns_id.cookie };
}

/* Is @ns the namespace that was recorded? Its inode number alone may have been reused. */
static bool is_recorded(const struct record *r, struct netns *ns, const struct netns *home)
{
	cleanup(nl_shut) struct nl *probe = NULL;
	struct netns_id want = recorded_id(r);
	struct err ignored;

	/* our own: nothing is ever moved out of it */
	if (netns_id_equal(&ns->id, &home->id))
		return false;
	/* a Go plugin recorded nothing but the path */
	if (!want.ino)
		return true;
	if (!netns_id_equal(&ns->id, &want))
		return false;
	/* opening a socket inside is what tells the cookie */
	if (want.cookie && nl_open(NL_ROUTE, ns, home, &probe, &ignored))
		return false;
	return netns_id_equal(&ns->id, &want);
}

int pod_reopen(const struct record *r, struct pod *ret, struct err *e)
{
	cleanup(pod_close) struct pod p = POD_NONE;
	struct err gone;
	int err = netns_open_self(&p.home, e);

	if (err)
		return err;
	if (!r->netns || !*r->netns || netns_open(r->netns, &p.ns, &gone) ||
	    !is_recorded(r, &p.ns, &p.home)) {
		netns_close(&p.ns);
		p.ns = NETNS_NONE;
	}
	*ret = p;
	p = POD_NONE;
	return 0;
}

void pod_close(struct pod *p)
{
	netns_close(&p->home);
	netns_close(&p->ns);
}

bool pod_has_netns(const struct pod *p)
{
	return p->ns.fd >= 0;
}

bool pod_alive(const struct record *r)
{
	cleanup(pod_close) struct pod p = POD_NONE;
	struct err ignored;

	return !pod_reopen(r, &p, &ignored) && pod_has_netns(&p);
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

int classify(struct err *e, enum cni_code code)
{
	struct err plain = *e;

	plain.code = 0;
	if (!e->code)
		e->code = reply_code(&plain) == CNI_ERR_AGAIN ? CNI_ERR_AGAIN : code;
	return -e->sys;
}
