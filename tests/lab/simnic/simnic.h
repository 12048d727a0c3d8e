/* SPDX-License-Identifier: GPL-2.0 */
/*
 * simnic.h - what the files of simnic share.
 *
 * A function's prefix names its file: sim_fault_* is in fault.c, sim_pci_* in pci.c and so on.
 */
#ifndef SIMNIC_H
#define SIMNIC_H

#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <rdma/ib_verbs.h>

#define SIM_VENDOR	0x5349		/* no real vendor's */
#define SIM_DEVICE_PF	0x0001
#define SIM_DEVICE_VF	0x0002
#define SIM_MAX_PF	8		/* functions 0-7 of one slot */
#define SIM_MAX_VF	256		/* each PF's VFs fill one bus */
#define SIM_MAX_RDMA	4
#define SIM_MAX_SF	8
#define SIM_PF_ID	(-1)		/* struct sim_port.id of the PF itself */
#define SIM_SF_ID	SIM_MAX_VF	/* and of the first scalable function */

/* When a MAC that the PF assigns reaches the VF's netdev; real drivers differ. */
enum sim_mac_mode {
	SIM_MAC_AT_ONCE,
	SIM_MAC_DELAYED,	/* i40e, iavf: the VF resets itself some time later */
	SIM_MAC_AT_PROBE,	/* mlx5: the VF reads it when its driver binds */
	SIM_MAC_AT_STOP,	/* igbvf: when the VF netdev goes down */
};

/* main.c: module parameters */
extern int sim_domain, sim_busnr, sim_npf, sim_totalvfs, sim_rdma, sim_ibmask, sim_sfs;
extern int sim_mac_mode, sim_mac_delay_ms;
extern uint sim_rdma_move_ms;
extern bool sim_no_disassociate, sim_names, sim_zero_guid, sim_mad, sim_vfio_stub;

/* What the PF's "firmware" keeps of one VF, whether or not a driver is bound to the VF. */
struct sim_vf {
	struct sim_pf *pf;
	int id;
	u8 own_mac[ETH_ALEN];		/* used while the PF assigns none */
	u8 mac[ETH_ALEN];
	bool mac_set;
	u16 vlan;
	u8 qos;
	__be16 proto;
	u32 min_rate, max_rate;
	bool spoofchk, trust, rss;
	int link;
	u64 node_guid, port_guid;
	u64 rx_packets, tx_packets, rx_bytes, tx_bytes, spoof_drops;
	struct delayed_work mac_work;
};

struct sim_pf {
	int idx;
	bool ib;			/* its netdevs are ARPHRD_INFINIBAND */
	struct pci_dev *pdev;
	struct net_device *ndev;
	struct sim_vf *vf;
	/* [0] the PF, [n + 1] VF n, [SIM_SF_ID + n + 1] scalable function n */
	struct net_device __rcu *port[SIM_MAX_VF + SIM_MAX_SF + 1];
	struct sim_sf *sf[SIM_MAX_SF];
};

/* netdev_priv() of every simnic netdev */
struct sim_port {
	struct net_device *ndev;
	struct device *dev;		/* the function's: on the PCI or the auxiliary bus */
	struct sim_pf *pf;
	int id;				/* SIM_PF_ID, the VF's number, or SIM_SF_ID + n */
	struct sim_ibdev *rdma[SIM_MAX_RDMA];
};

/* What the PF keeps of this port; NULL: it is no VF's. */
static inline struct sim_vf *sim_vf_of(struct sim_pf *pf, int id)
{
	return id >= 0 && id < SIM_MAX_VF ? &pf->vf[id] : NULL;
}

/* fault.c */
enum sim_op {
	SIM_OP_VF_MAC,
	SIM_OP_VF_VLAN,
	SIM_OP_VF_RATE,
	SIM_OP_VF_SPOOFCHK,
	SIM_OP_VF_TRUST,
	SIM_OP_VF_LINK,
	SIM_OP_VF_RSS,
	SIM_OP_VF_GUID,
	SIM_OP_VF_GET,
	SIM_OP_OPEN,
	SIM_OP_SET_MAC,
	SIM_OP_MTU,
	SIM_OP_RENAME,
	SIM_OP_NETNS,
	SIM_OP_RDMA_NETNS,
	SIM_OP_SRIOV,
	SIM_OP_PROBE,
	SIM_OP_NUM
};

struct sim_fault {
	int err, count, skip, delay_ms;
	bool after;
};

int sim_fault_init(void);
void sim_fault_exit(void);
bool sim_fault_take(enum sim_op op, struct sim_fault *ret_hit);
int sim_fault_or_go(enum sim_op op, bool *ret_go);
int sim_fault(enum sim_op op);
const char *sim_op_name(enum sim_op op);
__printf(1, 2) void sim_log(const char *fmt, ...);

/* pci.c */
int sim_pci_init(void);
void sim_pci_exit(void);
int sim_pci_plug(void);
void sim_pci_unplug(void);

/* driver.c */
int sim_port_register(struct sim_port *port);
void sim_port_unregister(struct sim_port *port);
int sim_driver_init(void);
void sim_driver_exit(void);

/* sf.c */
int sim_sf_init(void);
void sim_sf_exit(void);
int sim_sf_add(struct sim_pf *pf);
void sim_sf_del(struct sim_pf *pf);

/* port.c */
struct net_device *sim_port_new(struct sim_pf *pf, struct device *dev, int id);
bool sim_port_is_ours(const struct net_device *ndev);

/* switch.c */
netdev_tx_t sim_switch_xmit(struct sk_buff *skb, struct net_device *ndev);
bool sim_switch_link_up(struct sim_pf *pf, int id);
void sim_switch_carrier(struct sim_pf *pf, int id);
void sim_switch_carrier_all(struct sim_pf *pf);

/* vf.c */
void sim_vf_init(struct sim_vf *vf, struct sim_pf *pf, int id);
void sim_vf_reset(struct sim_vf *vf);
void sim_vf_mac_apply(struct sim_vf *vf);
int sim_vf_set_mac(struct net_device *ndev, int id, u8 *mac);
int sim_vf_set_vlan(struct net_device *ndev, int id, u16 vlan, u8 qos, __be16 proto);
int sim_vf_set_rate(struct net_device *ndev, int id, int min, int max);
int sim_vf_set_spoofchk(struct net_device *ndev, int id, bool on);
int sim_vf_set_trust(struct net_device *ndev, int id, bool on);
int sim_vf_set_link(struct net_device *ndev, int id, int state);
int sim_vf_set_rss(struct net_device *ndev, int id, bool on);
int sim_vf_set_guid(struct net_device *ndev, int id, u64 guid, int type);
int sim_vf_get_guid(struct net_device *ndev, int id, struct ifla_vf_guid *node,
		    struct ifla_vf_guid *port);
int sim_vf_get_config(struct net_device *ndev, int id, struct ifla_vf_info *info);
int sim_vf_get_stats(struct net_device *ndev, int id, struct ifla_vf_stats *stats);

/* rdma.c */
int sim_rdma_init(void);
void sim_rdma_exit(void);
int sim_rdma_add(struct sim_port *port);
void sim_rdma_del(struct sim_port *port);

/* mad.c */
extern const struct ib_device_ops sim_mad_ops;

/* hooks.c */
int sim_hooks_init(void);
void sim_hooks_exit(void);

#endif
