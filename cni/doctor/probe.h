/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes: each looks at one side of the node and fills its part of the report.
 * They only read. What they cannot look at they report as trouble, and go on: a
 * node with one broken thing has the rest told all the same.
 */
#pragma once
#include "report.h"

/** probe_all() - the table of probes, in order: later ones look up what earlier ones found */
void probe_all(struct report *r);

/* One for each file of that name. -errno: the probe could not look; the rest still runs. */
int probe_kernel(struct report *r, struct err *e) must_check;
int probe_mode(struct report *r, struct err *e) must_check;
int probe_namespaces(struct report *r, struct err *e) must_check;
int probe_functions(struct report *r, struct err *e) must_check;
int probe_rdma(struct report *r, struct err *e) must_check;
int probe_runtime(struct report *r, struct err *e) must_check;
int probe_records(struct report *r, struct err *e) must_check;
int probe_gostate(struct report *r, struct err *e) must_check;
int probe_leases(struct report *r, struct err *e) must_check;
int probe_plugins(struct report *r, struct err *e) must_check;
/** probe_places() - where the interfaces are that are not here, and who holds what */
int probe_places(struct report *r, struct err *e) must_check;

/** root_exists() - is there a file at this path below the node's root, given without leading '/' */
bool root_exists(const struct report *r, const char *path);

/** root_each() - call @fn for the names in a directory below the root; an absent one has none */
int root_each(const struct report *r, const char *path, int (*fn)(const char *name, void *arg),
	      void *arg, struct err *e) must_check;

/** root_read() - all of a file below the root, at most @max bytes, NUL-terminated; sysfs and procfs, too */
int root_read(const struct report *r, const char *path, size_t max, char **ret) must_check;

/** no_memory() - err_sys(ENOMEM) */
int no_memory(struct err *e);
