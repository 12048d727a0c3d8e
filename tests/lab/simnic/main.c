// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - the module's parameters, and the order in which its parts come and go.
 *
 * simnic is a simulated SR-IOV NIC with RDMA, for tests. It makes its own PCI root bus with a
 * configuration space in memory (pci.c), so that the kernel's own PCI core makes the PFs and VFs;
 * its drivers (driver.c; sf.c for scalable functions) give each function a netdev (port.c) on a small switch (switch.c), the
 * PF's operations on its VFs (vf.c), and RDMA devices (rdma.c, mad.c) that can be moved between
 * network namespaces. Any of these operations can be made to fail (fault.c, hooks.c).
 *
 * Promise: loading makes every device or none, unloading leaves nothing behind, even when some
 * devices are in other network namespaces.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>

#include "simnic.h"

int sim_domain;
module_param_named(domain, sim_domain, int, 0444);
MODULE_PARM_DESC(domain, "PCI domain of the simulated root bus");

int sim_busnr = 0x80;
module_param_named(busnr, sim_busnr, int, 0444);
MODULE_PARM_DESC(busnr, "first bus number: the PFs; the VFs of PF p are on bus busnr + 1 + p");

int sim_npf = 1;
module_param_named(npf, sim_npf, int, 0444);
MODULE_PARM_DESC(npf, "number of physical functions (1-8)");

int sim_totalvfs = 64;
module_param_named(totalvfs, sim_totalvfs, int, 0444);
MODULE_PARM_DESC(totalvfs, "sriov_totalvfs of every PF (0-256)");

int sim_rdma = 1;
module_param_named(rdma, sim_rdma, int, 0644);
MODULE_PARM_DESC(rdma, "RDMA devices of each VF (0-4); the PF has one unless this is 0");

int sim_ibmask;
module_param_named(ibmask, sim_ibmask, int, 0444);
MODULE_PARM_DESC(ibmask, "bit n: PF n and its VFs have InfiniBand instead of Ethernet netdevs");

int sim_sfs;
module_param_named(sfs, sim_sfs, int, 0444);
MODULE_PARM_DESC(sfs, "scalable functions of PF 0, on the auxiliary bus (0-8)");

int sim_mac_mode;
module_param_named(mac_mode, sim_mac_mode, int, 0644);
MODULE_PARM_DESC(mac_mode,
		 "a MAC set by the PF reaches the VF: 0 at once, 1 after mac_delay_ms (i40e), 2 when the VF is bound again (mlx5), 3 when the VF netdev goes down (igbvf)");

int sim_mac_delay_ms = 500;
module_param_named(mac_delay_ms, sim_mac_delay_ms, int, 0644);
MODULE_PARM_DESC(mac_delay_ms, "delay of mac_mode 1");

bool sim_no_disassociate;
module_param_named(no_disassociate, sim_no_disassociate, bool, 0644);
MODULE_PARM_DESC(no_disassociate, "RDMA devices made from now on cannot be moved (EOPNOTSUPP)");

bool sim_names = true;
module_param_named(names, sim_names, bool, 0644);
MODULE_PARM_DESC(names,
		 "fixed names ens<bus>f<PF>[v<VF>] and rocep<bus>f<PF>[v<VF>]; else eth%d and simrdma%d");

bool sim_zero_guid;
module_param_named(zero_guid, sim_zero_guid, bool, 0644);
MODULE_PARM_DESC(zero_guid, "RDMA devices made from now on for VFs without a MAC from their PF have node GUID 0");

uint sim_rdma_move_ms;
module_param_named(rdma_move_ms, sim_rdma_move_ms, uint, 0644);
MODULE_PARM_DESC(rdma_move_ms, "how much longer a move of an RDMA device takes, in the middle");

bool sim_mad = true;
module_param_named(mad, sim_mad, bool, 0644);
MODULE_PARM_DESC(mad, "RDMA devices made from now on speak MAD, so ib_umad gives them umadN");

bool sim_vfio_stub;
module_param_named(vfio_stub, sim_vfio_stub, bool, 0444);
MODULE_PARM_DESC(vfio_stub, "register a PCI driver named vfio-pci that does nothing");

static bool params_ok(void)
{
	return sim_npf >= 1 && sim_npf <= SIM_MAX_PF &&
	       sim_totalvfs >= 0 && sim_totalvfs <= SIM_MAX_VF &&
	       sim_sfs >= 0 && sim_sfs <= SIM_MAX_SF &&
	       sim_rdma >= 0 && sim_rdma <= SIM_MAX_RDMA &&
	       sim_busnr >= 0 && sim_busnr + sim_npf <= 255;
}

/* The parts, in the order they are needed; they go in reverse. Plugging comes last: it probes. */
static const struct sim_part {
	int (*init)(void);
	void (*exit)(void);
} parts[] = {
	{ sim_fault_init, sim_fault_exit },
	{ sim_pci_init, sim_pci_exit },
	{ sim_hooks_init, sim_hooks_exit },
	{ sim_rdma_init, sim_rdma_exit },
	{ sim_sf_init, sim_sf_exit },
	{ sim_driver_init, sim_driver_exit },
	{ sim_pci_plug, sim_pci_unplug },
};

static void parts_exit(size_t n)
{
	while (n--)
		parts[n].exit();
}

static int __init sim_init(void)
{
	size_t i;

	if (!params_ok())
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		int err = parts[i].init();

		if (err) {
			parts_exit(i);
			return err;
		}
	}
	return 0;
}

static void __exit sim_exit(void)
{
	parts_exit(ARRAY_SIZE(parts));
}

module_init(sim_init);
module_exit(sim_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Simulated SR-IOV NIC with RDMA, for tests");
