/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault countdown: every call of the product that can fail is one step of
 * it, whether it goes to lib/kernel, to the file system or starts a delegate.
 *
 * A test arms one fault; the n-th call after that is hit. What was hit is
 * written down, so that a sweep learns what it did, and so that "for ever" can
 * mean: this kind of call, on this object, again and again.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
	FAKE_KIND_MAX = 16,
	FAKE_OBJECT_MAX = 160,
	FAKE_STEP_MAX = 64,
	FAKE_ERRNOS_MAX = 6,
	FAKE_DIED =
		137, /* exit status of a process that a fault killed: as a shell reports SIGKILL */
};

enum fake_effect { FAULT_NONE, FAULT_ERROR, FAULT_DIE, FAULT_NETNS_GONE };

/* AT_STAGE: between two steps of one call, such as after the namespace and before the name */
enum fake_when { AT_START, AT_STAGE, AT_END };

/**
 * struct fake_fault - what is armed, and what happened
 * @nth:    the call that is hit, counted from 1 since it was armed
 * @error:  errno of FAULT_ERROR
 * @stage:  of AT_STAGE, counted from 1
 * @netns:  path that FAULT_NETNS_GONE removes
 * @calls:  calls seen since it was armed
 * @fired:  the fault has happened; @kind, @object, @step say to what
 */
struct fake_fault {
	enum fake_effect effect;
	enum fake_when when;
	unsigned nth, stage;
	int error;
	bool forever;
	char netns[128];
	unsigned calls;
	bool fired;
	char kind[FAKE_KIND_MAX], object[FAKE_OBJECT_MAX], step[FAKE_STEP_MAX];
};

/**
 * struct fake_kind - what is known of a kind of call
 * @changes: it changes something: failing or dying after it differs from before
 * @staged:  it has steps between which it can stop
 * @errnos:  what it plausibly fails with, 0-terminated. Never "not there" for something that is:
 *           a kernel that lies about existence is no kernel
 */
struct fake_kind {
	const char *name;
	bool changes, staged;
	int errnos[FAKE_ERRNOS_MAX];
};

/** fake_kind_find() - NULL: no such kind */
const struct fake_kind *fake_kind_find(const char *name);

/** struct fake_call - a call under way */
struct fake_call {
	const struct fake_kind *kind;
	unsigned n, stage;
	bool hit;
	char object[FAKE_OBJECT_MAX], note[96];
};

/**
 * fake_enter() - a call begins: lock the world, count, maybe fail or die
 *
 * Return: 0, or -errno with which the call must fail without doing anything.
 * Either way fake_leave() follows.
 */
int fake_enter(struct fake_call *c, const char *kind, const char *fmt, ...) printf_like(3, 4);

/** fake_note() - more about the call for the log only; not part of the object */
void fake_note(struct fake_call *c, const char *note);

/** fake_stage() - between two steps; -errno: stop here, keep what is done */
int fake_stage(struct fake_call *c, const char *step);

/** fake_leave() - a call ends with @r: maybe fail or die after all, log, unlock; what to return */
int fake_leave(struct fake_call *c, int r);

/** fake_errno() - a failed call's error for the caller; @r as it is when not negative */
int fake_errno(struct err *e, int r, const char *fmt, ...) printf_like(3, 4);
