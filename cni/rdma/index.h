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
 * function's RDMA device and those of its uverbs and umad device, as they were seen last:
 * "4:4:4". Nothing but a dump of all the node's RDMA devices tells the first, one call for each;
 * what is remembered is verified by asking for these numbers.
 */
#pragma once
#include "world.h"

/** index_publish() - write the file of an attachment that is about to go live; failures are logged */
void index_publish(const struct world *w, const struct record *r);

/** index_forget() - remove the file, if it still is this record's */
int index_forget(const struct record *r, struct err *e) must_check;

/** index_recall() - the numbers that were remembered, which may be another device's by now; else *ret stays */
void index_recall(const struct devid *device, struct ibdev *ret);

/** index_remember() - for the next one; failures are none */
void index_remember(const struct devid *device, const struct ibdev *d);
