// SPDX-License-Identifier: Apache-2.0
/* What a pod may set on its interface and no change of namespace resets: see struct link_attrs. */
#include "prop_attrs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/sysctl.h"
#include "world.h"

static int get_attr(struct world *w, enum link_attr bit, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r && !(w->link.attrs.have & bit))
		return err_set(e, ENODATA, "the kernel does not tell it");
	return r;
}

int prop_attrs_get_txqlen(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_TXQLEN, e);

	if (!r)
		*ret = value_number(w->link.attrs.txqlen);
	return r;
}

int prop_attrs_get_group(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_GROUP, e);

	if (!r)
		*ret = value_number(w->link.attrs.group);
	return r;
}

int prop_attrs_get_alias(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_ALIAS, e);

	if (!r)
		*ret = value_text(w->link.attrs.alias);
	return r;
}

int prop_attrs_get_broadcast(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_BROADCAST, e);

	if (!r)
		*ret = value_mac(&w->link.attrs.broadcast);
	return r;
}

int prop_attrs_get_mode(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_MODE, e);

	if (!r)
		*ret = value_number(w->link.attrs.mode);
	return r;
}

int prop_attrs_get_sizes(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_SIZES, e);
	const struct link_attrs *a = &w->link.attrs;

	if (!r)
		*ret = value_numbers(a->gso_max_size, a->gso_max_segs, a->gro_max_size);
	return r;
}

int prop_attrs_get_ipv4_sizes(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_IPV4_SIZES, e);
	const struct link_attrs *a = &w->link.attrs;

	if (!r)
		*ret = value_numbers(a->gso_ipv4_max_size, a->gro_ipv4_max_size, 0);
	return r;
}

static void put_txqlen(struct link_attrs *a, const struct value *v)
{
	a->have |= LINK_TXQLEN;
	a->txqlen = (uint32_t)v->number;
}

static void put_group(struct link_attrs *a, const struct value *v)
{
	a->have |= LINK_GROUP;
	a->group = (uint32_t)v->number;
}

static void put_alias(struct link_attrs *a, const struct value *v)
{
	a->have |= LINK_ALIAS;
	memcpy(a->alias, v->text, sizeof(a->alias));
}

static void put_broadcast(struct link_attrs *a, const struct value *v)
{
	a->have |= LINK_BROADCAST;
	a->broadcast = v->mac;
}

static void put_mode(struct link_attrs *a, const struct value *v)
{
	a->have |= LINK_MODE;
	a->mode = (uint8_t)v->number;
}

static void put_sizes(struct link_attrs *a, const struct value *v)
{
	a->have |= LINK_SIZES;
	a->gso_max_size = v->numbers[0];
	a->gso_max_segs = v->numbers[1];
	a->gro_max_size = v->numbers[2];
}

static void put_ipv4_sizes(struct link_attrs *a, const struct value *v)
{
	a->have |= LINK_IPV4_SIZES;
	a->gso_ipv4_max_size = v->numbers[0];
	a->gro_ipv4_max_size = v->numbers[1];
}

static const struct {
	int (*set)(struct world *w, const struct value *to, struct err *e);
	int (*get)(struct world *w, struct value *ret, struct err *e);
	void (*put)(struct link_attrs *a, const struct value *v);
} rows[] = {
	{ prop_attrs_set_txqlen, prop_attrs_get_txqlen, put_txqlen },
	{ prop_attrs_set_group, prop_attrs_get_group, put_group },
	{ prop_attrs_set_alias, prop_attrs_get_alias, put_alias },
	{ prop_attrs_set_broadcast, prop_attrs_get_broadcast, put_broadcast },
	{ prop_attrs_set_mode, prop_attrs_get_mode, put_mode },
	{ prop_attrs_set_sizes, prop_attrs_get_sizes, put_sizes },
	{ prop_attrs_set_ipv4_sizes, prop_attrs_get_ipv4_sizes, put_ipv4_sizes },
};

/* An unchanged row is left out: at ADD that is each of them, and no message is sent. */
static void put_changed(struct world *w, const struct assign *a, struct link_attrs *ret)
{
	struct err ignored;
	struct value now;

	for (size_t i = 0; i < array_size(rows); i++)
		if (a->prop->set == rows[i].set &&
		    (rows[i].get(w, &now, &ignored) || !value_equal(&now, a->to)))
			rows[i].put(ret, a->to);
}

int prop_attrs_set_all(struct world *w, const struct assign *a, size_t n, struct err *e)
{
	struct link_attrs to = { 0 };
	const struct link_attrs *is = &w->link.attrs;
	int r = world_get_link(w, e);

	for (size_t i = 0; !r && i < n; i++)
		put_changed(w, &a[i], &to);
	if (r || !to.have)
		return r;
	/* a change of the general sizes takes these along */
	if (to.have & LINK_SIZES && !(to.have & LINK_IPV4_SIZES) && is->have & LINK_IPV4_SIZES) {
		to.have |= LINK_IPV4_SIZES;
		to.gso_ipv4_max_size = is->gso_ipv4_max_size;
		to.gro_ipv4_max_size = is->gro_ipv4_max_size;
	}
	r = link_set_attrs(w->at_home ? w->host : w->inpod, w->link.ifindex, &to, e);
	world_link_changed(w);
	return r ? err_wrap(e, "driver %s of %s", w->fn.driver, w->fn.id.name) : 0;
}

static int set_attr(struct world *w,
		    int (*set)(struct world *w, const struct value *to, struct err *e),
		    const struct value *to, struct err *e)
{
	const struct prop prop = { .set = set };
	const struct assign a = { &prop, to };

	return prop_attrs_set_all(w, &a, 1, e);
}

int prop_attrs_set_txqlen(struct world *w, const struct value *to, struct err *e)
{
	return set_attr(w, prop_attrs_set_txqlen, to, e);
}

int prop_attrs_set_group(struct world *w, const struct value *to, struct err *e)
{
	return set_attr(w, prop_attrs_set_group, to, e);
}

int prop_attrs_set_alias(struct world *w, const struct value *to, struct err *e)
{
	return set_attr(w, prop_attrs_set_alias, to, e);
}

int prop_attrs_set_broadcast(struct world *w, const struct value *to, struct err *e)
{
	return set_attr(w, prop_attrs_set_broadcast, to, e);
}

int prop_attrs_set_mode(struct world *w, const struct value *to, struct err *e)
{
	return set_attr(w, prop_attrs_set_mode, to, e);
}

int prop_attrs_set_sizes(struct world *w, const struct value *to, struct err *e)
{
	return set_attr(w, prop_attrs_set_sizes, to, e);
}

int prop_attrs_set_ipv4_sizes(struct world *w, const struct value *to, struct err *e)
{
	return set_attr(w, prop_attrs_set_ipv4_sizes, to, e);
}

int prop_attrs_get_accept_dad(struct world *w, struct value *ret, struct err *e)
{
	int r = get_attr(w, LINK_ACCEPT_DAD, e);

	/* -1, 0, 1, 2: as the number of its bits */
	if (!r)
		*ret = value_number((uint32_t)w->link.attrs.accept_dad);
	return r;
}

int prop_attrs_set_accept_dad(struct world *w, const struct value *to, struct err *e)
{
	char text[12];
	const struct sysctl_set set = { "ipv6", "accept_dad", text };
	struct value now;
	int r = prop_attrs_get_accept_dad(w, &now, e);

	if (r ? r != -ENODATA : value_equal(&now, to))
		return r;
	(void)snprintf(text, sizeof(text), "%" PRId32, (int32_t)to->number);
	world_link_changed(w);
	return sysctl_set_conf(w->at_home ? NULL : &w->pod.ns, &w->pod.home, w->link.name, &set, 1,
			       e);
}
