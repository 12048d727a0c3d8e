// SPDX-License-Identifier: Apache-2.0
#include "kernel/caps.h"

#include <stdbool.h>
#include <stdint.h>
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

/*
 * The system calls and not cap_get_proc(): whatever needs libcap's own objects also gets its
 * constructor, which asks the kernel six questions at each start, VERSION's too.
 */
struct caps {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static int read_caps(struct caps *ret, struct err *e)
{
	*ret = (struct caps){ .header.version = _LINUX_CAPABILITY_VERSION_3 };
	if (capget(&ret->header, ret->data))
		return err_sys(e, errno, "read own capabilities");
	return 0;
}

int caps_check(struct err *e)
{
	char missing[64] = "";
	struct caps c;
	int r = read_caps(&c, e);

	if (r)
		return r;
	for (size_t i = 0; i < array_size(needed); i++) {
		size_t n = strlen(missing);

		if (!needed[i].name ||
		    c.data[CAP_TO_INDEX(needed[i].cap)].effective & CAP_TO_MASK(needed[i].cap))
			continue;
		(void)snprintf(missing + n, sizeof(missing) - n, "%s%s", n ? " and " : "",
			       needed[i].name);
	}
	if (!missing[0])
		return 0;
	return err_set(e, EPERM,
		       "missing privilege: %s: run the plugin as root with these capabilities (a "
		       "container runtime has them, an unprivileged pod has not)",
		       missing);
}

/* The inheritable and the bounding set, which a program that we run gets its own from, stay. */
static int reduce(bool permitted, struct err *e)
{
	uint32_t keep[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct caps c;
	int r = read_caps(&c, e);

	if (r)
		return r;
	for (size_t i = 0; i < array_size(needed); i++)
		keep[CAP_TO_INDEX(needed[i].cap)] |= CAP_TO_MASK(needed[i].cap);
	for (size_t i = 0; i < array_size(keep); i++) {
		c.data[i].effective &= keep[i];
		if (permitted)
			c.data[i].permitted &= keep[i];
	}
	return capset(&c.header, c.data) ? err_sys(e, errno, "give up capabilities") : 0;
}

int caps_lower(struct err *e)
{
	return reduce(false, e);
}

int caps_drop(struct err *e)
{
	return reduce(true, e);
}
