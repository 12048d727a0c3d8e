/* SPDX-License-Identifier: Apache-2.0 */
/* What this device cannot do of what is asked for: said before anything is changed. */
#pragma once
#include "world.h"

/**
 * possible_check() - compare a configuration with its device
 * @w: its link is known, unless it is a userspace device
 *
 * Return: 0; -EINVAL, -EOPNOTSUPP with code 2 and the remedy; -errno of a look-up.
 */
int possible_check(const struct sriov_conf *conf, struct world *w, struct err *e) must_check;
