// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel might answer. The first byte chooses the kind of request, the
 * rest is what one receive returned.
 */
#include <stdint.h>
#include <string.h>

#include "fuzz.h"
#include "kernel/nl_msg.h"
#include "kernel/wire.h"

static int each(uint16_t type unused, const void *data, size_t len, const void *want unused,
		void *ret unused, struct err *e unused)
{
	static union {
		struct link link;
		struct vf_attrs vf;
		struct inet_addr addr;
		struct route route;
		struct rdma_dev rdma;
		struct rdma_port port;
		uint16_t family;
		enum devlink_eswitch mode;
	} out;
	bool leaves;

	(void)!read_link(data, len, &out.link);
	for (unsigned vf = 0; vf < 3; vf++)
		(void)!read_vf(data, len, vf, &out.vf);
	(void)!read_addr(data, len, &out.addr);
	(void)!read_route(data, len, 2, &out.route, &leaves);
	(void)!read_rdma(data, len, &out.rdma);
	(void)!read_rdma_port(data, len, &out.port);
	(void)!read_family(data, len, &out.family);
	(void)!read_eswitch(data, len, &out.mode);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct nl_query query = { .each = each };
	struct nl_exchange exchange = { .first = 1, .n = 1, .left = 1, .q = &query };
	struct err e = { 0 };
	uint8_t *aligned;
	int r;

	if (!len)
		return 0;
	exchange.multi = data[0] & 1;
	exchange.acked = data[0] & 2;
	/* libFuzzer's buffer begins anywhere, netlink's are aligned; of exactly its size */
	aligned = malloc(len - 1);
	MUST(aligned);
	memcpy(aligned, data + 1, len - 1);
	r = nl_scan(&exchange, aligned, len - 1, &e);
	MUST(!r || (r == -e.sys && *e.msg));
	MUST(exchange.left <= 1);
	free(aligned);
	return 0;
}
