// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include "props.h"

static void want(struct plan *p, const char *name, struct value v)
{
	plan_want(p, prop_find(&rdma_props, name), &v);
}

void plan_make(const struct world *w, struct plan *ret)
{
	*ret = (struct plan){ .n = 0 };
	want(ret, "rdma.place", place_pod(&w->pod, ""));
	want(ret, "rdma.name", value_text(w->sys.name));
}
