// SPDX-License-Identifier: Apache-2.0
#include "locks.h"

#include <limits.h>

#include "base/file.h"
#include "base/str.h"
#include "kernel/node.h"
#include "proto/reply.h"

enum { MOVES_LOCK_MS = 60000 /* one move is milliseconds; 64 pods may queue */ };

static int lock_file(const char *name, unsigned timeout_ms, int *ret_fd, struct err *e)
{
	char path[FILE_PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/sriov-rdma/lock/%s", node_dir(NODE_STATE), name);

	if (r)
		return err_sys(e, -r, "lock directory");
	r = file_lock(path, 0700, timeout_ms, ret_fd, e);
	if (r == -ETIMEDOUT)
		e->code = CNI_ERR_AGAIN;
	return r;
}

int locks_device(const struct devid *device, unsigned timeout_ms, int *ret_fd, struct err *e)
{
	char name[DEVID_MAX + 8];
	int r = str_printf(name, sizeof(name), "%s.rdma", device->name);

	return r ? r : lock_file(name, timeout_ms, ret_fd, e);
}

int locks_moves(int *ret_fd, struct err *e)
{
	return lock_file("moves", MOVES_LOCK_MS, ret_fd, e);
}
