/* SPDX-License-Identifier: Apache-2.0 */
/* From configuration and device to the list of properties that ADD will set. Pure. */
#pragma once
#include "world.h"

/**
 * plan_make() - what shall be
 * @w: its link is known, unless it is a userspace device
 * @ret: was a plan before; what it held is gone
 *
 * Properties that the pod, or a later plugin, could change are in the plan even if
 * ADD does not change them: so they come back as they were.
 */
void plan_make(const struct sriov_conf *conf, const struct world *w, struct plan *ret);
