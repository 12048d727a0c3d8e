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
 *
 * Beside it <device>.index, which stays: a link whose target is the kernel's number of the
 * function's RDMA device, as it was seen last. Nothing but a dump of all the node's RDMA devices
 * tells it, one call for each; what is remembered is verified by asking for that number.
 */
#pragma once
#include "txn/attach.h"
#include "world.h"

/** index_publish() - write the file of an attachment that is about to go live; failures are logged */
void index_publish(const struct world *w, const struct record *r);

/** index_forget() - remove the file, if it still is this record's; @hold as in struct attach_ops */
int index_forget(const struct record *r, enum hold hold, struct err *e) must_check;

/** index_recall() - the number that was remembered, which may be another device's by now; -1: none */
int64_t index_recall(const struct devid *device);

/** index_remember() - for the next one; failures are none */
void index_remember(const struct devid *device, uint32_t index);
