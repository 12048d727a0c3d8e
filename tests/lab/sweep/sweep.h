/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases: a pod gets and gives back a device with something in the way; in the end the host must
 * be what it was.
 */
#pragma once
#include <stdbool.h>

#include "runtime.h"

/** struct wanted - of the command line */
struct wanted {
	bool all, at_entry;
	const char *target, *follow; /* NULL: each target; the follow-ups in turns */
	unsigned first; /* position to begin with */
	unsigned seconds, workers;
};

/* false: something was lost, or nothing was run */
bool sweep_kill(const struct wanted *w);
bool sweep_driver(const struct wanted *w);
bool sweep_soak(const struct wanted *w, const char *dir);

/** struct bench - the host before any case, its pods, and one sweep's counts */
struct bench {
	char *before;
	struct pod a, b;
	bool pending; /* of the case under way */
	char reason[256]; /* why DEL says it is not finished; "": it did not say so */
	char why[256]; /* what is wrong with it; "": nothing */
	unsigned cases, restored, left, stuck, lost, shown;
};

/** bench_open() - starts the pods, looks at the host */
void bench_open(struct bench *b);
void bench_close(struct bench *b);
/** bench_blame() - the first thing found wrong in a case stays */
void bench_blame(struct bench *b, const char *what);
/** bench_reason() - DEL failed while a fault lasts: what it said is the reason to be shown */
void bench_reason(struct bench *b);
/** bench_look() - in the middle of a case: what is not restored must be in a record */
void bench_look(struct bench *b);
/**
 * bench_finish() - the case is over: fresh pods, the host compared; a loss is told with @name
 *
 * What is still not restored and has a record is counted by itself: nothing may be, without a fault.
 */
void bench_finish(struct bench *b, const char *name);
/** bench_report() - the line that is counted; true: nothing was lost or is still pending */
bool bench_report(struct bench *b, const char *name);
