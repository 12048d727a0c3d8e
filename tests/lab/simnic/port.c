// SPDX-License-Identifier: GPL-2.0
/*
 * port.c - the netdev of a function: names, MAC, MTU, up and down.
 *
 * Promise: it behaves as a NIC driver's netdev does: movable between namespaces, real carrier,
 * and a VF may not take another MAC than the one its PF assigned unless it is trusted.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>

#include "simnic.h"

#define ETH_MAX_MTU_SIM	9978
#define IB_ADDR_LEN	20

static int port_open(struct net_device *ndev)
{
	struct sim_port *port = netdev_priv(ndev);
	int err = sim_fault(SIM_OP_OPEN);

	if (err)
		return err;
	if (sim_switch_link_up(port->pf, port->id))
		netif_carrier_on(ndev);
	netif_start_queue(ndev);
	if (port->id == SIM_PF_ID)
		sim_switch_carrier_all(port->pf);
	return 0;
}

static int port_stop(struct net_device *ndev)
{
	struct sim_port *port = netdev_priv(ndev);
	struct sim_vf *vf = sim_vf_of(port->pf, port->id);

	netif_stop_queue(ndev);
	netif_carrier_off(ndev);
	if (vf && sim_mac_mode == SIM_MAC_AT_STOP)
		sim_vf_mac_apply(vf);
	/* the PF is no longer "running" here, so VFs that follow its link go down with it */
	if (port->id == SIM_PF_ID)
		sim_switch_carrier_all(port->pf);
	return 0;
}

static int mac_permitted(const struct sim_port *port, const u8 *mac)
{
	const struct sim_vf *vf = sim_vf_of(port->pf, port->id);

	if (port->pf->ib)
		return -EOPNOTSUPP;
	if (!is_valid_ether_addr(mac))
		return -EADDRNOTAVAIL;
	return vf && vf->mac_set && !vf->trust && !ether_addr_equal(vf->mac, mac) ? -EPERM : 0;
}

static int port_set_mac(struct net_device *ndev, void *addr)
{
	const struct sockaddr *sa = addr;
	bool go;
	int err = sim_fault_or_go(SIM_OP_SET_MAC, &go);
	int forbidden = mac_permitted(netdev_priv(ndev), sa->sa_data);

	if (!go)
		return err;
	if (forbidden)
		return forbidden;
	sim_log("set_mac %s %pM", netdev_name(ndev), sa->sa_data);
	eth_hw_addr_set(ndev, sa->sa_data);
	return err;
}

static int port_set_mtu(struct net_device *ndev, int mtu)
{
	bool go;
	int err = sim_fault_or_go(SIM_OP_MTU, &go);

	if (!go)
		return err;
	sim_log("mtu %s %d", netdev_name(ndev), mtu);
	WRITE_ONCE(ndev->mtu, mtu);
	return err;
}

/* Must exist for the core to allow multicast and promiscuous mode; the switch looks at the flags. */
static void port_set_rx_mode(struct net_device *ndev)
{
}

#define PORT_NDO					\
	.ndo_open = port_open,				\
	.ndo_stop = port_stop,				\
	.ndo_start_xmit = sim_switch_xmit,		\
	.ndo_set_mac_address = port_set_mac,		\
	.ndo_change_mtu = port_set_mtu,			\
	.ndo_set_rx_mode = port_set_rx_mode

static const struct net_device_ops pf_ndo = {
	PORT_NDO,
	.ndo_set_vf_mac = sim_vf_set_mac,
	.ndo_set_vf_vlan = sim_vf_set_vlan,
	.ndo_set_vf_rate = sim_vf_set_rate,
	.ndo_set_vf_spoofchk = sim_vf_set_spoofchk,
	.ndo_set_vf_trust = sim_vf_set_trust,
	.ndo_set_vf_link_state = sim_vf_set_link,
	.ndo_set_vf_rss_query_en = sim_vf_set_rss,
	.ndo_set_vf_guid = sim_vf_set_guid,
	.ndo_get_vf_guid = sim_vf_get_guid,
	.ndo_get_vf_config = sim_vf_get_config,
	.ndo_get_vf_stats = sim_vf_get_stats,
};

static const struct net_device_ops vf_ndo = {
	PORT_NDO,
};

static void port_drvinfo(struct net_device *ndev, struct ethtool_drvinfo *info)
{
	const struct sim_port *port = netdev_priv(ndev);

	strscpy(info->driver, port->dev->driver->name, sizeof(info->driver));
	strscpy(info->bus_info, dev_name(port->dev), sizeof(info->bus_info));
}

static const struct ethtool_ops port_ethtool = {
	.get_drvinfo = port_drvinfo,
	.get_link = ethtool_op_get_link,
};

/* As IPoIB sets up its netdevs; nothing is ever sent through these. */
static void ib_setup(struct net_device *ndev)
{
	ndev->type = ARPHRD_INFINIBAND;
	ndev->addr_len = IB_ADDR_LEN;
	ndev->hard_header_len = 4;
	ndev->mtu = 2044;
	ndev->max_mtu = 4092;
	ndev->tx_queue_len = 256;
	ndev->flags = IFF_BROADCAST | IFF_MULTICAST;
	memset(ndev->broadcast, 0xff, IB_ADDR_LEN);
}

/* QPN 0, link-local prefix, random GUID */
static void ib_addr_init(struct net_device *ndev)
{
	u8 addr[IB_ADDR_LEN] = { 0, 0, 0, 0, 0xfe, 0x80 };

	get_random_bytes(addr + 12, 8);
	dev_addr_set(ndev, addr);
	memcpy(ndev->perm_addr, addr + 12, ETH_ALEN);
}

static void eth_addr_init(struct net_device *ndev, const struct sim_port *port)
{
	const struct sim_vf *vf = sim_vf_of(port->pf, port->id);

	ndev->max_mtu = ETH_MAX_MTU_SIM;
	if (vf)
		eth_hw_addr_set(ndev, vf->mac_set ? vf->mac : vf->own_mac);
	else
		eth_hw_addr_random(ndev);
	memcpy(ndev->perm_addr, ndev->dev_addr, ETH_ALEN);
}

static bool name_taken(const char *name)
{
	bool taken;

	rcu_read_lock();
	taken = dev_get_by_name_rcu(&init_net, name);
	rcu_read_unlock();
	return taken;
}

/*
 * Without udev a freed ethN would go to the next VF that binds. Hence names made from the
 * position, as udev makes them; if one is taken the kernel's pattern remains.
 */
static void name_init(struct net_device *ndev, const struct sim_port *port)
{
	char name[IFNAMSIZ];

	if (port->id == SIM_PF_ID)
		snprintf(name, sizeof(name), "ens%uf%u", sim_busnr, port->pf->idx);
	else if (port->id >= SIM_SF_ID)
		snprintf(name, sizeof(name), "ens%uf%us%u", sim_busnr, port->pf->idx,
			 port->id - SIM_SF_ID);
	else
		snprintf(name, sizeof(name), "ens%uf%uv%u", sim_busnr, port->pf->idx, port->id);
	if (!name_taken(name))
		strscpy(ndev->name, name, sizeof(ndev->name));
}

/* A netdev for function @dev, not yet registered; free_netdev() frees it. */
struct net_device *sim_port_new(struct sim_pf *pf, struct device *dev, int id)
{
	struct net_device *ndev;
	struct sim_port *port;

	ndev = pf->ib ? alloc_netdev(sizeof(*port), "ib%d", NET_NAME_ENUM, ib_setup) :
			alloc_etherdev(sizeof(*port));
	if (!ndev)
		return NULL;
	port = netdev_priv(ndev);
	port->ndev = ndev;
	port->dev = dev;
	port->pf = pf;
	port->id = id;
	SET_NETDEV_DEV(ndev, dev);
	ndev->netdev_ops = id == SIM_PF_ID ? &pf_ndo : &vf_ndo;
	ndev->ethtool_ops = &port_ethtool;
	ndev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	ndev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	if (pf->ib)
		ib_addr_init(ndev);
	else
		eth_addr_init(ndev, port);
	if (sim_names)
		name_init(ndev, port);
	netif_carrier_off(ndev);
	return ndev;
}

bool sim_port_is_ours(const struct net_device *ndev)
{
	return ndev->netdev_ops == &pf_ndo || ndev->netdev_ops == &vf_ndo;
}
