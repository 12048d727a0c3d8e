/* SPDX-License-Identifier: Apache-2.0 */
/* The property table: everything the plugin can change. */
#pragma once
#include "txn/txn.h"

extern const struct prop_table rdma_props;

/* The name in a value of rdma.place when all devices of the attachment are there. */
#define PLACE_ALL "all"
