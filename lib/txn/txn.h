/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transaction: everything an attachment changes is an assignment to a
 * property of a device, so one table of get/set pairs serves ADD, DEL, CHECK
 * and GC. There are no undo paths to keep in step with do paths.
 *
 *  - `was` and `want` of every step are on disk before the first change;
 *  - undo reads first and sets only what differs, so it may run any number of
 *    times, from any point at which ADD or an earlier undo was killed;
 *  - gone is undone: -ENODEV is success in undo, failure in apply, a difference
 *    in verify.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "txn/value.h"

struct world; /* what get and set work on: each program defines its own */

enum { PLAN_MAX = 24, GROUP_NONE = 0 };

/* What CHECK compares a property with. */
enum check_source {
	CHECK_RECORD, /* what we recorded as wanted: nobody else may change it */
	CHECK_RESULT, /* prevResult: later plugins of the chain may change it and say so there */
	CHECK_NOTHING, /* later plugins may change it and nothing says so, or nobody cares */
};

/**
 * struct prop - one assignable property, a row of a program's table
 * @name:      stable: stands in records, logs and the schema
 * @undo_rank: undone from low to high; within a rank against the order of the plan
 * @group:     rows of one group that stand together are set by one message
 * @get: -ENODEV: the device is gone; -ENODATA: cannot be read now, so undo sets blindly
 * @set: as get; must be harmless when the value is already there
 */
struct prop {
	const char *name;
	enum value_type type;
	uint8_t undo_rank;
	uint8_t group;
	enum check_source check;
	int (*get)(struct world *w, struct value *ret, struct err *e);
	int (*set)(struct world *w, const struct value *to, struct err *e);
};

/** struct assign - one property and the value it shall get now */
struct assign {
	const struct prop *prop;
	const struct value *to;
};

/**
 * struct prop_table - all properties of a program
 * @set_group: set several of one group in one message; when it fails they are set
 *             one by one, which names the culprit and skips what was done
 * @anchor: name of the property that says where the device is. Undo changes nothing while
 *          it cannot be read, and no later rank before it is restored: a pod that still has
 *          the device must not find it on another VLAN, or trusted
 */
struct prop_table {
	const struct prop *props;
	size_t n;
	int (*set_group)(struct world *w, uint8_t group, const struct assign *a, size_t n,
			 struct err *e);
	const char *anchor;
};

struct step {
	const struct prop *prop;
	struct value was, want;
};

/**
 * struct plan - what an attachment changes; {} is an empty one
 * @steps: owned, see plan_done()
 * @short_of_memory: a step is missing
 */
struct plan {
	struct step *steps;
	size_t n;
	bool short_of_memory;
};

/** plan_done() - empty again; also for cleanup(plan_done) */
void plan_done(struct plan *p);

/** prop_find() - by name; NULL */
const struct prop *prop_find(const struct prop_table *t, const char *name);

/** plan_add() - append a step. Steps follow the table's order. Failures are plan_check()'s. */
void plan_add(struct plan *p, const struct prop *prop, const struct value *was,
	      const struct value *want);

/** plan_want() - append a step whose `was` is filled by txn_observe() */
void plan_want(struct plan *p, const struct prop *prop, const struct value *want);

/** plan_check() - are all steps there; -ENOMEM. To be asked before a plan is used or kept */
int plan_check(const struct plan *p, struct err *e) must_check;

/** txn_observe() - read `was` of every step; what cannot be read is not changed, so it is an error */
int txn_observe(struct plan *p, struct world *w, struct err *e) must_check;

/** txn_apply() - set every `want`, in order; stops at the first failure */
int txn_apply(const struct prop_table *t, const struct plan *p, struct world *w,
	      struct err *e) must_check;

/**
 * txn_undo() - bring every step back to `was`
 *
 * Never stops: errors are gathered. What failed is tried once more when the rest
 * is done, because drivers make one property depend on another.
 *
 * Return: 0: all is as it was, or gone; else -errno and what is stuck.
 */
int txn_undo(const struct prop_table *t, const struct plan *p, struct world *w,
	     struct err *e) must_check;

/** txn_verify() - compare with `want` what CHECK may compare; all differences are in the error */
int txn_verify(const struct plan *p, struct world *w, struct err *e) must_check;
