// SPDX-License-Identifier: Apache-2.0
#include "kernel/caps.h"

#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

/*
 * The system call and not cap_get_proc(): whatever needs libcap's own objects also gets its
 * constructor, which asks the kernel six questions at each start, VERSION's too.
 */
int caps_check(struct err *e)
{
	static const struct {
		cap_value_t cap;
		const char *name;
	} needed[] = {
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN" }, /* every change of a device */
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" }, /* setns() */
	};
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	char missing[64] = "";

	if (capget(&header, data))
		return err_sys(e, errno, "read own capabilities");
	for (size_t i = 0; i < array_size(needed); i++) {
		size_t n = strlen(missing);

		if (data[CAP_TO_INDEX(needed[i].cap)].effective & CAP_TO_MASK(needed[i].cap))
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
