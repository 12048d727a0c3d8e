/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: the flags of both Go images' entry points, and our own. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

enum { PLUGIN_SRIOV, PLUGIN_RDMA, PLUGINS };

/** plugin_name - file names in the CNI directory, by PLUGIN_* */
extern const char *const plugin_name[PLUGINS];

enum opts_verb { VERB_INSTALL, VERB_ROLLBACK, VERB_HELP, VERB_VERSION };

/**
 * struct opts - strings are borrowed from argv
 * @dir:    the host's CNI directory, as the container sees it
 * @source: what is installed, by PLUGIN_*; "": this one is left alone
 * @stay:   go on running: look after what was installed
 */
struct opts {
	enum opts_verb verb;
	const char *dir;
	const char *source[PLUGINS];
	bool stay;
};

/** opts_parse() - -EINVAL with the parameter that is unknown or lacks its value */
int opts_parse(int argc, char **argv, struct opts *ret, struct err *e) must_check;
