/* SPDX-License-Identifier: Apache-2.0 */
/* What sysfs says of PFs beyond pci.h: their ports, their switch, the VFs they could have. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "kernel/pci.h"

enum {
	PF_UPLINKS_MAX = 8,
	/* A node has tens of functions with SR-IOV; more are not looked at. */
	PF_SCAN_MAX = 512,
};

/** struct pf_uplinks - interfaces of a PF that may be its uplink */
struct pf_uplinks {
	size_t n;
	char name[PF_UPLINKS_MAX][IFNAMSIZ];
};

/**
 * pf_get_uplinks() - the candidates among which pci_uplink() cannot choose
 *
 * Two ports on one function (mlx4) have no port names: only what each says of the
 * VF tells them apart.
 */
int pf_get_uplinks(const struct devid *pf, struct pf_uplinks *ret, struct err *e) must_check;

/**
 * pf_has_switch() - does a PF's interface have a phys_switch_id
 *
 * In legacy mode the file cannot be read (-EOPNOTSUPP). One read, so that only
 * PFs that may be in switchdev mode are asked through devlink.
 */
bool pf_has_switch(const struct devid *pf, const char *netdev);

/**
 * struct pf_vacancy - whose VF an address would be
 * @vf:       its number
 * @num_vfs, @total_vfs: how many there are now, and can be
 */
struct pf_vacancy {
	struct devid pf;
	unsigned vf, num_vfs, total_vfs;
};

/**
 * pf_find_vacancy() - the PF that could have the VF at this address
 *
 * For addresses where there is nothing (yet).
 *
 * Return: 0; -ENODEV: no PF of this machine.
 */
int pf_find_vacancy(const struct devid *vf, struct pf_vacancy *ret, struct err *e) must_check;
