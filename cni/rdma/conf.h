/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of one call, typed and validated. Pure. */
#pragma once
#include "base/types.h"
#include "proto/call.h"

/* "mode": what to do where the RDMA subsystem is in shared mode. */
enum conf_mode {
	MODE_EXCLUSIVE, /* refuse */
	MODE_AUTO, /* pass the result through: every device is usable from everywhere */
};

/* "uverbsChange": what to do when the move would change /dev/infiniband/uverbsN. */
enum conf_change { CHANGE_REFUSE, CHANGE_WARN };

/**
 * struct rdma_conf - strings are borrowed from the call
 * @source: what named the device, for the log; NULL: nothing did
 * @all:    "rdmaDevices": all of the function's RDMA devices, not the only one
 * @name:   rdmaDeviceName, what the device is called in the pod; "": as it is
 */
struct rdma_conf {
	struct devid device;
	const char *source;
	bool all;
	const char *name;
	enum conf_mode mode;
	enum conf_change change;
	bool debug;
	const char *log_level, *log_file;
};

/** conf_parse() - for ADD and CHECK: everything must be right; code 7, 6 or 4 */
int conf_parse(const struct cni_call *c, struct rdma_conf *ret, struct err *e) must_check;

/** conf_parse_loose() - for DEL, GC and STATUS: what can be understood */
void conf_parse_loose(const struct cni_call *c, struct rdma_conf *ret);
