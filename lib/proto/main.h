/* SPDX-License-Identifier: Apache-2.0 */
/* What main() of both plugins is: from the process's start to its exit status. */
#pragma once
#include "proto/call.h"

/**
 * struct cni_plugin - a plugin as its verbs
 * @name:  type in configurations, name in logs
 * @about: one line for --help
 * @confine: gives up what no verb needs, before a byte of input is read; NULL: nothing. VERSION
 *           does nothing that would be worth it. If it fails, the verb is done all the same
 * @add:   *ret is the result in the newest shape, for json_free()
 *
 * Verbs are called with a call that passed call_read(); they return 0 or -errno.
 */
struct cni_plugin {
	const char *name;
	const char *version;
	const char *about;
	int (*confine)(struct err *e);
	int (*add)(const struct cni_call *c, cJSON **ret, struct err *e);
	int (*del)(const struct cni_call *c, struct err *e);
	int (*check)(const struct cni_call *c, struct err *e);
	int (*gc)(const struct cni_call *c, struct err *e);
	int (*status)(const struct cni_call *c, struct err *e);
};

/**
 * cni_main() - run the verb the environment names
 *
 * Without CNI_COMMAND: --version, --help, else the about text on stderr.
 *
 * Return: the process's exit status.
 */
int cni_main(const struct cni_plugin *p, int argc, char **argv);
