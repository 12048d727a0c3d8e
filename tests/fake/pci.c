// SPDX-License-Identifier: Apache-2.0
/* kernel/pci.h: sysfs as the host sees it. */
#include "kernel/pci.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

int fn_find(const struct fake_world *w, const struct devid *id)
{
	for (int i = 0; i < FAKE_FN_MAX; i++)
		if (w->fns[i].used && devid_equal(&w->fns[i].id, id))
			return i;
	return NONE;
}

const char *fn_name(const struct fake_world *w, int fn)
{
	return fn == NONE ? "-" : w->fns[fn].id.name;
}

static int get_fn(const struct fake_world *w, int i, unsigned parts, struct pci_fn *ret)
{
	const struct fake_fn *fn = &w->fns[i];
	struct pci_fn r = { .id = fn->id, .instance = fn->instance };

	if (fn->broken && parts & PCI_VF)
		return -EINVAL;
	r.is_vf = parts & PCI_PF && fn->pf != NONE;
	if (parts & PCI_DRIVER)
		memcpy(r.driver, fn->driver, sizeof(r.driver));
	if (r.is_vf) {
		r.pf = w->fns[fn->pf].id;
		r.vf = parts & PCI_VF ? fn->vf : 0;
	}
	for (int l = 0; l < FAKE_LINK_MAX && parts & PCI_NETDEV; l++) {
		if (!w->links[l].used || w->links[l].fn != i)
			continue;
		r.has_netdev = true;
		if (w->links[l].ns == HOST && !r.netdev[0])
			memcpy(r.netdev, w->links[l].name, sizeof(r.netdev));
	}
	*ret = r;
	return 0;
}

int pci_check_sysfs(struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "pci.sysfs", "/sys");

	if (!r && fake_get()->no_sysfs)
		r = -ENOENT;
	return fake_errno(e, fake_leave(&c, r), "open /sys/bus/pci/devices");
}

int pci_get(const struct devid *id, unsigned parts, struct pci_fn *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "pci.get", "%s", id->name);

	if (!r) {
		int fn = fn_find(w, id);

		r = fn == NONE ? -ENODEV : get_fn(w, fn, parts, ret);
	}
	return fake_errno(e, fake_leave(&c, r), "device %s", id->name);
}

/* phys_port_name unreadable (legacy mode) or "pN" */
bool link_is_uplink(const struct fake_link *l)
{
	uint64_t n;

	return !l->port[0] || (l->port[0] == 'p' && !str_to_u64(l->port + 1, 10, UINT32_MAX, &n));
}

static int find_uplink(const struct fake_world *w, const struct devid *pf,
		       char ret[static IFNAMSIZ])
{
	int fn = fn_find(w, pf), found = NONE;

	for (int i = 0; fn != NONE && i < FAKE_LINK_MAX; i++) {
		const struct fake_link *l = &w->links[i];

		if (!l->used || l->fn != fn || l->ns != HOST || !link_is_uplink(l))
			continue;
		if (found != NONE)
			return -ENOTUNIQ;
		found = i;
	}
	if (found == NONE)
		return -ENODEV;
	memcpy(ret, w->links[found].name, IFNAMSIZ);
	return 0;
}

int pci_uplink(const struct devid *pf, char ret[static IFNAMSIZ], struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "pci.uplink", "%s", pf->name);

	if (!r)
		r = find_uplink(fake_get(), pf, ret);
	return fake_errno(e, fake_leave(&c, r), "PF %s: interface", pf->name);
}

static int by_name(const void *a, const void *b)
{
	const struct pci_rdma *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int list_rdma(const struct fake_world *w, int fn, struct pci_rdma_list *ret)
{
	struct pci_rdma_list list = { .n = 0 };

	if (fn == NONE)
		return -ENODEV;
	for (int i = 0; i < FAKE_RDMA_MAX && list.n < PCI_RDMA_MAX; i++) {
		const struct fake_rdma *d = &w->rdmas[i];
		struct pci_rdma *to = &list.dev[list.n];

		if (!d->used || d->fn != fn)
			continue;
		list.n++;
		memcpy(to->name, d->dev.name, sizeof(to->name));
		to->uverbs = d->uverbs;
		to->umad = d->umad;
		to->here = d->ns == HOST || w->mode == RDMA_MODE_SHARED;
	}
	qsort(list.dev, list.n, sizeof(list.dev[0]), by_name);
	*ret = list;
	return 0;
}

int pci_get_rdma(const struct devid *id, struct pci_rdma_list *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "pci.rdma", "%s", id->name);

	if (!r)
		r = list_rdma(w, fn_find(w, id), ret);
	return fake_errno(e, fake_leave(&c, r), "device %s: RDMA devices", id->name);
}

/* @only: shown at home, and alone there */
static bool has_rdma(const struct devid *id, const struct pci_rdma *d, bool named, bool only)
{
	struct pci_rdma_list list = { .n = 0 };
	struct fake_call c;
	int r = fake_enter(&c, "pci.rdma", "%s", id->name);
	bool found = false;

	if (!r)
		r = list_rdma(fake_get(), fn_find(fake_get(), id), &list);
	for (size_t i = 0; i < list.n; i++)
		found |= list.dev[i].uverbs == d->uverbs &&
			 (d->umad < 0 || list.dev[i].umad == d->umad) &&
			 (!named || !strcmp(list.dev[i].name, d->name)) &&
			 (!only || (list.dev[i].here && list.n == 1));
	return !fake_leave(&c, r) && found;
}

bool pci_has_rdma(const struct devid *id, const struct pci_rdma *d)
{
	return has_rdma(id, d, false, false);
}

bool pci_is_rdma(const struct devid *id, const struct pci_rdma *d)
{
	return d->uverbs >= 0 && has_rdma(id, d, true, false);
}

bool pci_is_only_rdma(const struct devid *id, const struct pci_rdma *d)
{
	return d->uverbs >= 0 && d->umad >= 0 && has_rdma(id, d, true, true);
}

int pci_lowest_free_uverbs(int *ret, struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "pci.uverbs", "infiniband_verbs");

	if (!r)
		*ret = uverbs_lowest(fake_get());
	return fake_errno(e, fake_leave(&c, r), "/sys/class/infiniband_verbs");
}

int pci_lowest_free_umad(int *ret, struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "pci.umad", "infiniband_mad");

	if (!r)
		*ret = umad_lowest(fake_get());
	return fake_errno(e, fake_leave(&c, r), "/sys/class/infiniband_mad");
}

int pci_find_rdma(const char *name, char ret[static DEVID_MAX], struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int first = fake_enter(&c, "pci.owner", "%s", name), r = first ? first : -ENODEV;

	for (int i = 0; !first && i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && !strcmp(w->rdmas[i].dev.name, name)) {
			fake_copy(ret, DEVID_MAX, fn_name(w, w->rdmas[i].fn));
			r = 0;
		}
	return fake_errno(e, fake_leave(&c, r), "RDMA device %s", name);
}
