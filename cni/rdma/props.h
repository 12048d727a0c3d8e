/* SPDX-License-Identifier: Apache-2.0 */
/* The property table: everything the plugin can change. */
#pragma once
#include "txn/txn.h"

extern const struct prop_table rdma_props;
