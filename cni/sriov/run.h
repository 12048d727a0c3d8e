/* SPDX-License-Identifier: Apache-2.0 */
/* What every verb starts with: log, configuration, records. */
#pragma once
#include "txn/attach.h"
#include "world.h"

/** struct run - closed by run_done() */
struct run {
	const struct cni_call *call;
	struct sriov_conf conf;
	struct attach attach;
};

/** run_open() - strict about the configuration for ADD and CHECK, forgiving otherwise */
int run_open(const struct cni_call *c, struct run *ret, struct err *e) must_check;
/** run_done() - also for cleanup(run_done) */
void run_done(struct run *r);

/** run_delegate() - our IPAM delegate with this call, if there is one; *ret NULL otherwise */
int run_delegate(const struct run *r, enum cni_command command, cJSON **ret,
		 struct err *e) must_check;
