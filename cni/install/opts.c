// SPDX-License-Identifier: Apache-2.0
#include "opts.h"

#include <getopt.h>
#include <stddef.h>

const char *const plugin_name[PLUGINS] = { [PLUGIN_SRIOV] = "sriov", [PLUGIN_RDMA] = "rdma" };

enum { OPT_DIR = 256, OPT_SRIOV, OPT_RDMA, OPT_NO_SLEEP, OPT_ROLLBACK };

static const struct option options[] = {
	{ "cni-bin-dir", required_argument, NULL, OPT_DIR },
	{ "sriov-bin-file", required_argument, NULL, OPT_SRIOV },
	{ "rdma-cni-bin-file", required_argument, NULL, OPT_RDMA },
	{ "rdma-bin-file", required_argument, NULL, OPT_RDMA },
	{ "no-sleep", no_argument, NULL, OPT_NO_SLEEP },
	{ "rollback", no_argument, NULL, OPT_ROLLBACK },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

static int take(struct opts *o, int option)
{
	switch (option) {
	case OPT_DIR:
		o->dir = optarg;
		return 0;
	case OPT_SRIOV:
		o->source[PLUGIN_SRIOV] = optarg;
		return 0;
	case OPT_RDMA:
		o->source[PLUGIN_RDMA] = optarg;
		return 0;
	case OPT_NO_SLEEP:
		o->stay = false;
		return 0;
	case OPT_ROLLBACK:
		o->verb = VERB_ROLLBACK;
		return 0;
	case 'h':
		o->verb = VERB_HELP;
		return 0;
	case 'v':
		o->verb = VERB_VERSION;
		return 0;
	}
	return -EINVAL;
}

int opts_parse(int argc, char **argv, struct opts *ret, struct err *e)
{
	struct opts o = {
		.verb = VERB_INSTALL,
		.dir = "/host/opt/cni/bin",
		.source = { [PLUGIN_SRIOV] = "/usr/bin/sriov", [PLUGIN_RDMA] = "/usr/bin/rdma" },
		.stay = true,
	};
	int option, r = 0;

	opterr = 0;
	optind = 0; /* glibc: from the start, also in a second call */
	while (!r && (option = getopt_long(argc, argv, "hv", options, NULL)) >= 0)
		r = take(&o, option);
	if (r)
		return err_set(e, EINVAL,
			       "unknown parameter \"%s\", or its value is missing; see --help",
			       argv[optind - 1]);
	if (optind < argc)
		return err_set(e, EINVAL, "unknown parameter \"%s\"; see --help", argv[optind]);
	*ret = o;
	return 0;
}
