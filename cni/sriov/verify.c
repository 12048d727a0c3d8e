// SPDX-License-Identifier: Apache-2.0
/* CHECK: what is, against what should be. */
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "kernel/inet.h"
#include "kernel/node.h"
#include "proto/result.h"
#include "run.h"
#include "verbs.h"

enum { CHECK_LOCK_MS = 30000, TUNING_FILE_MAX = 1 << 16 };

static void differs(struct err *all, const char *fmt, ...) printf_like(2, 3);

static void differs(struct err *all, const char *fmt, ...)
{
	char text[ERR_MSG_MAX];
	struct err e;
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	(void)err_set(&e, ESTALE, "%s", text);
	(void)err_gather(all, &e);
}

/*
 * The tuning plugin changes the MTU behind us and does not say so in the result (up to
 * 1.9.1 at least); but it keeps what it found, and compares its own value itself.
 */
static bool is_tuned(const struct cni_call *c)
{
	cleanup(json_free) cJSON *found = NULL;
	cleanup(str_free) char *text = NULL;
	char path[PATH_MAX];
	struct err ignored;
	size_t len;

	return !str_printf(path, sizeof(path), "%s/tuning/%s_%s.json", node_dir(NODE_RUN),
			   c->container, c->ifname) &&
	       !file_read_at(AT_FDCWD, path, TUNING_FILE_MAX, &text, &len, &ignored) &&
	       !json_parse(text, len, &found, &ignored) && json_find(found, "mtu");
}

/* MAC and MTU are what prevResult says, not what we set: tuning may have changed them. */
static void check_iface(const struct world *w, const struct result_iface *want, struct err *all)
{
	char wanted[MAC_STR_MAX], found[MAC_STR_MAX];

	if (want->has_mac && !mac_equal(&want->mac, &w->link.mac))
		differs(all, "netdev.mac: want %s, found %s", mac_format(&want->mac, wanted),
			mac_format(&w->link.mac, found));
	if (want->mtu && want->mtu != w->link.mtu && !is_tuned(w->call))
		differs(all, "netdev.mtu: want %u, found %u", want->mtu, w->link.mtu);
	if (!(w->link.flags & IFF_UP))
		differs(all, "netdev.state: want up, found down");
}

/* An address that lost against another holder is there, and unusable; one that is new may yet lose. */
static int check_duplicates(struct world *w, const struct cidr *addrs, size_t n, struct err *all,
			    struct err *e)
{
	int r = n ? inet_wait_dad(&w->pod.ns, &w->pod.home, w->link.ifindex, addrs, n, 0, e) : 0;

	if (r == -EADDRINUSE)
		differs(all, "%s", e->msg);
	return r == -EADDRINUSE || r == -ETIMEDOUT ? 0 : r;
}

static int check_addrs(struct world *w, const cJSON *prev, unsigned index, struct err *all,
		       struct err *e)
{
	struct result_ip ips[RESULT_IPS_MAX];
	struct cidr found[RESULT_IPS_MAX];
	char text[CIDR_STR_MAX];
	size_t n, n_found = 0;
	int r = result_get_ips(prev, ips, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		bool there = false;

		if (!ips[i].interface.set || ips[i].interface.v != index)
			continue;
		r = inet_has_addr(w->inpod, w->link.ifindex, &ips[i].address, &there, e);
		if (!r && !there)
			differs(all, "address: want %s, found none",
				cidr_format(&ips[i].address, text));
		if (!r && there)
			found[n_found++] = ips[i].address;
	}
	return r ? r : check_duplicates(w, found, n_found, all, e);
}

/* Two lists of routes: what ADD answered, and what the runtime gives back. */
struct routes {
	struct route added[RESULT_ROUTES_MAX], prev[RESULT_ROUTES_MAX];
	size_t n_added, n_prev;
};

static void free_routes(struct routes **r)
{
	free(*r);
}

static bool same_way(const struct route *a, const struct route *b)
{
	return cidr_equal(&a->dst, &b->dst) &&
	       (a->gw.family == AF_UNSPEC || ip_equal(&a->gw, &b->gw));
}

/*
 * Before 1.1.0 a result has no words for table, scope or MTU, so that what comes
 * back from the runtime says less than what ADD did: the record knows.
 */
static const struct route *find_added(const struct routes *r, const struct route *prev)
{
	for (size_t i = 0; i < r->n_added; i++)
		if (same_way(prev, &r->added[i]))
			return &r->added[i];
	return prev;
}

/* Routes carry no interface: with several interfaces in the result they may be another's. */
static int check_routes(struct world *w, const cJSON *added, const cJSON *prev, struct err *all,
			struct err *e)
{
	cleanup(free_routes) struct routes *routes = calloc(1, sizeof(*routes));
	char text[CIDR_STR_MAX];
	int r;

	if (!routes)
		return err_sys(e, ENOMEM, "read routes");
	r = result_get_routes(prev, routes->prev, &routes->n_prev, e);
	if (!r && added)
		r = result_get_routes(added, routes->added, &routes->n_added, e);
	if (r || cJSON_GetArraySize(json_find(prev, "interfaces")) > 1)
		return r;
	for (size_t i = 0; !r && i < routes->n_prev; i++) {
		const struct route *want = find_added(routes, &routes->prev[i]);
		bool there = false;

		r = inet_has_route(w->inpod, w->link.ifindex, want, &there, e);
		if (!r && !there)
			differs(all, "route: want %s, found none", cidr_format(&want->dst, text));
	}
	return r;
}

static int check_prev(struct world *w, const cJSON *added, const cJSON *prev, struct err *all,
		      struct err *e)
{
	struct result_iface want;
	int index = result_find_iface(prev, w->ifname, w->call->netns, &want), r;

	if (index < 0) {
		differs(all, "prevResult: want interface %s in %s, found none", w->ifname,
			w->call->netns);
		return 0;
	}
	r = world_get_link(w, e);
	if (r == -ENODEV)
		return 0; /* the record's comparison said so */
	if (r || w->at_home)
		return r;
	check_iface(w, &want, all);
	r = check_addrs(w, prev, (unsigned)index, all, e);
	return r ? r : check_routes(w, added, prev, all, e);
}

/* A VF that a driver like vfio-pci had at ADD: no interface may have come up since. */
static int check_userspace(const struct world *w, struct err *all, struct err *e)
{
	struct pci_fn fn;
	int r = pci_get(&w->fn.id, PCI_NETDEV, &fn, e);

	if (!r && fn.has_netdev)
		differs(all, "driver: want one without network interface, found %s", w->fn.driver);
	return r;
}

/* Differences go to @all; what keeps us from looking, to @e. */
static int check_device(const struct run *run, const struct record *record, const cJSON *prev,
			struct err *all, struct err *e)
{
	cleanup(world_free) struct world *w = NULL;
	struct err found = { 0 }, unseen = { 0 };
	int r = attach_check(&run->attach, record, &found);

	if (r)
		(void)err_gather(all, &found);
	if (record->phase != PHASE_LIVE)
		return 0;
	if (world_reopen(record, &w, &unseen)) {
		/* else it was said already */
		if (!r)
			(void)err_gather(all, &unseen);
		return 0;
	}
	w->call = run->call;
	if (!w->userspace)
		return check_prev(w, record->result, prev, all, e);
	return check_userspace(w, all, e);
}

/* The record, locked; that there is none is a difference, too. */
static int check_locked(const struct run *run, const cJSON *prev, struct err *all, struct err *e)
{
	cleanup(record_done) struct record record = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	const struct cni_call *c = run->call;
	const struct record_key key = key_of(c);
	int r = attach_find(&run->attach, &key, NULL, CHECK_LOCK_MS, &record, &lock, e);

	if (r == -ENOENT) {
		differs(all, "attachment: want %s of network %s for container %s, found none",
			c->ifname, c->network, c->container);
		return 0;
	}
	return r ? r : check_device(run, &record, prev, all, e);
}

static int read_prev(const struct cni_call *c, cJSON **ret, struct err *e)
{
	if (!c->prev)
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"CHECK needs prevResult, the result of ADD: the runtime must keep it");
	return result_parse(c->prev, c->version, ret, e);
}

int sriov_check(const struct cni_call *c, struct err *e)
{
	cleanup(run_done) struct run run = { 0 };
	cleanup(pod_close) struct pod pod = POD_NONE;
	cleanup(json_free) cJSON *prev = NULL;
	struct err all = { 0 }, delegate = { 0 };
	cJSON *none = NULL;
	int r = run_open(c, &run, e);

	if (!r)
		r = read_prev(c, &prev, e);
	if (!r)
		r = pod_open(c, NL_ROUTE, &pod, e);
	if (!r)
		r = check_locked(&run, prev, &all, e);
	if (r)
		return classify(e, CNI_ERR_KERNEL);
	/* a delegate that complains alone keeps its code */
	if (all.sys)
		all.code = CNI_ERR_MISMATCH;
	if (run_delegate(&run, CNI_CMD_CHECK, &none, &delegate))
		(void)err_gather(&all, &delegate);
	if (all.sys)
		*e = all;
	return -all.sys;
}
