// SPDX-License-Identifier: Apache-2.0
/* The configuration of k8s-rdma-shared-dev-plugin that the doctor is given. */
#include "print.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct function f = {
		.sys = { .id = { DEV_BUS_PCI, "0000:81:00.0" },
			 .driver = "mlx5_core",
			 .netdev = "ens1f0" },
		.vendor = 0x15b3,
		.device = 0x1017,
		.link = "ether",
		.n_rdma = 1,
	};
	const struct report report = { .has_rdma_cm = true, .functions = { .n = 1, .item = &f } };
	static int dir = -EBADF;
	static FILE *nowhere;
	struct err e = { 0 };
	char path[PATH_MAX];
	int r;

	if (tree_make()) {
		dir = tree_dir("");
		nowhere = fopen("/dev/null", "we");
		MUST(nowhere);
	}
	tree_put(dir, "conf", (struct field){ data, len });
	tree_path(path, "conf");
	r = shareddp_check(&report, path, nowhere, &e);
	MUST(r >= 0 || (r == -e.sys && *e.msg));
	return 0;
}
