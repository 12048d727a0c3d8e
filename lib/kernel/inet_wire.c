// SPDX-License-Identifier: Apache-2.0
/* Addresses and routes as bytes; the attributes are those of the Go plugins' ipam.ConfigureIface. */
#include "kernel/inet.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/wire.h"

static int put_ip(struct nl_msg *m, int type, const struct ip *ip)
{
	return nla_put(m, type, (int)ip_len(ip), ip->b);
}

/* RFC 3021: there is no broadcast address in a /31, nor in a /32. */
static int put_broadcast(struct nl_msg *m, const struct cidr *addr)
{
	struct ip b = addr->ip;

	if (b.family != AF_INET || addr->prefix >= 31)
		return 0;
	for (unsigned i = addr->prefix; i < 32; i++)
		b.b[i / 8] = (uint8_t)(b.b[i / 8] | 0x80 >> i % 8);
	return put_ip(m, IFA_BROADCAST, &b);
}

struct nl_msg *make_newaddr(int ifindex, const struct cidr *addr)
{
	/*
	 * Optimistic: usable while duplicate address detection runs (RFC 4429), which
	 * takes a second or two. inet6_rtm_newaddr() drops the flag unless the
	 * interface's optimistic_dad is on; the sysctl alone is not enough.
	 */
	struct ifaddrmsg ifa = { .ifa_family = (uint8_t)addr->ip.family,
				 .ifa_prefixlen = addr->prefix,
				 .ifa_flags = addr->ip.family == AF_INET6 ? IFA_F_OPTIMISTIC : 0,
				 .ifa_index = (uint32_t)ifindex };
	cleanup(nl_msg_free) struct nl_msg *m =
		nl_msg_new(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &ifa, sizeof(ifa));

	if (!m || put_ip(m, IFA_LOCAL, &addr->ip) || put_ip(m, IFA_ADDRESS, &addr->ip) ||
	    put_broadcast(m, addr))
		return NULL;
	return take_ptr(m);
}

static int put_metrics(struct nl_msg *m, const struct route *r)
{
	struct nlattr *nest;

	if (!r->mtu && !r->advmss)
		return 0;
	nest = nla_nest_start(m, RTA_METRICS);
	if (!nest || (r->mtu && nla_put_u32(m, RTAX_MTU, r->mtu)) ||
	    (r->advmss && nla_put_u32(m, RTAX_ADVMSS, r->advmss)))
		return -ENOMEM;
	nla_nest_end(m, nest);
	return 0;
}

struct nl_msg *make_newroute(int ifindex, const struct route *r)
{
	uint32_t table = r->table.set && r->table.v ? r->table.v : RT_TABLE_MAIN;
	struct rtmsg rtm = {
		.rtm_family = (uint8_t)r->dst.ip.family,
		.rtm_dst_len = r->dst.prefix,
		.rtm_table = (uint8_t)(table < 256 ? table : RT_TABLE_UNSPEC),
		.rtm_protocol = RTPROT_BOOT,
		/* Global even without a gateway: only with one does the kernel look at it. */
		.rtm_scope = (uint8_t)(r->scope.set ? r->scope.v : RT_SCOPE_UNIVERSE),
		.rtm_type = RTN_UNICAST,
	};
	/* No NLM_F_EXCL: a default route beside another interface's is what users configure. */
	cleanup(nl_msg_free) struct nl_msg *m =
		nl_msg_new(RTM_NEWROUTE, NLM_F_CREATE, &rtm, sizeof(rtm));

	if (!m || put_ip(m, RTA_DST, &r->dst.ip) || nla_put_u32(m, RTA_OIF, (uint32_t)ifindex) ||
	    (r->gw.family && put_ip(m, RTA_GATEWAY, &r->gw)) ||
	    (r->priority && nla_put_u32(m, RTA_PRIORITY, r->priority)) ||
	    (table >= 256 && nla_put_u32(m, RTA_TABLE, table)) || put_metrics(m, r))
		return NULL;
	return take_ptr(m);
}

struct nl_msg *make_getaddr(int ifindex, sa_family_t family)
{
	struct ifaddrmsg ifa = { .ifa_family = (uint8_t)family, .ifa_index = (uint32_t)ifindex };

	return nl_msg_new(RTM_GETADDR, 0, &ifa, sizeof(ifa));
}

struct nl_msg *make_getroute(int ifindex, sa_family_t family)
{
	struct rtmsg rtm = { .rtm_family = (uint8_t)family };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(RTM_GETROUTE, 0, &rtm, sizeof(rtm));

	/* A filter where the kernel has strict checking (4.20), ignored elsewhere. */
	if (!m || nla_put_u32(m, RTA_OIF, (uint32_t)ifindex))
		return NULL;
	return take_ptr(m);
}

/* @a absent: ::/0 or 0.0.0.0/0, as the kernel leaves out the address of a default route */
static int read_ip(const struct nlattr *a, sa_family_t family, struct ip *ret)
{
	*ret = (struct ip){ .family = family };
	if (!a)
		return 0;
	if (!ip_len(ret) || nla_len(a) != (int)ip_len(ret))
		return -EBADMSG;
	memcpy(ret->b, nla_data(a), ip_len(ret));
	return 0;
}

int read_addr(const void *data, size_t len, struct inet_addr *ret)
{
	static const struct nla_policy policy[IFA_MAX + 1] = {
		[IFA_FLAGS] = { .type = NLA_U32 },
	};
	const struct ifaddrmsg *ifa = data;
	struct nlattr *tb[IFA_MAX + 1];
	const struct nlattr *ip;

	if (len < sizeof(*ifa) || nl_attrs(tb, IFA_MAX, ifa + 1, len - sizeof(*ifa), policy))
		return -EBADMSG;
	/* IFA_ADDRESS is the peer's on point-to-point links; IPv6 has no IFA_LOCAL otherwise. */
	ip = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	*ret = (struct inet_addr){ .ifindex = (int)ifa->ifa_index,
				   .flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) :
							    ifa->ifa_flags,
				   .addr.prefix = ifa->ifa_prefixlen };
	return ip ? read_ip(ip, ifa->ifa_family, &ret->addr.ip) : -EBADMSG;
}

static int read_metrics(const struct nlattr *nest, struct route *ret)
{
	static const struct nla_policy policy[RTAX_MAX + 1] = {
		[RTAX_MTU] = { .type = NLA_U32 },
		[RTAX_ADVMSS] = { .type = NLA_U32 },
	};
	struct nlattr *tb[RTAX_MAX + 1];

	if (!nest)
		return 0;
	if (nl_nested(tb, RTAX_MAX, nest, policy))
		return -EBADMSG;
	ret->mtu = tb[RTAX_MTU] ? nla_get_u32(tb[RTAX_MTU]) : 0;
	ret->advmss = tb[RTAX_ADVMSS] ? nla_get_u32(tb[RTAX_ADVMSS]) : 0;
	return 0;
}

/* IPv6 joins equal routes of several interfaces into one with several paths: find ours. */
static int read_paths(const struct nlattr *paths, int ifindex, sa_family_t family, struct ip *gw,
		      bool *ret_out)
{
	static const struct nla_policy policy[RTA_MAX + 1] = { 0 };
	const char *at = nla_data(paths);
	size_t left = (size_t)nla_len(paths);

	*ret_out = false;
	while (left >= sizeof(struct rtnexthop)) {
		const struct rtnexthop *hop = (const struct rtnexthop *)(const void *)at;
		struct nlattr *tb[RTA_MAX + 1];
		size_t step = (size_t)RTNH_ALIGN(hop->rtnh_len);

		if (hop->rtnh_len < sizeof(*hop) || hop->rtnh_len > left ||
		    nl_attrs(tb, RTA_MAX, hop + 1, hop->rtnh_len - sizeof(*hop), policy))
			return -EBADMSG;
		if (hop->rtnh_ifindex == ifindex) {
			*ret_out = true;
			return tb[RTA_GATEWAY] ? read_ip(tb[RTA_GATEWAY], family, gw) : 0;
		}
		at += step;
		left -= step < left ? step : left;
	}
	return left ? -EBADMSG : 0;
}

int read_route(const void *data, size_t len, int ifindex, struct route *ret, bool *ret_out)
{
	static const struct nla_policy policy[RTA_MAX + 1] = {
		[RTA_OIF] = { .type = NLA_U32 },
		[RTA_TABLE] = { .type = NLA_U32 },
		[RTA_PRIORITY] = { .type = NLA_U32 },
	};
	const struct rtmsg *rtm = data;
	struct nlattr *tb[RTA_MAX + 1];
	int r = 0;

	if (len < sizeof(*rtm) || nl_attrs(tb, RTA_MAX, rtm + 1, len - sizeof(*rtm), policy))
		return -EBADMSG;
	*ret = (struct route){ .dst.prefix = rtm->rtm_dst_len,
			       .priority = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0,
			       .table = { true, tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) :
								rtm->rtm_table },
			       .scope = { true, rtm->rtm_scope } };
	*ret_out = tb[RTA_OIF] && nla_get_u32(tb[RTA_OIF]) == (uint32_t)ifindex;
	/* Strict dumps also list cached exceptions (RTM_F_CLONED), which are not configuration. */
	if (rtm->rtm_type != RTN_UNICAST || (rtm->rtm_flags & RTM_F_CLONED) ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6)) {
		*ret_out = false;
		return 0;
	}
	if (tb[RTA_GATEWAY])
		r = read_ip(tb[RTA_GATEWAY], rtm->rtm_family, &ret->gw);
	if (!r && tb[RTA_MULTIPATH])
		r = read_paths(tb[RTA_MULTIPATH], ifindex, rtm->rtm_family, &ret->gw, ret_out);
	if (!r)
		r = read_ip(tb[RTA_DST], rtm->rtm_family, &ret->dst.ip);
	return r ? r : read_metrics(tb[RTA_METRICS], ret);
}
