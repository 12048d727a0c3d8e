// SPDX-License-Identifier: Apache-2.0
/*
 * Results from outside: prevResult, and what an IPAM delegate prints. What is
 * understood can be said in every version, or the refusal has its reason.
 */
#include <string.h>

#include "fuzz.h"
#include "proto/result.h"

static void check_merge(const cJSON *ipam)
{
	cleanup(json_free) cJSON *result = result_new();
	static struct result_ip ips[RESULT_IPS_MAX];
	static struct route routes[RESULT_ROUTES_MAX];
	const struct result_iface iface = { .name = "net1", .sandbox = "/run/netns/x" };
	struct result_iface found;
	struct err e = { 0 };
	unsigned index;
	size_t n;

	MUST(result && !result_add_iface(result, &iface, &index, &e));
	if (result_merge_ipam(result, ipam, index, &e))
		return;
	MUST(result_find_iface(result, "net1", "/run/netns/x", &found) == (int)index);
	if (!result_get_ips(result, ips, &n, &e))
		for (size_t i = 0; i < n; i++)
			MUST(!ips[i].interface.set || ips[i].interface.v == index);
	(void)!result_get_routes(result, routes, &n, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	cleanup(json_free) cJSON *doc = NULL, *result = NULL;
	struct err e = { 0 };

	if (json_parse((const char *)data, len, &doc, &e))
		return 0;
	if (result_parse(doc, CNI_1_0_0, &result, &e)) {
		MUST(e.sys && *e.msg && !result);
		return 0;
	}
	for (int v = 0; v < CNI_VERSIONS; v++) {
		cleanup(json_free) cJSON *out = NULL, *back = NULL;

		if (result_format(result, (enum cni_version)v, &out, &e))
			continue;
		MUST(!result_parse(out, (enum cni_version)v, &back, &e));
	}
	check_merge(result);
	return 0;
}
