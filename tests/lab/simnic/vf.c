// SPDX-License-Identifier: GPL-2.0
/*
 * vf.c - what a PF may be told about its VFs (`ip link set PF vf N ...`), and what it answers.
 *
 * Promise: each operation of the kernel's interface exists, checks its arguments as drivers do,
 * is logged, and can be made to fail; get_config answers exactly what was set. A MAC reaches the
 * VF's netdev when mac_mode says so.
 */
#include <linux/etherdevice.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "simnic.h"

static struct sim_vf *find_vf(struct net_device *ndev, int id)
{
	struct sim_port *port = netdev_priv(ndev);

	if (id < 0 || id >= pci_num_vf(port->pf->pdev))
		return NULL;
	return &port->pf->vf[id];
}

/*
 * The VF that an operation is for, logged; NULL and *ret_err if there is none or a fault hits. With
 * a VF, *ret_err is what to report when all is done.
 */
static __printf(5, 6) struct sim_vf *begin(enum sim_op op, struct net_device *ndev, int id,
					   int *ret_err, const char *fmt, ...)
{
	struct sim_vf *vf = find_vf(ndev, id);
	struct va_format args = { .fmt = fmt };
	bool go;
	va_list ap;

	*ret_err = -EINVAL;
	if (!vf)
		return NULL;
	va_start(ap, fmt);
	args.va = &ap;
	sim_log("%s %s vf %d %pV", sim_op_name(op), netdev_name(ndev), id, &args);
	va_end(ap);
	*ret_err = sim_fault_or_go(op, &go);
	return go ? vf : NULL;
}

/* Give the VF's netdev, if it has one, the MAC that the PF assigned. Under rtnl. */
void sim_vf_mac_apply(struct sim_vf *vf)
{
	struct net_device *ndev = rtnl_dereference(vf->pf->port[vf->id + 1]);

	if (!ndev || vf->pf->ib || is_zero_ether_addr(vf->mac) ||
	    ether_addr_equal(ndev->dev_addr, vf->mac))
		return;
	eth_hw_addr_set(ndev, vf->mac);
	call_netdevice_notifiers(NETDEV_CHANGEADDR, ndev);
	sim_log("vf_mac_applied vf %d %pM", vf->id, vf->mac);
}

static void mac_work(struct work_struct *work)
{
	struct sim_vf *vf = container_of(to_delayed_work(work), struct sim_vf, mac_work);

	rtnl_lock();
	sim_vf_mac_apply(vf);
	sim_log("vf_mac_settled vf %d", vf->id);
	rtnl_unlock();
}

int sim_vf_set_mac(struct net_device *ndev, int id, u8 *mac)
{
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_MAC, ndev, id, &err, "%pM", mac);

	if (!vf)
		return err;
	if (is_multicast_ether_addr(mac))
		return -EINVAL;
	ether_addr_copy(vf->mac, mac);
	vf->mac_set = !is_zero_ether_addr(mac);
	if (sim_mac_mode == SIM_MAC_AT_ONCE)
		sim_vf_mac_apply(vf);
	else if (sim_mac_mode == SIM_MAC_DELAYED)
		mod_delayed_work(system_wq, &vf->mac_work, msecs_to_jiffies(sim_mac_delay_ms));
	return err;
}

int sim_vf_set_vlan(struct net_device *ndev, int id, u16 vlan, u8 qos, __be16 proto)
{
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_VLAN, ndev, id, &err, "vlan %u qos %u proto %#x",
				  vlan, qos, ntohs(proto));

	if (!vf)
		return err;
	if (vlan >= VLAN_N_VID - 1 || qos > 7)
		return -EINVAL;
	if (!eth_type_vlan(proto))
		return -EPROTONOSUPPORT;
	vf->vlan = vlan;
	vf->qos = qos;
	vf->proto = proto;
	return err;
}

int sim_vf_set_rate(struct net_device *ndev, int id, int min, int max)
{
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_RATE, ndev, id, &err, "min %d max %d", min, max);

	if (!vf)
		return err;
	if (min < 0 || max < 0 || (max && min > max))
		return -EINVAL;
	vf->min_rate = min;
	vf->max_rate = max;
	return err;
}

int sim_vf_set_spoofchk(struct net_device *ndev, int id, bool on)
{
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_SPOOFCHK, ndev, id, &err, "%d", on);

	if (!vf)
		return err;
	vf->spoofchk = on;
	return err;
}

int sim_vf_set_trust(struct net_device *ndev, int id, bool on)
{
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_TRUST, ndev, id, &err, "%d", on);

	if (!vf)
		return err;
	vf->trust = on;
	return err;
}

int sim_vf_set_link(struct net_device *ndev, int id, int state)
{
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_LINK, ndev, id, &err, "%d", state);

	if (!vf)
		return err;
	if (state > IFLA_VF_LINK_STATE_DISABLE)
		return -EINVAL;
	vf->link = state;
	sim_switch_carrier(vf->pf, id);
	return err;
}

int sim_vf_set_rss(struct net_device *ndev, int id, bool on)
{
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_RSS, ndev, id, &err, "%d", on);

	if (!vf)
		return err;
	vf->rss = on;
	return err;
}

int sim_vf_set_guid(struct net_device *ndev, int id, u64 guid, int type)
{
	bool node = type == IFLA_VF_IB_NODE_GUID;
	int err;
	struct sim_vf *vf = begin(SIM_OP_VF_GUID, ndev, id, &err, "%s %016llx",
				  node ? "node" : "port", guid);

	if (!vf)
		return err;
	if (node)
		vf->node_guid = guid;
	else
		vf->port_guid = guid;
	return err;
}

int sim_vf_get_guid(struct net_device *ndev, int id, struct ifla_vf_guid *node,
		    struct ifla_vf_guid *port)
{
	struct sim_vf *vf = find_vf(ndev, id);

	if (!vf)
		return -EINVAL;
	if (!vf->pf->ib)
		return -EOPNOTSUPP;
	node->vf = port->vf = id;
	node->guid = vf->node_guid;
	port->guid = vf->port_guid;
	return 0;
}

/* Not logged: `ip link` asks for every VF, twice. */
int sim_vf_get_config(struct net_device *ndev, int id, struct ifla_vf_info *info)
{
	struct sim_vf *vf = find_vf(ndev, id);
	int err;

	if (!vf)
		return -EINVAL;
	err = sim_fault(SIM_OP_VF_GET);
	if (err)
		return err;
	info->vf = id;
	ether_addr_copy(info->mac, vf->mac);
	info->vlan = vf->vlan;
	info->qos = vf->qos;
	info->vlan_proto = vf->proto;
	info->min_tx_rate = vf->min_rate;
	info->max_tx_rate = vf->max_rate;
	info->spoofchk = vf->spoofchk;
	info->trusted = vf->trust;
	info->linkstate = vf->link;
	info->rss_query_en = vf->rss;
	return 0;
}

int sim_vf_get_stats(struct net_device *ndev, int id, struct ifla_vf_stats *stats)
{
	struct sim_vf *vf = find_vf(ndev, id);

	if (!vf)
		return -EINVAL;
	stats->rx_packets = vf->rx_packets;
	stats->tx_packets = vf->tx_packets;
	stats->rx_bytes = vf->rx_bytes;
	stats->tx_bytes = vf->tx_bytes;
	stats->tx_dropped = vf->spoof_drops;
	return 0;
}

/* What a VF is like when SR-IOV has just been enabled. */
void sim_vf_reset(struct sim_vf *vf)
{
	eth_zero_addr(vf->mac);
	vf->mac_set = false;
	vf->vlan = 0;
	vf->qos = 0;
	vf->proto = htons(ETH_P_8021Q);
	vf->min_rate = 0;
	vf->max_rate = 0;
	vf->spoofchk = true;
	vf->trust = false;
	vf->rss = false;
	vf->link = IFLA_VF_LINK_STATE_AUTO;
	vf->node_guid = 0;
	vf->port_guid = 0;
	vf->rx_packets = vf->tx_packets = 0;
	vf->rx_bytes = vf->tx_bytes = 0;
	vf->spoof_drops = 0;
}

void sim_vf_init(struct sim_vf *vf, struct sim_pf *pf, int id)
{
	vf->pf = pf;
	vf->id = id;
	eth_random_addr(vf->own_mac);
	INIT_DELAYED_WORK(&vf->mac_work, mac_work);
	sim_vf_reset(vf);
}
