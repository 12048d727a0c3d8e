// SPDX-License-Identifier: Apache-2.0
/* Rules about the RDMA subsystem's namespace mode, now and after the next boot. */
#include <stdio.h>
#include <string.h>

#include "judge.h"

enum { BLOCKERS_NAMED = 5 };

static enum rdma_mode wanted(const struct report *r)
{
	return r->for_what == FOR_SHARED ? RDMA_MODE_SHARED : RDMA_MODE_EXCLUSIVE;
}

/* The namespaces because of which the kernel refuses to switch (EBUSY, rdma-kernel.md 2.2) */
static void name_blockers(const struct report *r, char buf[static TEXT_MAX])
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < r->namespaces.n && i < BLOCKERS_NAMED && used < TEXT_MAX / 2; i++) {
		const struct netns_found *n = &r->namespaces.item[i];

		used += (size_t)snprintf(buf + used, TEXT_MAX - used, "%s%.200s", i ? ", " : "",
					 n->path);
		if (n->pid)
			used += (size_t)snprintf(buf + used, TEXT_MAX - used, " (%s)", n->comm);
	}
	if (r->namespaces.n > BLOCKERS_NAMED)
		(void)snprintf(buf + used, TEXT_MAX - used, " and %zu more",
			       r->namespaces.n - BLOCKERS_NAMED);
}

static void wrong_now(struct report *r, const struct rule *rule)
{
	const char *want = mode_name(wanted(r));
	char fix[TEXT_MAX], blockers[TEXT_MAX], persist[TEXT_MAX];

	if (!r->mode_told || r->mode == wanted(r))
		return;
	if (!r->namespaces.n) {
		found(r, rule, "ib_core", fix_printf(fix, "rdma system set netns %s", want),
		      "The RDMA subsystem is in %s mode, this node needs %s", mode_name(r->mode),
		      want);
		return;
	}
	name_blockers(r, blockers);
	(void)fix_next_mode(r, wanted(r), persist);
	/* what is to be written may be written already */
	(void)fix_printf(fix, "%s%sreboot", r->next_mode == wanted(r) ? "" : persist,
			 r->next_mode == wanted(r) ? "" : " && ");
	found(r, rule, "ib_core", fix,
	      "The RDMA subsystem is in %s mode, this node needs %s; it cannot be switched now, because "
	      "other network namespaces exist: %.600s",
	      mode_name(r->mode), want, blockers);
}

static const struct mode_source *last_source(const struct report *r)
{
	return r->mode_sources.n ? &r->mode_sources.item[r->mode_sources.n - 1] : NULL;
}

static void wrong_next(struct report *r, const struct rule *rule)
{
	const struct mode_source *s = last_source(r);
	char fix[TEXT_MAX];

	if (r->next_mode == wanted(r))
		return;
	found(r, rule, s ? s->where : "", fix_next_mode(r, wanted(r), fix),
	      "After the next boot the RDMA subsystem will be in %s mode: %s",
	      mode_name(r->next_mode), s ? s->where : "no file in /etc/modprobe.d says otherwise");
}

static void conflict(struct report *r, const struct rule *rule)
{
	const struct mode_source *last = last_source(r);
	char fix[TEXT_MAX];

	/* if the last is wrong, wrong_next() says how to mend all of them */
	if (!last || last->mode != wanted(r))
		return;
	for (size_t i = 0; i < r->mode_sources.n; i++) {
		const struct mode_source *s = &r->mode_sources.item[i];

		if (s->mode != last->mode)
			found(r, rule, s->where, fix_next_mode(r, wanted(r), fix),
			      "%s asks for %s mode; %s comes later and wins with %s", s->where,
			      mode_name(s->mode), last->where, mode_name(last->mode));
	}
}

static const struct rule table[] = {
	{ "mode", PROBLEM, FOR_EXCLUSIVE, wrong_now,
	  "in shared mode every pod sees every RDMA device, and rdma refuses to attach one" },
	{ "mode", PROBLEM, FOR_SHARED, wrong_now,
	  "in exclusive mode the shared device plugin does not start" },
	{ "mode-next-boot", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, wrong_next,
	  "pods would fail after a reboot, when nobody thinks of it any more" },
	{ "mode-conflict", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, conflict,
	  "which one wins depends on file names: a new file can turn it round" },
};

const struct rules rules_mode = { array_size(table), table };
