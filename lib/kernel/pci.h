/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sysfs says of a device: PF and VF, driver, network interfaces, RDMA
 * devices and their character devices.
 *
 * net/ and infiniband/ directories show what is in the namespace that /sys was
 * mounted in, normally the host's; infiniband_verbs/ and infiniband_mad/ show
 * everything, wherever it is.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/types.h"

enum {
	PCI_DRIVER_MAX = 64,
	PCI_NETDEVS_MAX = 64, /* a switchdev PF lists all its representors */
	PCI_RDMA_MAX = 8, /* RDMA devices of one function */
};

/**
 * struct pci_fn - a function (PCI or auxiliary device)
 * @instance: inode of its sysfs directory: changes when the device is re-created
 * @driver:   bound driver; "" none
 * @is_vf:    has a physfn; then @pf and @vf are valid
 * @vf:       VF index: (rid - PF's rid - sriov_offset) / sriov_stride, checked against virtfnN
 * @netdev:   its interface if /sys shows one; ""
 * @has_netdev: it has an interface, here or in another namespace: the kernel keeps the
 *            net/ directory as long as there is one in it, visible or not (class_dir)
 */
struct pci_fn {
	struct devid id;
	uint64_t instance;
	char driver[PCI_DRIVER_MAX];
	bool is_vf;
	struct devid pf;
	unsigned vf;
	char netdev[IFNAMSIZ];
	bool has_netdev;
};

/** pci_check_sysfs() - does sysfs show devices at all; -ENOENT: not mounted here */
int pci_check_sysfs(struct err *e) must_check;

/**
 * enum pci_part - each costs a question or more; @id and @instance cost one together
 *
 * All are of the same @instance. Only PCI_DRIVER alone is read by path: of what has the address then.
 */
enum pci_part {
	PCI_DRIVER = 1 << 0, /* @driver */
	PCI_PF = 1 << 1, /* @is_vf, @pf */
	PCI_NETDEV = 1 << 2, /* @netdev, @has_netdev */
	PCI_VF = 1 << 3, /* @vf, with PCI_PF */
	PCI_ALL = PCI_DRIVER | PCI_PF | PCI_NETDEV | PCI_VF,
};

/**
 * pci_get() - read a function
 * @parts: enum pci_part; members that are not asked for are 0
 *
 * Return: 0; -ENODEV: no such device; -EINVAL: virtfnN does not point back.
 */
int pci_get(const struct devid *id, unsigned parts, struct pci_fn *ret, struct err *e) must_check;

/**
 * pci_uplink() - the network interface of a PF
 *
 * With several (representors of switchdev mode share the parent): the one whose
 * phys_port_name is unreadable (legacy mode) or of the form pN (an uplink).
 *
 * Return: 0; -ENODEV: none; -ENOTUNIQ: cannot tell, the error lists them.
 */
int pci_uplink(const struct devid *pf, char ret[static IFNAMSIZ], struct err *e) must_check;

/**
 * struct pci_rdma - an RDMA device of a function
 * @name:  as it is called now, in whatever namespace
 * @uverbs, @umad: N of /dev/infiniband/uverbsN, umadN; -1: none
 * @here:  /sys shows it: it is in the namespace of /sys
 */
struct pci_rdma {
	char name[IBDEV_NAME_MAX];
	int uverbs, umad;
	bool here;
};

struct pci_rdma_list {
	size_t n;
	struct pci_rdma dev[PCI_RDMA_MAX];
};

/**
 * pci_get_rdma() - all RDMA devices of a function, sorted by name; none is not an error
 *
 * Return: 0; -EAGAIN: there is one more, which the kernel is moving between two namespaces at this
 * moment.
 */
int pci_get_rdma(const struct devid *id, struct pci_rdma_list *ret, struct err *e) must_check;

/**
 * pci_has_rdma() - has the function the character devices of @d, under these numbers
 *
 * One question, where pci_get_rdma() asks a dozen. What cannot be answered is no.
 */
bool pci_has_rdma(const struct devid *id, const struct pci_rdma *d);

/** pci_is_rdma() - pci_has_rdma(), and its uverbs device is that of the RDMA device called d->name */
bool pci_is_rdma(const struct devid *id, const struct pci_rdma *d);

/**
 * pci_is_only_rdma() - has the function one RDMA device, d->name, which is here and has these numbers
 *
 * One question. Of a device without uverbs or umad it says no: that there is none it does not show.
 */
bool pci_is_only_rdma(const struct devid *id, const struct pci_rdma *d);

/**
 * pci_lowest_free_uverbs() - the number that the next uverbs registration takes
 *
 * From /sys/class/infiniband_verbs, which shows all devices of the node. The kernel takes
 * the lowest free number (ida_alloc_max() in ib_uverbs_add_one()).
 */
int pci_lowest_free_uverbs(int *ret, struct err *e) must_check;

/** pci_lowest_free_umad() - the same for umad (ib_umad_init_port()) */
int pci_lowest_free_umad(int *ret, struct err *e) must_check;

/**
 * pci_find_rdma() - whose RDMA device has this name, in whatever namespace it is
 * @ret: address of the function
 *
 * Return: 0; -ENODEV: none that has a uverbs device.
 */
int pci_find_rdma(const char *name, char ret[static DEVID_MAX], struct err *e) must_check;
