/* SPDX-License-Identifier: Apache-2.0 */
/* Private to lib/kernel: nic.h below another root than /sys, for unit tests. */
#pragma once
#include "kernel/nic.h"

int nic_each_at(const char *root, int (*fn)(const struct nic *n, void *arg), void *arg,
		struct err *e) must_check;
int nic_get_vf_at(const char *root, const struct devid *pf, unsigned vf, struct devid *ret,
		  struct err *e) must_check;
int nic_get_ids_at(const char *root, const struct devid *id, uint16_t *ret_vendor,
		   uint16_t *ret_device, struct err *e) must_check;
