// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <string.h>

#include "proto/result.h"

/* The MAC of a VF without interface: what was asked for, else what its PF gives it. */
static bool userspace_mac(const struct world *w, struct mac *ret)
{
	*ret = w->conf->has_mac ? w->conf->mac : w->vf.mac;
	return w->conf->has_mac || (w->vf_known && !mac_is_zero(&w->vf.mac));
}

static struct result_iface describe(const struct world *w)
{
	struct result_iface i = { .sandbox = w->call->netns, .pci_id = w->fn.id.name };

	/* validated: 15 bytes at most */
	memcpy(i.name, w->ifname, strnlen(w->ifname, sizeof(i.name) - 1));
	if (w->userspace) {
		i.has_mac = userspace_mac(w, &i.mac);
	} else {
		i.mac = w->link.mac;
		i.has_mac = w->link.addr_len == sizeof(i.mac.b);
		i.mtu = w->link.mtu;
	}
	return i;
}

int report_make(const struct world *w, const cJSON *ipam, cJSON **ret, unsigned *ret_index,
		struct err *e)
{
	cleanup(json_free) cJSON *result = NULL;
	const struct result_iface i = describe(w);
	unsigned index = 0;
	int r = 0;

	if (w->call->prev) {
		r = result_parse(w->call->prev, w->call->version, &result, e);
	} else {
		result = result_new();
		if (!result)
			r = err_sys(e, ENOMEM, "build result");
	}
	if (!r)
		r = result_add_iface(result, &i, &index, e);
	if (!r && ipam)
		r = result_merge_ipam(result, ipam, index, e);
	if (r)
		return r;
	*ret = take_ptr(result);
	*ret_index = index;
	return 0;
}
