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
	GC_RDMA, /* the pod is there, but not in the runtime's list */
	GC_SRIOV,
	GONE_GC_RDMA,
	GONE_GC_SRIOV,
	KEEP_GC_RDMA, /* the pod is in the list */
	KEEP_GC_SRIOV,
	CHECK_RDMA,
	CHECK_SRIOV,
	DRIFT_CHECK_RDMA, /* there is something to find */
	DRIFT_CHECK_SRIOV,
	STATUS_RDMA,
	STATUS_SRIOV,
	VERSION_RDMA,
	VERSION_SRIOV,
	LATE_DEL_RDMA, /* of a pod that is gone, whose device the next one has by now */
	LATE_DEL_SRIOV,
	GO_DEL_RDMA, /* of an attachment that a Go plugin made */
	GO_DEL_SRIOV,
	GO_GONE_DEL_RDMA,
	GO_GONE_DEL_SRIOV,
	GO_NEXT_ADD_SRIOV,
	GO_NEXT_ADD_RDMA,
	GO_GC_RDMA,
	GO_LATER_GC_RDMA, /* after that of sriov, in a runtime's order: sriov's mark is gone */
	GO_GC_SRIOV,
	GO_LATE_DEL_RDMA,
	GO_LATE_DEL_SRIOV,
	GO_CHECK_RDMA,
	GO_CHECK_SRIOV,
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

/** history_differs() - is this follow-up another story than the ones before it */
bool history_differs(enum target t, enum follow f);

/** history_netns() - the pod's namespace, which can vanish during the call; NULL: it has already */
const char *history_netns(enum target t);

/* PENDING: only while the fault lasted; STUCK: after it, too, but the record is there */
enum outcome { RESTORED, PENDING, STUCK, LOST, NOT_FIRED, OUTCOMES };

/** struct report - of one case; @kind, @step: what was hit; @why: of STUCK and LOST, malloc()ed */
struct report {
	enum outcome outcome;
	char kind[FAKE_KIND_MAX], step[FAKE_STEP_MAX];
	char *why;
};

/** history_play() - reset the machine and play one case */
struct report history_play(struct machine *m, enum target t, enum follow f,
			   const struct fake_fault *fault);
