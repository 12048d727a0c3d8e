/* SPDX-License-Identifier: Apache-2.0 */
/* The two forms of the report, and the check of a shared device plugin's configuration. */
#pragma once
#include <stdio.h>

#include "report.h"

/** text_print() - for people */
void text_print(const struct report *r, FILE *out);

/** text_stale() - what GC would release, and how */
void text_stale(const struct report *r, FILE *out);

/** json_report() - for machines, schemas/rdma-doctor.schema.json; malloc()ed, NULL: out of memory */
char *json_report(const struct report *r) must_check;

/**
 * shareddp_check() - which devices a configuration of k8s-rdma-shared-dev-plugin takes
 *
 * Return: 0: each resource has devices; 1: one has none, or the file is wrong; -errno: it cannot
 * be read.
 */
int shareddp_check(const struct report *r, const char *path, FILE *out, struct err *e) must_check;
