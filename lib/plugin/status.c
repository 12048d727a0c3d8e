// SPDX-License-Identifier: Apache-2.0
#include "plugin/status.h"

#include "base/log.h"
#include "kernel/caps.h"
#include "kernel/node.h"
#include "kernel/pci.h"

int status_no_state(struct err *e)
{
	struct err cause = *e;

	return err_code(e, cause.sys, CNI_ERR_STATUS,
			"state directory %s cannot be used (%.200s): mount it writable, with space "
			"left, for root",
			node_dir(NODE_STATE), cause.msg);
}

static int check_sysfs(struct err *e)
{
	struct err cause;

	if (!pci_check_sysfs(&cause))
		return 0;
	return err_code(e, cause.sys, CNI_ERR_STATUS,
			"sysfs shows no devices (%.200s): mount it at /sys where the plugin runs",
			cause.msg);
}

int status_check_node(const struct store *s, struct err *e)
{
	int r;

	if (store_probe(s, e))
		return status_no_state(e);
	r = caps_check(e);
	if (r)
		e->code = CNI_ERR_STATUS;
	return r ? r : check_sysfs(e);
}

struct search {
	const struct attach *attach;
	bool found;
};

static int find_alive(const struct record *r, void *arg)
{
	struct search *search = arg;
	struct err ignored;
	bool alive = false;

	if (r->phase == PHASE_LIVE && !search->attach->ops->alive(r, &alive, &ignored) && alive)
		search->found = true;
	return search->found;
}

int status_degrade(const struct attach *a, struct err *e)
{
	struct search search = { .attach = a };
	struct err ignored;

	if (store_each(&a->store, find_alive, &search, &ignored) < 0)
		log_warn("%s", ignored.msg);
	e->code = search.found ? CNI_ERR_DEGRADED : CNI_ERR_STATUS;
	return -e->sys;
}
