// SPDX-License-Identifier: Apache-2.0
/* kernel/inet.h, kernel/announce.h and kernel/sysctl.h. */
#include "kernel/inet.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/announce.h"
#include "kernel/sysctl.h"
#include "world.h"

static int find_addr(const struct fake_world *w, int link, const struct cidr *addr)
{
	for (int i = 0; i < FAKE_ADDR_MAX; i++)
		if (w->addrs[i].used && w->addrs[i].link == link &&
		    cidr_equal(&w->addrs[i].addr, addr))
			return i;
	return NONE;
}

/* Does one of the interface's subnets hold @gw? */
static bool on_link(const struct fake_world *w, int link, const struct ip *gw)
{
	for (int i = 0; i < FAKE_ADDR_MAX; i++) {
		const struct cidr *a = &w->addrs[i].addr;
		unsigned bytes = a->prefix / 8, rest = a->prefix % 8;
		uint8_t mask = (uint8_t)(0xff << (8 - rest));

		if (!w->addrs[i].used || w->addrs[i].link != link || a->ip.family != gw->family)
			continue;
		if (!memcmp(a->ip.b, gw->b, bytes) &&
		    (!rest || !((a->ip.b[bytes] ^ gw->b[bytes]) & mask)))
			return true;
	}
	return false;
}

static bool host_bits_clear(const struct cidr *c)
{
	for (unsigned bit = c->prefix; bit < 8 * ip_len(&c->ip); bit++)
		if (c->ip.b[bit / 8] & (0x80 >> (bit % 8)))
			return false;
	return true;
}

static int add_addr(struct fake_world *w, int link, const struct cidr *addr)
{
	bool v6 = addr->ip.family == AF_INET6;
	int slot;

	if (v6 && w->no_ipv6)
		return -EOPNOTSUPP;
	if (find_addr(w, link, addr) != NONE)
		return -EEXIST;
	slot = fake_slot(w->addrs);
	w->addrs[slot] = (struct fake_addr){ .used = true, .link = link, .addr = *addr };
	if (v6)
		w->addrs[slot].dad = w->dad_fail ? DAD_FAILED : DAD_DONE;
	return 0;
}

static bool same_route(const struct route *a, const struct route *b)
{
	uint32_t table_a = a->table.set ? a->table.v : 254,
		 table_b = b->table.set ? b->table.v : 254;

	return cidr_equal(&a->dst, &b->dst) && table_a == table_b && a->priority == b->priority;
}

static int add_route(struct fake_world *w, int link, const struct route *route)
{
	if (!(w->links[link].flags & IFF_UP))
		return -ENETDOWN;
	if (route->dst.ip.family == AF_INET && !host_bits_clear(&route->dst))
		return -EINVAL;
	if (route->gw.family != AF_UNSPEC && !on_link(w, link, &route->gw))
		return -ENETUNREACH;
	for (int i = 0; i < FAKE_ROUTE_MAX; i++)
		if (w->routes[i].used && w->routes[i].link == link &&
		    same_route(&w->routes[i].route, route))
			return -EEXIST;
	w->routes[fake_slot(w->routes)] =
		(struct fake_route){ .used = true, .link = link, .route = *route };
	return 0;
}

int inet_add_addrs(struct nl *nl, int ifindex, const struct cidr *addrs, size_t n, struct err *e)
{
	struct fake_world *w = fake_get();
	char text[CIDR_STR_MAX] = "";
	struct fake_call c;
	int r = link_enter(&c, "inet.addrs", nl, ifindex);
	int link = r < 0 ? NONE : link_index(w, r, ifindex);

	if (r >= 0)
		r = link == NONE ? -ENODEV : 0;
	for (size_t i = 0; !r && i < n; i++) {
		fake_note(&c, cidr_format(&addrs[i], text));
		r = i ? fake_stage(&c, text) : 0;
		if (!r)
			r = add_addr(w, link, &addrs[i]);
	}
	return fake_errno(e, fake_leave(&c, r), "add address %s", text);
}

int inet_add_routes(struct nl *nl, int ifindex, const struct route *routes, size_t n, struct err *e)
{
	struct fake_world *w = fake_get();
	char text[CIDR_STR_MAX] = "";
	struct fake_call c;
	int r = link_enter(&c, "inet.routes", nl, ifindex);
	int link = r < 0 ? NONE : link_index(w, r, ifindex);

	if (r >= 0)
		r = link == NONE ? -ENODEV : 0;
	for (size_t i = 0; !r && i < n; i++) {
		fake_note(&c, cidr_format(&routes[i].dst, text));
		r = i ? fake_stage(&c, text) : 0;
		if (!r)
			r = add_route(w, link, &routes[i]);
	}
	return fake_errno(e, fake_leave(&c, r), "add route to %s", text);
}

static int wait_dad(const struct fake_world *w, int link, const struct cidr *addrs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int a = find_addr(w, link, &addrs[i]);

		if (addrs[i].ip.family != AF_INET6 || a == NONE)
			continue;
		if (w->addrs[a].dad == DAD_FAILED)
			return -EADDRINUSE;
		if (w->addrs[a].dad == DAD_TENTATIVE)
			return -ETIMEDOUT;
	}
	return 0;
}

int inet_wait_dad(struct netns *in, const struct netns *home, int ifindex, const struct cidr *addrs,
		  size_t n, unsigned timeout_ms, struct err *e)
{
	struct fake_world *w = fake_get();
	int ns = ns_of_fd(in->fd), link, r;
	struct fake_call c;

	if (ns_of_fd(home->fd) != HOST)
		fake_fatal("inet_wait_dad() cannot come back home");
	link = ns < 0 ? NONE : link_index(w, ns, ifindex);
	r = fake_enter(&c, "inet.dad", "%s", link == NONE ? "?" : link_label(w, link));
	if (!r)
		r = link == NONE ? -ENODEV : wait_dad(w, link, addrs, n);
	if (r == -ETIMEDOUT)
		fake_advance(w, timeout_ms);
	return fake_errno(e, fake_leave(&c, r), "duplicate address detection");
}

int inet_has_addr(struct nl *nl, int ifindex, const struct cidr *addr, bool *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	char text[CIDR_STR_MAX];
	struct fake_call c;
	int r = link_enter(&c, "inet.addr?", nl, ifindex);

	if (r >= 0) {
		int link = link_index(w, r, ifindex);

		r = link == NONE ? -ENODEV : 0;
		if (!r)
			*ret = find_addr(w, link, addr) != NONE;
	}
	return fake_errno(e, fake_leave(&c, r), "look for address %s", cidr_format(addr, text));
}

static bool route_matches(const struct route *have, const struct route *want)
{
	return same_route(have, want) &&
	       (want->gw.family == AF_UNSPEC || ip_equal(&have->gw, &want->gw)) &&
	       (!want->mtu || have->mtu == want->mtu) &&
	       (!want->advmss || have->advmss == want->advmss) &&
	       (!want->scope.set || (have->scope.set && have->scope.v == want->scope.v));
}

int inet_has_route(struct nl *nl, int ifindex, const struct route *route, bool *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	char text[CIDR_STR_MAX];
	struct fake_call c;
	bool found = false;
	int r = link_enter(&c, "inet.route?", nl, ifindex);

	if (r >= 0) {
		int link = link_index(w, r, ifindex);

		for (int i = 0; i < FAKE_ROUTE_MAX; i++)
			found |= w->routes[i].used && w->routes[i].link == link &&
				 route_matches(&w->routes[i].route, route);
		r = link == NONE ? -ENODEV : 0;
		if (!r)
			*ret = found;
	}
	return fake_errno(e, fake_leave(&c, r), "look for route to %s",
			  cidr_format(&route->dst, text));
}

int announce_addrs(const struct netns *in, const struct netns *home, int ifindex,
		   const struct mac *mac, const struct cidr *addrs, size_t n, struct err *e)
{
	struct fake_world *w = fake_get();
	int ns = ns_of_fd(in->fd), link, r;
	struct fake_call c;

	if (ns_of_fd(home->fd) != HOST)
		fake_fatal("announce_addrs() cannot come back home");
	link = ns < 0 ? NONE : link_index(w, ns, ifindex);
	r = fake_enter(&c, "announce", "%s", link == NONE ? "?" : link_label(w, link));
	if (!r && link == NONE)
		r = -ENODEV;
	/* A frame with somebody else's source, or for an address that is not there, is a bug. */
	if (!r && !mac_equal(mac, &w->links[link].mac))
		r = -EADDRNOTAVAIL;
	for (size_t i = 0; !r && i < n; i++)
		if (find_addr(w, link, &addrs[i]) == NONE)
			r = -EADDRNOTAVAIL;
	return fake_errno(e, fake_leave(&c, r), "announce addresses");
}

static int write_sysctl(struct fake_world *w, int link, const struct sysctl_set *s)
{
	struct fake_sysctl row = { .used = true, .link = link };
	int slot = 0;

	/* Not built into this kernel: skipped. */
	if (!strcmp(s->family, "ipv6") && w->no_ipv6)
		return 0;
	if (!strcmp(s->key, "accept_dad")) {
		w->links[link].attrs.accept_dad = (int)strtol(s->value, NULL, 10);
		return 0;
	}
	if (str_copy(row.family, sizeof(row.family), s->family) ||
	    str_copy(row.key, sizeof(row.key), s->key) ||
	    str_copy(row.value, sizeof(row.value), s->value))
		return -EINVAL;
	for (; slot < FAKE_SYSCTL_MAX; slot++) {
		const struct fake_sysctl *old = &w->sysctls[slot];

		if (old->used && old->link == link && !strcmp(old->key, row.key) &&
		    !strcmp(old->family, row.family))
			break;
	}
	w->sysctls[slot < FAKE_SYSCTL_MAX ? slot : fake_slot(w->sysctls)] = row;
	return 0;
}

int sysctl_set_conf(const struct netns *in, const struct netns *home, const char *ifname,
		    const struct sysctl_set *sets, size_t n, struct err *e)
{
	struct fake_world *w = fake_get();
	int ns = in ? ns_of_fd(in->fd) : ns_current(), link, r, first;
	struct fake_call c;

	if (in && ns_of_fd(home->fd) != HOST)
		fake_fatal("sysctl_set_conf() cannot come back home");
	link = ns < 0 ? NONE : link_by_name(w, ns, ifname, NONE);
	first = fake_enter(&c, "sysctl.set", "%s", link == NONE ? "?" : link_label(w, link));
	for (size_t i = 0; !c.hit && link != NONE && i < n; i++) {
		r = write_sysctl(w, link, &sets[i]);
		if (!r && i + 1 < n)
			r = fake_stage(&c, sets[i].key);
		if (r && !first)
			first = r;
	}
	return fake_errno(e, fake_leave(&c, first), "sysctls of %s", ifname);
}
