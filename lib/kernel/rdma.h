/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RDMA devices through NETLINK_RDMA (nldev).
 *
 * Unlike rtnetlink, a move needs both the socket and the calling thread in the
 * namespace where the device is now (nldev_set_doit(), current->nsproxy).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/types.h"
#include "kernel/nl.h"

enum rdma_mode { RDMA_MODE_EXCLUSIVE, RDMA_MODE_SHARED };

/**
 * rdma_get_mode() - of the RDMA subsystem, from /sys/module/ib_core/parameters/netns_mode
 *
 * Needs no privilege and no socket, and follows "rdma system set".
 *
 * Return: 0; -ENOENT: ib_core is not loaded (or older than 5.2).
 */
int rdma_get_mode(enum rdma_mode *ret, struct err *e) must_check;

/**
 * struct rdma_dev - an RDMA device
 * @index:     stable across renames and moves; new when the driver registers it anew
 * @node_guid: host order; 0: connection manager will not work
 * @protocol:  "roce", "ib", "iw", ...; "" if not told
 */
struct rdma_dev {
	uint32_t index;
	char name[IBDEV_NAME_MAX];
	uint64_t node_guid;
	char protocol[16];
};

/** rdma_get() - by index, in the namespace of @nl; -ENODEV: not there */
int rdma_get(struct nl *nl, uint32_t index, struct rdma_dev *ret, struct err *e) must_check;

/**
 * rdma_find() - by name, in the namespace of @nl
 *
 * Dumps. A device that is being moved at this moment is missing from every
 * namespace's dump; callers hold the lock on moves, so this can only be a
 * dying namespace.
 *
 * Return: 0; -ENODEV: not there.
 */
int rdma_find(struct nl *nl, const char *name, struct rdma_dev *ret, struct err *e) must_check;

/** rdma_find_netdev() - the device whose port 1 is on interface @ifindex, socket and both in one netns */
int rdma_find_netdev(struct nl *nl, int ifindex, struct rdma_dev *ret, struct err *e) must_check;

/**
 * rdma_move() - move a device to another namespace
 * @nl:   socket in @from
 * @from: where the device is; the thread visits it unless it is @home
 *
 * A move to the namespace it is in tears down all users and re-allocates the
 * character device numbers; it is done all the same, so check first. May block
 * uninterruptibly while users are disconnected.
 *
 * Return: 0; -EOPNOTSUPP: shared mode, or the driver cannot; -ENODEV, -EINVAL:
 * not in @from; -EPERM. After any other error look again where it is.
 */
int rdma_move(struct nl *nl, uint32_t index, const struct netns *from, const struct netns *to,
	      const struct netns *home, struct err *e) must_check;

/* A node has one per VF and PF. */
enum { RDMA_DEVS_MAX = 2048 };

/** struct rdma_list - indexes of devices */
struct rdma_list {
	size_t n;
	uint32_t index[RDMA_DEVS_MAX];
};

/** rdma_list() - all devices in the namespace of @nl, as rdma_find() sees them; -E2BIG */
int rdma_list(struct nl *nl, struct rdma_list *ret, struct err *e) must_check;

/**
 * struct rdma_port - a port
 * @ifindex: its network interface; 0: none, or not in the socket's namespace
 * @state:   IB_PORT_*: 1 DOWN, 2 INIT, 3 ARMED, 4 ACTIVE, 5 ACTIVE_DEFER; 0: not told
 */
struct rdma_port {
	int ifindex;
	uint8_t state;
};

/** rdma_get_port() - port 1; -EINVAL: the device has left, or has no such port */
int rdma_get_port(struct nl *nl, uint32_t index, struct rdma_port *ret, struct err *e) must_check;

/** rdma_rename() - in the namespace of @nl; -EEXIST: taken by any device of the node */
int rdma_rename(struct nl *nl, uint32_t index, const char *name, struct err *e) must_check;
