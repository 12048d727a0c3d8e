// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include <net/if.h>

#include "props.h"

static void want(struct plan *p, const char *name, struct value v)
{
	plan_want(p, prop_find(&sriov_props, name), &v);
}

static void want_vf(const struct vf_attrs *vf, struct plan *p)
{
	if (vf->have & VF_MAC)
		want(p, "vf.mac", value_mac(&vf->mac));
	if (vf->have & VF_VLAN)
		want(p, "vf.vlan", value_numbers(vf->vlan, vf->qos, vf->vlan_proto));
	if (vf->have & VF_RATE)
		want(p, "vf.rate", value_numbers(vf->min_tx_rate, vf->max_tx_rate, 0));
	if (vf->have & VF_SPOOFCHK)
		want(p, "vf.spoofchk", value_bool(vf->spoofchk));
	if (vf->have & VF_TRUST)
		want(p, "vf.trust", value_bool(vf->trust));
	if (vf->have & VF_LINK_STATE)
		want(p, "vf.link_state", value_number(vf->link_state));
}

/* As they are: see props.c. What this kernel does not tell could not be restored. */
static void want_attrs(const struct link_attrs *a, struct plan *p)
{
	if (a->have & LINK_TXQLEN)
		want(p, "netdev.txqlen", value_number(a->txqlen));
	if (a->have & LINK_GROUP)
		want(p, "netdev.group", value_number(a->group));
	if (a->have & LINK_ALIAS)
		want(p, "netdev.alias", value_text(a->alias));
	if (a->have & LINK_BROADCAST)
		want(p, "netdev.broadcast", value_mac(&a->broadcast));
	if (a->have & LINK_MODE)
		want(p, "netdev.mode", value_number(a->mode));
	if (a->have & LINK_SIZES)
		want(p, "netdev.sizes",
		     value_numbers(a->gso_max_size, a->gso_max_segs, a->gro_max_size));
	if (a->have & LINK_IPV4_SIZES)
		want(p, "netdev.ipv4_sizes",
		     value_numbers(a->gso_ipv4_max_size, a->gro_ipv4_max_size, 0));
	if (a->have & LINK_ACCEPT_DAD)
		want(p, "netdev.accept_dad", value_number((uint32_t)a->accept_dad));
}

static void want_netdev(const struct sriov_conf *conf, const struct world *w, struct plan *p)
{
	const struct link *l = &w->link;
	uint32_t flags = l->flags | IFF_UP | (conf->promisc ? IFF_PROMISC : 0) |
			 (conf->all_multicast ? IFF_ALLMULTI : 0);

	want(p, "netdev.altnames", (struct value){ .type = VALUE_NAMES });
	want_attrs(&l->attrs, p);
	want(p, "netdev.place", place_pod(&w->pod, w->ifname));
	want(p, "netdev.mac", value_mac(conf->has_mac ? &conf->mac : &l->mac));
	want(p, "netdev.mtu", value_number(conf->mtu ? conf->mtu : l->mtu));
	want(p, "netdev.flags", value_number(flags & NETDEV_FLAGS));
}

void plan_make(const struct sriov_conf *conf, const struct world *w, struct plan *ret)
{
	plan_done(ret);
	/* a device that is no VF has no PF to tell */
	if (w->fn.is_vf)
		want_vf(&conf->vf, ret);
	if (!w->userspace)
		want_netdev(conf, w, ret);
}
