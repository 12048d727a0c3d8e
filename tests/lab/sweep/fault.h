/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What simnic can be told to do wrong: operations, and ways of failing.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** struct operation - "probe" and "sriov" have no part in a verb; @late: it can be done and then reported as failed */
struct operation {
	const char *name;
	bool late;
};

/** struct way - @count: so many calls, -1: for ever; @late: done, but reported as failed; @brief: one of those that scripts/test has time for */
struct way {
	const char *name;
	int error, count, delay_ms;
	bool late, brief;
};

enum { FAULT_OPERATIONS = 13, FAULT_WAYS = 6 };

extern const struct operation fault_operations[FAULT_OPERATIONS];
extern const struct way fault_ways[FAULT_WAYS];

/** fault_set() - after @skip calls of @operation; forgets what has happened before */
void fault_set(const char *operation, const struct way *way, int skip);
void fault_clear(void);
/** fault_hits() - how often a fault was hit since it was set, as far as simnic's log goes back */
unsigned fault_hits(void);
