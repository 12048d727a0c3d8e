/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the plugin, see proto/main.h. */
#pragma once
#include "proto/call.h"

int rdma_add(const struct cni_call *c, cJSON **ret, struct err *e) must_check;
int rdma_del(const struct cni_call *c, struct err *e) must_check;
int rdma_check(const struct cni_call *c, struct err *e) must_check;
int rdma_gc(const struct cni_call *c, struct err *e) must_check;
int rdma_status(const struct cni_call *c, struct err *e) must_check;
