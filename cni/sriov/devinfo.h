/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device-info file (NPWG device-info-spec 1.1.0): Multus names it and copies
 * its content into the pod's network-status annotation. The device plugin usually
 * wrote it; where it did not, we do.
 */
#pragma once
#include "world.h"

/** devinfo_write() - write the file if it is wanted and absent; failures are only logged */
void devinfo_write(const struct world *w);
