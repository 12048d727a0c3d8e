// SPDX-License-Identifier: Apache-2.0
#include "kernel/link.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/node.h"
#include "kernel/wire.h"

/* Statistics cost a firmware command per VF in some drivers (mlx5) and nobody here reads them. */
static const uint32_t ext_mask = RTEXT_FILTER_SKIP_STATS;

static int see_link(uint16_t type, const void *data, size_t len, unused const void *want, void *ret,
		    struct err *e)
{
	struct link l;

	if (type != RTM_NEWLINK || read_link(data, len, &l))
		return err_set(e, EBADMSG, "malformed link message");
	*(struct link *)ret = l;
	return 0;
}

static int query_link(struct nl *nl, int ifindex, const char *name, struct link *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_getlink(ifindex, name, ext_mask);
	struct link l = { 0 };
	struct nl_query q = { .each = see_link, .ret = &l, .size = sizeof(l) };
	int r;

	if (!m)
		return nl_msg_full(e);
	r = nl_get(nl, m, &q, e);
	if (!r)
		*ret = l;
	return r;
}

int link_get(struct nl *nl, int ifindex, struct link *ret, struct err *e)
{
	int r = query_link(nl, ifindex, NULL, ret, e);

	return r ? err_wrap(e, "get interface %d", ifindex) : 0;
}

int link_find(struct nl *nl, const char *name, struct link *ret, struct err *e)
{
	int r = query_link(nl, 0, name, ret, e);

	return r ? err_wrap(e, "get interface %s", name) : 0;
}

static int match_parent(uint16_t type, const void *data, size_t len, const void *want, void *ret,
			struct err *e)
{
	const struct devid *parent = want;
	struct link *best = ret, l;

	if (type != RTM_NEWLINK || read_link(data, len, &l))
		return err_set(e, EBADMSG, "malformed link message");
	if (!strcmp(l.parent, parent->name) && (!best->ifindex || l.ifindex < best->ifindex))
		*best = l;
	return 0;
}

int link_find_parent(struct nl *nl, const struct devid *parent, struct link *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_getlink(0, NULL, ext_mask);
	struct link best = { 0 };
	struct nl_query q = {
		.each = match_parent, .want = parent, .ret = &best, .size = sizeof(best)
	};
	int r;

	if (!m)
		return nl_msg_full(e);
	r = nl_get_all(nl, m, &q, e);
	if (r)
		return err_wrap(e, "list interfaces");
	if (!best.ifindex)
		return err_set(e, ENODEV, "no interface of device %s", parent->name);
	*ret = best;
	return 0;
}

/* What a failed change was about: the move if it was one, since the kernel does that first. */
static void describe(int ifindex, const struct link_change *c, char *buf, size_t size)
{
	char mac[MAC_STR_MAX], set[64] = "";
	int n = 0;

	if (c->mac)
		n = snprintf(set, sizeof(set), " mac %s", mac_format(c->mac, mac));
	if (c->mtu)
		(void)snprintf(set + n, sizeof(set) - (size_t)n, " mtu %u", c->mtu);
	(void)snprintf(buf, size, "%s interface %d%s%s%s%s",
		       c->netns_fd >= 0 ? "move" :
		       c->name		? "rename" :
					  "set",
		       ifindex, c->name ? " to " : "", c->name ? c->name : "", set,
		       !(c->flags_mask & IFF_UP) ? "" :
		       c->flags & IFF_UP	 ? " up" :
						   " down");
}

int link_set(struct nl *nl, int ifindex, const struct link_change *c, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_setlink(ifindex, c);
	char what[128];

	if (!m)
		return nl_msg_full(e);
	if (!nl_call(nl, m, e))
		return 0;
	describe(ifindex, c, what, sizeof(what));
	return err_wrap(e, "%s", what);
}

static int change_altname(struct nl *nl, int type, int ifindex, const char *altname, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_altname(type, ifindex, altname);

	if (!m)
		return nl_msg_full(e);
	if (!nl_call(nl, m, e))
		return 0;
	return err_wrap(e, "%s alternative name %s of interface %d",
			type == RTM_NEWLINKPROP ? "add" : "delete", altname, ifindex);
}

int link_add_altname(struct nl *nl, int ifindex, const char *altname, struct err *e)
{
	return change_altname(nl, RTM_NEWLINKPROP, ifindex, altname, e);
}

int link_del_altname(struct nl *nl, int ifindex, const char *altname, struct err *e)
{
	return change_altname(nl, RTM_DELLINKPROP, ifindex, altname, e);
}

int link_set_attrs(struct nl *nl, int ifindex, const struct link_attrs *a, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_link_attrs(ifindex, a);

	if (!m)
		return nl_msg_full(e);
	return nl_call(nl, m, e) ? err_wrap(e, "set attributes of interface %d", ifindex) : 0;
}

static int match_lower(uint16_t type, const void *data, size_t len, const void *want, void *ret,
		       struct err *e)
{
	struct link_uppers *uppers = ret;
	struct link l;

	if (type != RTM_NEWLINK || read_link(data, len, &l))
		return err_set(e, EBADMSG, "malformed link message");
	if (l.lower == *(const int *)want && uppers->n < LINK_UPPERS_MAX)
		uppers->ifindex[uppers->n++] = l.ifindex;
	return 0;
}

int link_find_uppers(struct nl *nl, int ifindex, struct link_uppers *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_getlink(0, NULL, ext_mask);
	struct link_uppers uppers = { 0 };
	struct nl_query q = {
		.each = match_lower, .want = &ifindex, .ret = &uppers, .size = sizeof(uppers)
	};
	int r;

	if (!m)
		return nl_msg_full(e);
	r = nl_get_all(nl, m, &q, e);
	if (r)
		return err_wrap(e, "list interfaces");
	*ret = uppers;
	return 0;
}

int link_delete(struct nl *nl, int ifindex, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_dellink(ifindex);

	if (!m)
		return nl_msg_full(e);
	return nl_call(nl, m, e) ? err_wrap(e, "delete interface %d", ifindex) : 0;
}

int link_wait(struct netns *in, const struct netns *home, int ifindex,
	      bool (*done)(const struct link *l, const void *arg), const void *arg,
	      unsigned timeout_ms, struct link *ret, struct err *e)
{
	uint64_t deadline = node_now_ms() + timeout_ms;
	/* Two sockets: on one, an event could come between a question and its older answer. */
	cleanup(nl_shut) struct nl *events = NULL, *nl = NULL;
	int r = nl_open(NL_ROUTE, in, home, &events, e);

	if (!r)
		r = nl_subscribe(events, RTNLGRP_LINK, e);
	if (!r)
		r = nl_open(NL_ROUTE, in, home, &nl, e);
	/* Ends at the deadline at the latest: nl_wait_event() returns -ETIMEDOUT from then on. */
	while (!r) {
		r = link_get(nl, ifindex, ret, e);
		if (r || done(ret, arg))
			break;
		r = nl_wait_event(events, deadline, e);
		if (r)
			return err_wrap(e, "wait for interface %d", ifindex);
	}
	return r;
}
