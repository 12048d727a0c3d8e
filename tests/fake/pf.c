// SPDX-License-Identifier: Apache-2.0
/* kernel/pci_pf.h and kernel/devlink.h. */
#include "kernel/pci_pf.h"

#include <stdio.h>
#include <string.h>

#include "kernel/devlink.h"
#include "world.h"

static int find_uplinks(const struct fake_world *w, int fn, struct pf_uplinks *ret)
{
	*ret = (struct pf_uplinks){ .n = 0 };
	if (fn == NONE)
		return -ENODEV;
	for (int i = 0; i < FAKE_LINK_MAX && ret->n < PF_UPLINKS_MAX; i++) {
		const struct fake_link *l = &w->links[i];

		if (l->used && l->fn == fn && l->ns == HOST && link_is_uplink(l))
			memcpy(ret->name[ret->n++], l->name, IFNAMSIZ);
	}
	return 0;
}

int pf_get_uplinks(const struct devid *pf, struct pf_uplinks *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "pci.uplink", "%s", pf->name);

	if (!r)
		r = find_uplinks(w, fn_find(w, pf), ret);
	return fake_errno(e, fake_leave(&c, r), "PF %s: interfaces", pf->name);
}

bool pf_has_switch(const struct devid *pf, const char *netdev)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "pci.switch", "%s", netdev), fn = fn_find(w, pf);

	if (!r && (fn == NONE || w->fns[fn].eswitch == DEVLINK_UNKNOWN))
		r = -EOPNOTSUPP;
	return !fake_leave(&c, r);
}

int devlink_get_eswitch(const struct devid *pf, enum devlink_eswitch *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "devlink", "%s", pf->name), fn = fn_find(w, pf);

	if (!r)
		*ret = fn == NONE ? DEVLINK_UNKNOWN : w->fns[fn].eswitch;
	return fake_errno(e, fake_leave(&c, r), "devlink: switch of %s", pf->name);
}

static unsigned routing_id(const char *bdf)
{
	unsigned domain, bus, dev, fn;

	/* NOLINTNEXTLINE(cert-err34-c): made by fake_init() */
	if (sscanf(bdf, "%x:%x:%x.%x", &domain, &bus, &dev, &fn) != 4)
		return 0;
	return domain << 16 | bus << 8 | dev << 3 | fn;
}

/* As fake_init() lays them out: VFs follow their PF on its bus. */
static int find_vacancy(const struct fake_world *w, const struct devid *vf, struct pf_vacancy *ret)
{
	unsigned rid = routing_id(vf->name);

	for (int i = 0; rid && i < FAKE_FN_MAX; i++) {
		const struct fake_fn *f = &w->fns[i];
		unsigned first = routing_id(f->id.name) + FAKE_VF_OFFSET;

		if (!f->used || f->pf != NONE || f->id.bus != DEV_BUS_PCI || rid < first ||
		    rid - first >= FAKE_TOTAL_VFS)
			continue;
		*ret = (struct pf_vacancy){ .pf = f->id,
					    .vf = rid - first,
					    .num_vfs = w->shape.vfs,
					    .total_vfs = FAKE_TOTAL_VFS };
		return 0;
	}
	return -ENODEV;
}

int pf_find_vacancy(const struct devid *vf, struct pf_vacancy *ret, struct err *e)
{
	struct fake_call c;
	int r = fake_enter(&c, "pci.vacancy", "%s", vf->name);

	if (!r)
		r = find_vacancy(fake_get(), vf, ret);
	return fake_errno(e, fake_leave(&c, r), "who could have %s", vf->name);
}
