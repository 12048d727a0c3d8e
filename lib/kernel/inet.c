// SPDX-License-Identifier: Apache-2.0
#include "kernel/inet.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/node.h"
#include "kernel/wire.h"

/* Requests of one send, owned. */
struct batch {
	struct nl_msg *m[NL_PIPELINE_MAX];
	size_t n;
};

static void free_batch(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		nl_msg_free(&b->m[i]);
}

static int add_addrs(struct nl *nl, int ifindex, const struct cidr *addrs, size_t n, struct err *e)
{
	cleanup(free_batch) struct batch b = { 0 };
	char text[CIDR_STR_MAX];
	size_t failed;

	for (; b.n < n; b.n++) {
		b.m[b.n] = make_newaddr(ifindex, &addrs[b.n]);
		if (!b.m[b.n])
			return nl_msg_full(e);
	}
	if (!nl_pipeline(nl, b.m, n, &failed, e))
		return 0;
	return err_wrap(e, "add address %s", cidr_format(&addrs[failed], text));
}

int inet_add_addrs(struct nl *nl, int ifindex, const struct cidr *addrs, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < n; i += NL_PIPELINE_MAX)
		r = add_addrs(nl, ifindex, addrs + i,
			      n - i < NL_PIPELINE_MAX ? n - i : NL_PIPELINE_MAX, e);
	return r;
}

static int route_error(const struct route *r, struct err *e)
{
	char dst[CIDR_STR_MAX], gw[IP_STR_MAX];

	if (r->gw.family)
		return err_wrap(e, "add route %s via %s", cidr_format(&r->dst, dst),
				ip_format(&r->gw, gw));
	return err_wrap(e, "add route %s", cidr_format(&r->dst, dst));
}

static int add_routes(struct nl *nl, int ifindex, const struct route *routes, size_t n,
		      struct err *e)
{
	cleanup(free_batch) struct batch b = { 0 };
	size_t failed;

	for (; b.n < n; b.n++) {
		const struct route *r = &routes[b.n];

		if (r->gw.family && r->gw.family != r->dst.ip.family) {
			(void)err_set(e, EINVAL, "gateway is of the other address family");
			return route_error(r, e);
		}
		b.m[b.n] = make_newroute(ifindex, r);
		if (!b.m[b.n])
			return nl_msg_full(e);
	}
	return nl_pipeline(nl, b.m, n, &failed, e) ? route_error(&routes[failed], e) : 0;
}

int inet_add_routes(struct nl *nl, int ifindex, const struct route *routes, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < n; i += NL_PIPELINE_MAX)
		r = add_routes(nl, ifindex, routes + i,
			       n - i < NL_PIPELINE_MAX ? n - i : NL_PIPELINE_MAX, e);
	return r;
}

struct addr_search {
	int ifindex;
	const struct cidr *addrs;
	size_t n;
};

struct addr_found {
	size_t n; /* how many of the addresses are there */
	bool failed, tentative;
	struct cidr which; /* the one that failed, else one that is tentative */
};

static void note_addr(const struct inet_addr *a, struct addr_found *f)
{
	f->n++;
	if (a->flags & IFA_F_DADFAILED) {
		f->failed = true;
		f->which = a->addr;
	} else if ((a->flags & IFA_F_TENTATIVE) && !(a->flags & IFA_F_OPTIMISTIC)) {
		f->tentative = true;
		if (!f->failed)
			f->which = a->addr;
	}
}

static int see_addr(uint16_t type, const void *data, size_t len, const void *want, void *ret,
		    struct err *e)
{
	const struct addr_search *s = want;
	struct inet_addr a;

	if (type != RTM_NEWADDR || read_addr(data, len, &a))
		return err_set(e, EBADMSG, "malformed address message");
	/* Kernels without strict checking dump the addresses of all interfaces. */
	for (size_t i = 0; a.ifindex == s->ifindex && i < s->n; i++)
		if (cidr_equal(&a.addr, &s->addrs[i]))
			note_addr(&a, ret);
	return 0;
}

static int find_addrs(struct nl *nl, sa_family_t family, const struct addr_search *s,
		      struct addr_found *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_getaddr(s->ifindex, family);
	struct nl_query q = { .each = see_addr, .want = s, .ret = ret, .size = sizeof(*ret) };

	if (!m)
		return nl_msg_full(e);
	if (!nl_get_all(nl, m, &q, e))
		return 0;
	return err_wrap(e, "list addresses of interface %d", s->ifindex);
}

int inet_has_addr(struct nl *nl, int ifindex, const struct cidr *addr, bool *ret, struct err *e)
{
	struct addr_search s = { .ifindex = ifindex, .addrs = addr, .n = 1 };
	struct addr_found found;
	int r = find_addrs(nl, addr->ip.family, &s, &found, e);

	if (!r)
		*ret = found.n;
	return r;
}

/* An address that is not there is over with as well: the kernel drops those it generated. */
static int dad_state(const struct addr_found *f, struct err *e)
{
	char text[CIDR_STR_MAX];

	if (f->failed)
		return err_set(e, EADDRINUSE,
			       "address %s is in use elsewhere (duplicate address detection)",
			       cidr_format(&f->which, text));
	if (f->tentative)
		return err_set(e, ETIMEDOUT, "duplicate address detection of %s does not end",
			       cidr_format(&f->which, text));
	return 0;
}

int inet_wait_dad(struct netns *in, const struct netns *home, int ifindex, const struct cidr *addrs,
		  size_t n, unsigned timeout_ms, struct err *e)
{
	uint64_t deadline = node_now_ms() + timeout_ms;
	struct addr_search s = { .ifindex = ifindex, .addrs = addrs, .n = n };
	/* Two sockets: on one, an event could come between a question and its older answer. */
	cleanup(nl_shut) struct nl *events = NULL, *nl = NULL;
	struct err late;
	int r = nl_open(NL_ROUTE, in, home, &events, e);

	if (!r)
		r = nl_subscribe(events, RTNLGRP_IPV6_IFADDR, e);
	if (!r)
		r = nl_open(NL_ROUTE, in, home, &nl, e);
	while (!r) {
		struct addr_found found;

		r = find_addrs(nl, AF_INET6, &s, &found, e);
		if (r)
			break;
		r = dad_state(&found, e);
		if (r != -ETIMEDOUT)
			break;
		/* Past the deadline what stands in *e is the answer. */
		r = nl_wait_event(events, deadline, &late);
		if (r && r != -ETIMEDOUT)
			*e = late;
	}
	return r;
}

struct route_search {
	int ifindex;
	const struct route *route;
};

static bool same_prefix(const struct cidr *a, const struct cidr *b)
{
	unsigned whole = a->prefix / 8, rest = a->prefix % 8;

	/* Host bits do not count: IPv6 drops them silently (ip6_route_info_create()). */
	return a->ip.family == b->ip.family && a->prefix == b->prefix &&
	       a->prefix <= ip_len(&a->ip) * 8 && !memcmp(a->ip.b, b->ip.b, whole) &&
	       (!rest || !((a->ip.b[whole] ^ b->ip.b[whole]) >> (8 - rest)));
}

static bool route_matches(const struct route *is, const struct route *want)
{
	uint32_t table = want->table.set && want->table.v ? want->table.v : RT_TABLE_MAIN;
	/* IPv6 routes have no scope, the kernel always says global (rt6_fill_node()). */
	bool scoped = want->scope.set && want->dst.ip.family == AF_INET;

	return same_prefix(&is->dst, &want->dst) && is->table.v == table &&
	       (!want->gw.family || ip_equal(&is->gw, &want->gw)) &&
	       (!scoped || is->scope.v == want->scope.v) &&
	       (!want->priority || is->priority == want->priority) &&
	       (!want->mtu || is->mtu == want->mtu) &&
	       (!want->advmss || is->advmss == want->advmss);
}

static int see_route(uint16_t type, const void *data, size_t len, const void *want, void *ret,
		     struct err *e)
{
	const struct route_search *s = want;
	struct route route;
	bool out;

	if (type != RTM_NEWROUTE || read_route(data, len, s->ifindex, &route, &out))
		return err_set(e, EBADMSG, "malformed route message");
	if (out && route_matches(&route, s->route))
		*(bool *)ret = true;
	return 0;
}

int inet_has_route(struct nl *nl, int ifindex, const struct route *r, bool *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_getroute(ifindex, r->dst.ip.family);
	struct route_search s = { .ifindex = ifindex, .route = r };
	bool found = false;
	struct nl_query q = { .each = see_route, .want = &s, .ret = &found, .size = sizeof(found) };

	if (!m)
		return nl_msg_full(e);
	if (nl_get_all(nl, m, &q, e))
		return err_wrap(e, "list routes of interface %d", ifindex);
	*ret = found;
	return 0;
}
