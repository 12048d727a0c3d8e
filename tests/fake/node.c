// SPDX-License-Identifier: Apache-2.0
/* kernel/node.h and kernel/caps.h. */
#include "kernel/node.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "kernel/caps.h"
#include "world.h"

const char *node_dir(enum node_dir dir)
{
	static char state[PATH_MAX], run[PATH_MAX];

	switch (dir) {
	case NODE_STATE:
		(void)snprintf(state, sizeof(state), "%s/var/lib/cni", fake_root());
		return state;
	case NODE_RUN:
		(void)snprintf(run, sizeof(run), "%s/run/cni", fake_root());
		return run;
	case NODE_ROOT:
		return fake_root();
	}
	return NULL;
}

int node_boot_id(char ret[static NODE_BOOT_ID_MAX], struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "node.boot", "boot_id");

	if (!r)
		memcpy(ret, fake_get()->boot_id, NODE_BOOT_ID_MAX);
	return fake_errno(e, fake_leave(&c, r), "/proc/sys/kernel/random/boot_id");
}

void node_sleep_ms(unsigned ms)
{
	fake_lock();
	fake_advance(fake_get(), ms);
	fake_unlock();
}

uint64_t node_now_ms(void)
{
	uint64_t now;

	fake_lock();
	/* Looking at the clock takes time, too: a loop that only looks comes to an end. */
	fake_advance(fake_get(), 1);
	now = fake_get()->now;
	fake_unlock();
	return now;
}

int caps_check(struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "caps.check", "self");

	if (!r && fake_get()->caps_missing)
		r = -EPERM;
	if (fake_leave(&c, r))
		return err_set(
			e, EPERM,
			"missing privilege: CAP_NET_ADMIN and CAP_SYS_ADMIN: run the plugin as root");
	return 0;
}

/* Nothing changes: the fake kernel asks for none but in caps_check(), and the files are ours. */
static int give_up(struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "caps.drop", "self");

	return fake_errno(e, fake_leave(&c, r), "give up capabilities");
}

int caps_lower(struct err *e)
{
	return give_up(e);
}

int caps_drop(struct err *e)
{
	return give_up(e);
}
