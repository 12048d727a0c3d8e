/* SPDX-License-Identifier: Apache-2.0 */
/* devlink (generic netlink): the mode of a PF's embedded switch. */
#pragma once
#include "base/err.h"
#include "base/types.h"

/* DEVLINK_ESWITCH_MODE_*; UNKNOWN: the driver has no such switch, or the kernel no devlink */
enum devlink_eswitch { DEVLINK_UNKNOWN, DEVLINK_LEGACY, DEVLINK_SWITCHDEV };

/**
 * devlink_get_eswitch() - how a PF's switch works
 *
 * In switchdev mode each VF has a representor on the host, and drivers refuse some
 * of the VF attributes of legacy mode.
 *
 * Return: 0, also for DEVLINK_UNKNOWN; -errno when netlink itself failed.
 */
int devlink_get_eswitch(const struct devid *pf, enum devlink_eswitch *ret,
			struct err *e) must_check;
