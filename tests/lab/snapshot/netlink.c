// SPDX-License-Identifier: Apache-2.0
/*
 * Every attribute that the kernel tells about addresses, routes and RDMA devices, but for counters,
 * times and indexes.
 */
#include "netlink.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <rdma/rdma_netlink.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 17, FOREVER = -1 };

int netlink_open(int protocol)
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

void netlink_ask(struct dump *d, int type, const void *body, size_t len)
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

/* ---- attributes as text ---- */

const char *device_name(uint32_t index)
{
	static char name[IF_NAMESIZE];

	return if_indextoname(index, name) ? name : "?";
}

static const char *bytes(const uint8_t *data, size_t n)
{
	static char hex[2 * ANSWER_MAX + 1];

	for (size_t i = 0; i < n; i++)
		(void)sprintf(hex + 2 * i, "%02x", data[i]);
	hex[2 * n] = '\0';
	return hex;
}

static const char *numbers(const uint8_t *data, size_t n)
{
	static char text[11 * ANSWER_MAX / 4 + 1];
	size_t width = n < 4 ? n : 4, len = 0;

	text[0] = '\0';
	for (size_t i = 0; i + width <= n; i += width) {
		uint32_t value = 0;

		memcpy(&value, data + i, width); /* little endian: x86-64 only */
		len += (size_t)sprintf(text + len, "%s%u", i ? " " : "", value);
	}
	return text;
}

static bool is_text(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (!isascii(data[i]) || !isprint(data[i]))
			return false;
	return n > 1 && !data[n - 1];
}

static const struct attr_form *find_form(const struct attr_form *forms, unsigned type)
{
	static const struct attr_form unknown = { .form = FORM_GUESS };

	for (; forms && forms->name; forms++)
		if (forms->type == type)
			return forms;
	return &unknown;
}

void attr_put(struct lines *out, const char *what, const struct attr_form *forms,
	      const struct rtattr *a)
{
	const struct attr_form *f = find_form(forms, a->rta_type & NLA_TYPE_MASK);
	size_t skip = f->skip < RTA_PAYLOAD(a) ? f->skip : 0, n = RTA_PAYLOAD(a) - skip;
	const uint8_t *data = (const uint8_t *)RTA_DATA(a) + skip;
	char number[16];
	const char *name = f->name;

	if (f->form == FORM_SKIP)
		return;
	(void)snprintf(number, sizeof(number), "%u", a->rta_type & NLA_TYPE_MASK);
	if (!name)
		name = number;
	if (f->form == FORM_DEVICE && n == sizeof(uint32_t))
		lines_add(out, "%s %s %s", what, name, device_name(*(const uint32_t *)data));
	else if (f->form == FORM_NUMBERS)
		lines_add(out, "%s %s %s", what, name, numbers(data, n));
	else if (is_text(data, n))
		lines_add(out, "%s %s \"%s\"", what, name, (const char *)data);
	else
		lines_add(out, "%s %s %s", what, name, bytes(data, n));
}

/* ---- addresses and routes: one line each ---- */

__attribute__((format(printf, 3, 4))) static void add(char *line, size_t size, const char *fmt, ...)
{
	size_t n = strlen(line);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line + n, size - n, fmt, ap);
	va_end(ap);
}

static void add_bytes(char *line, size_t size, const struct rtattr *a)
{
	add(line, size, " %u=%s", a->rta_type, bytes(RTA_DATA(a), RTA_PAYLOAD(a)));
}

/* An address as people write it */
static void add_ip(char *line, size_t size, const char *what, const struct rtattr *a)
{
	char text[INET6_ADDRSTRLEN];
	int family = RTA_PAYLOAD(a) == 4 ? AF_INET : AF_INET6;

	if (RTA_PAYLOAD(a) == 4 || RTA_PAYLOAD(a) == 16)
		add(line, size, " %s%s", what, inet_ntop(family, RTA_DATA(a), text, sizeof(text)));
	else
		add_bytes(line, size, a);
}

/* How long it is valid would be another number each time: only whether that ends. */
static void add_lifetime(char *line, size_t size, const struct rtattr *a)
{
	const struct ifa_cacheinfo *c = RTA_DATA(a);

	if (c->ifa_valid != (uint32_t)FOREVER)
		add(line, size, " valid-for-a-while");
	if (c->ifa_prefered != (uint32_t)FOREVER)
		add(line, size, " preferred-for-a-while");
}

static void each_address(struct dump *d, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	int len = (int)IFA_PAYLOAD(h);
	char line[512];

	(void)snprintf(line, sizeof(line), "address %s /%u scope %u", device_name(m->ifa_index),
		       m->ifa_prefixlen, m->ifa_scope);
	each_attr(a, IFA_RTA(m), len)
	{
		if (a->rta_type == IFA_CACHEINFO)
			add_lifetime(line, sizeof(line), a);
		else if (a->rta_type == IFA_ADDRESS)
			add_ip(line, sizeof(line), "", a);
		else if (a->rta_type == IFA_LOCAL)
			add_ip(line, sizeof(line), "local ", a);
		else if (a->rta_type == IFA_BROADCAST)
			add_ip(line, sizeof(line), "broadcast ", a);
		else if (a->rta_type == IFA_LABEL)
			add(line, sizeof(line), " label %s", (const char *)RTA_DATA(a));
		else if (a->rta_type == IFA_FLAGS)
			add(line, sizeof(line), " flags %#x", *(const uint32_t *)RTA_DATA(a));
		else
			add_bytes(line, sizeof(line), a);
	}
	lines_add(d->out, "%s", line);
}

static void each_route(struct dump *d, const struct nlmsghdr *h)
{
	const struct rtmsg *m = NLMSG_DATA(h);
	int len = (int)RTM_PAYLOAD(h);
	char line[512];

	if (m->rtm_flags & RTM_F_CLONED) /* the kernel's own notes */
		return;
	(void)snprintf(line, sizeof(line), "route %u /%u table %u type %u scope %u proto %u tos %u",
		       m->rtm_family, m->rtm_dst_len, m->rtm_table, m->rtm_type, m->rtm_scope,
		       m->rtm_protocol, m->rtm_tos);
	if (m->rtm_flags)
		add(line, sizeof(line), " flags %#x", m->rtm_flags);
	each_attr(a, RTM_RTA(m), len)
	{
		if (a->rta_type == RTA_OIF || a->rta_type == RTA_IIF)
			add(line, sizeof(line), " dev %s",
			    device_name(*(const uint32_t *)RTA_DATA(a)));
		else if (a->rta_type == RTA_DST)
			add_ip(line, sizeof(line), "to ", a);
		else if (a->rta_type == RTA_GATEWAY)
			add_ip(line, sizeof(line), "via ", a);
		else if (a->rta_type == RTA_PREFSRC)
			add_ip(line, sizeof(line), "src ", a);
		else if (a->rta_type != RTA_CACHEINFO)
			add_bytes(line, sizeof(line), a);
	}
	lines_add(d->out, "%s", line);
}

/* ---- RDMA ---- */

static const struct attr_form rdma_forms[] = {
	{ "index", RDMA_NLDEV_ATTR_DEV_INDEX, FORM_SKIP, 0 },
	{ "device", RDMA_NLDEV_ATTR_DEV_NAME, FORM_GUESS, 0 },
	{ "ports", RDMA_NLDEV_ATTR_PORT_INDEX, FORM_NUMBERS, 0 },
	{ "capabilities", RDMA_NLDEV_ATTR_CAP_FLAGS, FORM_GUESS, 0 },
	{ "firmware", RDMA_NLDEV_ATTR_FW_VERSION, FORM_GUESS, 0 },
	{ "node-guid", RDMA_NLDEV_ATTR_NODE_GUID, FORM_GUESS, 0 },
	{ "system-guid", RDMA_NLDEV_ATTR_SYS_IMAGE_GUID, FORM_GUESS, 0 },
	{ "state", RDMA_NLDEV_ATTR_PORT_STATE, FORM_NUMBERS, 0 },
	{ "physical-state", RDMA_NLDEV_ATTR_PORT_PHYS_STATE, FORM_NUMBERS, 0 },
	{ "node-type", RDMA_NLDEV_ATTR_DEV_NODE_TYPE, FORM_NUMBERS, 0 },
	{ "netdev-index", RDMA_NLDEV_ATTR_NDEV_INDEX, FORM_SKIP, 0 },
	{ "netdev", RDMA_NLDEV_ATTR_NDEV_NAME, FORM_GUESS, 0 },
	{ "protocol", RDMA_NLDEV_ATTR_DEV_PROTOCOL, FORM_GUESS, 0 },
	{ .name = NULL },
};

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
	if (h->nlmsg_type == RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_PORT_GET))
		add(what, sizeof(what), " port %u", port);
	each_attr(a, first, len) attr_put(d->out, what, rdma_forms, a);
}

static void ask_rdma(struct lines *out)
{
	struct dump d = { .out = out, .each = each_rdma };
	size_t n;

	if (access("/sys/module/ib_core", F_OK)) {
		lines_add(out, "rdma is not loaded");
		return;
	}
	d.fd = netlink_open(NETLINK_RDMA);
	netlink_ask(&d, RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_GET), "", 0);
	n = d.n;
	for (size_t i = 0; i < n; i++) {
		struct {
			struct rtattr a;
			uint32_t index;
		} body = { { sizeof(body), RDMA_NLDEV_ATTR_DEV_INDEX }, d.indexes[i] };

		netlink_ask(&d, RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_PORT_GET), &body,
			    sizeof(body));
	}
	(void)close(d.fd);
}

void lines_of_netlink(struct lines *out)
{
	struct dump d = { .out = out, .fd = netlink_open(NETLINK_ROUTE) };
	const struct rtmsg route = { .rtm_family = AF_UNSPEC };
	const struct ifaddrmsg address = { .ifa_family = AF_UNSPEC };

	lines_of_links(out);
	d.each = each_address;
	netlink_ask(&d, RTM_GETADDR, &address, sizeof(address));
	d.each = each_route;
	netlink_ask(&d, RTM_GETROUTE, &route, sizeof(route));
	(void)close(d.fd);
	ask_rdma(out);
}
