/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device in memory for tests of the transaction: seven properties, faults on demand, every
 * call counted and written down.
 *
 *	name   type     rank  group  CHECK
 *	a      number   0     1      record     "a" to "c" stand together: one message
 *	b      number   2     1      record
 *	c      number   2     1      record
 *	names  names    3     -      nothing
 *	place  text     1     -      record
 *	d      number   1     2      record     a group of its own
 *	flags  number   3     -      nothing
 */
#pragma once
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "txn/txn.h"
#include "unit.h"

enum { P_A, P_B, P_C, P_NAMES, P_PLACE, P_D, P_FLAGS, P_COUNT };

/**
 * struct world
 * @now:      the properties
 * @get_fails, @set_fails: errno of every get or set of one property; 0 none
 * @needs:    setting this one is -EBUSY as long as that other one is not as it was at home; -1
 * @calls:    get, set and set_group so far
 * @fail_at:  the call with this number (from 1) fails with EIO; 0 none
 * @dead_at:  this one and all after it fail and do nothing, as if the process were killed
 * @happens:  a set that fails by @fail_at happened nevertheless
 * @trace:    "a=5 " for a set, "[a=5 b=6 ]" for a group, gets are left out
 * @on_set:   called in every set, before it happens
 */
struct world {
	struct value now[P_COUNT], home[P_COUNT];
	int get_fails[P_COUNT], set_fails[P_COUNT];
	int needs[P_COUNT];
	unsigned calls, fail_at, dead_at;
	bool happens;
	char trace[2048];
	void (*on_set)(struct world *w);
};

static inline void note(struct world *w, const char *text)
{
	size_t n = strlen(w->trace), len = strlen(text);

	ck_assert_uint_lt(n + len, sizeof(w->trace));
	memcpy(w->trace + n, text, len + 1);
}

static inline bool at_home(const struct world *w, int i)
{
	return value_equal(&w->now[i], &w->home[i]);
}

static inline int count_call(struct world *w, struct err *e)
{
	w->calls++;
	if (w->calls == w->fail_at || (w->dead_at && w->calls >= w->dead_at))
		return err_set(e, EIO, "call %u fails", w->calls);
	return 0;
}

static inline int mem_get(struct world *w, int i, struct value *ret, struct err *e)
{
	int r = count_call(w, e);

	if (!r && w->get_fails[i])
		r = err_set(e, w->get_fails[i], "cannot read");
	if (!r)
		*ret = w->now[i];
	return r;
}

/* The driver's part of a set, alone or in a group. */
static inline int mem_assign(struct world *w, int i, const struct value *to, const char *name,
			     struct err *e)
{
	char text[160], entry[256];

	snprintf(entry, sizeof(entry), "%s=%s ", name, value_format(to, text, sizeof(text)));
	note(w, entry);
	if (w->set_fails[i])
		return err_set(e, w->set_fails[i], "driver refuses");
	if (w->needs[i] >= 0 && !at_home(w, w->needs[i]))
		return err_set(e, EBUSY, "driver is busy");
	w->now[i] = *to;
	return 0;
}

static inline int mem_set(struct world *w, int i, const struct value *to, const char *name,
			  struct err *e)
{
	struct err refused;
	int r;

	if (w->on_set)
		w->on_set(w);
	r = count_call(w, e);
	if (r && w->happens && w->calls == w->fail_at)
		(void)mem_assign(w, i, to, name, &refused);
	return r ? r : mem_assign(w, i, to, name, e);
}

#define MEM_PROP(i, fn, name)                                                                      \
	static inline int get_##fn(struct world *w, struct value *ret, struct err *e)              \
	{                                                                                          \
		return mem_get(w, i, ret, e);                                                      \
	}                                                                                          \
	static inline int set_##fn(struct world *w, const struct value *to, struct err *e)         \
	{                                                                                          \
		return mem_set(w, i, to, name, e);                                                 \
	}

MEM_PROP(P_A, a, "a")
MEM_PROP(P_B, b, "b")
MEM_PROP(P_C, c, "c")
MEM_PROP(P_NAMES, names, "names")
MEM_PROP(P_PLACE, place, "place")
MEM_PROP(P_D, d, "d")
MEM_PROP(P_FLAGS, flags, "flags")

static const struct prop mem_props[P_COUNT] = {
	[P_A] = { "a", VALUE_NUMBER, 0, 1, CHECK_RECORD, get_a, set_a },
	[P_B] = { "b", VALUE_NUMBER, 2, 1, CHECK_RECORD, get_b, set_b },
	[P_C] = { "c", VALUE_NUMBER, 2, 1, CHECK_RECORD, get_c, set_c },
	[P_NAMES] = { "names", VALUE_NAMES, 3, 0, CHECK_NOTHING, get_names, set_names },
	[P_PLACE] = { "place", VALUE_TEXT, 1, 0, CHECK_RECORD, get_place, set_place },
	[P_D] = { "d", VALUE_NUMBER, 1, 2, CHECK_RECORD, get_d, set_d },
	[P_FLAGS] = { "flags", VALUE_NUMBER, 3, 0, CHECK_NOTHING, get_flags, set_flags },
};

/* One message: stops at the first that is refused, keeps what it did, does not say which. */
static inline int mem_set_group(struct world *w, uint8_t group, const struct assign *a, size_t n,
				struct err *e)
{
	struct err one;
	int r = 0;

	ck_assert_uint_gt(n, 1);
	if (w->on_set)
		w->on_set(w);
	if (count_call(w, e) && !(w->happens && w->calls == w->fail_at))
		return -EIO;
	note(w, "[");
	for (size_t i = 0; i < n && !r; i++) {
		ck_assert_uint_eq(a[i].prop->group, group);
		r = mem_assign(w, (int)(a[i].prop - mem_props), a[i].to, a[i].prop->name, &one);
	}
	note(w, "]");
	if (w->calls == w->fail_at)
		return -EIO;
	return r ? err_set(e, -r, "message refused") : 0;
}

static const struct prop_table mem_table = {
	.props = mem_props,
	.n = P_COUNT,
	.set_group = mem_set_group,
};

/* All at home; nothing fails. */
static inline void mem_reset(struct world *w)
{
	*w = (struct world){ .calls = 0 };
	for (int i = 0; i < P_COUNT; i++) {
		w->needs[i] = -1;
		w->home[i] = value_number((uint64_t)i);
	}
	w->home[P_PLACE] = value_text("host");
	w->home[P_NAMES] = (struct value){ .type = VALUE_NAMES, .names = { "alt" } };
	memcpy(w->now, w->home, sizeof(w->now));
}

/* What ADD wants of all seven. */
static inline void mem_plan(struct plan *p)
{
	struct value want[P_COUNT];

	for (unsigned i = 0; i < P_COUNT; i++)
		want[i] = value_number(100 + i);
	want[P_PLACE] = value_text("pod");
	want[P_NAMES] = (struct value){ .type = VALUE_NAMES };
	p->n = 0;
	for (unsigned i = 0; i < P_COUNT; i++)
		plan_want(p, &mem_props[i], &want[i]);
}

static inline void forget_trace(struct world *w)
{
	w->trace[0] = '\0';
}

static inline void assert_home(const struct world *w)
{
	for (int i = 0; i < P_COUNT; i++)
		ck_assert_msg(at_home(w, i), "%s is not as it was", mem_props[i].name);
}

static inline void assert_wanted(const struct world *w, const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->steps[i];

		ck_assert_msg(value_equal(&w->now[s->prop - mem_props], &s->want),
			      "%s is not as wanted", s->prop->name);
	}
}
