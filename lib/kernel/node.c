// SPDX-License-Identifier: Apache-2.0
#include "kernel/node.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "kernel/sysfs.h"

#ifndef STATEDIR
#define STATEDIR "/var/lib/cni"
#endif

const char *node_dir(enum node_dir dir)
{
	switch (dir) {
	case NODE_STATE:
		return STATEDIR;
	case NODE_RUN:
		return "/run/cni";
	case NODE_ROOT:
		return "/";
	}
	return STATEDIR;
}

int node_boot_id(char ret[static NODE_BOOT_ID_MAX], struct err *e)
{
	int r = sysfs_read(-1, "/proc/sys/kernel/random/boot_id", ret, NODE_BOOT_ID_MAX);

	return r ? err_sys(e, -r, "read boot id") : 0;
}

void node_sleep_ms(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR)
		;
}

uint64_t node_now_ms(void)
{
	return (uint64_t)clock_now_ms();
}
