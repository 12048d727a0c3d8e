/* SPDX-License-Identifier: Apache-2.0 */
/* The property table: everything the plugin can change. See props.c, that table is the plugin. */
#pragma once
#include <net/if.h>

#include "txn/txn.h"

/* The flags that anybody may set and that survive a change of namespace. */
#define NETDEV_FLAGS                                                                               \
	(IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_NOARP | IFF_MULTICAST | IFF_DEBUG |             \
	 IFF_NOTRAILERS | IFF_DYNAMIC | IFF_PORTSEL | IFF_AUTOMEDIA)

extern const struct prop_table sriov_props;
