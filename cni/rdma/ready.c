// SPDX-License-Identifier: Apache-2.0
#include "ready.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "kernel/gid.h"
#include "kernel/link.h"
#include "kernel/node.h"
#include "proto/result.h"

enum {
	READY_MS = 500,
	REBUILD_MS = 100, /* a GID that comes by itself was there after 20 ms in the lab */
	STEP_FIRST_MS = 1,
	STEP_MAX_MS = 32,
};

/**
 * struct wait - what is waited for, and what is there
 * @addr:   the addresses of the pod's interface
 * @found:  bit i: addr[i] has a GID on one of the devices
 * @state:  of the first port that is not active; "": all are
 */
struct wait {
	struct world *w;
	int sysfs;
	struct ip addr[GID_ADDRS_MAX];
	size_t n;
	uint64_t found;
	char state[32];
};

int ready_check(const struct world *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct ibdev *d = &w->dev[i];

		if (!strcmp(d->dev.protocol, "ib"))
			return err_code(
				e, EOPNOTSUPP, CNI_ERR_RDMA_MOVE,
				"RDMA device %s is InfiniBand: moving it would destroy and re-create its "
				"IPoIB interface, which the chain has put into the pod already; use the "
				"ib-sriov plugin with \"rdmaIsolation\": true instead of rdma",
				d->sys.name);
		if (!d->dev.node_guid)
			log_warn(
				"RDMA device %s has node GUID 0, rdma_cm will fail with it: give the VF "
				"a MAC on its PF (ip link set PF vf N mac MAC), then unbind %s from its "
				"driver (%s) and bind it again",
				d->sys.name, w->fn.id.name, w->fn.driver);
	}
	return 0;
}

/* Of our interface; those that name no interface are meant as well. */
static int read_addrs(struct wait *t, struct err *e)
{
	const struct cni_call *c = t->w->call;
	struct result_ip ips[RESULT_IPS_MAX];
	struct result_iface iface;
	size_t n;
	int index = result_find_iface(t->w->prev, c->ifname, c->netns, &iface);
	int r = result_get_ips(t->w->prev, ips, &n, e);

	for (size_t i = 0; i < n && !r && t->n < GID_ADDRS_MAX; i++)
		if (!ips[i].interface.set || (int64_t)ips[i].interface.v == index)
			t->addr[t->n++] = ips[i].address.ip;
	return r;
}

static bool is_complete(const struct wait *t)
{
	return !t->state[0] && t->found == (t->n < 64 ? (UINT64_C(1) << t->n) - 1 : UINT64_MAX);
}

static int look(struct wait *t, struct err *e)
{
	int r = world_get_devs(t->w, e);

	t->found = 0;
	t->state[0] = '\0';
	for (size_t i = 0; i < t->w->n && !r; i++) {
		struct gid_port p;

		if (!t->w->dev[i].found)
			continue;
		r = gid_look(t->sysfs, t->w->dev[i].sys.name, t->addr, t->n, &p, e);
		if (r)
			return r;
		/* of several devices each may be behind another port: one of them has the address */
		t->found |= p.found;
		if (!p.active && !t->state[0])
			memcpy(t->state, p.state, sizeof(t->state));
	}
	return r;
}

static void rebuild(struct wait *t)
{
	cleanup(nl_shut) struct nl *nl = NULL;
	struct link link;
	struct err e;

	log_info("a GID is missing, making the kernel rebuild the table");
	if (nl_open(NL_ROUTE, &t->w->pod.ns, &t->w->pod.home, &nl, &e) ||
	    link_find(nl, t->w->call->ifname, &link, &e) || gid_rebuild(nl, link.ifindex, &e))
		log_warn("%s", e.msg);
}

/* Names what is missing, in one line. */
static void warn(const struct wait *t)
{
	char text[256] = "", ip[IP_STR_MAX];
	size_t at = 0;

	if (t->state[0])
		at += (size_t)snprintf(text, sizeof(text), "port 1 is in state %s", t->state);
	for (size_t i = 0; i < t->n && at < sizeof(text); i++)
		if (!(t->found >> i & 1))
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%sno GID for %s",
					       at ? ", " : "", ip_format(&t->addr[i], ip));
	log_warn(
		"RDMA device %s is not ready after %d ms: %s; RDMA connections of the pod may fail at "
		"first",
		t->w->dev[0].sys.name, READY_MS, text);
}

static int wait_for(struct wait *t, struct err *e)
{
	uint64_t start = node_now_ms(), took;
	unsigned step = STEP_FIRST_MS;
	bool rebuilt = false;
	int r;

	for (;;) {
		r = look(t, e);
		took = node_now_ms() - start;
		if (r || is_complete(t) || took >= READY_MS)
			break;
		if (took >= REBUILD_MS && !rebuilt && !t->state[0]) {
			rebuild(t);
			rebuilt = true;
		}
		node_sleep_ms(step);
		step = step < STEP_MAX_MS ? step * 2 : STEP_MAX_MS;
	}
	if (r)
		return r;
	if (is_complete(t))
		log_debug("GIDs of %zu addresses were there after %" PRIu64 " ms", t->n, took);
	else
		warn(t);
	return 0;
}

void ready_wait(struct world *w)
{
	struct wait t = { .w = w, .sysfs = -EBADF };
	struct err e;
	int r = read_addrs(&t, &e);

	if (!r && !t.n)
		return;
	if (!r)
		r = gid_open(&w->pod.ns, &w->pod.home, &t.sysfs, &e);
	if (!r)
		r = wait_for(&t, &e);
	gid_close(&t.sysfs);
	if (r)
		log_warn("cannot tell whether the RDMA device is ready: %s", e.msg);
}
