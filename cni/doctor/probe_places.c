// SPDX-License-Identifier: Apache-2.0
/* Other network namespaces, and which functions are in them. */
#include <string.h>

#include "kernel/link.h"
#include "kernel/nl.h"
#include "probe.h"

static int add_namespace(const struct netns_found *f, void *arg)
{
	struct report *r = arg;
	struct netns_found *to = list_add(&r->namespaces);

	if (!to)
		return -ENOMEM;
	*to = *f;
	/* the descriptor is the caller's */
	to->ns.fd = -EBADF;
	return 0;
}

int probe_namespaces(struct report *r, struct err *e)
{
	return netns_each(add_namespace, r, e);
}

/* An attachment of sriov names the holder even where rdma has one, too. */
static void set_holder(struct report *r, struct function *f)
{
	for (size_t i = 0; i < r->attachments.n; i++) {
		const struct attachment *a = &r->attachments.item[i];

		if (a->state != ATT_LIVE || !devid_equal(&a->device, &f->sys.id))
			continue;
		if (f->holder == NOT_HELD || !strcmp(a->plugin, "sriov"))
			f->holder = (int)i;
	}
}

static bool is_away(const struct function *f)
{
	return f->sys.has_netdev && !f->sys.netdev[0] && !f->place_found;
}

struct look {
	struct report *r;
	struct netns home;
};

/* One namespace: which of the missing interfaces are there? What cannot be entered is passed over. */
static int look_into(const struct netns_found *found, void *arg)
{
	struct look *l = arg;
	cleanup(nl_shut) struct nl *nl = NULL;
	struct netns in = found->ns;
	struct err ignored;

	if (nl_open(NL_ROUTE, &in, &l->home, &nl, &ignored))
		return 0;
	for (size_t i = 0; i < l->r->functions.n; i++) {
		struct function *f = &l->r->functions.item[i];
		struct link link;

		if (!is_away(f) || link_find_parent(nl, &f->sys.id, &link, &ignored))
			continue;
		f->place_found = true;
		f->place = *found;
		f->place.ns.fd = -EBADF;
		memcpy(f->place_ifname, link.name, sizeof(f->place_ifname));
	}
	return 0;
}

int probe_places(struct report *r, struct err *e)
{
	struct look l = { .r = r, .home = NETNS_NONE };
	bool any = false;
	int err;

	for (size_t i = 0; i < r->functions.n; i++) {
		set_holder(r, &r->functions.item[i]);
		any |= is_away(&r->functions.item[i]);
	}
	if (!any)
		return 0;
	err = netns_open_self(&l.home, e);
	if (!err)
		err = netns_each(look_into, &l, e);
	netns_close(&l.home);
	return err;
}
