// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "../snapshot/lines.h"
#include "sweep.h"

enum { POSITIONS_MAX = 5000 };

/* Which call of a plugin is killed. */
enum target { ADD_SRIOV, ADD_RDMA, DEL_RDMA, DEL_SRIOV, TARGETS };

/* What a runtime does then. */
enum follow {
	FOLLOW_DEL, /* DEL, and DEL again */
	FOLLOW_NEXT, /* the pod goes, another pod gets the device; then comes a late DEL */
	FOLLOW_GC, /* the pod goes, and all that is left to do is GC's */
	FOLLOWS, /* in turns: another one at each position */
};

static const char *const target_names[TARGETS] = {
	[ADD_SRIOV] = "add-sriov",
	[ADD_RDMA] = "add-rdma",
	[DEL_RDMA] = "del-rdma",
	[DEL_SRIOV] = "del-sriov",
};

static const char *const follow_names[FOLLOWS + 1] = {
	[FOLLOW_DEL] = "del",
	[FOLLOW_NEXT] = "next",
	[FOLLOW_GC] = "gc",
	[FOLLOWS] = "in turns",
};

static bool prepare(struct pod *pod, enum target t)
{
	pod->answer[0] = '\0';
	switch (t) {
	case ADD_SRIOV:
		return true;
	case ADD_RDMA:
		return !plugin_run(SRIOV, "ADD", pod, NULL, NULL);
	case DEL_RDMA:
		return chain_add(pod);
	case DEL_SRIOV:
		return chain_add(pod) && !plugin_run(RDMA, "DEL", pod, NULL, NULL);
	case TARGETS:
		break;
	}
	return false;
}

static void follow_del(struct bench *b)
{
	if (!chain_del(&b->a))
		bench_blame(b, "DEL fails");
	if (!chain_del(&b->a))
		bench_blame(b, "the second DEL fails");
}

static void follow_next(struct bench *b)
{
	pod_end(&b->a);
	if (!chain_add(&b->b))
		bench_blame(b, "the next pod does not get the device");
	if (!chain_del(&b->a))
		bench_blame(b, "a late DEL fails");
	if (!chain_del(&b->b))
		bench_blame(b, "DEL of the next pod fails");
}

static void follow_gc(struct bench *b)
{
	pod_end(&b->a);
	if (!chain_gc(&b->a))
		bench_blame(b, "GC fails");
}

static void follow(struct bench *b, enum follow f)
{
	switch (f) {
	case FOLLOW_DEL:
		follow_del(b);
		break;
	case FOLLOW_NEXT:
		follow_next(b);
		break;
	case FOLLOW_GC:
		follow_gc(b);
		break;
	case FOLLOWS:
		break;
	}
}

/* false: the verb came to its end, nothing was killed */
static bool play(struct bench *b, enum target t, enum follow f, const struct position *at)
{
	static const enum plugin plugins[] = { SRIOV, RDMA, RDMA, SRIOV };
	bool is_add = t == ADD_SRIOV || t == ADD_RDMA;
	struct hit hit;
	char name[96];
	int status;

	if (!prepare(&b->a, t))
		bench_blame(b, "it fails without being killed");
	status = plugin_run(plugins[t], is_add ? "ADD" : "DEL", &b->a, at, &hit);
	if (!hit.fired && status)
		bench_blame(b, "it fails without being killed");
	follow(b, f);
	(void)snprintf(name, sizeof(name), "kill %s/%s at %u (%s)", target_names[t],
		       follow_names[f], at->nth, hit.fired ? hit.name : "not killed");
	bench_finish(b, name);
	return hit.fired;
}

static bool sweep(struct bench *b, const struct wanted *w, enum target t, enum follow f)
{
	struct position at = { .nth = w->first, .every = w->all, .at_entry = w->at_entry };
	char name[96];

	while (at.nth < POSITIONS_MAX && play(b, t, f == FOLLOWS ? at.nth % FOLLOWS : f, &at))
		at.nth++;
	if (at.nth == POSITIONS_MAX)
		die("no end of calls");
	(void)snprintf(name, sizeof(name), "kill %s/%s at %s%s", target_names[t], follow_names[f],
		       w->at_entry ? "the beginning of " : "",
		       w->all ? "every call" : "every call that changes something");
	return bench_report(b, name);
}

static bool is_wanted(const struct wanted *w, enum follow f)
{
	if (!w->follow)
		return f == FOLLOWS;
	return f < FOLLOWS && (!strcmp(w->follow, "all") || !strcmp(w->follow, follow_names[f]));
}

bool sweep_kill(const struct wanted *w)
{
	struct bench b;
	bool good = true, any = false;

	bench_open(&b);
	for (enum target t = 0; t < TARGETS; t++)
		for (enum follow f = 0; f <= FOLLOWS; f++) {
			if ((w->target && strcmp(w->target, target_names[t]) != 0) ||
			    !is_wanted(w, f))
				continue;
			any = true;
			good &= sweep(&b, w, t, f);
		}
	bench_close(&b);
	return good && any;
}
