// SPDX-License-Identifier: Apache-2.0
/* kernel/nic.h and kernel/netns_find.h. */
#include "kernel/nic.h"

#include <string.h>

#include "kernel/netns_find.h"
#include "world.h"

enum { VENDOR = 0x15b3, DEVICE_PF = 0x1017, DEVICE_VF = 0x1018 };

static unsigned count_vfs(const struct fake_world *w, int pf)
{
	unsigned n = 0;

	for (int i = 0; i < FAKE_FN_MAX; i++)
		n += w->fns[i].used && w->fns[i].pf == pf;
	return n;
}

int nic_each(int (*fn)(const struct nic *n, void *arg), void *arg, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "nic.each", "pci"), called = 0;

	r = fake_leave(&c, r);
	for (int i = 0; !r && !called && i < FAKE_FN_MAX; i++) {
		struct nic n = { .id = w->fns[i].id,
				 .vendor = VENDOR,
				 .device = DEVICE_PF,
				 .total_vfs = w->fns[i].no_sriov ? 0 : FAKE_TOTAL_VFS,
				 .num_vfs = count_vfs(w, i) };

		if (w->fns[i].used && w->fns[i].pf == NONE && n.id.bus == DEV_BUS_PCI)
			called = fn(&n, arg);
	}
	return called ? called : fake_errno(e, r, "list network functions");
}

int nic_get_vf(const struct devid *pf, unsigned vf, struct devid *ret, struct err *e)
{
	const struct fake_world *w = fake_get();
	int parent = fn_find(w, pf);
	struct fake_call c;
	int r = fake_enter(&c, "nic.vf", "%s", pf->name);

	if (!r)
		r = -ENODEV;
	for (int i = 0; r == -ENODEV && parent != NONE && i < FAKE_FN_MAX; i++)
		if (w->fns[i].used && w->fns[i].pf == parent && w->fns[i].vf == vf) {
			*ret = w->fns[i].id;
			r = 0;
		}
	return fake_errno(e, fake_leave(&c, r), "PF %s: VF %u", pf->name, vf);
}

int nic_get_ids(const struct devid *id, uint16_t *ret_vendor, uint16_t *ret_device, struct err *e)
{
	const struct fake_world *w = fake_get();
	int fn = fn_find(w, id);
	struct fake_call c;
	int r = fake_enter(&c, "nic.ids", "%s", id->name);

	if (!r && fn == NONE)
		r = -ENODEV;
	if (!r) {
		*ret_vendor = VENDOR;
		*ret_device = w->fns[fn].pf == NONE ? DEVICE_PF : DEVICE_VF;
	}
	return fake_errno(e, fake_leave(&c, r), "device %s: vendor and device", id->name);
}

static int first_mount(const struct fake_world *w, int ns)
{
	for (int i = 0; i < FAKE_MOUNT_MAX; i++)
		if (w->mounts[i].used && w->mounts[i].ns == ns)
			return i;
	return NONE;
}

int netns_each(int (*fn)(const struct netns_found *f, void *arg), void *arg, struct err *e)
{
	const struct fake_world *w = fake_get();
	struct fake_call c;
	int r = fake_enter(&c, "netns.each", "proc"), called = 0;

	r = fake_leave(&c, r);
	for (int i = 0; !r && !called && i < FAKE_NETNS_MAX; i++) {
		int mount = w->netns[i].used && i != HOST ? first_mount(w, i) : NONE;
		struct netns_found f = { .ns = NETNS_NONE };

		if (mount == NONE)
			continue;
		fake_copy(f.path, sizeof(f.path), w->mounts[mount].path);
		r = netns_open(f.path, &f.ns, e);
		/* gone meanwhile */
		if (r == -ENOENT) {
			r = 0;
			continue;
		}
		if (r)
			return r;
		called = fn(&f, arg);
		netns_close(&f.ns);
	}
	return called ? called : fake_errno(e, r, "list network namespaces");
}
