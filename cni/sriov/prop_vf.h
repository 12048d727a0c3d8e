/* SPDX-License-Identifier: Apache-2.0 */
/* get and set of the vf.* rows, see props.c and struct prop. */
#pragma once
#include "txn/txn.h"

int prop_vf_get_mac(struct world *w, struct value *ret, struct err *e);
int prop_vf_get_vlan(struct world *w, struct value *ret, struct err *e);
int prop_vf_get_rate(struct world *w, struct value *ret, struct err *e);
int prop_vf_get_spoofchk(struct world *w, struct value *ret, struct err *e);
int prop_vf_get_trust(struct world *w, struct value *ret, struct err *e);
int prop_vf_get_link_state(struct world *w, struct value *ret, struct err *e);
int prop_vf_set_mac(struct world *w, const struct value *to, struct err *e);
int prop_vf_set_vlan(struct world *w, const struct value *to, struct err *e);
int prop_vf_set_rate(struct world *w, const struct value *to, struct err *e);
int prop_vf_set_spoofchk(struct world *w, const struct value *to, struct err *e);
int prop_vf_set_trust(struct world *w, const struct value *to, struct err *e);
int prop_vf_set_link_state(struct world *w, const struct value *to, struct err *e);

/** prop_vf_set_group() - struct prop_table's set_group, for the rows above */
int prop_vf_set_group(struct world *w, const struct assign *a, size_t n, struct err *e);
