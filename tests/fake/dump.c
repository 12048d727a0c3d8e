// SPDX-License-Identifier: Apache-2.0
/*
 * The world as text, one object a line, in an order that depends on nothing
 * but what is there: two worlds are alike when their dumps are. Clocks,
 * counters and what only a finished test knows are left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static const char *yes_no(bool v)
{
	return v ? "on" : "off";
}

static void dump_attrs(FILE *f, const struct fake_fn *fn)
{
	static const char *const states[] = { "auto", "enable", "disable" };
	const struct vf_attrs *a = &fn->attrs;
	char mac[MAC_STR_MAX];

	(void)fprintf(
		f,
		"  admin mac %s vlan %u qos %u proto %04x rate %u-%u spoofchk %s trust %s link %s\n",
		mac_format(&a->mac, mac), a->vlan, a->qos, a->vlan_proto, a->min_tx_rate,
		a->max_tx_rate, yes_no(a->spoofchk), yes_no(a->trust), states[a->link_state]);
}

static void dump_inet(FILE *f, const struct fake_world *w, int link)
{
	char text[CIDR_STR_MAX], gw[IP_STR_MAX];

	for (int i = 0; i < FAKE_ADDR_MAX; i++)
		if (w->addrs[i].used && w->addrs[i].link == link)
			(void)fprintf(f, "    addr %s\n", cidr_format(&w->addrs[i].addr, text));
	for (int i = 0; i < FAKE_ROUTE_MAX; i++) {
		const struct route *r = &w->routes[i].route;

		if (!w->routes[i].used || w->routes[i].link != link)
			continue;
		(void)fprintf(f, "    route %s", cidr_format(&r->dst, text));
		if (r->gw.family != AF_UNSPEC)
			(void)fprintf(f, " via %s", ip_format(&r->gw, gw));
		if (r->table.set)
			(void)fprintf(f, " table %u", r->table.v);
		if (r->scope.set)
			(void)fprintf(f, " scope %u", r->scope.v);
		(void)fprintf(f, " mtu %u advmss %u priority %u\n", r->mtu, r->advmss, r->priority);
	}
	for (int i = 0; i < FAKE_SYSCTL_MAX; i++)
		if (w->sysctls[i].used && w->sysctls[i].link == link)
			(void)fprintf(f, "    sysctl %s %s=%s\n", w->sysctls[i].family,
				      w->sysctls[i].key, w->sysctls[i].value);
}

static void dump_link(FILE *f, const struct fake_world *w, int link)
{
	const struct fake_link *l = &w->links[link];
	char mac[MAC_STR_MAX];

	(void)fprintf(f, "  link %s in %s ifindex %d mac %s mtu %u %s", l->name,
		      w->netns[l->ns].label, l->ifindex, mac_format(&l->mac, mac), l->mtu,
		      l->flags & IFF_UP ? "up" : "down");
	if (l->flags & (IFF_PROMISC | IFF_ALLMULTI))
		(void)fprintf(f, "%s%s", l->flags & IFF_PROMISC ? " promisc" : "",
			      l->flags & IFF_ALLMULTI ? " allmulti" : "");
	if (l->master)
		(void)fprintf(f, " master %d", l->master);
	if (l->arp_notify)
		(void)fprintf(f, " arp_notify");
	if (l->flags & IFF_NOARP)
		(void)fprintf(f, " noarp");
	attrs_dump(f, &l->attrs);
	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (l->altnames[i][0])
			(void)fprintf(f, " altname %s", l->altnames[i]);
	(void)fputs("\n", f);
	dump_inet(f, w, link);
}

static void dump_fn(FILE *f, const struct fake_world *w, int fn)
{
	const struct fake_fn *d = &w->fns[fn];

	(void)fprintf(f, "device %s instance %llu driver %s", d->id.name,
		      (unsigned long long)d->instance, d->driver[0] ? d->driver : "-");
	if (d->pf != NONE)
		(void)fprintf(f, " vf %u of %s", d->vf, fn_name(w, d->pf));
	(void)fputs("\n", f);
	if (d->pf != NONE)
		dump_attrs(f, d);
	for (int i = 0; i < FAKE_LINK_MAX; i++)
		if (w->links[i].used && w->links[i].fn == fn)
			dump_link(f, w, i);
	for (int i = 0; i < FAKE_RDMA_MAX; i++) {
		const struct fake_rdma *r = &w->rdmas[i];

		if (r->used && r->fn == fn)
			(void)fprintf(f, "  rdma %s in %s index %u guid %016llx uverbs%d umad%d\n",
				      r->dev.name, w->netns[r->ns].label, r->dev.index,
				      (unsigned long long)r->dev.node_guid, r->uverbs, r->umad);
	}
}

char *fake_dump(const struct fake_world *w)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	(void)fprintf(f, "node rdma %s boot %s\n",
		      w->no_ib_core		  ? "absent" :
		      w->mode == RDMA_MODE_SHARED ? "shared" :
						    "exclusive",
		      w->boot_id);
	for (int i = 0; i < FAKE_NETNS_MAX; i++) {
		if (!w->netns[i].used)
			continue;
		(void)fprintf(f, "netns %s%s\n", w->netns[i].label,
			      w->netns[i].dying ? " dying" : "");
		for (int l = 0; l < FAKE_LINK_MAX; l++)
			if (w->links[l].used && w->links[l].fn == NONE && w->links[l].ns == i)
				dump_link(f, w, l);
	}
	for (int i = 0; i < FAKE_FN_MAX; i++)
		if (w->fns[i].used)
			dump_fn(f, w, i);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
