/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of a result of the newest shape: what result.c and result_convert.c share. */
#pragma once
#include "proto/result.h"

/** result_read_ip() - an entry of "ips"; -EBADMSG: a bare address is an error (cni.md 2.1) */
int result_read_ip(const cJSON *j, struct result_ip *ret, struct err *e) must_check;

/** result_read_route() - an entry of "routes"; -EBADMSG */
int result_read_route(const cJSON *j, struct route *ret, struct err *e) must_check;
