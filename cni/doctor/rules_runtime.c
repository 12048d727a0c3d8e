// SPDX-License-Identifier: Apache-2.0
/* Rules about the processes that start the plugins. */
#include <string.h>

#include "judge.h"
#include "kernel/caps.h"

static void capabilities(struct report *r, const struct rule *rule)
{
	char names[CAPS_NAMES_MAX], fix[TEXT_MAX];

	for (size_t i = 0; i < r->runtimes.n; i++) {
		const struct runtime *t = &r->runtimes.item[i];

		if (!t->bounding_told || !*caps_missing(t->bounding, names))
			continue;
		(void)fix_printf(fix,
				 "# systemctl cat %s: take CapabilityBoundingSet= out; a container "
				 "that starts plugins has to be privileged",
				 t->process);
		found(r, rule, t->process, fix, "%s (process %u) cannot give %s to a plugin",
		      t->process, t->pid, names);
	}
}

/* AppArmor: "containerd-default (enforce)"; SELinux: the type of ordinary containers */
static bool is_confined(const struct report *r, const struct runtime *t)
{
	return strstr(t->confinement, "(enforce)") ||
	       (!strcmp(r->selinux, "enforcing") && strstr(t->confinement, ":container_t:"));
}

static void confined(struct report *r, const struct rule *rule)
{
	for (size_t i = 0; i < r->runtimes.n; i++) {
		const struct runtime *t = &r->runtimes.item[i];

		if (is_confined(r, t))
			found(r, rule, t->process,
			      "# journalctl -k | grep -i denied: if sriov or rdma are in it, allow "
			      "that, or take the profile away",
			      "%s (process %u) is confined by %s, and so are the plugins",
			      t->process, t->pid, t->confinement);
	}
}

static const struct rule table[] = {
	{ "runtime-capabilities", PROBLEM, FOR_EXCLUSIVE, capabilities,
	  "plugins are started by it and never have more than it has: every ADD fails with \"missing "
	  "privilege\"" },
	{ "runtime-confined", NOTE, FOR_EXCLUSIVE, confined,
	  "a profile that is made for something else may forbid moving devices" },
};

const struct rules rules_runtime = { array_size(table), table };
