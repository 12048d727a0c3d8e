/* SPDX-License-Identifier: Apache-2.0 */
/* The node: which boot this is, and where we keep what must outlive a process. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { NODE_BOOT_ID_MAX = 40 };

enum node_dir {
	NODE_STATE, /* survives a reboot: /var/lib/cni */
	NODE_RUN, /* does not: /run/cni */
	NODE_ROOT, /* all of the node's files: / */
};

/** node_dir() - absolute path, static */
const char *node_dir(enum node_dir dir);

/** node_boot_id() - /proc/sys/kernel/random/boot_id: a record of another boot describes other devices */
int node_boot_id(char ret[static NODE_BOOT_ID_MAX], struct err *e) must_check;

/** node_sleep_ms() - between retries of a busy driver; the one place that sleeps */
void node_sleep_ms(unsigned ms);

/** node_now_ms() - monotonic milliseconds, for deadlines and durations */
uint64_t node_now_ms(void);

/**
 * struct patience - for how long something is tried again
 * @ms:    from the first try that failed, which is the first to look at the clock
 * @until: private to node_gives_up()
 */
struct patience {
	unsigned ms;
	uint64_t until;
};

/** node_gives_up() - a try has failed: is it to be the last? */
static inline bool node_gives_up(struct patience *p)
{
	uint64_t now = node_now_ms();

	if (!p->until)
		p->until = now + p->ms;
	return now >= p->until;
}
