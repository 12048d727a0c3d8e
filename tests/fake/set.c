// SPDX-License-Identifier: Apache-2.0
#include "set.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

char *set_split(char *word)
{
	char *eq = strchr(word, '=');

	if (!eq)
		fake_fatal("not KEY=VALUE: %s", word);
	*eq = '\0';
	return eq + 1;
}

uint64_t set_number(const char *text)
{
	uint64_t v;

	if (str_to_u64(text, 10, UINT64_MAX, &v))
		fake_fatal("not a number: %s", text);
	return v;
}

bool set_yes(const char *text)
{
	if (strcmp(text, "yes") && strcmp(text, "no"))
		fake_fatal("neither yes nor no: %s", text);
	return !strcmp(text, "yes");
}

int set_find_netns(const struct fake_world *w, const char *name)
{
	int ns = strcmp(name, "host") ? ns_find_path(w, name) : HOST;

	if (ns == NONE)
		fake_fatal("no namespace is at %s", name);
	return ns;
}

int set_find_fn(const struct fake_world *w, const char *id)
{
	for (int i = 0; i < FAKE_FN_MAX; i++)
		if (w->fns[i].used && !strcmp(w->fns[i].id.name, id))
			return i;
	fake_fatal("no device is named %s", id);
}

static struct mac to_mac(const char *text)
{
	struct mac mac;

	if (mac_parse(text, &mac))
		fake_fatal("not a MAC: %s", text);
	return mac;
}

static enum fake_mac_mode to_mac_mode(const char *text)
{
	static const char *const names[] = {
		[MAC_AT_ONCE] = "once", [MAC_DELAYED] = "delayed", [MAC_AT_PROBE] = "probe",
		[MAC_AT_DOWN] = "down", [MAC_ASKED] = "asked",
	};

	for (size_t i = 0; i < array_size(names); i++)
		if (!strcmp(names[i], text))
			return (enum fake_mac_mode)i;
	fake_fatal("mac_mode is once, delayed, probe, down or asked, not %s", text);
}

static void set_node(struct fake_world *w, char *word)
{
	const char *value = set_split(word);

	if (!strcmp(word, "mode"))
		w->mode = strcmp(value, "shared") ? RDMA_MODE_EXCLUSIVE : RDMA_MODE_SHARED;
	else if (!strcmp(word, "mac_mode"))
		w->mac_mode = to_mac_mode(value);
	else if (!strcmp(word, "mac_reads"))
		w->mac_reads = (unsigned)set_number(value);
	else if (!strcmp(word, "cookies"))
		w->no_cookies = !set_yes(value);
	else if (!strcmp(word, "parent"))
		w->no_parent = !set_yes(value);
	else if (!strcmp(word, "ib_core"))
		w->no_ib_core = !set_yes(value);
	else if (!strcmp(word, "sysfs"))
		w->no_sysfs = !set_yes(value);
	else if (!strcmp(word, "caps"))
		w->caps_missing = !set_yes(value);
	else if (!strcmp(word, "dad_fail"))
		w->dad_fail = set_yes(value);
	else if (!strcmp(word, "ipv6"))
		w->no_ipv6 = !set_yes(value);
	else if (!strcmp(word, "rival_uverbs"))
		w->rival_uverbs = (int)set_number(value);
	else if (!strcmp(word, "rival_name"))
		fake_copy(w->rival_name, sizeof(w->rival_name), value);
	else if (!strcmp(word, "back_ms"))
		w->back_ms = (unsigned)set_number(value);
	else
		fake_fatal("set node: %s", word);
}

static unsigned to_attrs(const char *list)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = {
		{ "mac", VF_MAC },
		{ "vlan", VF_VLAN },
		{ "rate", VF_RATE },
		{ "spoofchk", VF_SPOOFCHK },
		{ "link_state", VF_LINK_STATE },
		{ "trust", VF_TRUST },
	};
	unsigned bits = 0;

	for (size_t i = 0; i < array_size(names); i++)
		if (strstr(list, names[i].name))
			bits |= names[i].bit;
	return bits;
}

static void set_movable(struct fake_world *w, int fn, bool movable)
{
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].fn == fn)
			w->rdmas[i].movable = movable;
}

static void drop_rdma(struct fake_world *w, int fn)
{
	w->fns[fn].rdma[0] = '\0';
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].fn == fn)
			w->rdmas[i] = (struct fake_rdma){ .used = false };
}

static void set_fn(struct fake_world *w, int fn, char *word)
{
	const char *value = set_split(word);
	struct fake_fn *f = &w->fns[fn];

	if (!strcmp(word, "refuse"))
		f->refuse = to_attrs(value);
	else if (!strcmp(word, "untold"))
		f->attrs.have &= ~to_attrs(value);
	else if (!strcmp(word, "silent"))
		f->silent = set_yes(value);
	else if (!strcmp(word, "driver"))
		fake_copy(f->driver, sizeof(f->driver), value);
	else if (!strcmp(word, "eswitch"))
		f->eswitch = !strcmp(value, "switchdev") ? DEVLINK_SWITCHDEV :
			     !strcmp(value, "legacy")	 ? DEVLINK_LEGACY :
							   DEVLINK_UNKNOWN;
	else if (!strcmp(word, "sriov"))
		f->no_sriov = !set_yes(value);
	else if (!strcmp(word, "broken"))
		f->broken = set_yes(value);
	else if (!strcmp(word, "rdma") && !strcmp(value, "no"))
		drop_rdma(w, fn);
	else if (!strcmp(word, "rdma"))
		fake_add_rdma(w, fn, value);
	else if (!strcmp(word, "movable"))
		set_movable(w, fn, set_yes(value));
	else if (!strcmp(word, "mac"))
		f->attrs.mac = to_mac(value);
	else if (!strcmp(word, "vlan"))
		f->attrs.vlan = (uint16_t)set_number(value);
	else if (!strcmp(word, "qos"))
		f->attrs.qos = (uint8_t)set_number(value);
	else if (!strcmp(word, "proto"))
		f->attrs.vlan_proto = (uint16_t)set_number(value);
	else if (!strcmp(word, "max_tx_rate"))
		f->attrs.max_tx_rate = (uint32_t)set_number(value);
	else if (!strcmp(word, "min_tx_rate"))
		f->attrs.min_tx_rate = (uint32_t)set_number(value);
	else if (!strcmp(word, "link_state"))
		f->attrs.link_state = (enum vf_link_state)set_number(value);
	else if (!strcmp(word, "spoofchk"))
		f->attrs.spoofchk = set_yes(value);
	else if (!strcmp(word, "trust"))
		f->attrs.trust = set_yes(value);
	else
		fake_fatal("set %s: %s", f->id.name, word);
}

static void add_altname(struct fake_link *l, const char *name)
{
	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (!l->altnames[i][0]) {
			fake_copy(l->altnames[i], LINK_ALTNAME_MAX, name);
			return;
		}
	fake_fatal("no room for alternative name %s", name);
}

static void set_up(struct fake_world *w, struct fake_link *l, bool up)
{
	if (up) {
		l->flags |= IFF_UP | IFF_RUNNING | LOWER_UP;
		l->operstate = OPER_UP;
	} else {
		link_down(w, l);
	}
}

static void add_addr(struct fake_world *w, int link, const char *text)
{
	struct fake_addr *a = &w->addrs[fake_slot(w->addrs)];

	*a = (struct fake_addr){ .used = true, .link = link };
	if (cidr_parse(text, &a->addr))
		fake_fatal("not an address: %s", text);
}

static void del_addr(struct fake_world *w, int link, const char *text)
{
	struct cidr addr;

	if (cidr_parse(text, &addr))
		fake_fatal("not an address: %s", text);
	for (size_t i = 0; i < FAKE_ADDR_MAX; i++)
		if (w->addrs[i].used && w->addrs[i].link == link &&
		    cidr_equal(&w->addrs[i].addr, &addr)) {
			w->addrs[i].used = false;
			return;
		}
	fake_fatal("no address %s", text);
}

static void del_route(struct fake_world *w, int link, const char *text)
{
	struct cidr dst;

	if (cidr_parse(text, &dst))
		fake_fatal("not a destination: %s", text);
	for (size_t i = 0; i < FAKE_ROUTE_MAX; i++)
		if (w->routes[i].used && w->routes[i].link == link &&
		    cidr_equal(&w->routes[i].route.dst, &dst)) {
			w->routes[i].used = false;
			return;
		}
	fake_fatal("no route to %s", text);
}

static void move_link(struct fake_world *w, int link, const char *netns)
{
	if (link_move(w, link, set_find_netns(w, netns), NULL))
		fake_fatal("interface %s cannot be moved", w->links[link].name);
}

static void set_flag(struct fake_link *l, uint32_t flag, bool on)
{
	l->flags = on ? l->flags | flag : l->flags & ~flag;
}

/* "on=NAME": it is a VLAN or the like of an interface beside it */
static bool set_stacked(struct fake_world *w, int link, const char *key, const char *name)
{
	if (strcmp(key, "on") != 0)
		return false;
	w->links[link].lower = link_by_name(w, w->links[link].ns, name, link);
	if (w->links[link].lower == NONE)
		fake_fatal("no interface is named %s", name);
	return true;
}

void set_link(struct fake_world *w, int link, char *word)
{
	const char *value = set_split(word);
	struct fake_link *l = &w->links[link];

	if (!strcmp(word, "name")) {
		memset(l->name, 0, sizeof(l->name));
		fake_copy(l->name, sizeof(l->name), value);
	} else if (!strcmp(word, "mac")) {
		l->mac = to_mac(value);
	} else if (!strcmp(word, "mtu")) {
		l->mtu = (uint32_t)set_number(value);
	} else if (!strcmp(word, "max_mtu")) {
		l->max_mtu = (uint32_t)set_number(value);
	} else if (!strcmp(word, "ifindex")) {
		l->ifindex = (int)set_number(value);
	} else if (!strcmp(word, "master")) {
		l->master = (int)set_number(value);
	} else if (!strcmp(word, "of")) {
		l->fn = set_find_fn(w, value);
	} else if (!strcmp(word, "blind")) {
		l->blind = set_yes(value);
	} else if (!strcmp(word, "crowded")) {
		l->crowded = set_yes(value);
	} else if (!strcmp(word, "type")) {
		l->type = strcmp(value, "infiniband") ? ARPHRD_ETHER : ARPHRD_INFINIBAND;
		l->addr_len = l->type == ARPHRD_INFINIBAND ? 20 : 6;
	} else if (!strcmp(word, "port")) {
		fake_copy(l->port, sizeof(l->port), value);
	} else if (!strcmp(word, "altname")) {
		add_altname(l, value);
	} else if (!strcmp(word, "up")) {
		set_up(w, l, set_yes(value));
	} else if (!strcmp(word, "promisc")) {
		set_flag(l, IFF_PROMISC, set_yes(value));
	} else if (!strcmp(word, "noarp")) {
		set_flag(l, IFF_NOARP, set_yes(value));
	} else if (!strcmp(word, "addr")) {
		add_addr(w, link, value);
	} else if (!strcmp(word, "noaddr")) {
		del_addr(w, link, value);
	} else if (!strcmp(word, "noroute")) {
		del_route(w, link, value);
	} else if (!strcmp(word, "netns")) {
		move_link(w, link, value);
	} else if (!set_stacked(w, link, word, value) && !attrs_set(&l->attrs, word, value)) {
		fake_fatal("set link: %s", word);
	}
}

/* "once", "lost", "never", or after so many looks */
static void set_gids(struct fake_rdma *d, const char *value)
{
	d->gids = !strcmp(value, "once")  ? GIDS_AT_ONCE :
		  !strcmp(value, "lost")  ? GIDS_LOST :
		  !strcmp(value, "never") ? GIDS_NEVER :
					    GIDS_LATE;
	if (d->gids == GIDS_LATE)
		d->gid_looks = (unsigned)set_number(value);
}

static void set_rdma(struct fake_world *w, const char *name, char *word)
{
	const char *value = set_split(word);

	for (int i = 0; i < FAKE_RDMA_MAX; i++) {
		struct fake_rdma *d = &w->rdmas[i];

		if (!d->used || strcmp(d->dev.name, name))
			continue;
		if (!strcmp(word, "name"))
			fake_copy(d->dev.name, sizeof(d->dev.name), value);
		else if (!strcmp(word, "uverbs"))
			d->uverbs = strcmp(value, "none") ? (int)set_number(value) : -1;
		else if (!strcmp(word, "umad"))
			d->umad = (int)set_number(value);
		else if (!strcmp(word, "gids"))
			set_gids(d, value);
		else if (!strcmp(word, "index"))
			d->dev.index = (uint32_t)set_number(value);
		else if (!strcmp(word, "guid"))
			d->dev.node_guid = set_number(value);
		else if (!strcmp(word, "protocol"))
			fake_copy(d->dev.protocol, sizeof(d->dev.protocol), value);
		else if (!strcmp(word, "netns"))
			d->ns = set_find_netns(w, value);
		else
			fake_fatal("set rdma/%s: %s", name, word);
		return;
	}
	fake_fatal("no RDMA device is named %s", name);
}

/* The link's name is what follows the last slash; the namespace may be a path. */
static int find_link(const struct fake_world *w, const char *object, const char *slash)
{
	char ns[FAKE_PATH_MAX];
	int link;

	(void)snprintf(ns, sizeof(ns), "%.*s", (int)(slash - object), object);
	link = link_by_name(w, set_find_netns(w, ns), slash + 1, NONE);
	if (link == NONE)
		fake_fatal("no interface is named %s", object);
	return link;
}

void set_object(struct fake_world *w, const char *object, char **words)
{
	const char *slash = strrchr(object, '/');
	int link = NONE;

	if (slash && strncmp(object, "rdma/", 5))
		link = find_link(w, object, slash);
	for (; *words; words++) {
		if (!strcmp(object, "node"))
			set_node(w, *words);
		else if (!slash)
			set_fn(w, set_find_fn(w, object), *words);
		else if (link == NONE)
			set_rdma(w, slash + 1, *words);
		else
			set_link(w, link, *words);
	}
}
