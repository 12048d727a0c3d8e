/* SPDX-License-Identifier: Apache-2.0 */
/* From devices to the list of properties that ADD will set. Pure. */
#pragma once
#include "world.h"

/**
 * plan_make() - all devices go to the pod; names are in the plan because the pod can change them
 * @ret: was a plan before; what it held is gone
 */
void plan_make(const struct world *w, struct plan *ret);
