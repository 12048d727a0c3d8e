/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an RDMA port usable: its state, and the GIDs that a namespace's addresses
 * give it.
 *
 * RDMA netlink neither lists GIDs nor tells of them, and /sys shows the devices
 * of the namespace it was mounted in only. So a sysfs of the pod's namespace is
 * mounted, attached to no directory (fsopen(), 5.2, as old as what we need of
 * RDMA): nobody else sees it, and it is gone with its descriptor.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/types.h"
#include "kernel/netns.h"
#include "kernel/nl.h"

enum { GID_ADDRS_MAX = 64 };

/**
 * gid_open() - sysfs as it looks from a namespace
 * @ret_fd: its root, O_CLOEXEC, owned; gid_close()
 *
 * Return: 0; -EPERM: not allowed to mount; -ENOSYS.
 */
int gid_open(const struct netns *in, const struct netns *home, int *ret_fd,
	     struct err *e) must_check;

/** gid_close() - also for cleanup(gid_close) */
void gid_close(int *fd);

/**
 * struct gid_port - port 1 of an RDMA device
 * @active: its state is ACTIVE
 * @state:  as sysfs has it, "1: DOWN"
 * @found:  bit i: the table has a GID of addrs[i]
 */
struct gid_port {
	bool active;
	char state[32];
	uint64_t found;
};

/**
 * gid_look() - once, now
 * @n: at most GID_ADDRS_MAX
 *
 * Return: 0; -ENODEV: no such RDMA device in the namespace of @sysfs.
 */
int gid_look(int sysfs, const char *ibdev, const struct ip *addrs, size_t n, struct gid_port *ret,
	     struct err *e) must_check;

/**
 * gid_rebuild() - make the kernel compute an interface's GIDs anew
 * @nl: in the interface's namespace
 *
 * Before the fix of early 2026 (DEVICE_GID_UPDATES) changes of addresses are lost while
 * the RDMA device is being moved. Setting the broadcast address to what it is raises
 * NETDEV_CHANGEADDR, which deletes and adds all of the interface's GIDs, and does not
 * touch the driver.
 */
int gid_rebuild(struct nl *nl, int ifindex, struct err *e) must_check;
