/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A netlink socket in a chosen network namespace.
 *
 * rtnetlink acts in the namespace its socket was made in, whatever the thread
 * does later: one visit per namespace and run is enough.
 */
#pragma once
#include "base/err.h"
#include "kernel/netns.h"

enum nl_family {
	NL_ROUTE, /* NETLINK_ROUTE */
	NL_RDMA, /* NETLINK_RDMA; -EPROTONOSUPPORT: ib_core is not loaded */
	NL_GENERIC, /* NETLINK_GENERIC */
};

struct nl;

/**
 * nl_open() - open a socket; errors of its answers have the kernel's text, where it has one
 * @in:   the namespace, its id.cookie is filled if the kernel has one; NULL: the current one
 * @home: where the thread is and comes back to; only used with @in
 *
 * Return: 0 or -errno; *ret is owned by the caller, see nl_shut().
 */
int nl_open(enum nl_family family, struct netns *in, const struct netns *home, struct nl **ret,
	    struct err *e) must_check;

/**
 * nl_get_netns() - open the namespace that a socket is in (SIOCGSKNS, Linux 4.9)
 *
 * Return: 0, *ret owned as of netns_open(); -errno: -EPERM without CAP_NET_ADMIN.
 */
int nl_get_netns(const struct nl *nl, struct netns *ret, struct err *e) must_check;

/** nl_shut() - also for cleanup(nl_shut); libnl has an nl_close() */
void nl_shut(struct nl **nl);

/** nl_leave() - as nl_shut(), when the process is about to end, which closes the socket */
void nl_leave(struct nl **nl);
