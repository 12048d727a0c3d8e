// SPDX-License-Identifier: Apache-2.0
#include "kernel/caps.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/capability.h>

/*
 * The system calls and not cap_get_proc(): whatever needs libcap's own objects also gets its
 * constructor, which asks the kernel six questions at each start, VERSION's too.
 */
struct caps {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

/* Only this file changes what the process has: the kernel is asked once. */
static struct caps own;

static int read_own(struct err *e)
{
	struct caps c = { .header.version = _LINUX_CAPABILITY_VERSION_3 };

	if (own.header.version)
		return 0;
	if (capget(&c.header, c.data))
		return err_sys(e, errno, "read own capabilities");
	own = c;
	return 0;
}

int caps_check(struct err *e)
{
	char missing[CAPS_NAMES_MAX];
	int r = read_own(e);

	if (r)
		return r;
	if (!*caps_missing(own.data[0].effective | (uint64_t)own.data[1].effective << 32, missing))
		return 0;
	return err_set(e, EPERM,
		       "missing privilege: %s: run the plugin as root with these capabilities (a "
		       "container runtime has them, an unprivileged pod has not)",
		       missing);
}

/* The inheritable and the bounding set, which a program that we run gets its own from, stay. */
static int reduce(bool permitted, struct err *e)
{
	int r = read_own(e);
	struct caps c = own;

	if (r)
		return r;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t keep = (uint32_t)(caps_used() >> 32 * i);

		c.data[i].effective &= keep;
		if (permitted)
			c.data[i].permitted &= keep;
	}
	if (capset(&c.header, c.data))
		return err_sys(e, errno, "give up capabilities");
	own = c;
	return 0;
}

int caps_lower(struct err *e)
{
	return reduce(false, e);
}

int caps_drop(struct err *e)
{
	return reduce(true, e);
}
