// SPDX-License-Identifier: Apache-2.0
/*
 * rdma: attaches the RDMA device of a virtual function to a pod, behind sriov in
 * the chain.
 *
 * Reading order: conf.h, props.c (what can be changed), moves.h (why moves are
 * serialised), add.c, del.c; lib/txn/txn.h says why there is no undo code here.
 */
#include "proto/main.h"
#include "kernel/caps.h"

#include "verbs.h"

int main(int argc, char **argv)
{
	static const struct cni_plugin plugin = {
		.name = "rdma",
		.version = PROJECT_VERSION,
		.about = "attaches the RDMA device of a virtual function to a pod",
		/* nobody is run who would need the rest */
		.confine = caps_drop,
		.add = rdma_add,
		.del = rdma_del,
		.check = rdma_check,
		.gc = rdma_gc,
		.status = rdma_status,
	};

	return cni_main(&plugin, argc, argv);
}
