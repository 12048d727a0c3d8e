// SPDX-License-Identifier: Apache-2.0
#include "addrs.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "kernel/announce.h"
#include "kernel/inet.h"
#include "kernel/sysctl.h"
#include "proto/result.h"

enum {
	DAD_WAIT_MS = 5000, /* 1 s of detection and up to 1 s of random delay (RFC 4862), doubled */
	CARRIER_WAIT_MS = 200, /* as the Go plugin: most NICs need less, and it is a courtesy */
};

/* What of a result is ours. */
struct addrs {
	struct cidr addr[RESULT_IPS_MAX];
	struct ip gateway4, gateway6;
	size_t n;
	bool has_ipv6;
};

static int select_ips(const cJSON *result, unsigned index, struct addrs *ret, struct err *e)
{
	struct result_ip ips[RESULT_IPS_MAX];
	size_t n;
	int r = result_get_ips(result, ips, &n, e);

	*ret = (struct addrs){ .n = 0 };
	for (size_t i = 0; !r && i < n; i++) {
		struct ip *gateway =
			ips[i].address.ip.family == AF_INET ? &ret->gateway4 : &ret->gateway6;

		if (!ips[i].interface.set || ips[i].interface.v != index)
			continue;
		ret->addr[ret->n++] = ips[i].address;
		ret->has_ipv6 |= ips[i].address.ip.family == AF_INET6;
		/* the first of its family, as the reference plugins choose it */
		if (gateway->family == AF_UNSPEC)
			*gateway = ips[i].gateway;
	}
	return r;
}

/* An address on an interface whose IPv6 is off would be refused. */
static int enable_ipv6(struct world *w, struct err *e)
{
	static const struct sysctl_set sets[] = {
		{ "ipv6", "disable_ipv6", "0" },
		{ "ipv6", "keep_addr_on_down", "1" },
	};

	return sysctl_set_conf(&w->pod.ns, &w->pod.home, w->link.name, sets, array_size(sets), e);
}

static void add_gateway(struct route *r, const struct addrs *a)
{
	/* a link-scope route with a gateway would be refused by the kernel */
	if (r->gw.family != AF_UNSPEC || (r->scope.set && r->scope.v >= RT_SCOPE_LINK))
		return;
	r->gw = r->dst.ip.family == AF_INET ? a->gateway4 : a->gateway6;
}

/* Routes of an earlier plugin in the chain are in @result too: only those from @first on are ours. */
static int add_routes(struct world *w, const cJSON *result, size_t first, const struct addrs *a,
		      struct err *e)
{
	struct route *routes;
	size_t n;
	int r;

	if (!json_find(result, "routes"))
		return 0;
	routes = calloc(RESULT_ROUTES_MAX, sizeof(*routes));
	r = routes ? result_get_routes(result, routes, &n, e) : err_sys(e, ENOMEM, "read routes");

	for (size_t i = first; !r && i < n; i++)
		add_gateway(&routes[i], a);
	if (!r && n > first)
		r = inet_add_routes(w->inpod, w->link.ifindex, routes + first, n - first, e);
	free(routes);
	return r;
}

static size_t count_prev_routes(const struct world *w)
{
	const cJSON *routes = json_find(w->call->prev, "routes");

	return routes ? (size_t)cJSON_GetArraySize(routes) : 0;
}

static int check_duplicates(struct world *w, const struct addrs *a, unsigned wait_ms, struct err *e)
{
	int r = inet_wait_dad(&w->pod.ns, &w->pod.home, w->link.ifindex, a->addr, a->n, wait_ms, e);

	if (r == -EADDRINUSE)
		return err_code(
			e, EADDRINUSE, CNI_ERR_KERNEL,
			"%.200s: remove it there, or take it out of the IPAM plugin's range",
			e->msg);
	return r == -ETIMEDOUT && !wait_ms ? 0 : r;
}

int addrs_configure(struct world *w, const cJSON *result, unsigned index, struct err *e)
{
	struct addrs a;
	int r = select_ips(result, index, &a, e);

	if (!r)
		r = world_get_link(w, e);
	if (!r && a.has_ipv6)
		r = enable_ipv6(w, e);
	if (!r && a.n)
		r = inet_add_addrs(w->inpod, w->link.ifindex, a.addr, a.n, e);
	/*
	 * A route out of an address that is still tentative would be refused: with a
	 * gateway that is worth waiting for. Otherwise a look costs little: the question
	 * has gone out to the link, and who has the address answers at once.
	 */
	if (!r && a.has_ipv6)
		r = check_duplicates(w, &a, a.gateway6.family != AF_UNSPEC ? DAD_WAIT_MS : 0, e);
	return r ? r : add_routes(w, result, count_prev_routes(w), &a, e);
}

static bool has_carrier(const struct link *l, const void *arg unused)
{
	return l->flags & IFF_LOWER_UP;
}

void addrs_announce(struct world *w, const cJSON *result)
{
	struct result_iface ignored;
	struct addrs a;
	struct err e;
	int index = result_find_iface(result, w->ifname, w->call->netns, &ignored);

	if (index < 0 || select_ips(result, (unsigned)index, &a, &e) || !a.n ||
	    world_get_link(w, &e))
		return;
	if (link_wait(&w->pod.ns, &w->pod.home, w->link.ifindex, has_carrier, NULL, CARRIER_WAIT_MS,
		      &w->link, &e))
		log_info("no carrier after %d ms, announcing all the same", CARRIER_WAIT_MS);
	/* the pod runs already: it can only be said */
	if (a.has_ipv6 && check_duplicates(w, &a, 0, &e) == -EADDRINUSE)
		log_warn("%s", e.msg);
	if (announce_addrs(&w->pod.ns, &w->pod.home, w->link.ifindex, &w->link.mac, a.addr, a.n,
			   &e))
		log_info("%s", e.msg);
}
