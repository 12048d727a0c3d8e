// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

const struct scene scenes[TARGETS] = {
	[ADD_SRIOV] = { "add-sriov", SRIOV, ADD, .before = NOTHING },
	[ADD_RDMA] = { "add-rdma", RDMA, ADD, .before = SRIOV_ADDED },
	[DEL_RDMA] = { "del-rdma", RDMA, DEL, .before = BOTH_ADDED },
	[DEL_SRIOV] = { "del-sriov", SRIOV, DEL, .before = RDMA_GONE },
	[GONE_DEL_RDMA] = { "gone-del-rdma", RDMA, DEL, BOTH_ADDED, .gone = true },
	[GONE_DEL_SRIOV] = { "gone-del-sriov", SRIOV, DEL, RDMA_GONE, .gone = true },
	[NEXT_ADD_SRIOV] = { "next-add-sriov", SRIOV, ADD, BOTH_ADDED, .gone = true, .next = true },
	[NEXT_ADD_RDMA] = { "next-add-rdma", RDMA, ADD, BOTH_ADDED, .gone = true, .next = true },
	[GC_RDMA] = { "gc-rdma", RDMA, GC, .before = BOTH_ADDED },
	[GC_SRIOV] = { "gc-sriov", SRIOV, GC, .before = RDMA_GONE },
	[GONE_GC_RDMA] = { "gone-gc-rdma", RDMA, GC, BOTH_ADDED, .gone = true },
	[GONE_GC_SRIOV] = { "gone-gc-sriov", SRIOV, GC, RDMA_GONE, .gone = true },
	[KEEP_GC_RDMA] = { "keep-gc-rdma", RDMA, GC_KEEP, BOTH_ADDED, .quiet = true },
	[KEEP_GC_SRIOV] = { "keep-gc-sriov", SRIOV, GC_KEEP, BOTH_ADDED, .quiet = true },
	[CHECK_RDMA] = { "check-rdma", RDMA, CHECK, BOTH_ADDED, .quiet = true },
	[CHECK_SRIOV] = { "check-sriov", SRIOV, CHECK, BOTH_ADDED, .quiet = true },
	[DRIFT_CHECK_RDMA] = { "drift-check-rdma", RDMA, CHECK, BOTH_ADDED, .drift = true,
			       .quiet = true },
	[DRIFT_CHECK_SRIOV] = { "drift-check-sriov", SRIOV, CHECK, BOTH_ADDED, .drift = true,
				.quiet = true },
	[STATUS_RDMA] = { "status-rdma", RDMA, STATUS, BOTH_ADDED, .quiet = true },
	[STATUS_SRIOV] = { "status-sriov", SRIOV, STATUS, BOTH_ADDED, .quiet = true },
	[VERSION_RDMA] = { "version-rdma", RDMA, VERSION, BOTH_ADDED, .quiet = true },
	[VERSION_SRIOV] = { "version-sriov", SRIOV, VERSION, BOTH_ADDED, .quiet = true },
	[LATE_DEL_RDMA] = { "late-del-rdma", RDMA, DEL, BOTH_ADDED, .gone = true, .late = true },
	[LATE_DEL_SRIOV] = { "late-del-sriov", SRIOV, DEL, BOTH_ADDED, .gone = true, .late = true },
	[GO_DEL_RDMA] = { "go-del-rdma", RDMA, DEL, BOTH_ADDED, .go = true },
	[GO_DEL_SRIOV] = { "go-del-sriov", SRIOV, DEL, RDMA_GONE, .go = true },
	[GO_GONE_DEL_RDMA] = { "go-gone-del-rdma", RDMA, DEL, BOTH_ADDED, .gone = true,
			       .go = true },
	[GO_GONE_DEL_SRIOV] = { "go-gone-del-sriov", SRIOV, DEL, RDMA_GONE, .gone = true,
				.go = true },
	[GO_NEXT_ADD_SRIOV] = { "go-next-add-sriov", SRIOV, ADD, BOTH_ADDED, .gone = true,
				.next = true, .go = true },
	[GO_NEXT_ADD_RDMA] = { "go-next-add-rdma", RDMA, ADD, BOTH_ADDED, .gone = true,
			       .next = true, .go = true },
	[GO_GC_RDMA] = { "go-gc-rdma", RDMA, GC, BOTH_ADDED, .go = true },
	[GO_LATER_GC_RDMA] = { "go-later-gc-rdma", RDMA, GC, SRIOV_GONE, .go = true },
	[GO_GC_SRIOV] = { "go-gc-sriov", SRIOV, GC, RDMA_GONE, .go = true },
	[GO_LATE_DEL_RDMA] = { "go-late-del-rdma", RDMA, DEL, BOTH_ADDED, .gone = true,
			       .late = true, .go = true },
	[GO_LATE_DEL_SRIOV] = { "go-late-del-sriov", SRIOV, DEL, BOTH_ADDED, .gone = true,
				.late = true, .go = true },
	[GO_CHECK_RDMA] = { "go-check-rdma", RDMA, CHECK, BOTH_ADDED, .quiet = true, .go = true },
	[GO_CHECK_SRIOV] = { "go-check-sriov", SRIOV, CHECK, BOTH_ADDED, .quiet = true,
			     .go = true },
};

static const char *const follow_names[FOLLOWS] = {
	[FOLLOW_DEL] = "del",
	[FOLLOW_GONE] = "gone",
	[FOLLOW_NEXT] = "next",
	[FOLLOW_GC] = "gc",
};

const char *target_name(enum target t)
{
	return scenes[t].name;
}

/*
 * After a call that changed nothing, all follow-ups are one story; so are those with
 * and without a namespace that is gone, and there is no third pod to come next.
 */
bool history_differs(enum target t, enum follow f)
{
	const struct scene *s = &scenes[t];

	if (s->quiet || s->late)
		return f == FOLLOW_DEL;
	return f != (s->next ? FOLLOW_NEXT : s->gone ? FOLLOW_GONE : FOLLOWS);
}

const char *history_netns(enum target t)
{
	return scenes[t].next ? NETNS_B : scenes[t].gone ? NULL : NETNS_A;
}

const char *follow_name(enum follow f)
{
	return follow_names[f];
}
