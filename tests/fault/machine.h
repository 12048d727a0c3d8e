/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine to break: a world, a state directory and pods, reset for each case,
 * and the plugins run on it as a runtime runs them.
 */
#pragma once
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum plugin { SRIOV, RDMA, PLUGINS };
enum verb { ADD, DEL, CHECK, GC, GC_KEEP /* with this pod in the list */, STATUS, VERSION };

enum { ANSWER_MAX = 16384, RUN_TIMEOUT_S = 60, STATUS_HUNG = 1000 };

extern const char *const plugin_names[PLUGINS];

/** struct pod - a container that gets the one device all this is about */
struct pod {
	const char *container, *netns;
	bool added[PLUGINS]; /* ADD answered success */
	char answer[ANSWER_MAX]; /* the last plugin's result: prevResult */
};

/** struct machine - a process has one; @verbose: tell every call */
struct machine {
	const char *programs[PLUGINS], *delegates;
	const char *variant;
	bool verbose;
	char dir[PATH_MAX - 256];
	struct fake_world *pristine, *saved;
	char *before; /* dump with nothing attached and no pod */
	char *attached[PLUGINS]; /* dumps after each ADD of a run without faults */
};

/** machine_open() - a scratch directory below @tmp; from now on FAKE_WORLD and FAKE_ROOT are set */
void machine_open(struct machine *m, const char *tmp);
void machine_close(struct machine *m);
/** machine_reset() - as it was at first, pods A and B started */
void machine_reset(struct machine *m);

/** machine_save() - keep world and files for machine_restore(), which makes them so again */
void machine_save(struct machine *m);
void machine_restore(struct machine *m);

/**
 * machine_run() - run one plugin for @pod to its end, and wait for everything it left behind
 *
 * Return: exit status; FAKE_DIED when a fault killed it; STATUS_HUNG.
 */
int machine_run(struct machine *m, enum plugin p, enum verb v, struct pod *pod);

/** machine_drift() - somebody changed what this plugin set and CHECK looks at */
void machine_drift(enum plugin p);

/** machine_del_netns() - the pod is gone (its devices: when the variant lets them); fine if it already is */
void machine_del_netns(const struct pod *pod);

/** machine_make_go() - the pod's attachments are a Go plugin's: no records, and nothing of ours in the mirrors */
void machine_make_go(struct pod *pod);

/** machine_settle() - what the kernel does by itself has happened */
void machine_settle(void);

/** machine_dump() - the world without pods' own things and courtesies; malloc()ed */
char *machine_dump(void);

/** machine_files() - records, mirrors and leases that are there, a line each; malloc()ed, "" none */
char *machine_files(void);

/** machine_has_record() - is there a record of this plugin; @container NULL: whosever */
bool machine_has_record(enum plugin p, const char *container);

/** machine_has_mirror() - is there a state file as a Go plugin's; @container NULL: whosever */
bool machine_has_mirror(enum plugin p, const char *container);

/** machine_diff() - lines that only one of two texts has, "-" and "+"; malloc()ed */
char *machine_diff(const char *before, const char *after);
