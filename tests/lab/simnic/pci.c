// SPDX-License-Identifier: GPL-2.0
/*
 * pci.c - a PCI root bus whose functions exist in memory only.
 *
 * Promise: the PCI core sees PF p as function p of slot 0 on bus `busnr`, with a PCI Express and
 * an SR-IOV capability, and VF n of it as bus `busnr` + 1 + p, devfn n, as soon as (and as long
 * as) the PF's SR-IOV control register enables that many VFs. So sriov_numvfs, virtfnN, physfn,
 * bind and unbind, remove and rescan are the kernel's own.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "simnic.h"

#ifndef PCI_HEADER_TYPE_MFD
#define PCI_HEADER_TYPE_MFD 0x80	/* has a name only since 6.7 */
#endif

#define POS_EXP		0x40
#define POS_SRIOV	0x100

/* One function's configuration space; wmask has the bits that a write may change. */
struct sim_fn {
	u8 cfg[PCI_CFG_SPACE_EXP_SIZE];
	u8 wmask[PCI_CFG_SPACE_EXP_SIZE];
};

static struct sim_fn *pf_fn[SIM_MAX_PF], *vf_fn[SIM_MAX_PF];
static DEFINE_SPINLOCK(cfg_lock);
static struct pci_bus *root_bus;
static struct pci_sysdata sysdata;
static struct resource bus_res;

static void put16(struct sim_fn *f, int pos, u16 v)
{
	f->cfg[pos] = v;
	f->cfg[pos + 1] = v >> 8;
}

static void put32(struct sim_fn *f, int pos, u32 v)
{
	put16(f, pos, v);
	put16(f, pos + 2, v >> 16);
}

static u16 get16(const struct sim_fn *f, int pos)
{
	return f->cfg[pos] | f->cfg[pos + 1] << 8;
}

static void writable(struct sim_fn *f, int pos, int len)
{
	memset(&f->wmask[pos], 0xff, len);
}

/* What PFs and VFs have alike. A VF's vendor and device read as ones, as the standard says. */
static void fn_init(struct sim_fn *f, bool vf)
{
	put16(f, PCI_VENDOR_ID, vf ? 0xffff : SIM_VENDOR);
	put16(f, PCI_DEVICE_ID, vf ? 0xffff : SIM_DEVICE_PF);
	put16(f, PCI_STATUS, PCI_STATUS_CAP_LIST);
	put32(f, PCI_CLASS_REVISION, PCI_CLASS_NETWORK_ETHERNET << 16 | 1);
	put16(f, PCI_SUBSYSTEM_VENDOR_ID, SIM_VENDOR);
	put16(f, PCI_SUBSYSTEM_ID, 1);
	f->cfg[PCI_CAPABILITY_LIST] = POS_EXP;
	f->cfg[POS_EXP] = PCI_CAP_ID_EXP;
	put16(f, POS_EXP + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_ENDPOINT << 4);
	put32(f, POS_EXP + PCI_EXP_LNKCAP, PCI_EXP_LNKCAP_SLS_8_0GB | 8 << 4);
	put16(f, POS_EXP + PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_CLS_8_0GB | 8 << 4);
	writable(f, PCI_COMMAND, 2);
	writable(f, PCI_CACHE_LINE_SIZE, 2);
	writable(f, PCI_INTERRUPT_LINE, 1);
	writable(f, POS_EXP + PCI_EXP_DEVCTL, 2);
}

static void sriov_cap_init(struct sim_fn *f, int pf)
{
	put32(f, POS_SRIOV, PCI_EXT_CAP_ID_SRIOV | 1 << 16);
	put16(f, POS_SRIOV + PCI_SRIOV_INITIAL_VF, sim_totalvfs);
	put16(f, POS_SRIOV + PCI_SRIOV_TOTAL_VF, sim_totalvfs);
	f->cfg[POS_SRIOV + PCI_SRIOV_FUNC_LINK] = pf;
	/* the first VF's routing ID minus the PF's; then one apart */
	put16(f, POS_SRIOV + PCI_SRIOV_VF_OFFSET, (pf + 1) * 256 - pf);
	put16(f, POS_SRIOV + PCI_SRIOV_VF_STRIDE, 1);
	put16(f, POS_SRIOV + PCI_SRIOV_VF_DID, SIM_DEVICE_VF);
	put32(f, POS_SRIOV + PCI_SRIOV_SUP_PGSIZE, 0x553);
	put32(f, POS_SRIOV + PCI_SRIOV_SYS_PGSIZE, 1);
	writable(f, POS_SRIOV + PCI_SRIOV_CTRL, 2);
	writable(f, POS_SRIOV + PCI_SRIOV_NUM_VF, 2);
	writable(f, POS_SRIOV + PCI_SRIOV_SYS_PGSIZE, 4);
}

static int pf_init(int pf)
{
	struct sim_fn *f = pf_fn[pf] = kzalloc(sizeof(*f), GFP_KERNEL);
	struct sim_fn *v = vf_fn[pf] = kvcalloc(SIM_MAX_VF, sizeof(*v), GFP_KERNEL);
	int i;

	if (!f || !v)
		return -ENOMEM;
	fn_init(f, false);
	if (sim_npf > 1)
		f->cfg[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_MFD;
	for (i = 0; i < SIM_MAX_VF; i++)
		fn_init(&v[i], true);
	if (sim_totalvfs)
		sriov_cap_init(f, pf);
	return 0;
}

/* The function at this address, if it exists now. */
static struct sim_fn *find_fn(const struct pci_bus *bus, unsigned int devfn)
{
	int pf = bus->number - sim_busnr - 1;

	if (pf == -1)
		return devfn < sim_npf ? pf_fn[devfn] : NULL;
	if (pf < 0 || pf >= sim_npf || !sim_totalvfs)
		return NULL;
	if (!(get16(pf_fn[pf], POS_SRIOV + PCI_SRIOV_CTRL) & PCI_SRIOV_CTRL_VFE))
		return NULL;
	if (devfn >= get16(pf_fn[pf], POS_SRIOV + PCI_SRIOV_NUM_VF))
		return NULL;
	return &vf_fn[pf][devfn];
}

static int cfg_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *val)
{
	const struct sim_fn *f;
	unsigned long flags;
	int i;

	*val = ~0u >> (32 - 8 * size);
	spin_lock_irqsave(&cfg_lock, flags);
	f = find_fn(bus, devfn);
	if (f && where + size <= PCI_CFG_SPACE_EXP_SIZE)
		for (*val = 0, i = 0; i < size; i++)
			*val |= (u32)f->cfg[where + i] << (8 * i);
	spin_unlock_irqrestore(&cfg_lock, flags);
	return f ? PCIBIOS_SUCCESSFUL : PCIBIOS_DEVICE_NOT_FOUND;
}

static int cfg_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 val)
{
	struct sim_fn *f;
	unsigned long flags;
	int i;

	spin_lock_irqsave(&cfg_lock, flags);
	f = find_fn(bus, devfn);
	for (i = 0; f && i < size && where + i < PCI_CFG_SPACE_EXP_SIZE; i++) {
		u8 mask = f->wmask[where + i], byte = val >> (8 * i);

		f->cfg[where + i] = (f->cfg[where + i] & ~mask) | (byte & mask);
	}
	spin_unlock_irqrestore(&cfg_lock, flags);
	return f ? PCIBIOS_SUCCESSFUL : PCIBIOS_DEVICE_NOT_FOUND;
}

static struct pci_ops cfg_ops = { .read = cfg_read, .write = cfg_write };

int sim_pci_init(void)
{
	int pf;

	for (pf = 0; pf < sim_npf; pf++) {
		int err = pf_init(pf);

		if (err) {
			sim_pci_exit();
			return err;
		}
	}
	return 0;
}

void sim_pci_exit(void)
{
	int pf;

	for (pf = 0; pf < SIM_MAX_PF; pf++) {
		kfree(pf_fn[pf]);
		kvfree(vf_fn[pf]);
		pf_fn[pf] = vf_fn[pf] = NULL;
	}
}

/*
 * The bridge of a QEMU machine claims all bus numbers of domain 0; the core then notes "busn_res:
 * can not insert" once and goes on, which is harmless.
 */
int sim_pci_plug(void)
{
	LIST_HEAD(res);

	sysdata.domain = sim_domain;
	sysdata.node = NUMA_NO_NODE;
	bus_res = (struct resource){
		.name = "simnic bus",
		.start = sim_busnr,
		.end = sim_busnr + sim_npf,
		.flags = IORESOURCE_BUS,
	};
	pci_add_resource(&res, &bus_res);
	pci_lock_rescan_remove();
	root_bus = pci_create_root_bus(NULL, sim_busnr, &cfg_ops, &sysdata, &res);
	if (root_bus) {
		pci_scan_child_bus(root_bus);
		pci_bus_add_devices(root_bus);
	}
	pci_unlock_rescan_remove();
	if (!root_bus)
		pci_free_resource_list(&res);
	return root_bus ? 0 : -ENODEV;
}

void sim_pci_unplug(void)
{
	pci_lock_rescan_remove();
	pci_stop_root_bus(root_bus);
	pci_remove_root_bus(root_bus);
	pci_unlock_rescan_remove();
}
