// SPDX-License-Identifier: Apache-2.0
/*
 * Every attribute of each link and of each VF that a PF tells about.
 */
#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netlink.h"

enum {
	ALLMULTI = 61, /* IFLA_ALLMULTI, newer than Debian 12's headers */
	VF = sizeof(uint32_t), /* its number, with which each of its structures begins */
};

/* The queueing discipline stays what the first "up" made it. */
static const struct attr_form link_forms[] = {
	{ "address", IFLA_ADDRESS, FORM_GUESS, 0 },
	{ "broadcast", IFLA_BROADCAST, FORM_GUESS, 0 },
	{ "name", IFLA_IFNAME, FORM_GUESS, 0 },
	{ "mtu", IFLA_MTU, FORM_NUMBERS, 0 },
	{ "link", IFLA_LINK, FORM_DEVICE, 0 },
	{ "qdisc", IFLA_QDISC, FORM_SKIP, 0 },
	{ "stats", IFLA_STATS, FORM_SKIP, 0 },
	{ "master", IFLA_MASTER, FORM_DEVICE, 0 },
	{ "txqlen", IFLA_TXQLEN, FORM_NUMBERS, 0 },
	{ "map", IFLA_MAP, FORM_SKIP, 0 },
	{ "state", IFLA_OPERSTATE, FORM_NUMBERS, 0 },
	{ "mode", IFLA_LINKMODE, FORM_NUMBERS, 0 },
	{ "alias", IFLA_IFALIAS, FORM_GUESS, 0 },
	{ "vfs", IFLA_NUM_VF, FORM_NUMBERS, 0 },
	{ "stats64", IFLA_STATS64, FORM_SKIP, 0 },
	{ "group", IFLA_GROUP, FORM_NUMBERS, 0 },
	{ "promiscuity", IFLA_PROMISCUITY, FORM_NUMBERS, 0 },
	{ "numtxqueues", IFLA_NUM_TX_QUEUES, FORM_NUMBERS, 0 },
	{ "numrxqueues", IFLA_NUM_RX_QUEUES, FORM_NUMBERS, 0 },
	{ "carrier", IFLA_CARRIER, FORM_NUMBERS, 0 },
	{ "phys-port", IFLA_PHYS_PORT_ID, FORM_GUESS, 0 },
	{ "carrier-changes", IFLA_CARRIER_CHANGES, FORM_SKIP, 0 },
	{ "switch", IFLA_PHYS_SWITCH_ID, FORM_GUESS, 0 },
	{ "netns", IFLA_LINK_NETNSID, FORM_NUMBERS, 0 },
	{ "port-name", IFLA_PHYS_PORT_NAME, FORM_GUESS, 0 },
	{ "protodown", IFLA_PROTO_DOWN, FORM_NUMBERS, 0 },
	{ "gso-max-segs", IFLA_GSO_MAX_SEGS, FORM_NUMBERS, 0 },
	{ "gso-max-size", IFLA_GSO_MAX_SIZE, FORM_NUMBERS, 0 },
	{ "event", IFLA_EVENT, FORM_SKIP, 0 },
	{ "carrier-up", IFLA_CARRIER_UP_COUNT, FORM_SKIP, 0 },
	{ "carrier-down", IFLA_CARRIER_DOWN_COUNT, FORM_SKIP, 0 },
	{ "min-mtu", IFLA_MIN_MTU, FORM_NUMBERS, 0 },
	{ "max-mtu", IFLA_MAX_MTU, FORM_NUMBERS, 0 },
	{ "permanent-address", IFLA_PERM_ADDRESS, FORM_GUESS, 0 },
	{ "parent", IFLA_PARENT_DEV_NAME, FORM_GUESS, 0 },
	{ "bus", IFLA_PARENT_DEV_BUS_NAME, FORM_GUESS, 0 },
	{ "allmulti", ALLMULTI, FORM_NUMBERS, 0 },
	{ .name = NULL },
};

static const struct attr_form vf_forms[] = {
	{ "mac", IFLA_VF_MAC, FORM_GUESS, VF },
	{ "vlan, qos", IFLA_VF_VLAN, FORM_NUMBERS, VF },
	{ "tx-rate", IFLA_VF_TX_RATE, FORM_NUMBERS, VF },
	{ "spoofchk", IFLA_VF_SPOOFCHK, FORM_NUMBERS, VF },
	{ "link-state", IFLA_VF_LINK_STATE, FORM_NUMBERS, VF },
	{ "min-rate, max-rate", IFLA_VF_RATE, FORM_NUMBERS, VF },
	{ "rss-query", IFLA_VF_RSS_QUERY_EN, FORM_NUMBERS, VF },
	{ "stats", IFLA_VF_STATS, FORM_SKIP, VF },
	{ "trust", IFLA_VF_TRUST, FORM_NUMBERS, VF },
	{ "node-guid", IFLA_VF_IB_NODE_GUID, FORM_GUESS, VF },
	{ "port-guid", IFLA_VF_IB_PORT_GUID, FORM_GUESS, VF },
	{ "broadcast", IFLA_VF_BROADCAST, FORM_GUESS, 0 },
	{ .name = NULL },
};

/* What the interface has heard and sent, and since when, is no setting. */
static const struct attr_form inet6_forms[] = {
	{ "flags", IFLA_INET6_FLAGS, FORM_SKIP, 0 },
	{ "conf", IFLA_INET6_CONF, FORM_NUMBERS, 0 },
	{ "stats", IFLA_INET6_STATS, FORM_SKIP, 0 },
	{ "cacheinfo", IFLA_INET6_CACHEINFO, FORM_SKIP, 0 },
	{ "icmp-stats", IFLA_INET6_ICMP6STATS, FORM_SKIP, 0 },
	{ "token", IFLA_INET6_TOKEN, FORM_GUESS, 0 },
	{ "addrgenmode", IFLA_INET6_ADDR_GEN_MODE, FORM_NUMBERS, 0 },
	{ .name = NULL },
};

static const struct attr_form inet_forms[] = {
	{ "conf", IFLA_INET_CONF, FORM_NUMBERS, 0 },
	{ .name = NULL },
};

static void put_vlans(struct lines *out, const char *vf, const struct rtattr *list)
{
	int len = (int)RTA_PAYLOAD(list);

	each_attr(a, RTA_DATA(list), len)
	{
		const struct ifla_vf_vlan_info *v = RTA_DATA(a);

		lines_add(out, "%s vlan %u qos %u protocol %#x", vf, v->vlan, v->qos,
			  ntohs(v->vlan_proto));
	}
}

static void put_vf(struct lines *out, const char *link, const struct rtattr *vf)
{
	int len = (int)RTA_PAYLOAD(vf), rest = len;
	char what[NAME_SIZE];
	uint32_t number = 0;

	each_attr(a, RTA_DATA(vf), rest) if (a->rta_type == IFLA_VF_MAC)
		memcpy(&number, RTA_DATA(a), sizeof(number));
	(void)snprintf(what, sizeof(what), "%s vf %u", link, number);
	each_attr(a, RTA_DATA(vf), len)
	{
		if (a->rta_type == IFLA_VF_VLAN_LIST)
			put_vlans(out, what, a);
		else
			attr_put(out, what, vf_forms, a);
	}
}

/* Two levels deep: the family, and its attributes. */
static void put_families(struct lines *out, const char *link, const struct rtattr *spec)
{
	int len = (int)RTA_PAYLOAD(spec);
	char what[NAME_SIZE];

	each_attr(family, RTA_DATA(spec), len)
	{
		const struct attr_form *forms = family->rta_type == AF_INET6 ? inet6_forms :
						family->rta_type == AF_INET  ? inet_forms :
									       NULL;
		int rest = (int)RTA_PAYLOAD(family);

		(void)snprintf(what, sizeof(what), "%s family %u", link, family->rta_type);
		each_attr(a, RTA_DATA(family), rest) attr_put(out, what, forms, a);
	}
}

/* put_nested() - a line for each attribute inside, with @word before it */
static void put_nested(struct lines *out, const char *link, const char *word,
		       const struct rtattr *list)
{
	int len = (int)RTA_PAYLOAD(list);
	char what[NAME_SIZE];

	(void)snprintf(what, sizeof(what), "%s %s", link, word);
	each_attr(a, RTA_DATA(list), len) attr_put(out, what, NULL, a);
}

static void put_link_attr(struct lines *out, const char *link, const struct rtattr *a)
{
	unsigned type = a->rta_type & NLA_TYPE_MASK;
	int len = (int)RTA_PAYLOAD(a);

	if (type == IFLA_VFINFO_LIST)
		each_attr(vf, RTA_DATA(a), len) put_vf(out, link, vf);
	else if (type == IFLA_AF_SPEC)
		put_families(out, link, a);
	else if (type == IFLA_PROP_LIST)
		put_nested(out, link, "altname", a);
	else if (type == IFLA_LINKINFO)
		put_nested(out, link, "kind", a);
	else
		attr_put(out, link, link_forms, a);
}

static const char *flag_names(unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *name;
	} names[] = {
		{ IFF_UP, "up" },
		{ IFF_LOWER_UP, "lower-up" },
		{ IFF_RUNNING, "running" },
		{ IFF_PROMISC, "promisc" },
		{ IFF_ALLMULTI, "allmulti" },
		{ IFF_NOARP, "noarp" },
		{ IFF_MASTER, "master" },
		{ IFF_SLAVE, "slave" },
	};
	static char text[128];
	size_t n = (size_t)sprintf(text, "%#x", flags);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].flag)
			n += (size_t)sprintf(text + n, " %s", names[i].name);
	return text;
}

static void each_link(struct dump *d, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	int len = (int)IFLA_PAYLOAD(h);
	char what[NAME_SIZE] = "link";

	each_attr(a, IFLA_RTA(m), len) if (a->rta_type == IFLA_IFNAME)(void)
		snprintf(what, sizeof(what), "link %s", (char *)RTA_DATA(a));
	lines_add(d->out, "%s type %u flags %s", what, m->ifi_type, flag_names(m->ifi_flags));
	len = (int)IFLA_PAYLOAD(h);
	each_attr(a, IFLA_RTA(m), len) put_link_attr(d->out, what, a);
}

void lines_of_links(struct lines *out)
{
	struct {
		struct ifinfomsg m;
		struct rtattr a;
		uint32_t mask;
	} link = { .m = { .ifi_family = AF_UNSPEC },
		   .a = { RTA_LENGTH(sizeof(uint32_t)), IFLA_EXT_MASK },
		   .mask = RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS };
	struct dump d = { .out = out, .each = each_link, .fd = netlink_open(NETLINK_ROUTE) };

	netlink_ask(&d, RTM_GETLINK, &link, sizeof(link));
	(void)close(d.fd);
}
