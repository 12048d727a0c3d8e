/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of what is attached where, for everybody on the node: exporters,
 * monitoring, people. One file for each function,
 *
 *   <run>/sriov-rdma/<device>.json
 *
 * world-readable, replaced as a whole, there exactly while the function's RDMA
 * devices are attached; schemas/rdma-index.schema.json says what is in it. It is
 * an export: we never read it, and an attachment does not depend on it.
 */
#pragma once
#include "world.h"

/** index_publish() - write the file of an attachment that is about to go live; failures are logged */
void index_publish(const struct world *w, const struct record *r);

/** index_forget() - remove the file, if it still is this record's */
int index_forget(const struct record *r, struct err *e) must_check;
