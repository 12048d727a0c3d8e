/* SPDX-License-Identifier: Apache-2.0 */
/* What every verb of every plugin starts with. */
#pragma once
#include "proto/call.h"
#include "txn/attach.h"

/** struct plugin - a program's constants; @log_name: what it is called in logs */
struct plugin {
	const char *name, *log_name;
	const struct prop_table *table;
	const struct attach_ops *ops;
};

/**
 * plugin_open() - set up the log, then open the records
 * @log_level, @log_file: as configured; NULL or "": the defaults
 * @ret: its ctx is the caller's to set; close its store with store_close()
 *
 * Return: 0; -errno with code 5.
 */
int plugin_open(const struct plugin *p, const struct cni_call *c, const char *log_level,
		const char *log_file, struct attach *ret, struct err *e) must_check;
