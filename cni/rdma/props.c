// SPDX-License-Identifier: Apache-2.0
#include "props.h"

#include <stdio.h>
#include <string.h>

#include "moves.h"
#include "names.h"

/*
 * All devices of an attachment share one place. Anything in between, as after a
 * failure or when one is gone, is a place of its own that equals neither.
 */
static int get_place(struct world *w, struct value *ret, struct err *e)
{
	char some[VALUE_TEXT_MAX];
	size_t home, away;
	int r = world_get_devs(w, e);

	if (r)
		return r;
	home = world_count(w, true);
	away = world_count(w, false);
	if (home + away == w->n && (!home || !away)) {
		*ret = away ? place_pod(&w->pod, PLACE_ALL) : place_home(PLACE_ALL);
		return 0;
	}
	(void)snprintf(some, sizeof(some), "%zu of %zu", away ? away : home, w->n);
	*ret = away ? place_pod(&w->pod, some) : place_home(some);
	return 0;
}

static int set_place(struct world *w, const struct value *to, struct err *e)
{
	return place_is_home(to) ? moves_home(w, e) : moves_to_pod(w, e);
}

/*
 * Home first, then the names: they are unique over the whole node today, but only
 * within a namespace in coming kernels.
 */
static const struct prop props[] = {
	{ "rdma.place", VALUE_PLACE, 0, GROUP_NONE, CHECK_RECORD, get_place, set_place },
	{ "rdma.names", VALUE_NAMES, 1, GROUP_NONE, CHECK_RECORD, names_get, names_set },
};

const struct prop_table rdma_props = {
	.props = props,
	.n = array_size(props),
	.set_group = NULL,
	.anchor = "rdma.place",
};
