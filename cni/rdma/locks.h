/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin's locks, in <state>/sriov-rdma/lock. The Go plugin has none. */
#pragma once
#include "base/err.h"
#include "base/types.h"

/** locks_device() - against other processes with the same device, for the whole verb */
int locks_device(const struct devid *device, unsigned timeout_ms, int *ret_fd,
		 struct err *e) must_check;

/** locks_moves() - against every other RDMA move of the node, for {look, move, look} only */
int locks_moves(int *ret_fd, struct err *e) must_check;
