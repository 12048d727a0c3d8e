/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the devices are called: the property rdma.names. Its value is a set with
 * one entry for each device, "mlx5_2" when it is called as it was at ADD,
 * "mlx5_2=roce0" otherwise: what it was called at ADD is its identity.
 */
#pragma once
#include "txn/value.h"
#include "world.h"

/** names_entry() - append an entry to a value of VALUE_NAMES; too many are left out */
void names_entry(struct value *v, const char *home, const char *now);

int names_get(struct world *w, struct value *ret, struct err *e) must_check;

/**
 * names_set() - rename those that are called otherwise
 *
 * At home a name that somebody else has got meanwhile is given up, with a warning,
 * for one that nobody wants; in the pod it is -EEXIST with code 103.
 */
int names_set(struct world *w, const struct value *to, struct err *e) must_check;

/** names_check_free() - rdmaDeviceName is not used on this node; code 103 says by whom */
int names_check_free(const struct world *w, const char *name, struct err *e) must_check;
