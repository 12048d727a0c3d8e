/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls are hit, and what has happened before each of them. */
#pragma once
#include "history.h"

#define NETNS_A "/run/netns/a"
#define NETNS_B "/run/netns/b"

/* What has happened to pod A when the call that is hit comes. */
enum before { NOTHING, SRIOV_ADDED, BOTH_ADDED, RDMA_GONE, SRIOV_GONE };

/**
 * struct scene - a target
 * @gone:  pod A's namespace was deleted before
 * @next:  the call is about pod B, which gets the device of A, never deleted
 * @late:  the call is about pod A, and pod B has the device
 * @drift: something of the attachment is no longer as ADD made it
 * @quiet: the call may change nothing, whatever happens to it
 * @go:    pod A was attached by the Go plugins: their state files are all there is
 */
struct scene {
	const char *name;
	enum plugin plugin;
	enum verb verb;
	enum before before;
	bool gone, next, late, drift, quiet, go;
};

extern const struct scene scenes[TARGETS];
