// SPDX-License-Identifier: Apache-2.0
/* Our records: what is attached, and what was left behind. */
#include <stdio.h>
#include <string.h>

#include "kernel/node.h"
#include "plugin/pod.h"
#include "probe.h"
#include "txn/peek.h"

struct look {
	struct report *r;
	const char *plugin;
	struct err *e;
};

static int set_state(struct attachment *a, const struct record *rec, struct err *e)
{
	static const char *const whys[] = {
		[ATT_LIVE] = "",
		[ATT_PENDING] = "its ADD is under way, or was killed",
		[ATT_STALE] = "its network namespace is gone",
		[ATT_LEASE] = "the device is home, its address was not given back",
	};
	bool alive = false;
	int err = pod_alive(rec, &alive, e);

	if (err)
		return err;
	if (rec->phase == PHASE_LEASE)
		a->state = ATT_LEASE;
	else if (!alive)
		a->state = ATT_STALE;
	else
		a->state = rec->phase == PHASE_LIVE ? ATT_LIVE : ATT_PENDING;
	return str_copy(a->why, sizeof(a->why), whys[a->state]);
}

static int fill(struct attachment *a, const struct record *rec, struct err *e)
{
	if (str_copy(a->network, sizeof(a->network), rec->key.network) ||
	    str_copy(a->container, sizeof(a->container), rec->key.container) ||
	    str_copy(a->ifname, sizeof(a->ifname), rec->key.ifname) ||
	    str_copy(a->netns, sizeof(a->netns), rec->netns))
		return err_set(e, ENAMETOOLONG, "record of %s: too long a name", rec->device.name);
	a->device = rec->device;
	return set_state(a, rec, e);
}

static int look_at(const struct peek *p, void *arg)
{
	static const enum att_state states[] = {
		[PEEK_RECORD] = ATT_STALE, [PEEK_ASIDE] = ATT_ASIDE, [PEEK_DAMAGED] = ATT_DAMAGED,
		[PEEK_NEWER] = ATT_NEWER,  [PEEK_CLAIM] = ATT_CLAIM,
	};
	struct look *l = arg;
	struct attachment *a = list_add(&l->r->attachments);

	if (!a)
		return no_memory(l->e);
	a->plugin = l->plugin;
	a->state = states[p->kind];
	(void)!str_printf(a->file, sizeof(a->file), "%s/sriov-rdma/%s/%s", node_dir(NODE_STATE),
			  l->plugin, p->file);
	(void)!str_printf(a->why, sizeof(a->why), "%.200s", p->why);
	if (p->kind == PEEK_CLAIM && devid_parse(p->file + 1, &a->device))
		a->device = (struct devid){ .bus = DEV_BUS_PCI };
	return p->record ? fill(a, p->record, l->e) : 0;
}

/* rdma first: that is the order in which a chain is taken down */
int probe_records(struct report *r, struct err *e)
{
	static const char *const plugins[] = { "rdma", "sriov" };
	int err = 0;

	for (size_t i = 0; !err && i < array_size(plugins); i++) {
		struct look l = { r, plugins[i], e };

		err = store_peek(node_dir(NODE_STATE), plugins[i], look_at, &l, e);
	}
	return err;
}
