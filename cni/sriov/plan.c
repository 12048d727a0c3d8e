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

static void want_netdev(const struct sriov_conf *conf, const struct world *w, struct plan *p)
{
	const struct link *l = &w->link;
	uint32_t flags = l->flags | IFF_UP | (conf->promisc ? IFF_PROMISC : 0) |
			 (conf->all_multicast ? IFF_ALLMULTI : 0);

	want(p, "netdev.altnames", (struct value){ .type = VALUE_NAMES });
	want(p, "netdev.place", place_pod(&w->pod, w->ifname));
	want(p, "netdev.mac", value_mac(conf->has_mac ? &conf->mac : &l->mac));
	want(p, "netdev.mtu", value_number(conf->mtu ? conf->mtu : l->mtu));
	want(p, "netdev.flags", value_number(flags & NETDEV_FLAGS));
}

void plan_make(const struct sriov_conf *conf, const struct world *w, struct plan *ret)
{
	*ret = (struct plan){ .n = 0 };
	/* a device that is no VF has no PF to tell */
	if (w->fn.is_vf)
		want_vf(&conf->vf, ret);
	if (!w->userspace)
		want_netdev(conf, w, ret);
}
