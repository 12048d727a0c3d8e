// SPDX-License-Identifier: Apache-2.0
/* The VF through its PF: one look-up serves all reads, one message all writes. */
#include "prop_vf.h"

#include <string.h>

#include "kernel/node.h"
#include "world.h"

enum {
	/* i40e and ice reset a VF when its MAC or VLAN changes, and refuse meanwhile. */
	BUSY_WAIT_MS = 2000,
	BUSY_STEP_MS = 20,
};

static int get_vf(struct world *w, enum vf_attr bit, struct err *e)
{
	int r = world_get_vf(w, e);

	if (!r && !(w->vf.have & bit))
		return err_set(e, ENODATA, "driver of PF %s does not tell it", w->pf_name);
	return r;
}

int prop_vf_get_mac(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_MAC, e);

	if (!r)
		*ret = value_mac(&w->vf.mac);
	return r;
}

int prop_vf_get_vlan(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_VLAN, e);

	if (!r)
		*ret = value_numbers(w->vf.vlan, w->vf.qos, w->vf.vlan_proto);
	return r;
}

int prop_vf_get_rate(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_RATE, e);

	if (!r)
		*ret = value_numbers(w->vf.min_tx_rate, w->vf.max_tx_rate, 0);
	return r;
}

int prop_vf_get_spoofchk(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_SPOOFCHK, e);

	if (!r)
		*ret = value_bool(w->vf.spoofchk);
	return r;
}

int prop_vf_get_trust(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_TRUST, e);

	if (!r)
		*ret = value_bool(w->vf.trust);
	return r;
}

int prop_vf_get_link_state(struct world *w, struct value *ret, struct err *e)
{
	int r = get_vf(w, VF_LINK_STATE, e);

	if (!r)
		*ret = value_number(w->vf.link_state);
	return r;
}

/* put_*: add one property's value to the attributes of a message. */
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

/*
 * Cause and remedy for the person who wrote the configuration: who refuses, what
 * the kernel says. Which attribute, the caller puts in front.
 */
static int explain(const struct world *w, struct err *e)
{
	const char *remedy = "";
	struct pci_fn pf;
	struct err cause = *e, ignored;

	switch (cause.sys) {
	case EOPNOTSUPP:
	case EPROTONOSUPPORT:
		remedy = ": remove that key, this driver does not have it";
		break;
	case EINVAL:
	case ERANGE:
		remedy = ": this driver does not take the value, dmesg may say why";
		break;
	case EBUSY:
	case EAGAIN:
		remedy = ": the VF is being reset or set up, try again";
		break;
	default:
		break;
	}
	if (pci_get(&w->fn.pf, PCI_DRIVER, &pf, &ignored))
		pf.driver[0] = '\0';
	return err_code(e, cause.sys, cause.code,
			"driver %s of PF %s refused it for VF %u (%.200s)%s", pf.driver, w->pf_name,
			w->fn.vf, cause.msg, remedy);
}

/*
 * What is so already is not written again: ice and i40e reset a VF for each MAC
 * or VLAN that they are told, whether it is another one or not.
 */
static struct vf_attrs drop_unchanged(const struct world *w, const struct vf_attrs *to)
{
	const struct vf_attrs *is = &w->vf;
	struct vf_attrs a = *to;
	unsigned same = 0;

	if (!w->vf_known)
		return a;
	if (mac_equal(&a.mac, &is->mac))
		same |= VF_MAC;
	if (a.vlan == is->vlan && a.qos == is->qos && a.vlan_proto == is->vlan_proto)
		same |= VF_VLAN;
	if (a.min_tx_rate == is->min_tx_rate && a.max_tx_rate == is->max_tx_rate)
		same |= VF_RATE;
	if (a.spoofchk == is->spoofchk)
		same |= VF_SPOOFCHK;
	if (a.trust == is->trust)
		same |= VF_TRUST;
	if (a.link_state == is->link_state)
		same |= VF_LINK_STATE;
	a.have &= ~(same & is->have);
	return a;
}

static int write_vf(struct world *w, const struct vf_attrs *to, struct err *e)
{
	struct patience patience = { .ms = BUSY_WAIT_MS };
	const struct vf_attrs a = drop_unchanged(w, to);
	int r;

	if (!a.have)
		return 0;
	do {
		r = vf_set(w->host, w->pf, w->fn.vf, &a, e);
		if (r != -EBUSY && r != -EAGAIN)
			break;
		node_sleep_ms(BUSY_STEP_MS);
	} while (!node_gives_up(&patience));
	world_vf_changed(w);
	/* some drivers hand the MAC on to the VF's interface */
	if (a.have & VF_MAC)
		world_link_changed(w);
	return r ? explain(w, e) : 0;
}

static int set_vf(struct world *w, void (*put)(struct vf_attrs *a, const struct value *v),
		  const struct value *to, struct err *e)
{
	struct vf_attrs a = { 0 };

	put(&a, to);
	return write_vf(w, &a, e);
}

int prop_vf_set_mac(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_mac, to, e);
}

int prop_vf_set_vlan(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_vlan, to, e);
}

int prop_vf_set_rate(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_rate, to, e);
}

int prop_vf_set_spoofchk(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_spoofchk, to, e);
}

int prop_vf_set_trust(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_trust, to, e);
}

int prop_vf_set_link_state(struct world *w, const struct value *to, struct err *e)
{
	return set_vf(w, put_link_state, to, e);
}

static const struct {
	int (*set)(struct world *w, const struct value *to, struct err *e);
	void (*put)(struct vf_attrs *a, const struct value *v);
} rows[] = {
	{ prop_vf_set_mac, put_mac },	  { prop_vf_set_vlan, put_vlan },
	{ prop_vf_set_rate, put_rate },	  { prop_vf_set_spoofchk, put_spoofchk },
	{ prop_vf_set_trust, put_trust }, { prop_vf_set_link_state, put_link_state },
};

int prop_vf_set_group(struct world *w, const struct assign *a, size_t n, struct err *e)
{
	struct vf_attrs attrs = { 0 };

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < array_size(rows); j++)
			if (a[i].prop->set == rows[j].set)
				rows[j].put(&attrs, a[i].to);
	return write_vf(w, &attrs, e);
}
