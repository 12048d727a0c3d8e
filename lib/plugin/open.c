// SPDX-License-Identifier: Apache-2.0
#include "plugin/open.h"

#include "base/log.h"
#include "kernel/node.h"
#include "plugin/pod.h"

int plugin_open(const struct plugin *p, const struct cni_call *c, const char *log_level,
		const char *log_file, struct attach *ret, struct err *e)
{
	int r;

	log_open(p->log_name, log_level, log_file);
	log_context(c->container, c->netns, c->ifname);
	r = store_open(node_dir(NODE_STATE), p->name, p->table, &ret->store, e);
	if (r)
		return classify(e, CNI_ERR_IO);
	ret->ops = p->ops;
	return 0;
}
