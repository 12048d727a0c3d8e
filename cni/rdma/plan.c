// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include "names.h"
#include "props.h"

static void want(struct plan *p, const char *name, struct value v)
{
	plan_want(p, prop_find(&rdma_props, name), &v);
}

void plan_make(const struct world *w, struct plan *ret)
{
	struct value names = { .type = VALUE_NAMES };

	for (size_t i = 0; i < w->n; i++)
		names_entry(&names, w->dev[i].name,
			    *w->conf->name ? w->conf->name : w->dev[i].name);
	plan_done(ret);
	want(ret, "rdma.place", place_pod(&w->pod, PLACE_ALL));
	want(ret, "rdma.names", names);
}
