// SPDX-License-Identifier: Apache-2.0
/*
 * link_set(): do_setlink() in its fixed order, namespace, MAC, MTU, name,
 * flags, keeping what was done when a later step fails (rdma-kernel.md 4.3).
 */
#include <stdio.h>
#include <string.h>

#include "world.h"

/* "dev%d": the lowest number that is free; anything else stays as it is */
static int expand_name(const struct fake_world *w, int ns, const char *pattern,
		       char ret[static IFNAMSIZ])
{
	const char *percent = strstr(pattern, "%d");

	if (!percent)
		return str_copy(ret, IFNAMSIZ, pattern) ? -EINVAL : 0;
	for (int i = 0; i < FAKE_LINK_MAX; i++)
		if (!str_printf(ret, IFNAMSIZ, "%.*s%d%s", (int)(percent - pattern), pattern, i,
				percent + 2) &&
		    link_by_name(w, ns, ret, NONE) == NONE)
			return 0;
	return -ENFILE;
}

static bool altnames_clash(const struct fake_world *w, int link, int to)
{
	const struct fake_link *l = &w->links[link];

	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (l->altnames[i][0] && link_by_name(w, to, l->altnames[i], link) != NONE)
			return true;
	return false;
}

int link_move(struct fake_world *w, int link, int to, const char *pattern)
{
	struct fake_link *l = &w->links[link];
	char name[IFNAMSIZ];

	fake_copy(name, sizeof(name), l->name);
	if (link_by_name(w, to, l->name, link) != NONE) {
		/* Only a name that is taken makes the kernel look at the wanted one now. */
		if (!pattern || expand_name(w, to, pattern, name) ||
		    link_by_name(w, to, name, NONE) != NONE)
			return -EEXIST;
	}
	if (altnames_clash(w, link, to))
		return -EEXIST;
	link_down(w, l);
	link_detach(w, link);
	if (link_index(w, to, l->ifindex) != NONE)
		l->ifindex = link_new_ifindex(w, to);
	l->ns = to;
	/* ipv6_add_dev(): an interface without ARP needs no detection of duplicates, then and for ever */
	l->attrs.accept_dad = l->flags & IFF_NOARP ? -1 : 1;
	memcpy(l->name, name, sizeof(l->name));
	return 0;
}

static int set_mac(struct fake_world *w, struct fake_link *l, const struct mac *mac)
{
	const struct fake_fn *fn = l->fn == NONE ? NULL : &w->fns[l->fn];

	if (!mac_is_unicast(mac))
		return -EADDRNOTAVAIL;
	if (mac_equal(&l->mac, mac))
		return 0;
	/* The PF has the last word over an untrusted VF. */
	if (fn && fn->pf != NONE && !mac_is_zero(&fn->attrs.mac) &&
	    !mac_equal(&fn->attrs.mac, mac) && !fn->attrs.trust)
		return -EPERM;
	l->mac_reads = 0;
	if (w->mac_mode == MAC_ASKED && fn) {
		l->mac_next = *mac;
		l->mac_reads = w->mac_reads;
	} else {
		l->mac = *mac;
	}
	return 0;
}

static int set_mtu(struct fake_link *l, uint32_t mtu)
{
	if (mtu < l->min_mtu || (l->max_mtu && mtu > l->max_mtu))
		return -EINVAL;
	l->mtu = mtu;
	return 0;
}

static int set_name(struct fake_world *w, int link, const char *wish)
{
	struct fake_link *l = &w->links[link];
	char name[IFNAMSIZ];
	int r;

	if (!strcmp(l->name, wish))
		return 0;
	r = expand_name(w, l->ns, wish, name);
	if (r)
		return r;
	/* Its own alternative names count as taken, too. */
	if (link_by_name(w, l->ns, name, NONE) != NONE)
		return -EEXIST;
	memcpy(l->name, name, sizeof(l->name));
	return 0;
}

static void set_flags(struct fake_world *w, struct fake_link *l, const struct link_change *c)
{
	const struct fake_fn *fn = l->fn == NONE ? NULL : &w->fns[l->fn];
	uint32_t was = l->flags;

	l->flags = (l->flags & ~c->flags_mask) | (c->flags & c->flags_mask);
	if ((was & IFF_UP) && !(l->flags & IFF_UP))
		link_down(w, l);
	if (!(was & IFF_UP) && (l->flags & IFF_UP) &&
	    (!fn || fn->pf == NONE || fn->attrs.link_state != VF_LINK_DISABLE)) {
		l->flags |= IFF_RUNNING | LOWER_UP;
		l->operstate = OPER_UP;
	}
}

static int change_netns(struct fake_world *w, int link, const struct link_change *c)
{
	int to = ns_of_fd(c->netns_fd);

	if (to < 0)
		return to;
	/* To where it is: the kernel does nothing. */
	return to == w->links[link].ns ? 0 : link_move(w, link, to, c->name);
}

/* @call may end it between any two steps, as a driver does. */
static int change(struct fake_call *call, struct fake_world *w, int link,
		  const struct link_change *c)
{
	struct fake_link *l = &w->links[link];
	int r = 0;

	if (c->netns_fd != -1)
		r = change_netns(w, link, c);
	if (!r && c->netns_fd != -1)
		r = fake_stage(call, "after netns");
	if (!r && c->mac)
		r = set_mac(w, l, c->mac);
	if (!r && c->mac)
		r = fake_stage(call, "after mac");
	if (!r && c->mtu)
		r = set_mtu(l, c->mtu);
	if (!r && c->mtu)
		r = fake_stage(call, "after mtu");
	if (!r && c->name)
		r = set_name(w, link, c->name);
	if (!r && c->name)
		r = fake_stage(call, "after name");
	if (r)
		return r;
	set_flags(w, l, c);
	l->arp_notify |= c->arp_notify;
	return 0;
}

/* What a message asks for, for the log: a reader of a failing case wants to see it. */
static const char *describe(const struct link_change *c, char buf[static 96])
{
	(void)snprintf(buf, 96, "%s%s%s%s%s%s", c->netns_fd != -1 ? "netns " : "",
		       c->mac ? "mac " : "", c->mtu ? "mtu " : "", c->name ? "name " : "",
		       c->name ? c->name : "", c->flags_mask ? " flags" : "");
	return buf;
}

int link_set(struct nl *nl, int ifindex, const struct link_change *c, struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_call call;
	char what[96];
	int link, r;

	r = link_enter(&call, "link.set", nl, ifindex);
	fake_note(&call, describe(c, what));
	if (r >= 0) {
		link = link_index(w, r, ifindex);
		held_vf(w, link == NONE ? NONE : w->links[link].fn);
		r = link == NONE ? -ENODEV : change(&call, w, link, c);
	}
	return fake_errno(e, fake_leave(&call, r), "interface %d: set %s", ifindex, what);
}
