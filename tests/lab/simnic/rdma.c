// SPDX-License-Identifier: GPL-2.0
/*
 * rdma.c - the RDMA devices of a function: everything about them but a data path.
 *
 * Promise: each appears in `rdma link`, sysfs and as /dev/infiniband/uverbsN, has a GID table that
 * follows its netdev's addresses, can be moved between network namespaces in exclusive mode, and
 * can be opened through libibverbs. For the last it claims to be driver "rxe" with that driver's
 * uverbs ABI 2, since libibverbs ignores devices that none of its providers knows.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <net/addrconf.h>
#include <rdma/ib_addr.h>
#include <rdma/ib_cache.h>
#include <rdma/ib_mad.h>

#include "simnic.h"

#define UVERBS_ABI_RXE	2
#define GID_TABLE_LEN	16

struct sim_ibdev {
	struct ib_device ibdev;
	struct sim_port *port;
	bool mad;	/* as sim_mad was when it was made */
};

struct sim_pd { struct ib_pd ibpd; };
struct sim_ucontext { struct ib_ucontext ibuc; };

static struct sim_ibdev *to_sim(struct ib_device *ibdev)
{
	return container_of(ibdev, struct sim_ibdev, ibdev);
}

static int query_device(struct ib_device *ibdev, struct ib_device_attr *attr, struct ib_udata *u)
{
	*attr = (struct ib_device_attr){
		.vendor_id = SIM_VENDOR,
		.vendor_part_id = SIM_DEVICE_VF,
		.hw_ver = 1,
		.sys_image_guid = ibdev->node_guid,
		/* lets the core make kernel PDs without a DMA memory region */
		.kernel_cap_flags = IBK_LOCAL_DMA_LKEY,
		.max_pkeys = 1,
		.max_pd = 16,
		.max_qp = 16,
		.max_qp_wr = 1024,
		.max_cq = 16,
		.max_cqe = 4096,
		.max_mr = 16,
	};
	return 0;
}

static int query_port(struct ib_device *ibdev, u32 num, struct ib_port_attr *attr)
{
	const struct net_device *ndev = to_sim(ibdev)->port->ndev;
	bool up = netif_running(ndev) && netif_carrier_ok(ndev);

	attr->state = up ? IB_PORT_ACTIVE : IB_PORT_DOWN;
	attr->phys_state = up ? IB_PORT_PHYS_STATE_LINK_UP : IB_PORT_PHYS_STATE_DISABLED;
	attr->max_mtu = IB_MTU_4096;
	attr->active_mtu = IB_MTU_1024;
	attr->gid_tbl_len = GID_TABLE_LEN;
	attr->pkey_tbl_len = 1;
	attr->max_msg_sz = 0x80000000;
	attr->active_width = IB_WIDTH_4X;
	attr->active_speed = IB_SPEED_EDR;
	attr->port_cap_flags = 0;
	attr->ip_gids = true;
	return 0;
}

static int port_immutable(struct ib_device *ibdev, u32 num, struct ib_port_immutable *im)
{
	const struct sim_ibdev *sim = to_sim(ibdev);

	im->core_cap_flags = sim->port->pf->ib ? RDMA_CORE_CAP_PROT_IB :
						 RDMA_CORE_CAP_PROT_ROCE_UDP_ENCAP;
	if (sim->mad) {
		/* without CM the MAD layer would make no queue pair, and some kernels warn of it */
		im->core_cap_flags |= RDMA_CORE_CAP_IB_MAD | RDMA_CORE_CAP_IB_CM;
		im->max_mad_size = IB_MGMT_MAD_SIZE;
	}
	im->gid_tbl_len = GID_TABLE_LEN;
	im->pkey_tbl_len = 1;
	return 0;
}

static enum rdma_link_layer link_layer(struct ib_device *ibdev, u32 num)
{
	return to_sim(ibdev)->port->pf->ib ? IB_LINK_LAYER_INFINIBAND : IB_LINK_LAYER_ETHERNET;
}

/* Asked on InfiniBand only; RoCE's table is the core's. */
static int query_gid(struct ib_device *ibdev, u32 num, int index, union ib_gid *gid)
{
	memset(gid, 0, sizeof(*gid));
	if (index == 0) {
		gid->global.subnet_prefix = cpu_to_be64(0xfe80000000000000ULL);
		gid->global.interface_id = ibdev->node_guid;
	}
	return 0;
}

static int query_pkey(struct ib_device *ibdev, u32 num, u16 index, u16 *pkey)
{
	*pkey = 0xffff;
	return 0;
}

static int gid_ok(const struct ib_gid_attr *attr, void **context)
{
	return 0;
}

static int ucontext_ok(struct ib_ucontext *ctx, struct ib_udata *u)
{
	return 0;
}

static void ucontext_gone(struct ib_ucontext *ctx)
{
}

static int pd_ok(struct ib_pd *pd, struct ib_udata *u)
{
	return 0;
}

static void fw_version(struct ib_device *ibdev, char *str)
{
	strscpy(str, "1.0.0-sim", IB_FW_VERSION_NAME_MAX);
}

static const struct ib_device_ops base_ops = {
	.owner = THIS_MODULE,
	.driver_id = RDMA_DRIVER_RXE,
	.uverbs_abi_ver = UVERBS_ABI_RXE,
	.query_device = query_device,
	.query_port = query_port,
	.query_pkey = query_pkey,
	.query_gid = query_gid,
	.get_port_immutable = port_immutable,
	.get_link_layer = link_layer,
	.get_dev_fw_str = fw_version,
	.add_gid = gid_ok,
	.del_gid = gid_ok,
	.alloc_ucontext = ucontext_ok,
	.dealloc_ucontext = ucontext_gone,
	.alloc_pd = pd_ok,
	.dealloc_pd = pd_ok,
	INIT_RDMA_OBJ_SIZE(ib_pd, sim_pd, ibpd),
	INIT_RDMA_OBJ_SIZE(ib_ucontext, sim_ucontext, ibuc),
};

/* Its presence is what makes a device movable. */
static const struct ib_device_ops movable_ops = {
	.disassociate_ucontext = ucontext_gone,
};

static void guid_init(struct sim_ibdev *sim)
{
	const struct sim_port *port = sim->port;
	const struct sim_vf *vf = sim_vf_of(port->pf, port->id);
	u8 *guid = (u8 *)&sim->ibdev.node_guid;

	if (sim_zero_guid && vf && !vf->mac_set)
		memset(guid, 0, 8);
	else if (port->pf->ib)
		memcpy(guid, port->ndev->dev_addr + 12, 8);
	else
		addrconf_addr_eui48(guid, port->ndev->dev_addr);
}

static void format_name(char *name, size_t size, const struct sim_port *port, int nth)
{
	const char *prefix = port->pf->ib ? "ibp" : "rocep";
	int n;

	if (port->id == SIM_PF_ID)
		n = scnprintf(name, size, "%s%uf%u", prefix, sim_busnr, port->pf->idx);
	else if (port->id >= SIM_SF_ID)
		n = scnprintf(name, size, "%s%uf%us%u", prefix, sim_busnr, port->pf->idx,
			      port->id - SIM_SF_ID);
	else
		n = scnprintf(name, size, "%s%uf%uv%u", prefix, sim_busnr, port->pf->idx, port->id);
	if (nth)
		snprintf(name + n, size - n, "d%d", nth);
}

static int ibdev_register(struct sim_ibdev *sim, int nth)
{
	char name[IB_DEVICE_NAME_MAX];
	int err = -EEXIST;

	if (sim_names) {
		format_name(name, sizeof(name), sim->port, nth);
		err = ib_register_device(&sim->ibdev, name, NULL);
	}
	/* the name can be taken by a device that somebody renamed */
	if (err == -ENFILE || err == -EEXIST)
		err = ib_register_device(&sim->ibdev, "simrdma%d", NULL);
	return err;
}

static struct sim_ibdev *ibdev_new(struct sim_port *port, int nth)
{
	struct sim_ibdev *sim = ib_alloc_device(sim_ibdev, ibdev);
	int err = 0;

	if (!sim)
		return NULL;
	sim->port = port;
	sim->mad = sim_mad;
	sim->ibdev.node_type = RDMA_NODE_IB_CA;
	sim->ibdev.phys_port_cnt = 1;
	sim->ibdev.num_comp_vectors = 1;
	sim->ibdev.dev.parent = port->dev;
	guid_init(sim);
	ib_set_device_ops(&sim->ibdev, &base_ops);
	if (!sim_no_disassociate)
		ib_set_device_ops(&sim->ibdev, &movable_ops);
	if (sim->mad)
		ib_set_device_ops(&sim->ibdev, &sim_mad_ops);
	if (!port->pf->ib)
		err = ib_device_set_netdev(&sim->ibdev, port->ndev, 1);
	if (!err)
		err = ibdev_register(sim, nth);
	if (!err)
		return sim;
	dev_warn(port->dev, "no RDMA device: error %d\n", err);
	ib_dealloc_device(&sim->ibdev);
	return NULL;
}

void sim_rdma_del(struct sim_port *port)
{
	int i;

	for (i = SIM_MAX_RDMA; i--; ) {
		if (!port->rdma[i])
			continue;
		ib_unregister_device(&port->rdma[i]->ibdev);
		ib_dealloc_device(&port->rdma[i]->ibdev);
		port->rdma[i] = NULL;
	}
}

/* All the RDMA devices that the function should have, or none. */
int sim_rdma_add(struct sim_port *port)
{
	int n = sim_vf_of(port->pf, port->id) ? sim_rdma : min(sim_rdma, 1), i;

	for (i = 0; i < n && i < SIM_MAX_RDMA; i++) {
		port->rdma[i] = ibdev_new(port, i);
		if (!port->rdma[i]) {
			sim_rdma_del(port);
			return -ENODEV;
		}
	}
	return 0;
}

/*
 * A move takes a device from its clients, the last registered first, then changes its namespace: while
 * this one has it, uverbs, if loaded after simnic, has not, and nobody sees the device.
 */
static void client_remove(struct ib_device *ibdev, void *data)
{
	if (sim_rdma_move_ms && ibdev->ops.owner == THIS_MODULE)
		msleep(sim_rdma_move_ms);
}

static struct ib_client client = {
	.name = KBUILD_MODNAME,
	.remove = client_remove,
	.no_kverbs_req = true,
};

int sim_rdma_init(void)
{
	return ib_register_client(&client);
}

void sim_rdma_exit(void)
{
	ib_unregister_client(&client);
}
