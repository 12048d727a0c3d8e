// SPDX-License-Identifier: Apache-2.0
/* Which capabilities there are questions about. No system call: tests/fake has this file, too. */
#include "kernel/caps.h"

#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

/*
 * Whatever a verb does is done with these. Others that root has, and that a mistake of ours could do harm
 * with: loading modules, changing owners and users, killing, raw I/O, the clock.
 */
static const struct {
	cap_value_t cap;
	const char *name; /* without it nothing can be attached */
} needed[] = {
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN" }, /* every change of a device */
	{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" }, /* setns() */
	{ CAP_NET_RAW, NULL }, /* the packet socket that announces addresses */
	/* a path below /proc/PID, of a pod that has capabilities we do not use, or a user of its own */
	{ CAP_SYS_PTRACE, NULL },
	/* what is not root's: the log that logrotate gave to somebody, a rootless pod's directory in /run */
	{ CAP_DAC_OVERRIDE, NULL },
};

const char *caps_missing(uint64_t have, char buf[static CAPS_NAMES_MAX])
{
	buf[0] = '\0';
	for (size_t i = 0; i < array_size(needed); i++) {
		size_t n = strlen(buf);

		if (needed[i].name && !(have >> needed[i].cap & 1))
			(void)snprintf(buf + n, CAPS_NAMES_MAX - n, "%s%s", n ? " and " : "",
				       needed[i].name);
	}
	return buf;
}

uint64_t caps_used(void)
{
	uint64_t used = 0;

	for (size_t i = 0; i < array_size(needed); i++)
		used |= UINT64_C(1) << needed[i].cap;
	return used;
}
