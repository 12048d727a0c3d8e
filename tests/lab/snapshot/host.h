/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole host as text, to be compared. Without starting a process, so that a scenario can afford
 * it after every step and a sweep after every case.
 */
#pragma once

/** host_snapshot() - sorted lines; malloc()ed */
char *host_snapshot(void);

/** host_diff() - lines that only one of two snapshots has, "-" and "+"; malloc()ed, "" if equal */
char *host_diff(const char *before, const char *after);
