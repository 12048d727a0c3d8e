// SPDX-License-Identifier: Apache-2.0
#include "props.h"

#include "prop_attrs.h"
#include "prop_netdev.h"
#include "prop_vf.h"

enum { GROUP_VF = 1, GROUP_NETDEV, GROUP_ATTRS };

static int set_group(struct world *w, uint8_t group, const struct assign *a, size_t n,
		     struct err *e)
{
	static int (*const set[])(struct world * w, const struct assign *a, size_t n,
				  struct err *e) = {
		[GROUP_VF] = prop_vf_set_group,
		[GROUP_NETDEV] = prop_netdev_set_group,
		[GROUP_ATTRS] = prop_attrs_set_all,
	};

	return set[group](w, a, n, e);
}

/*
 * In the order of ADD. The undo ranks, and why:
 *   0  the PF's idea of the MAC: some drivers refuse the interface's own MAC as
 *      long as the PF has set another one (iavf, igbvf; simnic's default)
 *   1  the interface comes home, with name, MAC and MTU in one message
 *   2  the rest of the VF: only now has the pod lost the device, so it is never on
 *      the host's VLAN, or trusted, while still in the pod (netdev.place is the anchor)
 *   3  what is only possible, or only kept, at home
 */
static const struct prop props[] = {
	{ "vf.mac", VALUE_MAC, 0, GROUP_VF, CHECK_RECORD, prop_vf_get_mac, prop_vf_set_mac },
	{ "vf.vlan", VALUE_NUMBERS, 2, GROUP_VF, CHECK_RECORD, prop_vf_get_vlan, prop_vf_set_vlan },
	{ "vf.rate", VALUE_NUMBERS, 2, GROUP_VF, CHECK_RECORD, prop_vf_get_rate, prop_vf_set_rate },
	{ "vf.spoofchk", VALUE_BOOL, 2, GROUP_VF, CHECK_RECORD, prop_vf_get_spoofchk,
	  prop_vf_set_spoofchk },
	{ "vf.trust", VALUE_BOOL, 2, GROUP_VF, CHECK_RECORD, prop_vf_get_trust, prop_vf_set_trust },
	{ "vf.link_state", VALUE_NUMBER, 2, GROUP_VF, CHECK_RECORD, prop_vf_get_link_state,
	  prop_vf_set_link_state },
	/* none may travel: before 6.6 the kernel forgets to unhash them in the old namespace */
	{ "netdev.altnames", VALUE_NAMES, 3, GROUP_NONE, CHECK_NOTHING, prop_netdev_get_altnames,
	  prop_netdev_set_altnames },
	/*
	 * Never changed by us. A pod may, no change of namespace resets them, and the next pod
	 * would get a short queue, or an interface that never comes up (mode "dormant"). They
	 * stand before the move: what the pod starts with is its namespace's affair.
	 */
	{ "netdev.txqlen", VALUE_NUMBER, 3, GROUP_ATTRS, CHECK_NOTHING, prop_attrs_get_txqlen,
	  prop_attrs_set_txqlen },
	{ "netdev.group", VALUE_NUMBER, 3, GROUP_ATTRS, CHECK_NOTHING, prop_attrs_get_group,
	  prop_attrs_set_group },
	{ "netdev.alias", VALUE_TEXT, 3, GROUP_ATTRS, CHECK_NOTHING, prop_attrs_get_alias,
	  prop_attrs_set_alias },
	{ "netdev.broadcast", VALUE_MAC, 3, GROUP_ATTRS, CHECK_NOTHING, prop_attrs_get_broadcast,
	  prop_attrs_set_broadcast },
	{ "netdev.mode", VALUE_NUMBER, 3, GROUP_ATTRS, CHECK_NOTHING, prop_attrs_get_mode,
	  prop_attrs_set_mode },
	{ "netdev.sizes", VALUE_NUMBERS, 3, GROUP_ATTRS, CHECK_NOTHING, prop_attrs_get_sizes,
	  prop_attrs_set_sizes },
	{ "netdev.ipv4_sizes", VALUE_NUMBERS, 3, GROUP_ATTRS, CHECK_NOTHING,
	  prop_attrs_get_ipv4_sizes, prop_attrs_set_ipv4_sizes },
	/* -1 for ever when an interface comes home with NOARP, as after the death of its pod */
	{ "netdev.accept_dad", VALUE_NUMBER, 3, GROUP_NONE, CHECK_NOTHING,
	  prop_attrs_get_accept_dad, prop_attrs_set_accept_dad },
	{ "netdev.place", VALUE_PLACE, 1, GROUP_NETDEV, CHECK_RECORD, prop_netdev_get_place,
	  prop_netdev_set_place },
	/* a chained tuning plugin may change these two: prevResult says what is right */
	{ "netdev.mac", VALUE_MAC, 1, GROUP_NETDEV, CHECK_RESULT, prop_netdev_get_mac,
	  prop_netdev_set_mac },
	{ "netdev.mtu", VALUE_NUMBER, 1, GROUP_NETDEV, CHECK_RESULT, prop_netdev_get_mtu,
	  prop_netdev_set_mtu },
	{ "netdev.flags", VALUE_NUMBER, 3, GROUP_NONE, CHECK_NOTHING, prop_netdev_get_flags,
	  prop_netdev_set_flags },
};

const struct prop_table sriov_props = {
	.props = props,
	.n = array_size(props),
	.set_group = set_group,
	.anchor = "netdev.place",
};
