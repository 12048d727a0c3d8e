/* SPDX-License-Identifier: Apache-2.0 */
/* From device to the list of properties that ADD will set. Pure. */
#pragma once
#include "world.h"

/** plan_make() - the device goes to the pod; its name is in the plan because the pod can change it */
void plan_make(const struct world *w, struct plan *ret);
