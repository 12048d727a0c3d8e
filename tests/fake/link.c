// SPDX-License-Identifier: Apache-2.0
/* kernel/link.h but for link_set(), which is in move.c. */
#include "kernel/link.h"

#include <string.h>

#include "world.h"

/* What link_wait() lets pass between two looks. */
enum { WAIT_STEP_MS = 5 };

static bool has_altname(const struct fake_link *l, const char *name)
{
	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (l->altnames[i][0] && !strcmp(l->altnames[i], name))
			return true;
	return false;
}

int link_index(const struct fake_world *w, int ns, int ifindex)
{
	for (int i = 0; i < FAKE_LINK_MAX; i++)
		if (w->links[i].used && w->links[i].ns == ns && w->links[i].ifindex == ifindex)
			return i;
	return NONE;
}

int link_by_name(const struct fake_world *w, int ns, const char *name, int but)
{
	for (int i = 0; i < FAKE_LINK_MAX; i++) {
		const struct fake_link *l = &w->links[i];

		if (i != but && l->used && l->ns == ns &&
		    (!strcmp(l->name, name) || has_altname(l, name)))
			return i;
	}
	return NONE;
}

int link_of_fn(const struct fake_world *w, int fn)
{
	for (int i = 0; i < FAKE_LINK_MAX; i++)
		if (w->links[i].used && w->links[i].fn == fn)
			return i;
	return NONE;
}

int link_new_ifindex(struct fake_world *w, int ns)
{
	int *last = &w->netns[ns].last_ifindex;

	do
		++*last;
	while (link_index(w, ns, *last) != NONE);
	return *last;
}

void link_down(struct fake_world *w, struct fake_link *l)
{
	l->flags &= ~(uint32_t)(IFF_UP | IFF_RUNNING | LOWER_UP);
	l->operstate = OPER_DOWN;
	/* A driver that takes the administrative MAC when it is reset (igbvf). */
	if (w->mac_mode == MAC_AT_DOWN && l->mac_reads) {
		l->mac = l->mac_next;
		l->mac_reads = 0;
	}
}

/* What goes when an interface leaves its namespace: addresses, routes, sysctls, its master. */
void link_detach(struct fake_world *w, int link)
{
	for (int i = 0; i < FAKE_ADDR_MAX; i++)
		if (w->addrs[i].used && w->addrs[i].link == link)
			w->addrs[i] = (struct fake_addr){ .used = false };
	for (int i = 0; i < FAKE_ROUTE_MAX; i++)
		if (w->routes[i].used && w->routes[i].link == link)
			w->routes[i] = (struct fake_route){ .used = false };
	for (int i = 0; i < FAKE_SYSCTL_MAX; i++)
		if (w->sysctls[i].used && w->sysctls[i].link == link)
			w->sysctls[i] = (struct fake_sysctl){ .used = false };
	for (int i = 0; i < FAKE_LINK_MAX; i++)
		if (w->links[i].used && w->links[i].ns == w->links[link].ns &&
		    w->links[i].master == w->links[link].ifindex)
			w->links[i].master = 0;
	w->links[link].master = 0;
	w->links[link].arp_notify = false;
}

/* The device where there is one: "for ever" must follow it through namespaces and names. */
const char *link_label(const struct fake_world *w, int link)
{
	return w->links[link].fn == NONE ? w->links[link].name : fn_name(w, w->links[link].fn);
}

/* Each look lets a slow driver come one step nearer to its new MAC. */
static void show(struct fake_world *w, struct fake_link *l, struct link *ret)
{
	if ((w->mac_mode == MAC_DELAYED || w->mac_mode == MAC_ASKED) && l->mac_reads &&
	    !--l->mac_reads)
		l->mac = l->mac_next;
	*ret = (struct link){
		.ifindex = l->ifindex,
		.mac = l->addr_len == 6 ? l->mac : (struct mac){ .b = { 0 } },
		.addr_len = l->addr_len,
		.type = l->type,
		.flags = l->flags,
		.mtu = l->mtu,
		.min_mtu = l->min_mtu,
		.max_mtu = l->max_mtu,
		.operstate = l->operstate,
		.master = l->master,
		.attrs = l->attrs,
	};
	memcpy(ret->name, l->name, sizeof(ret->name));
	if (l->lower != NONE && w->links[l->lower].ns == l->ns)
		ret->lower = w->links[l->lower].ifindex;
	if (w->no_ipv6)
		ret->attrs.have &= ~(unsigned)LINK_ACCEPT_DAD;
	if (l->fn != NONE && !w->no_parent)
		memcpy(ret->parent, w->fns[l->fn].id.name, sizeof(ret->parent));
	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (l->altnames[i][0] && ret->n_altnames < LINK_ALTNAMES_MAX)
			memcpy(ret->altnames[ret->n_altnames++], l->altnames[i], LINK_ALTNAME_MAX);
}

int link_show(int link, struct link *ret)
{
	if (link == NONE)
		return -ENODEV;
	show(fake_get(), &fake_get()->links[link], ret);
	return 0;
}

int link_enter(struct fake_call *c, const char *kind, const struct nl *nl, int ifindex)
{
	const struct fake_world *w = fake_get();
	int link = link_index(w, nl->ns, ifindex);
	int r = fake_enter(c, kind, "%s", link == NONE ? "?" : link_label(w, link));

	if (nl->family != NL_ROUTE)
		fake_fatal("%s on a socket of another family", kind);
	return r ? r : nl_ns(w, nl);
}

int link_get(struct nl *nl, int ifindex, struct link *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = link_enter(&c, "link.get", nl, ifindex);

	if (r >= 0)
		r = link_show(link_index(w, r, ifindex), ret);
	return fake_errno(e, fake_leave(&c, r), "interface %d", ifindex);
}

int link_find(struct nl *nl, const char *name, struct link *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "link.find", "%s %s", w->netns[nl->ns].label, name);

	if (!r)
		r = nl_ns(w, nl);
	if (r >= 0)
		r = link_show(link_by_name(w, r, name, NONE), ret);
	return fake_errno(e, fake_leave(&c, r), "interface %s", name);
}

static int find_parent(const struct fake_world *w, int ns, const struct devid *parent)
{
	int best = NONE;

	for (int i = 0; i < FAKE_LINK_MAX; i++) {
		const struct fake_link *l = &w->links[i];

		if (l->used && l->ns == ns && l->fn != NONE && !w->no_parent &&
		    devid_equal(&w->fns[l->fn].id, parent) &&
		    (best == NONE || l->ifindex < w->links[best].ifindex))
			best = i;
	}
	return best;
}

int link_find_parent(struct nl *nl, const struct devid *parent, struct link *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "link.parent", "%s %s", w->netns[nl->ns].label, parent->name);

	if (!r)
		r = nl_ns(w, nl);
	if (r >= 0)
		r = link_show(find_parent(w, r, parent), ret);
	return fake_errno(e, fake_leave(&c, r), "interface of %s", parent->name);
}

static int add_altname(struct fake_world *w, int ns, int ifindex, const char *name)
{
	int link = link_index(w, ns, ifindex);

	if (link == NONE)
		return -ENODEV;
	if (link_by_name(w, ns, name, NONE) != NONE)
		return -EEXIST;
	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (!w->links[link].altnames[i][0])
			return str_copy(w->links[link].altnames[i], LINK_ALTNAME_MAX, name);
	fake_fatal("an interface has more than %d alternative names", FAKE_ALTNAMES_MAX);
}

static int del_altname(struct fake_world *w, int ns, int ifindex, const char *name)
{
	int link = link_index(w, ns, ifindex);

	if (link == NONE)
		return -ENODEV;
	for (int i = 0; i < FAKE_ALTNAMES_MAX; i++)
		if (!strcmp(w->links[link].altnames[i], name)) {
			memset(w->links[link].altnames[i], 0, LINK_ALTNAME_MAX);
			return 0;
		}
	return -ENOENT;
}

int link_add_altname(struct nl *nl, int ifindex, const char *altname, struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_call c;
	int r = link_enter(&c, "link.altname+", nl, ifindex);

	if (r >= 0)
		r = add_altname(w, r, ifindex, altname);
	return fake_errno(e, fake_leave(&c, r), "add alternative name %s", altname);
}

int link_del_altname(struct nl *nl, int ifindex, const char *altname, struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_call c;
	int r = link_enter(&c, "link.altname-", nl, ifindex);

	if (r >= 0)
		r = del_altname(w, r, ifindex, altname);
	return fake_errno(e, fake_leave(&c, r), "delete alternative name %s", altname);
}

static void find_uppers(const struct fake_world *w, int ns, int lower, struct link_uppers *ret)
{
	*ret = (struct link_uppers){ 0 };
	for (int i = 0; i < FAKE_LINK_MAX && ret->n < LINK_UPPERS_MAX; i++)
		if (lower != NONE && w->links[i].used && w->links[i].ns == ns &&
		    w->links[i].lower == lower)
			ret->ifindex[ret->n++] = w->links[i].ifindex;
}

int link_find_uppers(struct nl *nl, int ifindex, struct link_uppers *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = link_enter(&c, "link.uppers", nl, ifindex);

	if (r >= 0) {
		find_uppers(w, r, link_index(w, r, ifindex), ret);
		r = 0;
	}
	return fake_errno(e, fake_leave(&c, r), "interfaces on top of %d", ifindex);
}

static int delete_link(struct fake_world *w, int link)
{
	if (link == NONE)
		return -ENODEV;
	if (w->links[link].fn != NONE)
		return -EOPNOTSUPP;
	link_detach(w, link);
	w->links[link] = (struct fake_link){ .used = false };
	return 0;
}

int link_delete(struct nl *nl, int ifindex, struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_call c;
	int r = link_enter(&c, "link.delete", nl, ifindex);

	if (r >= 0)
		r = delete_link(w, link_index(w, r, ifindex));
	return fake_errno(e, fake_leave(&c, r), "delete interface %d", ifindex);
}

/* Look, let time pass, look again: what a person with a stop watch would see of the real one. */
static int watch(struct fake_world *w, int ns, int ifindex,
		 bool (*done)(const struct link *l, const void *arg), const void *arg,
		 unsigned timeout_ms, struct link *ret)
{
	uint64_t deadline = w->now + timeout_ms;

	for (;;) {
		int link = link_index(w, ns, ifindex);

		if (link == NONE)
			return -ENODEV;
		show(w, &w->links[link], ret);
		if (done(ret, arg))
			return 0;
		if (w->now >= deadline)
			return -ETIMEDOUT;
		fake_advance(w, WAIT_STEP_MS);
	}
}

int link_wait(struct netns *in, const struct netns *home, int ifindex,
	      bool (*done)(const struct link *l, const void *arg), const void *arg,
	      unsigned timeout_ms, struct link *ret, struct err *e)
{
	int ns = in ? ns_of_fd(in->fd) : ns_current();
	struct fake_world *w = fake_get();
	struct fake_call c;
	int link, r;

	if (in && ns_of_fd(home->fd) != HOST)
		fake_fatal("link_wait() cannot come back home");
	link = ns < 0 ? NONE : link_index(w, ns, ifindex);
	r = fake_enter(&c, "link.wait", "%s", link == NONE ? "?" : link_label(w, link));
	if (!r)
		r = ns < 0 ? -ENODEV : watch(w, ns, ifindex, done, arg, timeout_ms, ret);
	return fake_errno(e, fake_leave(&c, r), "wait for interface %d", ifindex);
}
