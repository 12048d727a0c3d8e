// SPDX-License-Identifier: GPL-2.0
/*
 * switch.c - the embedded switch that joins a PF and its VFs.
 *
 * Promise: frames pass between the PF and its VFs by destination MAC, within a VLAN: a VF's port
 * VLAN is added on the way in and taken off on the way out, 802.1Q sub-interfaces on the PF see
 * the tag, spoofed source MACs are dropped where spoofchk is on, link states are obeyed. There is
 * no way out of the NIC, and rates are remembered but not enforced.
 */
#include <linux/etherdevice.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>

#include "simnic.h"

struct vlan_tag {
	__be16 proto;
	u16 tci;
};

static u16 tag_vid(struct vlan_tag tag)
{
	return tag.tci & VLAN_VID_MASK;
}

/* What the VF should see of the link: forced, or as the PF's. */
bool sim_switch_link_up(struct sim_pf *pf, int id)
{
	const struct sim_vf *vf = sim_vf_of(pf, id);

	if (id == SIM_PF_ID || (vf && vf->link == IFLA_VF_LINK_STATE_ENABLE))
		return true;
	if (vf && vf->link == IFLA_VF_LINK_STATE_DISABLE)
		return false;
	return netif_running(pf->ndev);
}

void sim_switch_carrier(struct sim_pf *pf, int id)
{
	struct net_device *ndev;

	rcu_read_lock();
	ndev = rcu_dereference(pf->port[id + 1]);
	if (ndev && netif_running(ndev) && sim_switch_link_up(pf, id))
		netif_carrier_on(ndev);
	else if (ndev)
		netif_carrier_off(ndev);
	rcu_read_unlock();
}

void sim_switch_carrier_all(struct sim_pf *pf)
{
	int i;

	for (i = 0; i < sim_totalvfs; i++)
		sim_switch_carrier(pf, i);
	for (i = 0; i < SIM_MAX_SF; i++)
		sim_switch_carrier(pf, SIM_SF_ID + i);
}

/* Hand a copy of the (untagged) frame to port @id, tagged if that port should see the tag. */
static void deliver(struct sim_pf *pf, int id, struct net_device *ndev, struct sk_buff *skb,
		    struct vlan_tag tag)
{
	struct sim_vf *vf = sim_vf_of(pf, id);
	struct sk_buff *copy;

	if (vf && vf->vlan && vf->vlan != tag_vid(tag))
		return;
	if (!netif_carrier_ok(ndev) || !netif_running(ndev))
		return;
	copy = skb_clone(skb, GFP_ATOMIC);
	if (!copy)
		return;
	__vlan_hwaccel_clear_tag(copy);
	if (tag_vid(tag) && !(vf && vf->vlan))
		copy = vlan_insert_tag_set_proto(copy, tag.proto, tag.tci);
	if (!copy)
		return;
	if (vf) {
		vf->rx_packets++;
		vf->rx_bytes += copy->len;
	}
	if (dev_forward_skb(ndev, copy) == NET_RX_SUCCESS)
		dev_sw_netstats_rx_add(ndev, skb->len);
}

static bool wants(const struct net_device *ndev, const u8 *dst)
{
	return is_multicast_ether_addr(dst) || ether_addr_equal(dst, ndev->dev_addr) ||
	       ndev->flags & IFF_PROMISC;
}

static void forward(struct sim_pf *pf, const struct net_device *from, struct sk_buff *skb,
		    struct vlan_tag tag)
{
	int i, n;

	rcu_read_lock();
	n = pci_num_vf(pf->pdev);
	for (i = SIM_PF_ID; i < SIM_SF_ID + SIM_MAX_SF; i = i == n - 1 ? SIM_SF_ID : i + 1) {
		struct net_device *ndev = rcu_dereference(pf->port[i + 1]);

		if (ndev && ndev != from && wants(ndev, eth_hdr(skb)->h_dest))
			deliver(pf, i, ndev, skb, tag);
	}
	rcu_read_unlock();
}

/* Take the frame's VLAN tag out, wherever it is kept. */
static int take_tag(struct sk_buff *skb, struct vlan_tag *ret_tag)
{
	*ret_tag = (struct vlan_tag){ .proto = htons(ETH_P_8021Q) };
	if (skb_vlan_tag_present(skb)) {
		ret_tag->tci = skb_vlan_tag_get(skb);
		ret_tag->proto = skb->vlan_proto;
		return 0;
	}
	if (!eth_type_vlan(skb->protocol))
		return 0;
	ret_tag->proto = skb->protocol;
	return __skb_vlan_pop(skb, &ret_tag->tci);
}

/* May the VF send this? If so, put it into the VF's port VLAN. */
static bool vf_ingress(struct sim_vf *vf, const struct net_device *ndev,
		       const struct sk_buff *skb, struct vlan_tag *tag)
{
	const u8 *own = vf->mac_set ? vf->mac : ndev->dev_addr;

	if (vf->spoofchk && !ether_addr_equal(eth_hdr(skb)->h_source, own)) {
		vf->spoof_drops++;
		return false;
	}
	if (vf->vlan) {
		if (tag_vid(*tag))
			return false;	/* stacked tags are not simulated */
		tag->tci = vf->vlan | vf->qos << VLAN_PRIO_SHIFT;
		tag->proto = vf->proto;
	}
	vf->tx_packets++;
	vf->tx_bytes += skb->len;
	return true;
}

netdev_tx_t sim_switch_xmit(struct sk_buff *skb, struct net_device *ndev)
{
	struct sim_port *port = netdev_priv(ndev);
	struct sim_vf *vf = sim_vf_of(port->pf, port->id);
	struct vlan_tag tag;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NETDEV_TX_OK;
	if (port->pf->ib || take_tag(skb, &tag) || (vf && !vf_ingress(vf, ndev, skb, &tag))) {
		DEV_STATS_INC(ndev, tx_dropped);
		kfree_skb(skb);
		return NETDEV_TX_OK;
	}
	dev_sw_netstats_tx_add(ndev, 1, skb->len);
	forward(port->pf, ndev, skb, tag);
	consume_skb(skb);
	return NETDEV_TX_OK;
}
