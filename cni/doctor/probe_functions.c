// SPDX-License-Identifier: Apache-2.0
/* Network functions: PFs, their VFs, and what the PFs say of these. */
#include <net/if_arp.h>
#include <string.h>

#include "kernel/link.h"
#include "kernel/nic.h"
#include "kernel/pci_pf.h"
#include "kernel/vf.h"
#include "probe.h"

struct look {
	struct report *r;
	struct nl *nl;
	struct err *e;
};

static void read_link(const struct look *l, struct function *f)
{
	struct link link;
	struct err ignored;

	/* it may be moved to a pod at this moment */
	if (!f->sys.netdev[0] || link_find(l->nl, f->sys.netdev, &link, &ignored))
		return;
	f->mac = link.mac;
	f->up = link.flags & IFF_UP;
	if (link.type == ARPHRD_ETHER || link.type == ARPHRD_INFINIBAND)
		(void)!str_copy(f->link, sizeof(f->link),
				link.type == ARPHRD_ETHER ? "ether" : "infiniband");
}

static int read_function(const struct look *l, const struct devid *id, struct function *ret)
{
	struct function f = { .pf = NOT_HELD, .holder = NOT_HELD };
	int err = pci_get(id, PCI_ALL, &f.sys, l->e);

	if (!err)
		err = nic_get_ids(id, &f.vendor, &f.device, l->e);
	if (!err)
		*ret = f;
	return err;
}

static struct function *add_function(const struct look *l, const struct function *f)
{
	struct function *to = list_add(&l->r->functions);

	if (!to) {
		(void)no_memory(l->e);
		return NULL;
	}
	*to = *f;
	read_link(l, to);
	return to;
}

static void read_switch(struct function *pf)
{
	struct err ignored;

	/* drivers without a switch have no answer */
	if (pf->sys.netdev[0] && pf_has_switch(&pf->sys.id, pf->sys.netdev) &&
	    devlink_get_eswitch(&pf->sys.id, &pf->eswitch, &ignored))
		pf->eswitch = DEVLINK_UNKNOWN;
}

/* ifindex of the PF's interface; 0: it has none here, or cannot be told apart */
static int find_uplink(const struct look *l, struct function *pf)
{
	struct link link;
	struct err ignored;

	if (pci_uplink(&pf->sys.id, pf->sys.netdev, &ignored) ||
	    link_find(l->nl, pf->sys.netdev, &link, &ignored))
		return 0;
	return link.ifindex;
}

static int add_vf(const struct look *l, int pf, int uplink, unsigned number)
{
	const struct devid pf_id = l->r->functions.item[pf].sys.id;
	struct function f, *to;
	struct vf_attrs attrs = { .have = 0 };
	struct devid id;
	struct err ignored;
	int err = nic_get_vf(&pf_id, number, &id, l->e);

	if (!err)
		err = read_function(l, &id, &f);
	/* gone meanwhile */
	if (err)
		return err == -ENODEV ? 0 : err;
	to = add_function(l, &f);
	if (!to)
		return -ENOMEM;
	to->pf = pf;
	if (uplink && !vf_get(l->nl, uplink, number, &attrs, &ignored) && (attrs.have & VF_MAC)) {
		to->admin_told = true;
		to->admin = attrs.mac;
	}
	return 0;
}

static int add_pf(const struct nic *n, void *arg)
{
	const struct look *l = arg;
	struct function f, *to;
	int pf = (int)l->r->functions.n, uplink, err = read_function(l, &n->id, &f);

	if (err)
		return err == -ENODEV ? 0 : err;
	f.num_vfs = n->num_vfs;
	f.total_vfs = n->total_vfs;
	uplink = find_uplink(l, &f);
	to = add_function(l, &f);
	if (!to)
		return -ENOMEM;
	read_switch(to);
	for (unsigned i = 0; !err && i < n->num_vfs; i++)
		err = add_vf(l, pf, uplink, i);
	return err;
}

int probe_functions(struct report *r, struct err *e)
{
	cleanup(nl_shut) struct nl *nl = NULL;
	struct look l = { .r = r, .e = e };
	int err = nl_open(NL_ROUTE, NULL, NULL, &nl, e);

	l.nl = nl;
	return err ? err : nic_each(add_pf, &l, e);
}
