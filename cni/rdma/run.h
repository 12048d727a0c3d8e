/* SPDX-License-Identifier: Apache-2.0 */
/* What every verb starts with: log, configuration, records. */
#pragma once
#include "conf.h"
#include "txn/attach.h"

/** struct run - closed by run_done() */
struct run {
	const struct cni_call *call;
	struct rdma_conf conf;
	struct attach attach;
};

/** run_open() - strict about the configuration for ADD and CHECK, forgiving otherwise */
int run_open(const struct cni_call *c, struct run *ret, struct err *e) must_check;
/** run_done() - also for cleanup(run_done) */
void run_done(struct run *r);

/**
 * run_check_mode() - the RDMA subsystem must be in exclusive mode
 * @ret_shared: it is in shared mode, and the configuration says that this is fine
 *
 * Return: 0; -errno with code 107, what was found, and the remedy.
 */
int run_check_mode(const struct run *r, bool *ret_shared, struct err *e) must_check;
