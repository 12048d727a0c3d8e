/* SPDX-License-Identifier: Apache-2.0 */
/* How cases ended, counted by several processes at once, and why some were pending. */
#pragma once
#include "history.h"

enum { TALLY_REASONS_MAX = 512, TALLY_REASON_MAX = 128 };

/** struct tally_reason - why cases were pending, and how many */
struct tally_reason {
	char text[TALLY_REASON_MAX];
	unsigned count;
};

/** struct tally - in memory that all jobs share; @reasons: of all sweeps, @counts: of one */
struct tally {
	unsigned counts[OUTCOMES];
	int lock;
	unsigned n;
	struct tally_reason reasons[TALLY_REASONS_MAX];
};

/** tally_open() - an empty one, until the process ends; jobs are forked after it */
struct tally *tally_open(void);
/** tally_clear() - the counts, for the next sweep */
void tally_clear(struct tally *t);
void tally_count(struct tally *t, enum outcome o);
/** tally_reason() - one more case was pending for @reason */
void tally_reason(struct tally *t, const char *reason);

/** tally_cases() - how many cases were hit */
unsigned tally_cases(const unsigned *counts);
/** tally_print() - the rest of a line of TAP */
void tally_print(const unsigned *counts);
/** tally_print_reasons() - a comment for each, the most frequent one first */
void tally_print_reasons(struct tally *t);
