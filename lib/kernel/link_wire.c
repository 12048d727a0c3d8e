// SPDX-License-Identifier: Apache-2.0
/* RTM_GETLINK, RTM_SETLINK, RTM_*LINKPROP: requests as bytes, answers as struct link. */
#include "kernel/link.h"

#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/wire.h"

struct nl_msg *make_getlink(int ifindex, const char *name, uint32_t ext_mask)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(RTM_GETLINK, 0, &ifi, sizeof(ifi));

	if (!m || nla_put_u32(m, IFLA_EXT_MASK, ext_mask))
		return NULL;
	/* IFLA_IFNAME finds alternative names too (5.5) but has room for 15 bytes only. */
	if (name &&
	    nla_put_string(m, strlen(name) < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME, name))
		return NULL;
	return take_ptr(m);
}

/* Saves a write to /proc/sys: inet_set_link_af(); the type of an entry is its devconf index. */
static int put_arp_notify(struct nl_msg *m)
{
	struct nlattr *spec = nla_nest_start(m, IFLA_AF_SPEC);
	struct nlattr *inet = spec ? nla_nest_start(m, AF_INET) : NULL;
	struct nlattr *conf = inet ? nla_nest_start(m, IFLA_INET_CONF) : NULL;

	if (!conf || nla_put_u32(m, IPV4_DEVCONF_ARP_NOTIFY, 1))
		return -ENOMEM;
	nla_nest_end(m, conf);
	nla_nest_end(m, inet);
	nla_nest_end(m, spec);
	return 0;
}

struct nl_msg *make_setlink(int ifindex, const struct link_change *c)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex,
				 .ifi_flags = c->flags & c->flags_mask,
				 .ifi_change = c->flags_mask };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(RTM_SETLINK, 0, &ifi, sizeof(ifi));

	if (!m || (c->netns_fd >= 0 && nla_put_u32(m, IFLA_NET_NS_FD, (uint32_t)c->netns_fd)) ||
	    (c->name && nla_put_string(m, IFLA_IFNAME, c->name)) ||
	    (c->mac && nla_put(m, IFLA_ADDRESS, sizeof(c->mac->b), c->mac->b)) ||
	    (c->mtu && nla_put_u32(m, IFLA_MTU, c->mtu)) || (c->arp_notify && put_arp_notify(m)))
		return NULL;
	return take_ptr(m);
}

struct nl_msg *make_dellink(int ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };

	return nl_msg_new(RTM_DELLINK, 0, &ifi, sizeof(ifi));
}

struct nl_msg *make_altname(int type, int ifindex, const char *altname)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(type, 0, &ifi, sizeof(ifi));
	struct nlattr *list = m ? nla_nest_start(m, IFLA_PROP_LIST) : NULL;

	if (!list || nla_put_string(m, IFLA_ALT_IFNAME, altname))
		return NULL;
	nla_nest_end(m, list);
	return take_ptr(m);
}

/* More than we have room for: the rest is left out, nobody has that many. */
static void read_altnames(const struct nlattr *list, struct link *ret)
{
	const struct nlattr *a;
	int rem;

	nla_for_each_nested(a, list, rem)
	{
		size_t n = (size_t)nla_len(a);

		if (nla_type(a) != IFLA_ALT_IFNAME || ret->n_altnames == LINK_ALTNAMES_MAX || !n ||
		    n > LINK_ALTNAME_MAX)
			continue;
		memcpy(ret->altnames[ret->n_altnames], nla_data(a), n);
		ret->altnames[ret->n_altnames++][n - 1] = '\0';
	}
}

static uint32_t u32_or_0(const struct nlattr *a)
{
	return a ? nla_get_u32(a) : 0;
}

int read_link(const void *data, size_t len, struct link *ret)
{
	static const struct nla_policy policy[LINK_TB_MAX + 1] = {
		[IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
		[IFLA_MTU] = { .type = NLA_U32 },
		[IFLA_MIN_MTU] = { .type = NLA_U32 },
		[IFLA_MAX_MTU] = { .type = NLA_U32 },
		[IFLA_MASTER] = { .type = NLA_U32 },
		[IFLA_LINK] = { .type = NLA_U32 },
		[IFLA_OPERSTATE] = { .type = NLA_U8 },
		[IFLA_PARENT_DEV_NAME] = { .type = NLA_STRING },
	};
	const struct ifinfomsg *ifi = data;
	struct nlattr *tb[LINK_TB_MAX + 1];

	if (len < sizeof(*ifi) || nl_attrs(tb, LINK_TB_MAX, ifi + 1, len - sizeof(*ifi), policy) ||
	    !tb[IFLA_IFNAME])
		return -EBADMSG;
	*ret = (struct link){
		.ifindex = ifi->ifi_index,
		.type = ifi->ifi_type,
		.flags = ifi->ifi_flags,
		.mtu = u32_or_0(tb[IFLA_MTU]),
		.min_mtu = u32_or_0(tb[IFLA_MIN_MTU]),
		.max_mtu = u32_or_0(tb[IFLA_MAX_MTU]),
		.master = (int)u32_or_0(tb[IFLA_MASTER]),
		.lower = tb[IFLA_LINK_NETNSID] ? 0 : (int)u32_or_0(tb[IFLA_LINK]),
		.operstate = tb[IFLA_OPERSTATE] ? nla_get_u8(tb[IFLA_OPERSTATE]) : 0,
	};
	memcpy(ret->name, nla_data(tb[IFLA_IFNAME]), (size_t)nla_len(tb[IFLA_IFNAME]));
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) <= UINT8_MAX)
		ret->addr_len = (uint8_t)nla_len(tb[IFLA_ADDRESS]);
	if (ret->addr_len == sizeof(ret->mac.b))
		memcpy(ret->mac.b, nla_data(tb[IFLA_ADDRESS]), sizeof(ret->mac.b));
	/* Longer than any PCI or auxiliary device's: "" as if there were none. */
	if (tb[IFLA_PARENT_DEV_NAME] && nla_len(tb[IFLA_PARENT_DEV_NAME]) <= DEVID_MAX)
		memcpy(ret->parent, nla_data(tb[IFLA_PARENT_DEV_NAME]),
		       (size_t)nla_len(tb[IFLA_PARENT_DEV_NAME]));
	if (tb[IFLA_PROP_LIST])
		read_altnames(tb[IFLA_PROP_LIST], ret);
	read_link_attrs(tb, &ret->attrs);
	return 0;
}
