// SPDX-License-Identifier: Apache-2.0
#include "kernel/vf.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/wire.h"

/* rtnl_fill_vfinfo() starts from this and the driver leaves it alone: do not put it back later. */
static const uint32_t not_told = UINT32_MAX;

enum {
	VFINFO_ENTRIES_MAX = 4096, /* the message's own 64 KiB end at 334 VFs */
};

/* One entry, always: more are refused with -EOPNOTSUPP (do_setvfinfo()). */
static int put_vlan(struct nl_msg *m, uint32_t vf, const struct vf_attrs *a)
{
	struct nlattr *list = nla_nest_start(m, IFLA_VF_VLAN_LIST);
	struct ifla_vf_vlan_info v;

	/* it ends in padding, which goes to the kernel too */
	memset(&v, 0, sizeof(v));
	v.vf = vf;
	v.vlan = a->vlan;
	v.qos = a->qos;
	v.vlan_proto = htons(a->vlan_proto);
	if (!list || nla_put(m, IFLA_VF_VLAN_INFO, sizeof(v), &v))
		return -ENOMEM;
	nla_nest_end(m, list);
	return 0;
}

static uint32_t wire_link_state(enum vf_link_state s)
{
	switch (s) {
	case VF_LINK_AUTO:
		return IFLA_VF_LINK_STATE_AUTO;
	case VF_LINK_ENABLE:
		return IFLA_VF_LINK_STATE_ENABLE;
	case VF_LINK_DISABLE:
		return IFLA_VF_LINK_STATE_DISABLE;
	}
	return IFLA_VF_LINK_STATE_AUTO;
}

static int put_attrs(struct nl_msg *m, uint32_t vf, const struct vf_attrs *a)
{
	struct ifla_vf_mac mac = { .vf = vf };
	struct ifla_vf_rate rate = { .vf = vf,
				     .min_tx_rate = a->min_tx_rate,
				     .max_tx_rate = a->max_tx_rate };
	struct ifla_vf_spoofchk spoofchk = { .vf = vf, .setting = a->spoofchk };
	struct ifla_vf_link_state state = { .vf = vf,
					    .link_state = wire_link_state(a->link_state) };
	struct ifla_vf_trust trust = { .vf = vf, .setting = a->trust };

	memcpy(mac.mac, a->mac.b, sizeof(a->mac.b));
	if (((a->have & VF_MAC) && nla_put(m, IFLA_VF_MAC, sizeof(mac), &mac)) ||
	    ((a->have & VF_VLAN) && put_vlan(m, vf, a)) ||
	    ((a->have & VF_RATE) && nla_put(m, IFLA_VF_RATE, sizeof(rate), &rate)) ||
	    ((a->have & VF_SPOOFCHK) &&
	     nla_put(m, IFLA_VF_SPOOFCHK, sizeof(spoofchk), &spoofchk)) ||
	    ((a->have & VF_LINK_STATE) && nla_put(m, IFLA_VF_LINK_STATE, sizeof(state), &state)) ||
	    ((a->have & VF_TRUST) && nla_put(m, IFLA_VF_TRUST, sizeof(trust), &trust)))
		return -ENOMEM;
	return 0;
}

struct nl_msg *make_setvf(int pf, unsigned vf, const struct vf_attrs *a)
{
	struct ifinfomsg ifi = { .ifi_index = pf };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(RTM_SETLINK, 0, &ifi, sizeof(ifi));
	struct nlattr *list = m ? nla_nest_start(m, IFLA_VFINFO_LIST) : NULL;
	struct nlattr *info = list ? nla_nest_start(m, IFLA_VF_INFO) : NULL;

	if (!info || put_attrs(m, vf, a))
		return NULL;
	nla_nest_end(m, info);
	nla_nest_end(m, list);
	return take_ptr(m);
}

/* A copy: attributes are only aligned to 4, and newer kernels may send longer structs. */
#define attr_struct(a, v) nla_memcpy(&(v), (a), sizeof(v))

static void read_switches(struct nlattr *const *tb, struct vf_attrs *ret)
{
	struct ifla_vf_spoofchk spoofchk = { .setting = not_told };
	struct ifla_vf_link_state state = { .link_state = not_told };
	struct ifla_vf_trust trust = { .setting = not_told };

	attr_struct(tb[IFLA_VF_SPOOFCHK], spoofchk);
	attr_struct(tb[IFLA_VF_LINK_STATE], state);
	attr_struct(tb[IFLA_VF_TRUST], trust);
	if (spoofchk.setting != not_told) {
		ret->spoofchk = spoofchk.setting;
		ret->have |= VF_SPOOFCHK;
	}
	if (trust.setting != not_told) {
		ret->trust = trust.setting;
		ret->have |= VF_TRUST;
	}
	if (state.link_state <= IFLA_VF_LINK_STATE_DISABLE) {
		ret->link_state = state.link_state == IFLA_VF_LINK_STATE_ENABLE	 ? VF_LINK_ENABLE :
				  state.link_state == IFLA_VF_LINK_STATE_DISABLE ? VF_LINK_DISABLE :
										   VF_LINK_AUTO;
		ret->have |= VF_LINK_STATE;
	}
}

static void read_vlan(struct nlattr *const *tb, struct vf_attrs *ret)
{
	struct ifla_vf_vlan_info v = { .vlan_proto = htons(0x8100) };
	struct ifla_vf_vlan old = { 0 };
	const struct nlattr *a;
	int rem;

	if (tb[IFLA_VF_VLAN]) {
		attr_struct(tb[IFLA_VF_VLAN], old);
		v.vlan = old.vlan;
		v.qos = old.qos;
	}
	/* The list repeats the VLAN with its protocol. */
	if (tb[IFLA_VF_VLAN_LIST])
		nla_for_each_nested(a, tb[IFLA_VF_VLAN_LIST],
				    rem) if (nla_type(a) == IFLA_VF_VLAN_INFO &&
					     nla_len(a) >= (int)sizeof(v)) attr_struct(a, v);
	if (!tb[IFLA_VF_VLAN] && !tb[IFLA_VF_VLAN_LIST])
		return;
	ret->vlan = (uint16_t)v.vlan;
	ret->qos = (uint8_t)v.qos;
	ret->vlan_proto = ntohs(v.vlan_proto);
	ret->have |= VF_VLAN;
}

static void read_attrs(struct nlattr *const *tb, struct vf_attrs *ret)
{
	struct ifla_vf_rate rate;
	struct ifla_vf_mac mac;

	attr_struct(tb[IFLA_VF_MAC], mac);
	memcpy(ret->mac.b, mac.mac, sizeof(ret->mac.b));
	ret->have = VF_MAC;
	read_vlan(tb, ret);
	if (tb[IFLA_VF_RATE]) {
		attr_struct(tb[IFLA_VF_RATE], rate);
		ret->min_tx_rate = rate.min_tx_rate;
		ret->max_tx_rate = rate.max_tx_rate;
		ret->have |= VF_RATE;
	}
	read_switches(tb, ret);
}

static int read_info(const struct nlattr *info, unsigned vf, struct vf_attrs *ret)
{
	static const struct nla_policy policy[IFLA_VF_MAX + 1] = {
		[IFLA_VF_MAC] = { .minlen = sizeof(struct ifla_vf_mac) },
		[IFLA_VF_VLAN] = { .minlen = sizeof(struct ifla_vf_vlan) },
		[IFLA_VF_RATE] = { .minlen = sizeof(struct ifla_vf_rate) },
		[IFLA_VF_SPOOFCHK] = { .minlen = sizeof(struct ifla_vf_spoofchk) },
		[IFLA_VF_LINK_STATE] = { .minlen = sizeof(struct ifla_vf_link_state) },
		[IFLA_VF_TRUST] = { .minlen = sizeof(struct ifla_vf_trust) },
	};
	/* Always there, and first (rtnl_fill_vfinfo()): a PF has hundreds of VFs, and one is ours. */
	const struct nlattr *mac = nla_find(nla_data(info), nla_len(info), IFLA_VF_MAC);
	struct nlattr *tb[IFLA_VF_MAX + 1];
	uint32_t number;

	if (!mac || nla_len(mac) < (int)sizeof(number))
		return -EBADMSG;
	/* each attribute begins with it */
	attr_struct(mac, number);
	if (number != vf)
		return 0;
	if (nl_nested(tb, IFLA_VF_MAX, info, policy))
		return -EBADMSG;
	read_attrs(tb, ret);
	return 0;
}

int read_vf(const void *data, size_t len, unsigned vf, struct vf_attrs *ret)
{
	static const struct nla_policy policy[IFLA_MAX + 1] = { 0 };
	const struct ifinfomsg *ifi = data;
	struct nlattr *tb[IFLA_MAX + 1];
	unsigned seen = 0;
	const struct nlattr *a;
	int rem, r = 0;

	*ret = (struct vf_attrs){ 0 };
	if (len < sizeof(*ifi) || nl_attrs(tb, IFLA_MAX, ifi + 1, len - sizeof(*ifi), policy))
		return -EBADMSG;
	if (!tb[IFLA_VFINFO_LIST])
		return 0;
	nla_for_each_nested(a, tb[IFLA_VFINFO_LIST], rem)
	{
		if (r || ret->have || seen++ == VFINFO_ENTRIES_MAX)
			break;
		if (nla_type(a) == IFLA_VF_INFO)
			r = read_info(a, vf, ret);
	}
	return r;
}

struct pf_answer {
	struct link link;
	struct vf_attrs vf;
};

static int see_pf(uint16_t type, const void *data, size_t len, const void *want, void *ret,
		  struct err *e)
{
	struct pf_answer *answer = ret;

	if (type != RTM_NEWLINK || read_link(data, len, &answer->link) ||
	    read_vf(data, len, *(const unsigned *)want, &answer->vf))
		return err_set(e, EBADMSG, "malformed link message");
	return 0;
}

int vf_find(struct nl *nl, const char *pf, unsigned vf, struct link *ret, struct vf_attrs *ret_vf,
	    struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m =
		make_getlink(0, pf, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS);
	struct pf_answer a = { .vf = { 0 } };
	struct nl_query q = { .each = see_pf, .want = &vf, .ret = &a, .size = sizeof(a) };

	if (!m)
		return nl_msg_full(e);
	if (nl_get(nl, m, &q, e))
		return err_wrap(e, "get interface %s and its VF %u", pf, vf);
	*ret = a.link;
	*ret_vf = a.vf;
	return 0;
}

static int see_vf(unused uint16_t type, const void *data, size_t len, const void *want, void *ret,
		  struct err *e)
{
	struct vf_attrs a;

	if (read_vf(data, len, *(const unsigned *)want, &a))
		return err_set(e, EBADMSG, "malformed link message");
	*(struct vf_attrs *)ret = a;
	return 0;
}

int vf_get(struct nl *nl, int pf, unsigned vf, struct vf_attrs *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m =
		make_getlink(pf, NULL, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS);
	struct vf_attrs a = { 0 };
	struct nl_query q = { .each = see_vf, .want = &vf, .ret = &a, .size = sizeof(a) };

	if (!m)
		return nl_msg_full(e);
	if (nl_get(nl, m, &q, e))
		return err_wrap(e, "get VF %u of interface %d", vf, pf);
	if (!a.have)
		return err_set(e, ENODATA,
			       "get VF %u of interface %d: the driver tells nothing of it", vf, pf);
	*ret = a;
	return 0;
}

int vf_set(struct nl *nl, int pf, unsigned vf, const struct vf_attrs *a, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_setvf(pf, vf, a);

	if (!m)
		return nl_msg_full(e);
	if (!nl_call(nl, m, e))
		return 0;
	return err_wrap(e, "set VF %u of interface %d", vf, pf);
}
