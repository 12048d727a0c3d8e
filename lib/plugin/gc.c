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

static int is_valid(const struct record *r, void *arg, bool *ret, struct err *e)
{
	const struct valid_list *list = arg;

	if (!list->given)
		return list->attach->ops->alive(r, ret, e);
	*ret = false;
	for (size_t i = 0; i < list->n && !*ret; i++)
		*ret = !strcmp(list->items[i].container, r->key.container) &&
		       !strcmp(list->items[i].ifname, r->key.ifname);
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
