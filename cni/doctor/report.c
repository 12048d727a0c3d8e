// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "kernel/node.h"

enum { LIST_FIRST = 16 };

bool list_grow(void **items, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : LIST_FIRST;
	char *grown = reallocarray(*items, more, size);

	if (!grown)
		return false;
	memset(grown + *cap * size, 0, (more - *cap) * size);
	*items = grown;
	*cap = more;
	return true;
}

struct report *report_new(enum purpose for_what, const char *cni_dir)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->for_what = for_what;
	r->cni_dir = cni_dir;
	r->root = open(node_dir(NODE_ROOT), O_PATH | O_DIRECTORY | O_CLOEXEC);
	return r;
}

void report_free(struct report **ret)
{
	struct report *r = *ret;

	if (!r)
		return;
	fd_close(&r->root);
	list_free(&r->modules);
	list_free(&r->mode_sources);
	list_free(&r->functions);
	list_free(&r->namespaces);
	list_free(&r->attachments);
	list_free(&r->leases);
	list_free(&r->plugins);
	list_free(&r->runtimes);
	list_free(&r->findings);
	list_free(&r->troubles);
	free(r);
	*ret = NULL;
}

void report_trouble(struct report *r, const struct err *e)
{
	struct trouble *t = list_add(&r->troubles);

	if (t)
		(void)!str_copy(t->text, sizeof(t->text), e->msg);
}

size_t report_problems(const struct report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++)
		n += r->findings.item[i].severity == PROBLEM;
	return n;
}

bool function_is_vf(const struct function *f)
{
	return f->pf != NOT_HELD;
}

const struct attachment *function_holder(const struct report *r, const struct function *f)
{
	return f->holder == NOT_HELD ? NULL : &r->attachments.item[f->holder];
}

const char *att_state_name(enum att_state s)
{
	static const char *const names[] = {
		[ATT_LIVE] = "live",   [ATT_PENDING] = "pending", [ATT_STALE] = "stale",
		[ATT_LEASE] = "lease", [ATT_ASIDE] = "aside",	  [ATT_DAMAGED] = "damaged",
		[ATT_NEWER] = "newer", [ATT_CLAIM] = "claim",
	};

	return names[s];
}

const char *implementation_name(enum implementation i)
{
	static const char *const names[] = {
		[IMPL_ABSENT] = "absent",
		[IMPL_OURS] = "sriov-rdma-cni",
		[IMPL_GO] = "go",
		[IMPL_OTHER] = "other",
	};

	return names[i];
}

const char *mode_name(enum rdma_mode m)
{
	return m == RDMA_MODE_SHARED ? "shared" : "exclusive";
}

const char *purpose_name(enum purpose p)
{
	return p == FOR_SHARED ? "shared" : "exclusive";
}

const char *port_state_name(uint8_t state)
{
	/* enum ib_port_state */
	static const char *const names[] = {
		"", "DOWN", "INIT", "ARMED", "ACTIVE", "ACTIVE_DEFER"
	};

	return state < array_size(names) ? names[state] : "";
}

const char *eswitch_name(enum devlink_eswitch m)
{
	static const char *const names[] = {
		[DEVLINK_UNKNOWN] = "",
		[DEVLINK_LEGACY] = "legacy",
		[DEVLINK_SWITCHDEV] = "switchdev",
	};

	return names[m];
}
