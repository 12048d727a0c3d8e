// SPDX-License-Identifier: Apache-2.0
#include "run.h"

#include <string.h>

#include "compat.h"
#include "plugin/open.h"
#include "props.h"
#include "proto/delegate.h"

/*
 * With this call's own configuration if it is about this attachment; a stale one
 * is given back with what its ADD was called with.
 */
static int release_lease(const struct record *r, const void *ctx, struct err *e)
{
	const struct run *run = ctx;
	struct cni_call old = call_of(r, CNI_CMD_DEL);
	cJSON *none = NULL;

	if (is_call_about(run->call, &r->key) && !strcmp(run->conf.ipam, r->ipam))
		return delegate_run(run->call, r->ipam, CNI_CMD_DEL, &none, e);
	old.path = run->call->path;
	/* a Go plugin kept no configuration: calls of the same network have it */
	if (!old.text_len && !strcmp(run->call->network, r->key.network) &&
	    !strcmp(run->conf.ipam, r->ipam)) {
		old.text = run->call->text;
		old.text_len = run->call->text_len;
	}
	if (!old.text_len)
		return err_set(e, ENODATA,
			       "the %s lease of container %s is left for DEL or GC of network %s, "
			       "which know its configuration",
			       r->ipam, r->key.container, r->key.network);
	return delegate_run(&old, r->ipam, CNI_CMD_DEL, &none, e);
}

static int present(const struct world *w, const struct record *r, bool *ret, struct err *e)
{
	return netns_is_at(&w->pod.ns, r->netns, ret, e);
}

static int alive(const struct record *r, bool *ret, struct err *e)
{
	return r->foreign && !*r->netns ? compat_alive(r, ret, e) : pod_alive(r, ret, e);
}

static int load_foreign(const struct record_key *key, const void *ctx, struct record *ret,
			struct err *e)
{
	const struct run *run = ctx;

	return compat_load(key, run->call, ret, e);
}

static int claim_foreign(const struct devid *device, const void *ctx, struct record *ret,
			 struct err *e)
{
	const struct run *run = ctx;

	return compat_claimant(device, run->call, ret, e);
}

static const struct attach_ops ops = {
	.open = world_reopen,
	.close = world_close,
	.lock = compat_lock,
	.alive = alive,
	.present = present,
	.hold = compat_hold,
	.release_lease = release_lease,
	.publish = compat_publish,
	.forget = compat_forget,
	.load_foreign = load_foreign,
	.claim_foreign = claim_foreign,
	.each_foreign = compat_each,
};

static const struct plugin plugin = {
	.name = "sriov",
	.log_name = "sriov-cni",
	.table = &sriov_props,
	.ops = &ops,
};

int run_open(const struct cni_call *c, struct run *ret, struct err *e)
{
	struct run run = { .call = c };
	int r = 0;

	if (c->command == CNI_CMD_ADD || c->command == CNI_CMD_CHECK)
		r = conf_parse(c, &run.conf, e);
	else
		conf_parse_loose(c, &run.conf);
	if (!r)
		r = plugin_open(&plugin, c, run.conf.log_level, run.conf.log_file, &run.attach, e);
	if (r)
		return r;
	*ret = run;
	ret->attach.ctx = ret;
	return 0;
}

void run_done(struct run *r)
{
	if (r->attach.ops)
		store_close(&r->attach.store);
}

int run_delegate(const struct run *r, enum cni_command command, cJSON **ret, struct err *e)
{
	*ret = NULL;
	return *r->conf.ipam ? delegate_run(r->call, r->conf.ipam, command, ret, e) : 0;
}
