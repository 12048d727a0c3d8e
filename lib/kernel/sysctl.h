/* SPDX-License-Identifier: Apache-2.0 */
/* Per-interface IP settings that have no netlink attribute: /proc/sys/net of a namespace. */
#pragma once
#include "base/err.h"
#include "kernel/netns.h"

/** struct sysctl_set - one file below /proc/sys/net/FAMILY/conf/IFNAME/ */
struct sysctl_set {
	const char *family; /* "ipv4", "ipv6" */
	const char *key; /* "ndisc_notify" */
	const char *value; /* "1" */
};

/**
 * sysctl_set_conf() - write several settings of one interface in one visit of the namespace
 * @in, @home: as in nl_open()
 *
 * Which namespace /proc/sys/net shows is decided by the thread at open().
 * A setting this kernel does not have (-ENOENT, IPv6 built out) is skipped.
 *
 * Return: 0, or -errno of the first write that failed; all are tried.
 */
int sysctl_set_conf(const struct netns *in, const struct netns *home, const char *ifname,
		    const struct sysctl_set *sets, size_t n, struct err *e) must_check;
