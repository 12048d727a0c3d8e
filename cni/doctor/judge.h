/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules: what is wrong with a node, why that matters, and the command that mends it.
 *
 * A rule is a row of a table and a function that looks at the report. Its name is
 * in JSON reports: it is for ever.
 */
#pragma once
#include "report.h"

/**
 * struct rule - one thing that can be wrong
 * @purposes: mask of enum purpose: for which nodes it holds
 * @find:     calls found() for each case; only looks at the report
 * @why:      why it matters, for people
 */
struct rule {
	const char *id;
	enum severity severity;
	unsigned purposes;
	void (*find)(struct report *r, const struct rule *rule);
	const char *why;
};

struct rules {
	size_t n;
	const struct rule *rule;
};

/* The rules of each rules_*.c */
extern const struct rules rules_kernel, rules_mode, rules_devices, rules_state, rules_plugins,
	rules_runtime;

/** judge() - run all rules that hold for the report's purpose */
void judge(struct report *r);

/**
 * found() - add a finding
 * @object: the device, file or module it is about; "" the node
 * @fix:    shell command; one that begins with '#' is for a person to do
 * @fmt:    what is the matter
 */
void found(struct report *r, const struct rule *rule, const char *object, const char *fix,
	   const char *fmt, ...) printf_like(5, 6);

/* fix.c: commands that several rules need. Each writes to @buf and returns it. */

const char *fix_rebind(const struct function *f, char buf[static TEXT_MAX]);
/** fix_next_mode() - make all files say @mode, and write one if none says anything */
const char *fix_next_mode(const struct report *r, enum rdma_mode mode, char buf[static TEXT_MAX]);
/** fix_gc() - let the plugin of an attachment release what is stale in its network */
const char *fix_gc(const struct report *r, const struct attachment *a, char buf[static TEXT_MAX]);
/** fix_printf() - any other; what does not fit becomes "" */
const char *fix_printf(char buf[static TEXT_MAX], const char *fmt, ...) printf_like(2, 3);

/** rdma_module_of() - the module that makes RDMA devices for a network driver; NULL: none is known */
const char *rdma_module_of(const char *driver);
