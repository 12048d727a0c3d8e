// SPDX-License-Identifier: GPL-2.0
/*
 * sf.c - scalable functions: devices "simnic.sf.N" on the auxiliary bus, children of PF 0.
 *
 * Promise: a bound one has a registered netdev and (unless rdma=0) one RDMA device, both with the
 * auxiliary device as their parent, as with mlx5; unbound it has neither. It is no PCI function, and
 * the PF has no operation for it.
 */
#include <linux/auxiliary_bus.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "simnic.h"

struct sim_sf {
	struct auxiliary_device adev;
	struct sim_pf *pf;
};

static int sf_probe(struct auxiliary_device *adev, const struct auxiliary_device_id *id)
{
	struct sim_pf *pf = container_of(adev, struct sim_sf, adev)->pf;
	struct net_device *ndev = sim_port_new(pf, &adev->dev, SIM_SF_ID + adev->id);
	int err = ndev ? sim_port_register(netdev_priv(ndev)) : -ENOMEM;

	if (!err)
		auxiliary_set_drvdata(adev, netdev_priv(ndev));
	else if (ndev)
		free_netdev(ndev);
	return err;
}

static void sf_remove(struct auxiliary_device *adev)
{
	struct sim_port *port = auxiliary_get_drvdata(adev);

	sim_port_unregister(port);
	free_netdev(port->ndev);
}

static const struct auxiliary_device_id sf_ids[] = { { .name = KBUILD_MODNAME ".sf" }, { } };

static struct auxiliary_driver sf_driver = {
	.name = "sf",
	.id_table = sf_ids,
	.probe = sf_probe,
	.remove = sf_remove,
};

static void sf_release(struct device *dev)
{
	kfree(container_of(dev, struct sim_sf, adev.dev));
}

static int sf_new(struct sim_pf *pf, int n)
{
	struct sim_sf *sf = kzalloc(sizeof(*sf), GFP_KERNEL);
	int err;

	if (!sf)
		return -ENOMEM;
	sf->pf = pf;
	sf->adev.name = "sf";
	sf->adev.id = n;
	sf->adev.dev.parent = &pf->pdev->dev;
	sf->adev.dev.release = sf_release;
	err = auxiliary_device_init(&sf->adev);
	if (err) {
		kfree(sf);
		return err;
	}
	err = auxiliary_device_add(&sf->adev);
	if (err) {
		auxiliary_device_uninit(&sf->adev);
		return err;
	}
	pf->sf[n] = sf;
	return 0;
}

void sim_sf_del(struct sim_pf *pf)
{
	int i;

	for (i = SIM_MAX_SF; i--; ) {
		if (!pf->sf[i])
			continue;
		auxiliary_device_delete(&pf->sf[i]->adev);
		auxiliary_device_uninit(&pf->sf[i]->adev);
		pf->sf[i] = NULL;
	}
}

/* All that PF 0 should have, or none. */
int sim_sf_add(struct sim_pf *pf)
{
	int i, err = 0;

	for (i = 0; !err && !pf->idx && i < sim_sfs; i++)
		err = sf_new(pf, i);
	if (err)
		sim_sf_del(pf);
	return err;
}

int sim_sf_init(void)
{
	return auxiliary_driver_register(&sf_driver);
}

void sim_sf_exit(void)
{
	auxiliary_driver_unregister(&sf_driver);
}
