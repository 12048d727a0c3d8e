// SPDX-License-Identifier: Apache-2.0
/* The interface: where it is, what it is called, and what goes with it in one message. */
#include "prop_netdev.h"

#include <string.h>

#include "base/log.h"
#include "kernel/node.h"
#include "kernel/sysctl.h"
#include "props.h"
#include "world.h"

enum {
	BUSY_WAIT_MS = 2000,
	BUSY_STEP_MS = 20,
	/* iavf asks its PF and waits up to 2.5 s for the answer; a reset may come between */
	MAC_WAIT_MS = 5000,
	/* 64 KiB of them, 8 bytes for the shortest, LINK_ALTNAMES_MAX at a look */
	ALTNAME_ROUNDS = (64 << 10) / 8 / LINK_ALTNAMES_MAX,
	/* all the VLANs that there can be */
	UPPER_ROUNDS = 4096 / LINK_UPPERS_MAX,
};

static struct nl *link_socket(const struct world *w)
{
	return w->at_home ? w->host : w->inpod;
}

int prop_netdev_get_place(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = w->at_home ? place_home(w->link.name) : place_pod(&w->pod, w->link.name);
	return r;
}

int prop_netdev_get_mac(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = value_mac(&w->link.mac);
	return r;
}

int prop_netdev_get_mtu(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = value_number(w->link.mtu);
	return r;
}

int prop_netdev_get_flags(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (!r)
		*ret = value_number(w->link.flags & NETDEV_FLAGS);
	return r;
}

int prop_netdev_get_altnames(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_link(w, e);

	if (r)
		return r;
	*ret = (struct value){ .type = VALUE_NAMES };
	for (size_t i = 0; i < w->link.n_altnames; i++)
		if (!value_add_name(ret, w->link.altnames[i]) && w->at_home)
			log_warn("%s has more alternative names than are remembered, %s is lost",
				 w->link.name, w->link.altnames[i]);
	return 0;
}

static bool has_altname(const struct link *l, const char *name)
{
	for (size_t i = 0; i < l->n_altnames; i++)
		if (!strcmp(l->altnames[i], name))
			return true;
	return false;
}

static int drop_altnames(struct world *w, const struct value *keep, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < w->link.n_altnames && !r; i++)
		if (!value_has_name(keep, w->link.altnames[i]))
			r = link_del_altname(link_socket(w), w->link.ifindex, w->link.altnames[i],
					     e);
	world_link_changed(w);
	return r ? r : world_get_link(w, e);
}

int prop_netdev_set_altnames(struct world *w, const struct value *to, struct err *e)
{
	int r = world_get_link(w, e);
	bool full = true;
	struct link l;

	if (!r && !w->link.n_altnames && !value_next_name(to, NULL))
		return 0;
	/* A pod may have given more than one look shows; each that stays can keep it from home. */
	for (int i = 0; i < ALTNAME_ROUNDS && full && !r; i++) {
		full = w->link.n_altnames == LINK_ALTNAMES_MAX;
		r = drop_altnames(w, to, e);
	}
	l = w->link;
	world_link_changed(w);
	for (const char *name = NULL; !r && (name = value_next_name(to, name));) {
		if (has_altname(&l, name))
			continue;
		r = link_add_altname(link_socket(w), l.ifindex, name, e);
		if (r == -EEXIST) {
			log_warn("alternative name %s is taken now, left off", name);
			r = 0;
		}
	}
	return r;
}

static bool is_busy(int r)
{
	return r == -EBUSY || r == -EAGAIN;
}

/*
 * A VF that is being reset (i40e, ice after a change by the PF) refuses for a
 * while. A change of namespace is not repeated here: it may have happened.
 */
static int send_change(struct world *w, const struct link_change *c, struct err *e)
{
	struct patience patience = { .ms = BUSY_WAIT_MS };
	int r = link_set(link_socket(w), w->link.ifindex, c, e);

	while (is_busy(r) && c->netns_fd < 0 && !node_gives_up(&patience)) {
		node_sleep_ms(BUSY_STEP_MS);
		r = link_set(link_socket(w), w->link.ifindex, c, e);
	}
	return r;
}

static int write_link(struct world *w, const struct link_change *c, struct err *e)
{
	int r = send_change(w, c, e);

	world_link_changed(w);
	return r && r != -EEXIST ? err_wrap(e, "driver %s of %s", w->fn.driver, w->fn.id.name) : r;
}

static bool has_mac(const struct link *l, const void *mac)
{
	return mac_equal(&l->mac, mac);
}

/*
 * Some drivers only ask for a MAC, and take it when their PF has answered
 * (i40e, iavf): until then the message has succeeded and nothing has changed.
 */
static int await_mac(struct world *w, const struct mac *mac, struct err *e)
{
	char wanted[MAC_STR_MAX], found[MAC_STR_MAX];
	int r = world_get_link(w, e);

	if (r || mac_equal(mac, &w->link.mac))
		return r;
	log_debug("waiting for the driver to take MAC %s", mac_format(mac, wanted));
	r = link_wait(w->at_home ? NULL : &w->pod.ns, w->at_home ? NULL : &w->pod.home,
		      w->link.ifindex, has_mac, mac, MAC_WAIT_MS, &w->link, e);
	if (r != -ETIMEDOUT)
		return r;
	return err_code(e, EIO, CNI_ERR_KERNEL,
			"driver %s of VF %s accepted MAC %s but keeps %s: bind the VF to its "
			"driver anew, or let another VF do it",
			w->fn.driver, w->fn.id.name, mac_format(mac, wanted),
			mac_format(&w->link.mac, found));
}

/*
 * The old name is taken at home: some other interface got it while this one was
 * away. The device comes home all the same, under a name of the kernel's choice;
 * staying in the pod's namespace, or in the way as "net1", would be worse.
 * @c: the message that was refused
 */
static int accept_other_name(struct world *w, struct link_change c, struct err *e)
{
	const char *wanted = c.name;
	int r = world_get_link(w, e);

	if (r)
		return r;
	c.name = "dev%d";
	/* refused before the move, or after it */
	c.netns_fd = w->at_home ? -1 : w->pod.home.fd;
	r = write_link(w, &c, e);
	if (!r)
		log_warn("name %s is taken on the host, %s came back under another name", wanted,
			 w->fn.id.name);
	return r;
}

/* Renaming an interface that is up is EBUSY before 6.2; flags in the same message come too late. */
static int take_down(struct world *w, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	int r;

	if (!(w->link.flags & IFF_UP))
		return 0;
	c.flags_mask = IFF_UP;
	r = write_link(w, &c, e);
	return r ? r : world_get_link(w, e);
}

/*
 * A VLAN or macvlan that the pod has made on its interface does not mind that this moves away: it
 * would hear, and be able to send, whatever the next pod does. (A bond or bridge lets it go.)
 */
static int drop_uppers(struct world *w, struct err *e)
{
	struct link_uppers uppers = { .n = LINK_UPPERS_MAX };
	int r = 0;

	for (int i = 0; i < UPPER_ROUNDS && uppers.n == LINK_UPPERS_MAX && !r; i++) {
		r = link_find_uppers(w->inpod, w->link.ifindex, &uppers, e);
		for (size_t j = 0; !r && j < uppers.n; j++) {
			r = link_delete(w->inpod, uppers.ifindex[j], e);
			/* one that was stacked on another one has gone with it */
			if (r == -ENODEV)
				r = 0;
		}
	}
	return r;
}

/*
 * What the pod did to its interface and must not arrive at home: what is stacked on it, names,
 * which could clash, and NOARP, in which IPv6 sees an interface that needs no duplicate
 * detection, then and for ever (ipv6_add_dev()).
 */
static int leave_behind(struct world *w, struct err *e)
{
	const struct value none = { .type = VALUE_NAMES };
	struct link_change arp = LINK_CHANGE_NONE;
	int r = 0;

	arp.flags_mask = IFF_NOARP;
	if (w->link.flags & IFF_NOARP)
		r = write_link(w, &arp, e);
	if (!r)
		r = world_get_link(w, e);
	if (!r && w->link.n_altnames)
		r = prop_netdev_set_altnames(w, &none, e);
	return r ? r : drop_uppers(w, e);
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
		r = leave_behind(w, e);
	if (!r)
		r = world_get_link(w, e);
	if (r)
		return r;
	if (home == w->at_home && strcmp(w->link.name, place->place.name) != 0)
		r = take_down(w, e);
	if (r)
		return r;
	if (home != w->at_home)
		c.netns_fd = home ? w->pod.home.fd : w->pod.ns.fd;
	if (strcmp(w->link.name, place->place.name) != 0 || home != w->at_home)
		c.name = place->place.name;
	c.mac = mac && !mac_equal(mac, &w->link.mac) ? mac : NULL;
	c.mtu = mtu == w->link.mtu ? 0 : mtu;
	c.arp_notify = !home;
	/* also after an error: it may have happened after the move */
	w->likely_in_pod = !home;
	r = write_link(w, &c, e);
	if (r == -EEXIST && home)
		r = accept_other_name(w, c, e);
	return r || !mac ? r : await_mac(w, mac, e);
}

int prop_netdev_set_place(struct world *w, const struct value *to, struct err *e)
{
	return move_link(w, to, NULL, 0, e);
}

int prop_netdev_set_mac(struct world *w, const struct value *to, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	int r = world_get_link(w, e);

	c.mac = &to->mac;
	if (!r)
		r = write_link(w, &c, e);
	return r ? r : await_mac(w, &to->mac, e);
}

int prop_netdev_set_mtu(struct world *w, const struct value *to, struct err *e)
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

int prop_netdev_set_flags(struct world *w, const struct value *to, struct err *e)
{
	struct link_change c = LINK_CHANGE_NONE;
	int r = world_get_link(w, e);

	if (r)
		return r;
	if (!w->at_home && to->number & IFF_UP)
		prepare_sysctls(w);
	c.flags_mask = NETDEV_FLAGS;
	c.flags = (uint32_t)to->number;
	r = send_change(w, &c, e);
	if (!r)
		w->link.flags = (w->link.flags & ~(uint32_t)NETDEV_FLAGS) | c.flags;
	return r;
}

int prop_netdev_set_group(struct world *w, const struct assign *a, size_t n, struct err *e)
{
	const struct value *place = NULL;
	struct value here;
	const struct mac *mac = NULL;
	uint32_t mtu = 0;
	int r = prop_netdev_get_place(w, &here, e);

	if (r)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (a[i].prop->get == prop_netdev_get_place)
			place = a[i].to;
		else if (a[i].prop->get == prop_netdev_get_mac)
			mac = &a[i].to->mac;
		else
			mtu = (uint32_t)a[i].to->number;
	}
	return move_link(w, place ? place : &here, mac, mtu ? mtu : w->link.mtu, e);
}
