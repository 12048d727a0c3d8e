// SPDX-License-Identifier: Apache-2.0
#include "txn/txn.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum { VALUE_STR_MAX = 160, UNDO_PASSES = 2 };

const struct prop *prop_find(const struct prop_table *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->props[i].name, name))
			return &t->props[i];
	return NULL;
}

void plan_done(struct plan *p)
{
	free(p->steps);
	*p = (struct plan){ .n = 0 };
}

void plan_add(struct plan *p, const struct prop *prop, const struct value *was,
	      const struct value *want)
{
	struct step *steps;

	/* each property occurs once and tables are shorter than PLAN_MAX */
	if (p->n == PLAN_MAX)
		return;
	steps = reallocarray(p->steps, p->n + 1, sizeof(*steps));
	if (!steps) {
		p->short_of_memory = true;
		return;
	}
	steps[p->n++] = (struct step){ prop, *was, *want };
	p->steps = steps;
}

void plan_want(struct plan *p, const struct prop *prop, const struct value *want)
{
	static const struct value unknown;

	plan_add(p, prop, &unknown, want);
}

int plan_check(const struct plan *p, struct err *e)
{
	return p->short_of_memory ? err_sys(e, ENOMEM, "plan the attachment") : 0;
}

int txn_observe(struct plan *p, struct world *w, struct err *e)
{
	int err = plan_check(p, e);

	if (err)
		return err;
	for (size_t i = 0; i < p->n; i++) {
		struct step *s = &p->steps[i];
		int r = s->prop->get(w, &s->was, e);

		if (r)
			return err_wrap(e, "read %s", s->prop->name);
	}
	return 0;
}

/* For the lines of log_steps(); 0 when nobody reads them. */
static uint64_t now_us(void)
{
	struct timespec t;

	if (!log_shows(LOG_DEBUG))
		return 0;
	t = clock_read(CLOCK_MONOTONIC);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* One line a step; of a group, whose message took as long for all, each has its line. */
static void log_steps(const char *what, const struct assign *a, size_t n, uint64_t start,
		      int result)
{
	uint64_t took = now_us() - start;
	char text[VALUE_STR_MAX];

	for (size_t i = 0; i < n && log_shows(LOG_DEBUG); i++)
		log_debug("%s %s to %s: %s, %" PRIu64 " us", what, a[i].prop->name,
			  value_format(a[i].to, text, sizeof(text)),
			  result ? err_text(-result) : "done", took);
}

/* One by one, skipping what is there already. Stops at the first failure. */
static int assign_singly(struct world *w, const struct assign *a, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct value now;
		struct err ignored;
		int r = a[i].prop->get(w, &now, &ignored);

		/* a message that failed in the middle may have done this one */
		if (!r && value_equal(&now, a[i].to))
			continue;
		r = a[i].prop->set(w, a[i].to, e);
		if (r)
			return err_wrap(e, "set %s", a[i].prop->name);
	}
	return 0;
}

static int assign_run(const struct prop_table *t, struct world *w, const struct assign *a, size_t n,
		      struct err *e)
{
	uint64_t start = now_us();
	int r = n == 1 ? a->prop->set(w, a->to, e) : t->set_group(w, a->prop->group, a, n, e);

	log_steps("set", a, n, start, r);
	if (!r)
		return 0;
	if (n == 1)
		return err_wrap(e, "set %s", a->prop->name);
	log_debug("set together failed, setting one by one: %s", e->msg);
	return assign_singly(w, a, n, e);
}

/* How many assignments from @a on go into one message. */
static size_t run_length(const struct prop_table *t, const struct assign *a, size_t n)
{
	size_t k = 1;

	if (!t->set_group || a->prop->group == GROUP_NONE)
		return 1;
	while (k < n && a[k].prop->group == a->prop->group)
		k++;
	return k;
}

int txn_apply(const struct prop_table *t, const struct plan *p, struct world *w, struct err *e)
{
	struct assign all[PLAN_MAX];
	int r = 0;

	for (size_t i = 0; i < p->n; i++)
		all[i] = (struct assign){ p->steps[i].prop, &p->steps[i].want };
	for (size_t i = 0, k; i < p->n && !r; i += k) {
		k = run_length(t, all + i, p->n - i);
		r = assign_run(t, w, all + i, k, e);
	}
	return r;
}

/*
 * The steps of one rank that are not as they were, last step of the plan first.
 * Errors of reading are gathered; the step counts as stuck.
 */
static size_t find_changed(const struct plan *p, struct world *w, unsigned rank, struct assign *ret,
			   struct err *all)
{
	size_t n = 0;

	for (size_t i = p->n; i-- > 0;) {
		const struct step *s = &p->steps[i];
		struct value now;
		struct err e = { 0 };
		int r;

		if (s->prop->undo_rank != rank)
			continue;
		r = s->prop->get(w, &now, &e);
		if (r == -ENODEV || (!r && value_equal(&now, &s->was)))
			continue;
		if (r && r != -ENODATA) {
			(void)err_wrap(&e, "read %s", s->prop->name);
			(void)err_gather(all, &e);
			continue;
		}
		ret[n++] = (struct assign){ s->prop, &s->was };
	}
	return n;
}

/*
 * Not there where it was read a moment ago: gone is undone. But when the pod's
 * namespace dies meanwhile, the kernel has taken the device home as it was.
 */
static bool is_undone(struct world *w, const struct assign *a)
{
	struct value now;
	struct err ignored;
	int r = a->prop->get(w, &now, &ignored);

	return r == -ENODEV || (!r && value_equal(&now, a->to));
}

/* As assign_singly(), but the rest is done in spite of a failure. */
static void restore_singly(struct world *w, const struct assign *a, size_t n, struct err *all)
{
	for (size_t i = 0; i < n; i++) {
		struct err e = { 0 };
		int r = assign_singly(w, a + i, 1, &e);

		if (r && !(r == -ENODEV && is_undone(w, a + i)))
			(void)err_gather(all, &e);
	}
}

static void undo_rank(const struct prop_table *t, const struct plan *p, struct world *w,
		      unsigned rank, struct err *all)
{
	struct assign changed[PLAN_MAX];
	size_t n = find_changed(p, w, rank, changed, all);

	for (size_t i = 0, k; i < n; i += k) {
		uint64_t start = now_us();
		struct err e = { 0 };

		k = run_length(t, changed + i, n - i);
		if (k == 1 || t->set_group(w, changed[i].prop->group, changed + i, k, &e))
			restore_singly(w, changed + i, k, all);
		log_steps("undo: set", changed + i, k, start, all->sys ? -all->sys : 0);
	}
}

static bool is_anchor(const struct prop_table *t, const struct prop *prop)
{
	return t->anchor && !strcmp(t->anchor, prop->name);
}

/* Is the device within reach? 0: yes, or gone for good; else why nothing may be touched. */
static int read_anchor(const struct prop_table *t, const struct plan *p, struct world *w,
		       struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		struct value now;
		int r;

		if (!is_anchor(t, p->steps[i].prop))
			continue;
		r = p->steps[i].prop->get(w, &now, e);
		if (r && r != -ENODEV)
			return err_wrap(e, "read %s", p->steps[i].prop->name);
	}
	return 0;
}

/*
 * After its rank: is the device back? Under another name is back, too; its MAC may
 * still be refused until a later rank allows it.
 */
static bool is_adrift(const struct prop_table *t, const struct plan *p, struct world *w,
		      unsigned rank)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->steps[i];
		struct err ignored;
		struct value now;
		int r;

		if (!is_anchor(t, s->prop) || s->prop->undo_rank != rank)
			continue;
		r = s->prop->get(w, &now, &ignored);
		if (r ? r != -ENODEV : !value_same_netns(&now, &s->was))
			return true;
	}
	return false;
}

static unsigned last_rank(const struct plan *p)
{
	unsigned last = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->steps[i].prop->undo_rank > last)
			last = p->steps[i].prop->undo_rank;
	return last;
}

int txn_undo(const struct prop_table *t, const struct plan *p, struct world *w, struct err *e)
{
	unsigned last = last_rank(p);
	struct err all = { 0 };
	int r = read_anchor(t, p, w, e);

	if (r)
		return r;
	for (int pass = 0; pass < UNDO_PASSES && (!pass || all.sys); pass++) {
		all = (struct err){ 0 };
		for (unsigned rank = 0; rank <= last; rank++) {
			struct err here = { 0 };

			undo_rank(t, p, w, rank, &here);
			(void)err_gather(&all, &here);
			if (here.sys && is_adrift(t, p, w, rank))
				break;
		}
	}
	if (all.sys)
		*e = all;
	return -all.sys;
}

static void add_difference(struct err *all, const struct prop *prop, const char *want,
			   const char *found)
{
	struct err e;

	(void)err_set(&e, ESTALE, "%s: want %s, found %s", prop->name, want, found);
	(void)err_gather(all, &e);
}

int txn_verify(const struct plan *p, struct world *w, struct err *e)
{
	struct err all = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->steps[i];
		char want[VALUE_STR_MAX], found[VALUE_STR_MAX];
		struct value now;
		struct err why;

		if (s->prop->check != CHECK_RECORD)
			continue;
		value_format(&s->want, want, sizeof(want));
		if (s->prop->get(w, &now, &why))
			add_difference(&all, s->prop, want, why.msg);
		else if (!value_equal(&now, &s->want))
			add_difference(&all, s->prop, want,
				       value_format(&now, found, sizeof(found)));
	}
	if (all.sys)
		*e = all;
	return -all.sys;
}
