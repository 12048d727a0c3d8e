// SPDX-License-Identifier: Apache-2.0
#include "props.h"

#include <net/if.h>
#include <string.h>

#include "base/log.h"
#include "kernel/node.h"
#include "kernel/sysctl.h"
#include "world.h"

enum { GROUP_VF = 1, GROUP_NETDEV };

enum {
	/* i40e and ice reset a VF when its MAC or VLAN changes, and refuse meanwhile. */
	BUSY_WAIT_MS = 2000,
	BUSY_STEP_MS = 20,
};

/* --- the VF through its PF ------------------------------------------------ */

static int get_vf(struct world *w, enum vf_attr bit, struct err *e)
{
	int r = world_get_vf(w, e);

	if (!r && !(w->vf.have & bit))
		return err_set(e, ENODATA, "driver of PF %s does not tell it", w->pf_name);
	return r;
}

static int get_vf_mac(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_MAC, e);

	if (!r)
		*ret = value_mac(&w->vf.mac);
	return r;
}

static int get_vf_vlan(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_VLAN, e);

	if (!r)
		*ret = value_numbers(w->vf.vlan, w->vf.qos, w->vf.vlan_proto);
	return r;
}

static int get_vf_rate(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_RATE, e);

	if (!r)
		*ret = value_numbers(w->vf.min_tx_rate, w->vf.max_tx_rate, 0);
	return r;
}

static int get_vf_spoofchk(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_SPOOFCHK, e);

	if (!r)
		*ret = value_bool(w->vf.spoofchk);
	return r;
}

static int get_vf_trust(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_TRUST, e);

	if (!r)
		*ret = value_bool(w->vf.trust);
	return r;
}

static int get_vf_link_state(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_LINK_STATE, e);

	if (!r)
		*ret = value_number(w->vf.link_state);
	return r;
}

/* Add one property's value to the attributes of a message. */
typedef void vf_put(struct vf_attrs *a, const struct value *v);

static void put_mac(struct vf_attrs *a, const struct value *v)
{
	a->have |= VF_MAC;
	a->mac = v->mac;
}

static void put_vlan(struct vf_attrs *a, const struct value *v)
{
	a->have |= VF_VLAN;
	a->vlan = (uint16_t)v->numbers[0];
	a->qos = (uint8_t)v->numbers[1];
	a->vlan_proto = (uint16_t)v->numbers[2];
}

static void put_rate(struct vf_attrs *a, const struct value *v)
{
	a->have |= VF_RATE;
	a->min_tx_rate = v->numbers[0];
	a->max_tx_rate = v->numbers[1];
}

static void put_spoofchk(struct vf_attrs *a, const struct value *v)
{
	a->have |= VF_SPOOFCHK;
	a->spoofchk = v->yes;
}

static void put_trust(struct vf_attrs *a, const struct value *v)
{
	a->have |= VF_TRUST;
	a->trust = v->yes;
}

static void put_link_state(struct vf_attrs *a, const struct value *v)
{
	a->have |= VF_LINK_STATE;
	a->link_state = (enum vf_link_state)v->number;
}

static int write_vf(struct world *w, const struct vf_attrs *a, struct err *e)
{
	uint64_t deadline = node_now_ms() + BUSY_WAIT_MS;
	int r;

	do {
		r = vf_set(w->host, w->pf, w->fn.vf, a, e);
		if (r != -EBUSY && r != -EAGAIN)
			break;
		node_sleep_ms(BUSY_STEP_MS);
	} while (node_now_ms() < deadline);
	world_vf_changed(w);
	/* some drivers hand the MAC on to the VF's interface */
	if (a->have & VF_MAC)
		world_link_changed(w);
	return r ? err_wrap(e, "PF %s vf %u", w->pf_name, w->fn.vf) : 0;
}

static int set_vf(struct world *w, vf_put *put, const struct value *to, struct err *e)
{
	struct vf_attrs a = { 0 };

	put(&a, to);
	return write_vf(w, &a, e);
}

static int set_vf_mac(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_mac, to, e);
}

static int set_vf_vlan(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_vlan, to, e);
}

static int set_vf_rate(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_rate, to, e);
}

static int set_vf_spoofchk(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_spoofchk, to, e);
}

static int set_vf_trust(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_trust, to, e);
}

static int set_vf_link_state(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_link_state, to, e);
}

/* --- the interface --------------------------------------------------------- */

/* The flags that anybody may set and that survive a change of namespace. */
static const uint32_t flags_mask =
	IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_NOARP | IFF_MULTICAST | IFF_DEBUG;

static struct nl *link_socket(const struct world *w)
{
	return w->at_home ? w->host : w->inpod;
}

static int get_place(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = w->at_home ? place_home(w->link.name) : place_pod(&w->pod, w->link.name);
	return r;
}

static int get_netdev_mac(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = value_mac(&w->link.mac);
	return r;
}

static int get_mtu(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = value_number(w->link.mtu);
	return r;
}

static int get_flags(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = value_number(w->link.flags & flags_mask);
	return r;
}

static int get_altnames(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (r)
		return r;
	*ret = (struct value){ .type = VALUE_NAMES };
	for (size_t i = 0; i < w->link.n_altnames; i++)
		memcpy(ret->names.name[ret->names.n++], w->link.altnames[i], LINK_ALTNAME_MAX);
	return 0;
}

static bool wants_name(const struct value_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->name[i], name))
			return true;
	return false;
}

static bool has_altname(const struct link *l, const char *name)
{
	for (size_t i = 0; i < l->n_altnames; i++)
		if (!strcmp(l->altnames[i], name))
			return true;
	return false;
}

static int set_altnames(struct world *w, const struct value *to, struct err *e)
{
	int r = world_get_link(w, e);
	struct link l = w->link;

	world_link_changed(w);
	for (size_t i = 0; i < l.n_altnames && !r; i++)
		if (!wants_name(&to->names, l.altnames[i]))
			r = link_del_altname(link_socket(w), l.ifindex, l.altnames[i], e);
	for (size_t i = 0; i < to->names.n && !r; i++) {
		if (has_altname(&l, to->names.name[i]))
			continue;
		r = link_add_altname(link_socket(w), l.ifindex, to->names.name[i], e);
		if (r == -EEXIST) {
			log_warn("alternative name %s is taken now, left off", to->names.name[i]);
			r = 0;
		}
	}
	return r;
}

static int write_link(struct world *w, const struct link_change *c, struct err *e)
{
	int r = link_set(link_socket(w), w->link.ifindex, c, e);

	world_link_changed(w);
	return r;
}

/*
 * The old name is taken at home: some other interface got it while this one was
 * away. The device comes home all the same, under a name of the kernel's choice;
 * staying in the pod's namespace, or in the way as "net1", would be worse.
 */
static int accept_other_name(struct world *w, const char *wanted, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	int r = world_get_link(w, e);

	if (r)
		return r;
	if (!w->at_home)
		c.netns_fd = w->pod.home.fd;
	c.name = "dev%d";
	r = write_link(w, &c, e);
	if (!r)
		log_warn("name %s is taken on the host, %s came back under another name", wanted,
			 w->fn.id.name);
	return r;
}

/* Names that the pod gave, or that could clash on arrival, stay behind. */
static int drop_altnames(struct world *w, struct err *e)
{
	const struct value none = { .type = VALUE_NAMES };

	return w->link.n_altnames ? set_altnames(w, &none, e) : 0;
}

/*
 * Where to, under which name, and in the same message MAC and MTU: the kernel
 * moves first, so these act on a closed device in its new namespace. Nothing
 * passes through a temporary name or namespace.
 */
static int move_link(struct world *w, const struct value *place, const struct mac *mac,
		     uint32_t mtu, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	bool home = place_is_home(place);
	int r = world_get_link(w, e);

	if (!r && home && !w->at_home)
		r = drop_altnames(w, e);
	if (!r)
		r = world_get_link(w, e);
	if (r)
		return r;
	if (home != w->at_home)
		c.netns_fd = home ? w->pod.home.fd : w->pod.ns.fd;
	if (strcmp(w->link.name, place->place.name) != 0 || home != w->at_home)
		c.name = place->place.name;
	c.mac = mac && !mac_equal(mac, &w->link.mac) ? mac : NULL;
	c.mtu = mtu == w->link.mtu ? 0 : mtu;
	c.arp_notify = !home;
	/* renaming needs the interface down before 6.2; a move downs it anyway */
	if (c.name && c.netns_fd < 0 && w->link.flags & IFF_UP)
		c.flags_mask = IFF_UP;
	/* also after an error: it may have happened after the move */
	w->likely_in_pod = !home;
	r = write_link(w, &c, e);
	if (r == -EEXIST && home)
		return accept_other_name(w, place->place.name, e);
	return r;
}

static int set_place(struct world *w, const struct value *to, struct err *e)
{
	return move_link(w, to, NULL, 0, e);
}

static int set_netdev_mac(struct world *w, const struct value *to, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	int r = world_get_link(w, e);

	c.mac = &to->mac;
	return r ? r : write_link(w, &c, e);
}

static int set_mtu(struct world *w, const struct value *to, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	int r = world_get_link(w, e);

	c.mtu = (uint32_t)to->number;
	return r ? r : write_link(w, &c, e);
}

/* Announcing and fast IPv6 are courtesies: a kernel without them is no failure. */
static void prepare_sysctls(struct world *w)
{
	static const struct sysctl_set sets[] = {
		{ "ipv6", "ndisc_notify", "1" },
		{ "ipv6", "optimistic_dad", "1" },
	};
	struct err e;

	if (sysctl_set_conf(&w->pod.ns, &w->pod.home, w->link.name, sets, array_size(sets), &e))
		log_info("%s", e.msg);
}

static int set_flags(struct world *w, const struct value *to, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	int r = world_get_link(w, e);

	if (r)
		return r;
	if (!w->at_home && to->number & IFF_UP)
		prepare_sysctls(w);
	c.flags_mask = flags_mask;
	c.flags = (uint32_t)to->number;
	r = link_set(link_socket(w), w->link.ifindex, &c, e);
	if (!r)
		w->link.flags = (w->link.flags & ~flags_mask) | c.flags;
	return r;
}

/* --- groups and the table -------------------------------------------------- */

static const struct {
	const char *prop;
	vf_put *put;
} vf_puts[] = {
	{ "vf.mac", put_mac },	   { "vf.vlan", put_vlan },
	{ "vf.rate", put_rate },   { "vf.spoofchk", put_spoofchk },
	{ "vf.trust", put_trust }, { "vf.link_state", put_link_state },
};

static int set_vf_group(struct world *w, const struct assign *a, size_t n, struct err *e)
{
	struct vf_attrs attrs = { 0 };

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < array_size(vf_puts); j++)
			if (!strcmp(a[i].prop->name, vf_puts[j].prop))
				vf_puts[j].put(&attrs, a[i].to);
	return write_vf(w, &attrs, e);
}

static int set_netdev_group(struct world *w, const struct assign *a, size_t n, struct err *e)
{
	const struct value *place = NULL;
	struct value here;
	const struct mac *mac = NULL;
	uint32_t mtu = 0;
	int r = get_place(w, &here, e);

	if (r)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (a[i].prop->get == get_place)
			place = a[i].to;
		else if (a[i].prop->get == get_netdev_mac)
			mac = &a[i].to->mac;
		else
			mtu = (uint32_t)a[i].to->number;
	}
	return move_link(w, place ? place : &here, mac, mtu ? mtu : w->link.mtu, e);
}

static int set_group(struct world *w, uint8_t group, const struct assign *a, size_t n,
		     struct err *e)
{
	return group == GROUP_VF ? set_vf_group(w, a, n, e) : set_netdev_group(w, a, n, e);
}

/*
 * In the order of ADD. The undo ranks, and why:
 *   0  the PF's idea of the MAC: some drivers refuse the interface's own MAC as
 *      long as the PF has set another one (iavf, igbvf; simnic's default)
 *   1  the interface comes home, with name, MAC and MTU in one message
 *   2  the rest of the VF: only now has the pod lost the device, so it is never on
 *      the host's VLAN, or trusted, while still in the pod
 *   3  what is only possible, or only kept, at home
 */
static const struct prop props[] = {
	{ "vf.mac", VALUE_MAC, 0, GROUP_VF, CHECK_RECORD, get_vf_mac, set_vf_mac },
	{ "vf.vlan", VALUE_NUMBERS, 2, GROUP_VF, CHECK_RECORD, get_vf_vlan, set_vf_vlan },
	{ "vf.rate", VALUE_NUMBERS, 2, GROUP_VF, CHECK_RECORD, get_vf_rate, set_vf_rate },
	{ "vf.spoofchk", VALUE_BOOL, 2, GROUP_VF, CHECK_RECORD, get_vf_spoofchk, set_vf_spoofchk },
	{ "vf.trust", VALUE_BOOL, 2, GROUP_VF, CHECK_RECORD, get_vf_trust, set_vf_trust },
	{ "vf.link_state", VALUE_NUMBER, 2, GROUP_VF, CHECK_RECORD, get_vf_link_state,
	  set_vf_link_state },
	/* none may travel: before 6.6 the kernel forgets to unhash them in the old namespace */
	{ "netdev.altnames", VALUE_NAMES, 3, GROUP_NONE, CHECK_NOTHING, get_altnames,
	  set_altnames },
	{ "netdev.place", VALUE_PLACE, 1, GROUP_NETDEV, CHECK_RECORD, get_place, set_place },
	/* a chained tuning plugin may change these two: prevResult says what is right */
	{ "netdev.mac", VALUE_MAC, 1, GROUP_NETDEV, CHECK_NOTHING, get_netdev_mac, set_netdev_mac },
	{ "netdev.mtu", VALUE_NUMBER, 1, GROUP_NETDEV, CHECK_NOTHING, get_mtu, set_mtu },
	{ "netdev.flags", VALUE_NUMBER, 3, GROUP_NONE, CHECK_NOTHING, get_flags, set_flags },
};

const struct prop_table sriov_props = { props, array_size(props), set_group };
