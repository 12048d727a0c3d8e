// SPDX-License-Identifier: Apache-2.0
/*
 * Every attribute that the kernel tells about links, addresses, routes and RDMA devices, a line
 * each, but for counters, times and indexes.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <rdma/rdma_netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lines.h"

enum { ANSWER_MAX = 1 << 17, NAME_SIZE = 96, DEVICES_MAX = 256 };

/* NOLINTBEGIN(bugprone-macro-parentheses): a variable's name */
#define each_attr(a, first, len)                                                                   \
	for (const struct rtattr *a = (first); RTA_OK(a, len); a = RTA_NEXT(a, len))
/* NOLINTEND(bugprone-macro-parentheses) */

/** struct dump - what is asked for, and what is done with each message of the answer */
struct dump {
	struct lines *out;
	void (*each)(struct dump *d, const struct nlmsghdr *h);
	int fd;
	uint32_t indexes[DEVICES_MAX]; /* RDMA devices */
	size_t n;
};

static int open_netlink(int protocol)
{
	const struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&me, sizeof(me)))
		die("netlink: %s", strerror(errno));
	return fd;
}

/* false: the last one was among them */
static bool take_messages(struct dump *d, const char *buf, ssize_t len)
{
	for (const struct nlmsghdr *h = (const void *)buf; NLMSG_OK(h, len);
	     h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return false;
		d->each(d, h);
	}
	return true;
}

static void ask(struct dump *d, int type, const void *body, size_t len)
{
	static char buf[ANSWER_MAX];
	struct nlmsghdr h = { .nlmsg_len = NLMSG_LENGTH(len),
			      .nlmsg_type = (uint16_t)type,
			      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP };
	ssize_t n;

	memcpy(buf, &h, sizeof(h));
	memcpy(NLMSG_DATA(buf), body, len);
	if (send(d->fd, buf, h.nlmsg_len, 0) < 0)
		die("netlink: %s", strerror(errno));
	do {
		n = recv(d->fd, buf, sizeof(buf), 0);
		if (n < 0)
			die("netlink: %s", strerror(errno));
	} while (take_messages(d, buf, n));
}

static void put_attr(struct lines *out, const char *what, const struct rtattr *a)
{
	const uint8_t *data = RTA_DATA(a);
	size_t n = RTA_PAYLOAD(a);
	static char hex[2 * ANSWER_MAX + 1];

	for (size_t i = 0; i < n; i++)
		(void)sprintf(hex + 2 * i, "%02x", data[i]);
	hex[2 * n] = '\0';
	/* names of all kinds are easier to read as text */
	if (n > 1 && !data[n - 1] && strnlen((const char *)data, n) == n - 1 && data[0] >= ' ')
		lines_add(out, "%s %u \"%s\"", what, a->rta_type & NLA_TYPE_MASK,
			  (const char *)data);
	else
		lines_add(out, "%s %u %s", what, a->rta_type & NLA_TYPE_MASK, hex);
}

/* ---- links ---- */

static void put_vf(struct lines *out, const char *link, const struct rtattr *vf)
{
	int len = (int)RTA_PAYLOAD(vf), rest = len;
	char what[NAME_SIZE];
	uint32_t number = 0;

	/* each of a VF's structures begins with its number */
	each_attr(a, RTA_DATA(vf), rest) if (a->rta_type == IFLA_VF_MAC)
		memcpy(&number, RTA_DATA(a), sizeof(number));
	(void)snprintf(what, sizeof(what), "%s vf %u", link, number);
	each_attr(a, RTA_DATA(vf), len) put_attr(out, what, a);
}

/* Two levels deep: the family, and its attributes; of IPv6 all but its age. */
static void put_families(struct lines *out, const char *link, const struct rtattr *spec)
{
	int len = (int)RTA_PAYLOAD(spec);
	char what[NAME_SIZE];

	each_attr(family, RTA_DATA(spec), len)
	{
		int rest = (int)RTA_PAYLOAD(family);

		(void)snprintf(what, sizeof(what), "%s family %u", link, family->rta_type);
		each_attr(a, RTA_DATA(family), rest) if (family->rta_type != AF_INET6 ||
							 a->rta_type != IFLA_INET6_CACHEINFO)
			put_attr(out, what, a);
	}
}

static void put_names(struct lines *out, const char *link, const struct rtattr *list)
{
	int len = (int)RTA_PAYLOAD(list);
	char what[NAME_SIZE];

	(void)snprintf(what, sizeof(what), "%s altname", link);
	each_attr(a, RTA_DATA(list), len) put_attr(out, what, a);
}

/* The queueing discipline stays what the first "up" made it. */
static bool is_counter(unsigned type)
{
	static const unsigned types[] = {
		IFLA_QDISC, IFLA_STATS,		  IFLA_STATS64,		 IFLA_MAP,
		IFLA_EVENT, IFLA_CARRIER_CHANGES, IFLA_CARRIER_UP_COUNT, IFLA_CARRIER_DOWN_COUNT
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i] == type)
			return true;
	return false;
}

static void put_link_attr(struct lines *out, const char *link, const struct rtattr *a)
{
	unsigned type = a->rta_type & NLA_TYPE_MASK;
	int len = (int)RTA_PAYLOAD(a);

	if (is_counter(type))
		return;
	if (type == IFLA_VFINFO_LIST)
		each_attr(vf, RTA_DATA(a), len) put_vf(out, link, vf);
	else if (type == IFLA_AF_SPEC)
		put_families(out, link, a);
	else if (type == IFLA_PROP_LIST)
		put_names(out, link, a);
	else
		put_attr(out, link, a);
}

static void each_link(struct dump *d, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	int len = (int)IFLA_PAYLOAD(h);
	char what[NAME_SIZE] = "link";

	each_attr(a, IFLA_RTA(m), len) if (a->rta_type == IFLA_IFNAME)(void)
		snprintf(what, sizeof(what), "link %s", (char *)RTA_DATA(a));
	lines_add(d->out, "%s type %u flags %#x", what, m->ifi_type, m->ifi_flags);
	len = (int)IFLA_PAYLOAD(h);
	each_attr(a, IFLA_RTA(m), len) put_link_attr(d->out, what, a);
}

/* ---- addresses and routes: one line each ---- */

static void add_hex(char *line, size_t size, const struct rtattr *a)
{
	size_t n = strlen(line);
	const uint8_t *data = RTA_DATA(a);

	n += (size_t)snprintf(line + n, size - n, " %u=", a->rta_type);
	for (size_t i = 0; i < RTA_PAYLOAD(a) && n + 3 < size; i++)
		n += (size_t)snprintf(line + n, size - n, "%02x", data[i]);
}

static void add_device(char *line, size_t size, uint32_t index)
{
	char name[IF_NAMESIZE] = "?";
	size_t n = strlen(line);

	(void)if_indextoname(index, name);
	(void)snprintf(line + n, size - n, " %s", name);
}

static void each_address(struct dump *d, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	int len = (int)IFA_PAYLOAD(h);
	char line[512];

	(void)snprintf(line, sizeof(line), "address /%u scope %u", m->ifa_prefixlen, m->ifa_scope);
	add_device(line, sizeof(line), m->ifa_index);
	each_attr(a, IFA_RTA(m), len) if (a->rta_type != IFA_CACHEINFO)
		add_hex(line, sizeof(line), a);
	lines_add(d->out, "%s", line);
}

static void each_route(struct dump *d, const struct nlmsghdr *h)
{
	const struct rtmsg *m = NLMSG_DATA(h);
	int len = (int)RTM_PAYLOAD(h);
	char line[512];

	(void)snprintf(line, sizeof(line), "route %u /%u table %u type %u scope %u proto %u",
		       m->rtm_family, m->rtm_dst_len, m->rtm_table, m->rtm_type, m->rtm_scope,
		       m->rtm_protocol);
	each_attr(a, RTM_RTA(m), len)
	{
		if (a->rta_type == RTA_OIF || a->rta_type == RTA_IIF)
			add_device(line, sizeof(line), *(uint32_t *)RTA_DATA(a));
		else if (a->rta_type != RTA_CACHEINFO)
			add_hex(line, sizeof(line), a);
	}
	lines_add(d->out, "%s", line);
}

/* ---- RDMA ---- */

static void each_rdma(struct dump *d, const struct nlmsghdr *h)
{
	const struct rtattr *first = NLMSG_DATA(h);
	int len = (int)NLMSG_PAYLOAD(h, 0), rest = len;
	char what[NAME_SIZE] = "rdma";
	uint32_t port = 0;

	each_attr(a, first, rest)
	{
		if (a->rta_type == RDMA_NLDEV_ATTR_DEV_NAME)
			(void)snprintf(what, sizeof(what), "rdma %s", (char *)RTA_DATA(a));
		if (a->rta_type == RDMA_NLDEV_ATTR_PORT_INDEX)
			memcpy(&port, RTA_DATA(a), sizeof(port));
		if (a->rta_type == RDMA_NLDEV_ATTR_DEV_INDEX && d->n < DEVICES_MAX)
			memcpy(&d->indexes[d->n++], RTA_DATA(a), sizeof(d->indexes[0]));
	}
	if (h->nlmsg_type == RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_PORT_GET)) {
		size_t n = strlen(what);

		(void)snprintf(what + n, sizeof(what) - n, " port %u", port);
	}
	each_attr(a, first, len) if (a->rta_type != RDMA_NLDEV_ATTR_NDEV_INDEX)
		put_attr(d->out, what, a);
}

static void ask_rdma(struct lines *out)
{
	struct dump d = { .out = out, .each = each_rdma, .fd = open_netlink(NETLINK_RDMA) };
	size_t n;

	ask(&d, RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_GET), "", 0);
	n = d.n;
	for (size_t i = 0; i < n; i++) {
		struct {
			struct rtattr a;
			uint32_t index;
		} body = { { sizeof(body), RDMA_NLDEV_ATTR_DEV_INDEX }, d.indexes[i] };

		ask(&d, RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_PORT_GET), &body,
		    sizeof(body));
	}
	(void)close(d.fd);
}

void lines_of_netlink(struct lines *out)
{
	struct {
		struct ifinfomsg m;
		struct rtattr a;
		uint32_t mask;
	} link = { .m = { .ifi_family = AF_UNSPEC },
		   .a = { RTA_LENGTH(sizeof(uint32_t)), IFLA_EXT_MASK },
		   .mask = RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS };
	struct dump d = { .out = out, .fd = open_netlink(NETLINK_ROUTE) };
	const struct rtmsg route = { .rtm_family = AF_UNSPEC };
	const struct ifaddrmsg address = { .ifa_family = AF_UNSPEC };

	d.each = each_link;
	ask(&d, RTM_GETLINK, &link, sizeof(link));
	d.each = each_address;
	ask(&d, RTM_GETADDR, &address, sizeof(address));
	d.each = each_route;
	ask(&d, RTM_GETROUTE, &route, sizeof(route));
	(void)close(d.fd);
	ask_rdma(out);
}
