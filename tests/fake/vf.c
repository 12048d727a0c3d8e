// SPDX-License-Identifier: Apache-2.0
/*
 * kernel/vf.h: attributes in do_setvfinfo()'s order, stopping at the first the
 * driver refuses and keeping what was applied (rdma-kernel.md 4.2).
 */
#include "kernel/vf.h"

#include <stdio.h>
#include <string.h>

#include "world.h"

enum { ETHERTYPE_8021Q = 0x8100, ETHERTYPE_8021AD = 0x88a8, VLAN_ID_MAX = 4094, VLAN_QOS_MAX = 7 };

/* The VF's own netdev learns of it when its driver feels like it. */
static void tell_vf(struct fake_world *w, int fn, const struct mac *mac)
{
	int link = link_of_fn(w, fn);

	if (link == NONE || mac_is_zero(mac))
		return;
	w->links[link].mac_next = *mac;
	switch (w->mac_mode) {
	case MAC_AT_ONCE:
		w->links[link].mac = *mac;
		break;
	case MAC_DELAYED:
		w->links[link].mac_reads = w->mac_reads;
		break;
	case MAC_AT_DOWN:
		w->links[link].mac_reads = 1;
		break;
	case MAC_AT_PROBE:
	case MAC_ASKED:
		break;
	}
}

static int set_mac(struct fake_world *w, int fn, const struct vf_attrs *a)
{
	if (a->mac.b[0] & 1)
		return -EINVAL;
	w->fns[fn].attrs.mac = a->mac;
	tell_vf(w, fn, &a->mac);
	return 0;
}

static int set_vlan(struct fake_world *w, int fn, const struct vf_attrs *a)
{
	struct vf_attrs *to = &w->fns[fn].attrs;

	if (a->vlan > VLAN_ID_MAX || a->qos > VLAN_QOS_MAX)
		return -EINVAL;
	if (a->vlan_proto != ETHERTYPE_8021Q && a->vlan_proto != ETHERTYPE_8021AD)
		return -EPROTONOSUPPORT;
	to->vlan = a->vlan;
	to->qos = a->qos;
	to->vlan_proto = a->vlan_proto;
	return 0;
}

static int set_rate(struct fake_world *w, int fn, const struct vf_attrs *a)
{
	if (a->max_tx_rate && a->max_tx_rate < a->min_tx_rate)
		return -EINVAL;
	w->fns[fn].attrs.min_tx_rate = a->min_tx_rate;
	w->fns[fn].attrs.max_tx_rate = a->max_tx_rate;
	return 0;
}

static int set_spoofchk(struct fake_world *w, int fn, const struct vf_attrs *a)
{
	w->fns[fn].attrs.spoofchk = a->spoofchk;
	return 0;
}

static int set_link_state(struct fake_world *w, int fn, const struct vf_attrs *a)
{
	w->fns[fn].attrs.link_state = a->link_state;
	return 0;
}

static int set_trust(struct fake_world *w, int fn, const struct vf_attrs *a)
{
	w->fns[fn].attrs.trust = a->trust;
	return 0;
}

static const struct {
	enum vf_attr bit;
	const char *name;
	int (*set)(struct fake_world *w, int fn, const struct vf_attrs *a);
} attrs[] = {
	{ VF_MAC, "mac", set_mac },
	{ VF_VLAN, "vlan", set_vlan },
	{ VF_RATE, "rate", set_rate },
	{ VF_SPOOFCHK, "spoofchk", set_spoofchk },
	{ VF_LINK_STATE, "link state", set_link_state },
	{ VF_TRUST, "trust", set_trust },
};

static int find_vf(const struct fake_world *w, int pf, unsigned vf)
{
	for (int i = 0; i < FAKE_FN_MAX; i++)
		if (w->fns[i].used && w->fns[i].pf == pf && w->fns[i].vf == vf)
			return i;
	return NONE;
}

/* The VF behind (ifindex of the PF, number): its function, or -errno */
static int resolve(const struct fake_world *w, int ns, int pf, unsigned vf)
{
	int link = link_index(w, ns, pf), fn;

	if (link == NONE || w->links[link].fn == NONE)
		return -ENODEV;
	fn = find_vf(w, w->links[link].fn, vf);
	return fn == NONE ? -EINVAL : fn;
}

static int vf_enter(struct fake_call *c, const char *kind, const struct nl *nl, int pf, unsigned vf)
{
	const struct fake_world *w = fake_get();
	int fn = resolve(w, nl->ns, pf, vf), r;

	if (nl->family != NL_ROUTE)
		fake_fatal("%s on a socket of another family", kind);
	r = fake_enter(c, kind, "%s", fn < 0 ? "?" : fn_name(w, fn));
	if (!r)
		r = nl_ns(w, nl);
	return r < 0 ? r : resolve(w, nl->ns, pf, vf);
}

int vf_get(struct nl *nl, int pf, unsigned vf, struct vf_attrs *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = vf_enter(&c, "vf.get", nl, pf, vf);

	/* Beyond the last VF, or left out: the PF's answer just does not have it. */
	if ((r == -EINVAL && !c.hit) || (r >= 0 && w->fns[r].silent) ||
	    (r >= 0 && w->links[link_index(w, nl->ns, pf)].blind))
		r = -ENODATA;
	if (r >= 0 && w->links[link_index(w, nl->ns, pf)].crowded)
		r = -EMSGSIZE;
	if (r >= 0) {
		*ret = w->fns[r].attrs;
		r = 0;
	}
	return fake_errno(e, fake_leave(&c, r), "PF interface %d: VF %u", pf, vf);
}

int vf_find(struct nl *nl, const char *pf, unsigned vf, struct link *ret, struct vf_attrs *ret_vf,
	    struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "vf.find", "%s %s", w->netns[nl->ns].label, pf), link = NONE, fn;

	if (!r)
		r = nl_ns(w, nl);
	if (r >= 0) {
		link = link_by_name(w, r, pf, NONE);
		r = link_show(link, ret);
	}
	if (!r && w->links[link].crowded)
		r = -EMSGSIZE;
	*ret_vf = (struct vf_attrs){ 0 };
	fn = r ? NONE : resolve(w, nl->ns, ret->ifindex, vf);
	if (fn >= 0 && !w->fns[fn].silent && !w->links[link].blind)
		*ret_vf = w->fns[fn].attrs;
	return fake_errno(e, fake_leave(&c, r), "PF interface %s: VF %u", pf, vf);
}

static int apply(struct fake_call *c, struct fake_world *w, int fn, const struct vf_attrs *a)
{
	if (!a->have)
		return -EINVAL;
	for (size_t i = 0; i < array_size(attrs); i++) {
		int r = 0;

		if (!(a->have & attrs[i].bit))
			continue;
		r = fake_stage(c, attrs[i].name);
		if (!r && (w->fns[fn].refuse & attrs[i].bit))
			r = -EOPNOTSUPP;
		if (!r)
			r = attrs[i].set(w, fn, a);
		if (r)
			return r;
	}
	return 0;
}

static void note(struct fake_call *c, const struct vf_attrs *a)
{
	char text[96] = "";

	for (size_t i = 0; i < array_size(attrs); i++)
		if (a->have & attrs[i].bit) {
			size_t n = strlen(text);

			(void)snprintf(text + n, sizeof(text) - n, " %s", attrs[i].name);
		}
	fake_note(c, text);
}

int vf_set(struct nl *nl, int pf, unsigned vf, const struct vf_attrs *a, struct err *e)
{
	struct fake_world *w = fake_get();
	struct fake_call c;
	int r = vf_enter(&c, "vf.set", nl, pf, vf);

	note(&c, a);
	if (r >= 0)
		held_vf(w, r);
	if (r >= 0)
		r = apply(&c, w, r, a);
	return fake_errno(e, fake_leave(&c, r), "PF interface %d: VF %u: set%s", pf, vf, c.note);
}
