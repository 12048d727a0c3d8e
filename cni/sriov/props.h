/* SPDX-License-Identifier: Apache-2.0 */
/* The property table: everything the plugin can change. See props.c, that table is the plugin. */
#pragma once
#include "txn/txn.h"

extern const struct prop_table sriov_props;
