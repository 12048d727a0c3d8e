/* SPDX-License-Identifier: Apache-2.0 */
/* get and set of the netdev.* rows that a pod may change and nobody else resets, see props.c. */
#pragma once
#include "txn/txn.h"

int prop_attrs_get_txqlen(struct world *w, struct value *ret, struct err *e);
int prop_attrs_get_group(struct world *w, struct value *ret, struct err *e);
int prop_attrs_get_alias(struct world *w, struct value *ret, struct err *e);
int prop_attrs_get_broadcast(struct world *w, struct value *ret, struct err *e);
int prop_attrs_get_mode(struct world *w, struct value *ret, struct err *e);
int prop_attrs_get_sizes(struct world *w, struct value *ret, struct err *e);
int prop_attrs_get_ipv4_sizes(struct world *w, struct value *ret, struct err *e);
int prop_attrs_get_accept_dad(struct world *w, struct value *ret, struct err *e);
int prop_attrs_set_txqlen(struct world *w, const struct value *to, struct err *e);
int prop_attrs_set_group(struct world *w, const struct value *to, struct err *e);
int prop_attrs_set_alias(struct world *w, const struct value *to, struct err *e);
int prop_attrs_set_broadcast(struct world *w, const struct value *to, struct err *e);
int prop_attrs_set_mode(struct world *w, const struct value *to, struct err *e);
int prop_attrs_set_sizes(struct world *w, const struct value *to, struct err *e);
int prop_attrs_set_ipv4_sizes(struct world *w, const struct value *to, struct err *e);
int prop_attrs_set_accept_dad(struct world *w, const struct value *to, struct err *e);

/** prop_attrs_set_all() - struct prop_table's set_group, for all of these but accept_dad */
int prop_attrs_set_all(struct world *w, const struct assign *a, size_t n, struct err *e);
