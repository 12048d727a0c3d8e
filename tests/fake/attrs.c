// SPDX-License-Identifier: Apache-2.0
/* struct link_attrs: what stays with an interface through every change of namespace. */
#include <stdlib.h>
#include <string.h>

#include "set.h"
#include "world.h"

const struct link_attrs fake_attrs = {
	.have = LINK_TXQLEN | LINK_GROUP | LINK_ALIAS | LINK_BROADCAST | LINK_MODE | LINK_SIZES |
		LINK_IPV4_SIZES | LINK_ACCEPT_DAD,
	.txqlen = 1000,
	.broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	.gso_max_size = 65536,
	.gso_max_segs = 65535,
	.gro_max_size = 65536,
	.gso_ipv4_max_size = 65536,
	.gro_ipv4_max_size = 65536,
	.accept_dad = 1,
};

/* The sizes of IPv4 follow, as in netif_set_gso_max_size() and its like. */
static void set_sizes(struct link_attrs *l, const struct link_attrs *a)
{
	l->gso_max_size = l->gso_ipv4_max_size = a->gso_max_size;
	l->gso_max_segs = a->gso_max_segs;
	l->gro_max_size = l->gro_ipv4_max_size = a->gro_max_size;
}

/* In the kernel's order; nothing of it is refused here. */
static void change(struct link_attrs *l, const struct link_attrs *a)
{
	if (a->have & LINK_GROUP)
		l->group = a->group;
	if (a->have & LINK_ALIAS)
		memcpy(l->alias, a->alias, sizeof(l->alias));
	if (a->have & LINK_BROADCAST)
		l->broadcast = a->broadcast;
	if (a->have & LINK_TXQLEN)
		l->txqlen = a->txqlen;
	if (a->have & LINK_SIZES)
		set_sizes(l, a);
	if (a->have & LINK_IPV4_SIZES) {
		l->gso_ipv4_max_size = a->gso_ipv4_max_size;
		l->gro_ipv4_max_size = a->gro_ipv4_max_size;
	}
	if (a->have & LINK_MODE)
		l->mode = a->mode;
}

int link_set_attrs(struct nl *nl, int ifindex, const struct link_attrs *a, struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_call c;
	int link, r = link_enter(&c, "link.attrs", nl, ifindex);

	if (r >= 0) {
		link = link_index(w, r, ifindex);
		r = link == NONE ? -ENODEV : 0;
		if (!r)
			change(&w->links[link].attrs, a);
	}
	return fake_errno(e, fake_leave(&c, r), "interface %d: set attributes", ifindex);
}

bool attrs_set(struct link_attrs *a, const char *key, const char *value)
{
	struct link_attrs to = *a;

	if (!strcmp(key, "txqlen"))
		a->txqlen = (uint32_t)set_number(value);
	else if (!strcmp(key, "group"))
		a->group = (uint32_t)set_number(value);
	else if (!strcmp(key, "alias"))
		fake_copy(a->alias, sizeof(a->alias), value);
	else if (!strcmp(key, "broadcast") && !mac_parse(value, &to.broadcast))
		a->broadcast = to.broadcast;
	else if (!strcmp(key, "linkmode"))
		a->mode = (uint8_t)set_number(value);
	else if (!strcmp(key, "sizes")) {
		to.gso_max_size = to.gso_max_segs = to.gro_max_size = (uint32_t)set_number(value);
		set_sizes(a, &to);
	} else if (!strcmp(key, "ipv4_sizes")) {
		a->gso_ipv4_max_size = a->gro_ipv4_max_size = (uint32_t)set_number(value);
	} else {
		return false;
	}
	return true;
}

void attrs_dump(FILE *f, const struct link_attrs *a)
{
	const struct link_attrs *d = &fake_attrs;
	char mac[MAC_STR_MAX];

	if (a->txqlen != d->txqlen)
		(void)fprintf(f, " txqlen %u", a->txqlen);
	if (a->group != d->group)
		(void)fprintf(f, " group %u", a->group);
	if (a->alias[0])
		(void)fprintf(f, " alias %s", a->alias);
	if (!mac_equal(&a->broadcast, &d->broadcast))
		(void)fprintf(f, " broadcast %s", mac_format(&a->broadcast, mac));
	if (a->mode != d->mode)
		(void)fprintf(f, " linkmode %u", a->mode);
	if (a->gso_max_size != d->gso_max_size || a->gso_max_segs != d->gso_max_segs ||
	    a->gro_max_size != d->gro_max_size)
		(void)fprintf(f, " sizes %u/%u/%u", a->gso_max_size, a->gso_max_segs,
			      a->gro_max_size);
	if (a->gso_ipv4_max_size != d->gso_ipv4_max_size ||
	    a->gro_ipv4_max_size != d->gro_ipv4_max_size)
		(void)fprintf(f, " ipv4_sizes %u/%u", a->gso_ipv4_max_size, a->gro_ipv4_max_size);
	if (a->accept_dad != d->accept_dad)
		(void)fprintf(f, " accept_dad %d", a->accept_dad);
}
