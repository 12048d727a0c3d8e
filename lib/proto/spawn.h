/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program to its end with bounded input, output and time; delegate.h says what for. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum {
	SPAWN_STDERR_KEPT = 1024, /* for an error's details */
};

/**
 * struct spawn - what to run
 * @path: the program; its only argument, too
 * @env:  its environment, NULL at the end
 * @in, @in_len: what it reads from stdin, before the end of file
 * @out_max: more output than this ends the run
 * @timeout_ms: after it the program and what it started are killed
 */
struct spawn {
	const char *path;
	char *const *env;
	const char *in;
	size_t in_len;
	size_t out_max;
	unsigned timeout_ms;
};

/**
 * struct spawn_end - how it went, see spawn_end_done()
 * @status: as of waitpid()
 * @out: stdout, NUL appended
 * @err: the last of stderr, NUL appended; all of it went to our own
 */
struct spawn_end {
	int status;
	char *out;
	size_t out_len;
	char err[SPAWN_STDERR_KEPT];
};

/** spawn_end_done() - also for cleanup(spawn_end_done) */
void spawn_end_done(struct spawn_end *end);

/**
 * spawn_run() - run a program and wait for it
 *
 * The child has default signals, a process group of its own and no descriptor
 * but 0-2. A process that it leaves behind may keep the pipes: it is not waited for.
 *
 * Return: 0 when it ran to an end, however it ended. -ETXTBSY: still being written
 * after all retries; -ETIMEDOUT, -E2BIG: killed; another -errno: it did not start.
 */
int spawn_run(const struct spawn *s, struct spawn_end *ret, struct err *e) must_check;
