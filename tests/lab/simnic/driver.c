// SPDX-License-Identifier: GPL-2.0
/*
 * driver.c - the PCI drivers of the functions: "simnic" for PFs, "simnicvf" for VFs.
 *
 * Promise: a bound function has a registered netdev and (unless rdma=0) its RDMA devices; an
 * unbound one has neither; a probe that fails leaves nothing. What the PF was told about a VF
 * survives unbinding the VF and is reset when SR-IOV is switched off, as on real NICs.
 *
 * With vfio_stub=1 there is also a driver named "vfio-pci" that does nothing: the real one refuses
 * devices without an IOMMU group, and what tests need is a VF bound to a driver of that name.
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "simnic.h"

int sim_port_register(struct sim_port *port)
{
	int err = register_netdev(port->ndev);

	if (err)
		return err;
	rcu_assign_pointer(port->pf->port[port->id + 1], port->ndev);
	err = sim_rdma_add(port);
	if (!err)
		return 0;
	RCU_INIT_POINTER(port->pf->port[port->id + 1], NULL);
	unregister_netdev(port->ndev);
	return err;
}

void sim_port_unregister(struct sim_port *port)
{
	sim_rdma_del(port);
	/* under rtnl, because sim_vf_mac_apply() and the core look at it there */
	rtnl_lock();
	RCU_INIT_POINTER(port->pf->port[port->id + 1], NULL);
	rtnl_unlock();
	unregister_netdev(port->ndev);
}

static int vf_probe(struct pci_dev *pdev, const struct pci_device_id *ent)
{
	struct sim_pf *pf = pci_get_drvdata(pci_physfn(pdev));
	int id = pci_iov_vf_id(pdev), err = sim_fault(SIM_OP_PROBE);
	struct net_device *ndev;

	if (err)
		return err;
	if (!pf || id < 0)
		return -ENODEV;
	err = pci_enable_device(pdev);
	if (err)
		return err;
	ndev = sim_port_new(pf, &pdev->dev, id);
	err = ndev ? sim_port_register(netdev_priv(ndev)) : -ENOMEM;
	if (err) {
		if (ndev)
			free_netdev(ndev);
		pci_disable_device(pdev);
		return err;
	}
	pci_set_drvdata(pdev, netdev_priv(ndev));
	return 0;
}

static void vf_remove(struct pci_dev *pdev)
{
	struct sim_port *port = pci_get_drvdata(pdev);

	sim_port_unregister(port);
	free_netdev(port->ndev);
	pci_disable_device(pdev);
}

static void vfs_disable(struct sim_pf *pf)
{
	int i;

	pci_disable_sriov(pf->pdev);
	for (i = 0; i < sim_totalvfs; i++) {
		cancel_delayed_work_sync(&pf->vf[i].mac_work);
		sim_vf_reset(&pf->vf[i]);
	}
}

static int pf_sriov_configure(struct pci_dev *pdev, int n)
{
	int err = sim_fault(SIM_OP_SRIOV);

	if (err)
		return err;
	sim_log("sriov %s %d", pci_name(pdev), n);
	if (!n) {
		vfs_disable(pci_get_drvdata(pdev));
		return 0;
	}
	err = pci_enable_sriov(pdev, n);
	return err ? err : n;
}

static void pf_free(struct sim_pf *pf)
{
	if (pf->ndev)
		free_netdev(pf->ndev);
	kfree(pf->vf);
	kfree(pf);
}

static struct sim_pf *pf_new(struct pci_dev *pdev)
{
	struct sim_pf *pf = kzalloc(sizeof(*pf), GFP_KERNEL);
	int i;

	if (!pf)
		return NULL;
	pf->idx = PCI_FUNC(pdev->devfn);
	pf->ib = sim_ibmask >> pf->idx & 1;
	pf->pdev = pdev;
	pf->vf = kcalloc(SIM_MAX_VF, sizeof(*pf->vf), GFP_KERNEL);
	if (pf->vf)
		pf->ndev = sim_port_new(pf, &pdev->dev, SIM_PF_ID);
	if (!pf->ndev) {
		pf_free(pf);
		return NULL;
	}
	for (i = 0; i < sim_totalvfs; i++)
		sim_vf_init(&pf->vf[i], pf, i);
	return pf;
}

static int pf_probe(struct pci_dev *pdev, const struct pci_device_id *ent)
{
	int err = pci_enable_device(pdev);
	struct sim_pf *pf;

	if (err)
		return err;
	pf = pf_new(pdev);
	err = pf ? sim_port_register(netdev_priv(pf->ndev)) : -ENOMEM;
	if (!err) {
		err = sim_sf_add(pf);
		if (err)
			sim_port_unregister(netdev_priv(pf->ndev));
	}
	if (err) {
		if (pf)
			pf_free(pf);
		pci_disable_device(pdev);
		return err;
	}
	pci_set_drvdata(pdev, pf);
	return 0;
}

static void pf_remove(struct pci_dev *pdev)
{
	struct sim_pf *pf = pci_get_drvdata(pdev);

	if (pci_num_vf(pdev))
		vfs_disable(pf);
	sim_sf_del(pf);
	sim_port_unregister(netdev_priv(pf->ndev));
	pf_free(pf);
	pci_disable_device(pdev);
}

static int stub_probe(struct pci_dev *pdev, const struct pci_device_id *ent)
{
	return 0;
}

static const struct pci_device_id pf_ids[] = { { PCI_DEVICE(SIM_VENDOR, SIM_DEVICE_PF) }, { } };
static const struct pci_device_id vf_ids[] = { { PCI_DEVICE(SIM_VENDOR, SIM_DEVICE_VF) }, { } };

static struct pci_driver pf_driver = {
	.name = "simnic",
	.id_table = pf_ids,
	.probe = pf_probe,
	.remove = pf_remove,
	.sriov_configure = pf_sriov_configure,
};

static struct pci_driver vf_driver = {
	.name = "simnicvf",
	.id_table = vf_ids,
	.probe = vf_probe,
	.remove = vf_remove,
};

/* No ID table: it takes only devices whose driver_override says so. */
static struct pci_driver stub_driver = {
	.name = "vfio-pci",
	.probe = stub_probe,
};

/* VFs first: their devices appear while a PF's sriov_numvfs is written. */
int sim_driver_init(void)
{
	int err = pci_register_driver(&vf_driver);

	if (err)
		return err;
	err = pci_register_driver(&pf_driver);
	if (!err && sim_vfio_stub) {
		err = pci_register_driver(&stub_driver);
		if (err)
			pci_unregister_driver(&pf_driver);
	}
	if (err)
		pci_unregister_driver(&vf_driver);
	return err;
}

void sim_driver_exit(void)
{
	if (sim_vfio_stub)
		pci_unregister_driver(&stub_driver);
	pci_unregister_driver(&pf_driver);
	pci_unregister_driver(&vf_driver);
}
