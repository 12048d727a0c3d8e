/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container runtime does: pods, and a chain of sriov and rdma called for them.
 */
#pragma once
#include <stdbool.h>

enum plugin { SRIOV, RDMA, PLUGINS };

extern const char *const plugin_names[PLUGINS];

enum { ANSWER_MAX = 16384, STATUS_KILLED = 1000, STATUS_HUNG, RUN_TIMEOUT_S = 150 };

/** struct pod - @answer: the chain's result, which DEL is given; "" without */
struct pod {
	const char *name;
	char netns[64];
	char answer[ANSWER_MAX];
};

/** struct position - kill at the @nth system call's end (0: never); @every: else only those that change state */
struct position {
	unsigned nth;
	bool every, at_entry;
};

/** struct hit - what was killed; @name: the system call; @fired: there was an n-th */
struct hit {
	bool fired;
	char name[32];
};

/** runtime_open() - configurations are @dir/sriov.json and @dir/rdma.json, of the network @name */
void runtime_open(const char *dir, const char *name);

/** pod_start() - a network namespace at /run/netns/NAME, as `ip netns add` makes it */
void pod_start(struct pod *pod, const char *name);
/** pod_end() - nobody is in it any more: the kernel brings home what is inside, a little later */
void pod_end(struct pod *pod);
bool pod_is_there(const struct pod *pod);

/**
 * plugin_run() - one call of one plugin; ADD's answer goes to @pod
 * @at: NULL: let it run; else kill it and all it has started there
 *
 * Return: its exit status; STATUS_KILLED; STATUS_HUNG.
 */
int plugin_run(enum plugin p, const char *verb, struct pod *pod, const struct position *at,
	       struct hit *ret);

/** The chain, in the order of a runtime; false: it ended at a plugin that failed */
bool chain_add(struct pod *pod);
bool chain_del(struct pod *pod);
/** chain_gc() - no attachment is valid any more */
bool chain_gc(struct pod *pod);

/** runtime_answer() - what the last plugin said */
const char *runtime_answer(void);

/** plugin_has_record() - of our network */
bool plugin_has_record(enum plugin p);
/** runtime_has_record() - has either plugin one */
bool runtime_has_record(void);
