// SPDX-License-Identifier: Apache-2.0
#include "kernel/sysctl.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

static int set_one(const char *ifname, const struct sysctl_set *s, struct err *e)
{
	char path[128];
	cleanup(fd_leave) int fd = -EBADF;

	/* The name may hold dots, "eth0.100": only slashes separate here, as in the kernel. */
	if (strchr(ifname, '/') || str_printf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s",
					      s->family, ifname, s->key))
		return err_set(e, EINVAL, "set %s %s: bad interface name", s->family, s->key);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, errno, "open %s", path);
	/* At once: a sysctl takes its value from a single write at offset 0. */
	if (write(fd, s->value, strlen(s->value)) < 0)
		return err_sys(e, errno, "write %s to %s", s->value, path);
	return 0;
}

int sysctl_set_conf(const struct netns *in, const struct netns *home, const char *ifname,
		    const struct sysctl_set *sets, size_t n, struct err *e)
{
	struct err first = { 0 };
	int r = in ? netns_enter(in, e) : 0;

	if (r)
		return r;
	for (size_t i = 0; i < n; i++) {
		struct err one = { 0 };

		if (set_one(ifname, &sets[i], &one))
			(void)err_gather(&first, &one);
	}
	if (in)
		netns_leave(home);
	if (first.sys)
		*e = first;
	return -first.sys;
}
