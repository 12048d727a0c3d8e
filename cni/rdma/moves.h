/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving an RDMA device re-allocates the numbers of its character devices: the
 * old ones are freed first, then the lowest free ones are taken
 * (ib_uverbs_add_one()). Device plugins promised /dev/infiniband/uverbsN to the
 * pod before the CNI runs. So moves are serialised over the whole node, and
 * under that lock the new number is known before the move.
 */
#pragma once
#include "world.h"

/**
 * moves_to_pod() - move the device into the pod, if its uverbs number stays
 *
 * When it would change and the configuration says refuse: the device is moved
 * within its own namespace instead, so that it settles on the lowest free number
 * and the next allocation sees the right one.
 *
 * Return: 0; -EXDEV with code 109: the number would change; -EOPNOTSUPP with code
 * 108: this driver cannot; other -errno.
 */
int moves_to_pod(struct world *w, struct err *e) must_check;

/** moves_home() - bring it back; a changed number is logged, not refused */
int moves_home(struct world *w, struct err *e) must_check;
