/* SPDX-License-Identifier: Apache-2.0 */
/* The network functions of the machine: what PCI says of them, whoever drives them. */
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/types.h"

/* A node has tens of network functions that are no VFs; more are not looked at. */
enum { NIC_MAX = 512 };

/**
 * struct nic - a network function that is no VF
 * @num_vfs, @total_vfs: how many there are now, and can be; 0: no SR-IOV
 */
struct nic {
	struct devid id;
	uint16_t vendor, device;
	unsigned num_vfs, total_vfs;
};

/**
 * nic_each() - call @fn for each of them, in the order of their addresses
 *
 * Return: 0; -E2BIG: more than NIC_MAX; the first non-zero value of @fn.
 */
int nic_each(int (*fn)(const struct nic *n, void *arg), void *arg, struct err *e) must_check;

/** nic_get_vf() - the address of the VF with this number; -ENODEV: none */
int nic_get_vf(const struct devid *pf, unsigned vf, struct devid *ret, struct err *e) must_check;

/** nic_get_ids() - vendor and device, also of a VF (whose own registers do not tell) */
int nic_get_ids(const struct devid *id, uint16_t *ret_vendor, uint16_t *ret_device,
		struct err *e) must_check;
