// SPDX-License-Identifier: Apache-2.0
#include "props.h"

#include <string.h>

#include "moves.h"

static int get_place(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_dev(w, e);

	/* the name is a property of its own */
	if (!r)
		*ret = w->at_home ? place_home("") : place_pod(&w->pod, "");
	return r;
}

static int set_place(struct world *w, const struct value *to, struct err *e)
{
	return place_is_home(to) ? moves_home(w, e) : moves_to_pod(w, e);
}

static int get_name(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_dev(w, e);

	if (!r)
		*ret = value_text(w->sys.name);
	return r;
}

static int set_name(struct world *w, const struct value *to, struct err *e)
{
	int r = world_get_dev(w, e);

	if (r || !strcmp(w->sys.name, to->text))
		return r;
	r = rdma_rename(w->at_home ? w->host : w->inpod, w->dev.index, to->text, e);
	world_changed(w);
	return r;
}

/*
 * Home first, then the name: names are unique over the whole node today, but only
 * within a namespace in coming kernels.
 */
static const struct prop props[] = {
	{ "rdma.place", VALUE_PLACE, 0, GROUP_NONE, CHECK_RECORD, get_place, set_place },
	{ "rdma.name", VALUE_TEXT, 1, GROUP_NONE, CHECK_RECORD, get_name, set_name },
};

const struct prop_table rdma_props = { props, array_size(props), NULL };
