/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <sys/types.h>

#include "runtime.h"

/**
 * trace_run() - run a child that stopped itself after PTRACE_TRACEME, to its end or to @at
 *
 * Calls of all its processes and threads count, from its exec on. Return: as plugin_run().
 */
int trace_run(pid_t child, const struct position *at, struct hit *ret);
