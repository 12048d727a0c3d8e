// SPDX-License-Identifier: Apache-2.0
/*
 * sriov: attaches an SR-IOV virtual function to a pod.
 *
 * Reading order: conf.h (what is asked for), props.c (what can be changed: the
 * heart), plan.c, add.c, del.c, verify.c; lib/txn/txn.h says why there is no
 * undo code here.
 */
#include "proto/main.h"
#include "kernel/caps.h"

#include "verbs.h"

int main(int argc, char **argv)
{
	static const struct cni_plugin plugin = {
		.name = "sriov",
		.version = PROJECT_VERSION,
		.about = "attaches an SR-IOV virtual function to a pod",
		/* the IPAM delegate gets the rest */
		.confine = caps_lower,
		.add = sriov_add,
		.del = sriov_del,
		.check = sriov_check,
		.gc = sriov_gc,
		.status = sriov_status,
	};

	return cni_main(&plugin, argc, argv);
}
