// SPDX-License-Identifier: Apache-2.0
#include "plugin/gc.h"

#include <stdlib.h>
#include <string.h>

struct valid_list {
	const struct attach *attach;
	struct call_attachment *items;
	size_t n;
	bool given;
};

static bool is_same(const struct call_attachment *a, const struct record *r)
{
	return !strcmp(a->container, r->key.container) && !strcmp(a->ifname, r->key.ifname);
}

/* Where a Go plugin's "<container>-<ifname>" was cut is a guess: compare the whole. */
static bool is_joined(const struct call_attachment *a, const struct record *r)
{
	char one[NAME_MAX + 1], other[NAME_MAX + 1];

	return !str_printf(one, sizeof(one), "%s-%s", a->container, a->ifname) &&
	       !str_printf(other, sizeof(other), "%s-%s", r->key.container, r->key.ifname) &&
	       !strcmp(one, other);
}

static int is_valid(const struct record *r, void *arg, bool *ret, struct err *e)
{
	const struct valid_list *list = arg;

	/* a record that was set aside: only a list can tell */
	*ret = !list->given;
	if (!list->given)
		return *r->device.name ? list->attach->ops->alive(r, ret, e) : 0;
	for (size_t i = 0; i < list->n && !*ret; i++)
		*ret = r->foreign ? is_joined(&list->items[i], r) : is_same(&list->items[i], r);
	return 0;
}

int gc_network(const struct attach *a, const struct cni_call *c, struct err *e)
{
	struct valid_list list = { .attach = a };
	int r = call_get_valid(c, &list.items, &list.n, &list.given, e);

	if (r)
		return r;
	r = attach_gc(a, c->network, is_valid, &list, e);
	free(list.items);
	return r;
}
