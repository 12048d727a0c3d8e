// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "fault.h"
#include "sweep.h"

enum { SKIP_MAX = 50 };

/* false: the operation was not asked for (any more) */
static bool play(struct bench *b, bool is_add, const char *operation, const struct way *way,
		 int skip)
{
	char name[128];
	bool fired, good;

	b->a.answer[0] = '\0';
	if (!is_add && !chain_add(&b->a))
		bench_blame(b, "ADD fails without a fault");
	fault_set(operation, way, skip);
	good = is_add ? chain_add(&b->a) : chain_del(&b->a);
	if (!good)
		bench_reason(b);
	/* a runtime tries again, or cleans up */
	if ((!good || is_add) && !chain_del(&b->a))
		bench_reason(b);
	fired = fault_hits();
	fault_clear();
	if (fired)
		bench_look(b);
	if (!chain_del(&b->a))
		bench_blame(b, "DEL fails though the fault is gone");
	if (!chain_del(&b->a))
		bench_blame(b, "the second DEL fails");
	(void)snprintf(name, sizeof(name), "%s: %s at call %d of %s", is_add ? "ADD" : "DEL",
		       way->name, skip + 1, operation);
	if (fired || b->why[0])
		bench_finish(b, name);
	return fired;
}

/* false: no verb asks for the operation */
static bool each_call(struct bench *b, const struct wanted *w, bool is_add, const char *operation,
		      const struct way *way)
{
	int skip = 0;

	while (play(b, is_add, operation, way, skip)) {
		skip++;
		if (!w->all || skip == SKIP_MAX)
			break;
	}
	return skip;
}

static bool sweep(struct bench *b, const struct wanted *w, bool is_add)
{
	for (size_t i = 0; i < FAULT_OPERATIONS; i++)
		for (size_t k = 0; k < FAULT_WAYS; k++)
			if ((fault_operations[i].late || !fault_ways[k].late) &&
			    (w->all || fault_ways[k].brief) &&
			    !each_call(b, w, is_add, fault_operations[i].name, &fault_ways[k]))
				break;
	return bench_report(b, is_add ? "driver faults during ADD" : "driver faults during DEL");
}

bool sweep_driver(const struct wanted *w)
{
	struct bench b;
	bool add, del;

	bench_open(&b);
	add = sweep(&b, w, true);
	del = sweep(&b, w, false);
	bench_close(&b);
	return add && del;
}
