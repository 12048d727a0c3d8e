/* SPDX-License-Identifier: Apache-2.0 */
/* GC: which records of a network are stale, by the runtime's list or by their namespaces. */
#pragma once
#include "proto/call.h"
#include "txn/attach.h"

/**
 * gc_network() - release the records of the call's network that are not valid any more
 *
 * With a list ("cni.dev/valid-attachments"): everything that is not in it. Without,
 * as cnitool calls it: only attachments whose namespace is dead; taking "no list"
 * for "nothing is valid" would wipe live pods.
 */
int gc_network(const struct attach *a, const struct cni_call *c, struct err *e) must_check;
