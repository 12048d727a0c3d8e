/* SPDX-License-Identifier: Apache-2.0 */
/* Private to lib/kernel: pci.h below another root than /sys, for unit tests. */
#pragma once
#include "kernel/pci.h"
#include "kernel/pci_pf.h"

/* A device's directory, and a way through two of its own: see path_through() in pci_rdma.c. */
enum { DEVICE_PATH_MAX = 512 };

int pci_get_at(const char *root, const struct devid *id, unsigned parts, struct pci_fn *ret,
	       struct err *e) must_check;
int pci_uplink_at(const char *root, const struct devid *pf, char ret[static IFNAMSIZ],
		  struct err *e) must_check;
bool pci_has_rdma_at(const char *root, const struct devid *id, const struct pci_rdma *d);
bool pci_is_rdma_at(const char *root, const struct devid *id, const struct pci_rdma *d);
bool pci_is_only_rdma_at(const char *root, const struct devid *id, const struct pci_rdma *d);
int pci_get_rdma_at(const char *root, const struct devid *id, struct pci_rdma_list *ret,
		    struct err *e) must_check;
int pci_lowest_free_uverbs_at(const char *root, int *ret, struct err *e) must_check;
int pci_lowest_free_umad_at(const char *root, int *ret, struct err *e) must_check;
int pci_find_rdma_at(const char *root, const char *name, char ret[static DEVID_MAX],
		     struct err *e) must_check;

/** pci_bus_name() - its directory below bus/ */
const char *pci_bus_name(enum dev_bus bus);

/** pci_open() - the device's directory; owned by the caller, sysfs_close(); -ENODEV */
int pci_open(const char *root, const struct devid *id, struct err *e) must_check;

/** pci_is_uplink() - by the port name of one of its interfaces, could it be the uplink */
bool pci_is_uplink(int dev, const char *netdev);

int pf_get_uplinks_at(const char *root, const struct devid *pf, struct pf_uplinks *ret,
		      struct err *e) must_check;
bool pf_has_switch_at(const char *root, const struct devid *pf, const char *netdev);
int pf_find_vacancy_at(const char *root, const struct devid *vf, struct pf_vacancy *ret,
		       struct err *e) must_check;
