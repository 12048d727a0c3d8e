/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a pod: everything up to one call of a plugin, that call with
 * a fault in it, and what a runtime does afterwards.
 */
#pragma once
#include "fake/fault.h"
#include "machine.h"

/* Which call of a plugin is hit. */
enum target {
	ADD_SRIOV, /* a new pod's */
	ADD_RDMA,
	DEL_RDMA,
	DEL_SRIOV,
	GONE_DEL_RDMA, /* DEL after the namespace is gone */
	GONE_DEL_SRIOV,
	NEXT_ADD_SRIOV, /* ADD of the next pod, the first one was never deleted */
	NEXT_ADD_RDMA,
	TARGETS,
};

enum follow {
	FOLLOW_DEL, /* DEL, DEL, then the namespace goes: what a good runtime does */
	FOLLOW_GONE, /* the namespace goes first, then DEL, DEL */
	FOLLOW_NEXT, /* the namespace goes, the next pod gets the device, then comes a late DEL */
	FOLLOW_GC, /* the namespace goes, and all that is left to do is GC's */
	FOLLOWS,
};

const char *target_name(enum target t);
const char *follow_name(enum follow f);

enum outcome { RESTORED, PENDING, LOST, NOT_FIRED, OUTCOMES };

/** struct report - of one case; @why: of LOST, malloc()ed */
struct report {
	enum outcome outcome;
	char kind[FAKE_KIND_MAX];
	char *why;
};

/** history_play() - reset the machine and play one case */
struct report history_play(struct machine *m, enum target t, enum follow f,
			   const struct fake_fault *fault);
