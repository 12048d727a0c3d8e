// SPDX-License-Identifier: Apache-2.0
/*
 * The locks that a plugin must hold while it changes something. A test has no
 * second plugin that would be let in, so the fake kernel looks at each change.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.h"

/* By system call: the product's own open() and flock() are counted. */
static bool is_held(const char *path)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	bool held = fd >= 0 && syscall(SYS_flock, fd, LOCK_EX | LOCK_NB) < 0;

	if (fd >= 0)
		(void)close(fd);
	return held;
}

static void must_hold(const char *dir, const char *name, const char *suffix)
{
	char path[PATH_MAX];

	/* only plugins lock: a test of the fake kernel itself does not */
	if (!getenv("CNI_COMMAND"))
		return;
	fake_printf(path, sizeof(path), "%s/var/lib/cni/%s/%s%s", fake_root(), dir, name, suffix);
	if (!is_held(path))
		fake_fatal("a change without the lock %s/%s%s", dir, name, suffix);
}

void held_vf(const struct fake_world *w, int fn)
{
	if (fn != NONE)
		must_hold("sriov/pci/vf_lock", w->fns[fn].id.name, ".lock");
}

void held_rdma(const struct fake_world *w, int d)
{
	if (d == NONE || w->rdmas[d].fn == NONE)
		return;
	must_hold("sriov-rdma/lock", w->fns[w->rdmas[d].fn].id.name, ".rdma");
	must_hold("sriov-rdma/lock", "moves", "");
}
