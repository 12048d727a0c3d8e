/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving an RDMA device re-allocates the numbers of its character devices: the
 * old ones are freed first, then the lowest free ones are taken
 * (ib_uverbs_add_one(), ib_umad_init_port()). Device plugins promised
 * /dev/infiniband/uverbsN and umadN to the pod before the CNI runs. So moves are
 * serialised over the whole node, and under that lock the new number is known
 * before the move.
 */
#pragma once
#include "world.h"

/**
 * moves_to_pod() - move the devices into the pod, if their numbers stay
 *
 * When one would change and the configuration says refuse: the devices are moved
 * within their own namespace instead, so that they settle on the lowest free
 * numbers and the next allocation sees the right ones. Before that it waits a
 * little, without the lock: a device on its way home leaves its number for a moment.
 *
 * Return: 0; -EXDEV with code 109: a number would change; -EOPNOTSUPP with code
 * 108: this driver cannot; other -errno. After an error some may have been moved.
 */
int moves_to_pod(struct world *w, struct err *e) must_check;

/** moves_home() - bring all of them back; a changed number is logged, not refused */
int moves_home(struct world *w, struct err *e) must_check;
