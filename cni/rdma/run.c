// SPDX-License-Identifier: Apache-2.0
#include "run.h"

#include "compat.h"
#include "index.h"
#include "locks.h"
#include "plugin/open.h"
#include "props.h"

/* There is no delegate, so there is no lease. */
static int release_lease(const struct record *r unused, const void *ctx unused,
			 struct err *e unused)
{
	return 0;
}

static int publish(struct world *w, const struct record *r, struct err *e)
{
	int err = compat_publish(w, r, e);

	if (!err)
		index_publish(w, r);
	return err;
}

static int forget(const struct record *r, enum hold hold, struct err *e)
{
	int err = index_forget(r, e);

	return err ? err : compat_forget(r, hold, e);
}

static int present(const struct world *w, const struct record *r, bool *ret, struct err *e)
{
	return netns_is_at(&w->pod.ns, r->netns, ret, e);
}

static int alive(const struct record *r, bool *ret, struct err *e)
{
	return r->foreign ? compat_alive(r, ret, e) : pod_alive(r, ret, e);
}

static int load_foreign(const struct record_key *key, const void *ctx, struct record *ret,
			struct err *e)
{
	const struct run *run = ctx;

	return compat_load(key, run->call, ret, e);
}

static const struct attach_ops ops = {
	.open = world_reopen,
	.close = world_close,
	.lock = locks_device,
	.alive = alive,
	.present = present,
	.hold = compat_hold,
	.release_lease = release_lease,
	.publish = publish,
	.forget = forget,
	.load_foreign = load_foreign,
	/* a stale device is home already, and has its own name: its file is for GC */
	.claim_foreign = NULL,
	.each_foreign = compat_each,
};

static const struct plugin plugin = {
	.name = "rdma",
	.log_name = "rdma-cni",
	.table = &rdma_props,
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
		r = plugin_open(&plugin, c, run.conf.debug ? "debug" : run.conf.log_level,
				run.conf.log_file, &run.attach, e);
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

int run_check_mode(const struct run *r, bool *ret_shared, struct err *e)
{
	enum rdma_mode mode;
	int err = rdma_get_mode(&mode, e);

	if (err == -ENOENT)
		return err_code(
			e, ENOENT, CNI_ERR_RDMA_MODE,
			"RDMA core is not loaded (no /sys/module/ib_core/parameters/netns_mode): load "
			"the NIC's RDMA driver (modprobe mlx5_ib), on a kernel of 5.2 or later");
	if (err)
		return classify(e, CNI_ERR_RDMA_MODE);
	if (mode == RDMA_MODE_SHARED && r->conf.mode != MODE_AUTO)
		return err_code(
			e, EINVAL, CNI_ERR_RDMA_MODE,
			"RDMA subsystem is in shared mode, exclusive is needed to give a pod a device of "
			"its own: the node's administrator writes \"options ib_core netns_mode=0\" to "
			"/etc/modprobe.d/ib_core.conf, renews the initramfs and reboots; switching now "
			"(rdma system set netns exclusive) is refused while other network namespaces "
			"exist, and pods have them (or set \"mode\": \"auto\" to leave RDMA shared)");
	*ret_shared = mode == RDMA_MODE_SHARED;
	return 0;
}
