/* SPDX-License-Identifier: Apache-2.0 */
/* get and set of the netdev.* rows, see props.c and struct prop. */
#pragma once
#include "txn/txn.h"

int prop_netdev_get_place(struct world *w, struct value *ret, struct err *e);
int prop_netdev_get_mac(struct world *w, struct value *ret, struct err *e);
int prop_netdev_get_mtu(struct world *w, struct value *ret, struct err *e);
int prop_netdev_get_flags(struct world *w, struct value *ret, struct err *e);
int prop_netdev_get_altnames(struct world *w, struct value *ret, struct err *e);
int prop_netdev_set_altnames(struct world *w, const struct value *to, struct err *e);
int prop_netdev_set_place(struct world *w, const struct value *to, struct err *e);
int prop_netdev_set_mac(struct world *w, const struct value *to, struct err *e);
int prop_netdev_set_mtu(struct world *w, const struct value *to, struct err *e);
int prop_netdev_set_flags(struct world *w, const struct value *to, struct err *e);

/** prop_netdev_set_group() - struct prop_table's set_group, for the rows above */
int prop_netdev_set_group(struct world *w, const struct assign *a, size_t n, struct err *e);
