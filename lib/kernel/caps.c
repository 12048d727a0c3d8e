// SPDX-License-Identifier: Apache-2.0
#include "kernel/caps.h"

#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

static void free_caps(cap_t *c)
{
	if (*c)
		(void)cap_free(*c);
}

int caps_check(struct err *e)
{
	static const struct {
		cap_value_t cap;
		const char *name;
	} needed[] = {
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN" }, /* every change of a device */
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" }, /* setns() */
	};
	cleanup(free_caps) cap_t caps = cap_get_proc();
	char missing[64] = "";

	if (!caps)
		return err_sys(e, errno, "read own capabilities");
	for (size_t i = 0; i < array_size(needed); i++) {
		cap_flag_value_t v = CAP_CLEAR;
		size_t n = strlen(missing);

		if (!cap_get_flag(caps, needed[i].cap, CAP_EFFECTIVE, &v) && v == CAP_SET)
			continue;
		(void)snprintf(missing + n, sizeof(missing) - n, "%s%s", n ? " and " : "",
			       needed[i].name);
	}
	return missing[0] ? err_set(e, EPERM, "missing privilege: %s", missing) : 0;
}
