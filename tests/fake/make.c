// SPDX-License-Identifier: Apache-2.0
/*
 * How worlds come about and what happens to them from outside: namespaces made
 * and deleted, devices re-created, reboots.
 */
#include <net/if_arp.h>
#include <string.h>

#include "world.h"

enum {
	HOST_INO_FIRST = 0xf0000000, /* inode of init_net on a real kernel, nearly */
	FIRST_BUS = 0x03,
	MTU_DEFAULT = 1500,
	MTU_MIN = 68,
	MTU_MAX = 9978,
	BACK_MS = 0,
	INSTANCE_FIRST = 1000,
	MAC_READS = 3,
};

static uint64_t free_ino(const struct fake_world *w)
{
	for (uint64_t ino = HOST_INO_FIRST;; ino++) {
		bool taken = false;

		for (int i = 0; i < FAKE_NETNS_MAX; i++)
			taken |= w->netns[i].used && w->netns[i].ino == ino;
		if (!taken)
			return ino;
	}
}

void fake_mount(struct fake_world *w, int ns, const char *path)
{
	struct fake_mount *m = &w->mounts[fake_slot(w->mounts)];

	*m = (struct fake_mount){ .used = true, .ns = ns };
	fake_copy(m->path, sizeof(m->path), path);
}

static void set_up(struct fake_link *l)
{
	l->flags |= IFF_UP | IFF_RUNNING | LOWER_UP;
	l->operstate = OPER_UP;
}

static int add_netns(struct fake_world *w, const char *label)
{
	int ns = fake_slot(w->netns), lo;

	w->netns[ns] =
		(struct fake_netns){ .used = true, .ino = free_ino(w), .cookie = ++w->next_cookie };
	fake_copy(w->netns[ns].label, FAKE_PATH_MAX, label);
	lo = fake_add_link(w, ns, NONE, "lo");
	w->links[lo].flags = IFF_LOOPBACK;
	w->links[lo].type = ARPHRD_LOOPBACK;
	set_up(&w->links[lo]);
	return ns;
}

int fake_add_netns(struct fake_world *w, const char *path)
{
	int ns = add_netns(w, path);

	fake_mount(w, ns, path);
	return ns;
}

int fake_del_netns(struct fake_world *w, const char *path)
{
	int ns = ns_find_path(w, path);
	bool reachable = false;

	if (ns == NONE || ns == HOST)
		return -ENOENT;
	for (int i = 0; i < FAKE_MOUNT_MAX; i++) {
		if (w->mounts[i].used && !strcmp(w->mounts[i].path, path))
			w->mounts[i].used = false;
		reachable |= w->mounts[i].used && w->mounts[i].ns == ns;
	}
	if (reachable)
		return 0;
	w->netns[ns].dying = true;
	w->netns[ns].back_at = w->now + w->back_ms;
	fake_advance(w, 0);
	return 0;
}

int fake_add_link(struct fake_world *w, int ns, int fn, const char *name)
{
	int link = fake_slot(w->links);
	struct fake_link *l = &w->links[link];

	*l = (struct fake_link){
		.ns = ns,
		.fn = fn,
		.addr_len = 6,
		.type = ARPHRD_ETHER,
		.mtu = MTU_DEFAULT,
		.min_mtu = MTU_MIN,
		.max_mtu = MTU_MAX,
		.operstate = OPER_DOWN,
		.lower = NONE,
		.attrs = fake_attrs,
	};
	l->ifindex = link_new_ifindex(w, ns);
	l->used = true;
	fake_copy(l->name, sizeof(l->name), name);
	l->mac = (struct mac){ .b = { 0x02, 0xfe, 0, 0, (uint8_t)ns, (uint8_t)l->ifindex } };
	if (fn != NONE)
		l->mac = w->fns[fn].mac;
	return link;
}

void fake_add_rdma(struct fake_world *w, int fn, const char *name)
{
	struct fake_rdma *d = &w->rdmas[fake_slot(w->rdmas)];

	*d = (struct fake_rdma){
		.movable = true, .ns = HOST, .fn = fn, .uverbs = NONE, .umad = NONE
	};
	d->dev.index = w->next_rdma++;
	d->dev.node_guid = 0x0c42a10300000000u | (unsigned)fn;
	fake_copy(d->dev.name, sizeof(d->dev.name), name);
	fake_copy(d->dev.protocol, sizeof(d->dev.protocol), "roce");
	rdma_renumber(w, d);
	d->used = true;
}

void fake_probe(struct fake_world *w, int fn)
{
	const struct fake_fn *f = &w->fns[fn];

	if (f->netdev[0])
		(void)fake_add_link(w, HOST, fn, f->netdev);
	if (f->rdma[0] && !w->no_ib_core)
		fake_add_rdma(w, fn, f->rdma);
}

void fake_unprobe(struct fake_world *w, int fn)
{
	for (int i = 0; i < FAKE_LINK_MAX; i++)
		if (w->links[i].used && w->links[i].fn == fn) {
			link_detach(w, i);
			w->links[i] = (struct fake_link){ .used = false };
		}
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (w->rdmas[i].used && w->rdmas[i].fn == fn)
			w->rdmas[i] = (struct fake_rdma){ .used = false };
}

static void reset_attrs(struct fake_fn *f)
{
	f->attrs = (struct vf_attrs){
		.have = VF_MAC | VF_VLAN | VF_RATE | VF_SPOOFCHK | VF_LINK_STATE | VF_TRUST,
		.vlan_proto = 0x8100,
		.spoofchk = true,
	};
}

void fake_recreate(struct fake_world *w, int fn)
{
	fake_unprobe(w, fn);
	reset_attrs(&w->fns[fn]);
	w->fns[fn].instance = w->next_instance++;
	fake_probe(w, fn);
}

void fake_remove_fn(struct fake_world *w, int fn)
{
	fake_unprobe(w, fn);
	w->fns[fn] = (struct fake_fn){ .used = false };
}

static int add_fn(struct fake_world *w, enum dev_bus bus, const char *id, int pf, unsigned vf)
{
	int fn = fake_slot(w->fns);
	struct fake_fn *f = &w->fns[fn];

	*f = (struct fake_fn){ .used = true, .instance = w->next_instance++, .pf = pf, .vf = vf };
	f->id.bus = bus;
	fake_copy(f->id.name, sizeof(f->id.name), id);
	fake_copy(f->driver, sizeof(f->driver), "mlx5_core");
	fake_printf(f->rdma, sizeof(f->rdma), "mlx5_%d", fn);
	f->mac = (struct mac){ .b = { 0x02, 0x42, 0xa1, 0, 0, (uint8_t)fn } };
	reset_attrs(f);
	return fn;
}

static void add_pf(struct fake_world *w, unsigned n, unsigned vfs)
{
	char id[DEVID_MAX];
	int pf, fn, link;

	fake_printf(id, sizeof(id), "0000:%02x:00.0", FIRST_BUS + n);
	pf = add_fn(w, DEV_BUS_PCI, id, NONE, 0);
	fake_printf(w->fns[pf].netdev, IFNAMSIZ, "ens%uf0", n + 1);
	fake_probe(w, pf);
	link = link_of_fn(w, pf);
	set_up(&w->links[link]);
	for (unsigned i = 0; i < vfs; i++) {
		unsigned devfn = FAKE_VF_OFFSET + i;

		fake_printf(id, sizeof(id), "0000:%02x:%02x.%x", FIRST_BUS + n, devfn >> 3,
			    devfn & 7);
		fn = add_fn(w, DEV_BUS_PCI, id, pf, i);
		fake_printf(w->fns[fn].netdev, IFNAMSIZ, "ens%uf0v%u", n + 1, i);
		fake_probe(w, fn);
	}
}

void fake_init(struct fake_world *w, const struct fake_shape *shape)
{
	const struct fake_shape made = *shape;
	struct fake_world next = {
		.magic = w->magic,
		.shape = made,
		.boots = w->boots + 1,
		/* not w's: cookies and inode numbers start again with each boot */
		.next_instance = INSTANCE_FIRST,
		.mode = RDMA_MODE_EXCLUSIVE,
		.back_ms = BACK_MS,
		.mac_reads = MAC_READS,
	};
	int host, eth0;

	*w = next;
	fake_printf(w->boot_id, sizeof(w->boot_id), "b0070000-0000-4000-8000-%012u", w->boots);
	host = add_netns(w, "host");
	fake_mount(w, host, "/proc/self/ns/net");
	fake_mount(w, host, "/proc/1/ns/net");
	eth0 = fake_add_link(w, host, NONE, "eth0");
	set_up(&w->links[eth0]);
	for (unsigned i = 0; i < made.pfs; i++)
		add_pf(w, i, made.vfs);
	for (unsigned i = 0; i < made.sfs; i++) {
		char id[DEVID_MAX];
		int fn;

		fake_printf(id, sizeof(id), "mlx5_core.sf.%u", 4 + i);
		fn = add_fn(w, DEV_BUS_AUX, id, NONE, 0);
		fake_printf(w->fns[fn].netdev, IFNAMSIZ, "en3f0s%u", i);
		fake_probe(w, fn);
	}
}

void fake_reboot(struct fake_world *w)
{
	fake_init(w, &w->shape);
}
