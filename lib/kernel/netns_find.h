/* SPDX-License-Identifier: Apache-2.0 */
/* All network namespaces that can be found: by a path, or by a process that is in one. */
#pragma once
#include "kernel/netns.h"

enum {
	NETNS_PATH_MAX = 256,
	NETNS_COMM_MAX = 32,
	/* A node has a few hundred pods. */
	NETNS_FOUND_MAX = 4096,
};

/**
 * struct netns_found - a namespace other than our own
 * @ns:   open while it is shown
 * @path: how to get there: where it is mounted, or /proc/PID/ns/net
 * @pid:  0: it is mounted, and lives on without processes
 * @comm: name of that process
 */
struct netns_found {
	struct netns ns;
	char path[NETNS_PATH_MAX];
	unsigned pid;
	char comm[NETNS_COMM_MAX];
};

/**
 * netns_each() - call @fn once for each namespace, mounted ones first
 *
 * One that is held by an open descriptor or a socket alone is not found. Processes
 * that may not be looked at are passed over: as root there are none.
 *
 * Return: 0; -E2BIG; the first non-zero value of @fn.
 */
int netns_each(int (*fn)(const struct netns_found *f, void *arg), void *arg,
	       struct err *e) must_check;
