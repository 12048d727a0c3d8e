// SPDX-License-Identifier: Apache-2.0
/*
 * RDMA devices of a function.
 *
 * The parent of an RDMA device is the PCI function, or the auxiliary device of
 * a subfunction, for every driver that can move devices (mlx5, mlx4, irdma,
 * bnxt_re, hns, mana, erdma), although some bind to an auxiliary child of it.
 * Children are therefore not searched: those of a PF are also its subfunctions,
 * whose RDMA devices are somebody else's.
 */
#include "kernel/pci.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kernel/pci_sysfs.h"
#include "kernel/sysfs.h"

enum {
	UVERBS_MAX = 1024, /* RDMA_MAX_PORTS, the kernel's own limit (IB_UVERBS_MAX_DEVICES) */
};

struct collect {
	int dev;
	struct pci_rdma_list *list;
};

static struct pci_rdma *find_or_add(struct pci_rdma_list *list, const char *name)
{
	struct pci_rdma d = { .uverbs = -1, .umad = -1 };

	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->dev[i].name, name))
			return &list->dev[i];
	if (list->n == PCI_RDMA_MAX || str_copy(d.name, sizeof(d.name), name))
		return NULL;
	list->dev[list->n] = d;
	return &list->dev[list->n++];
}

/* One of our character devices: *ret is the RDMA device it belongs to, NULL if it has just gone. */
static int find_ibdev(const struct collect *c, const char *class, const char *node,
		      struct pci_rdma **ret)
{
	char path[128], name[IBDEV_NAME_MAX];
	int r;

	*ret = NULL;
	if (str_printf(path, sizeof(path), "%s/%s/ibdev", class, node))
		return -ENAMETOOLONG;
	r = sysfs_read(c->dev, path, name, sizeof(name));
	if (r)
		return r == -ENOENT || r == -ENODEV ? 0 : r;
	*ret = find_or_add(c->list, name);
	return *ret ? 0 : -E2BIG;
}

static int add_uverbs(const char *node, void *arg)
{
	struct pci_rdma *d;
	int number, r;

	if (sysfs_number(node, "uverbs", &number))
		return 0;
	r = find_ibdev(arg, "infiniband_verbs", node, &d);
	if (d)
		d->uverbs = number;
	return r;
}

static int add_umad(const char *node, void *arg)
{
	struct pci_rdma *d;
	int number, r;

	/* "issmN" are there as well */
	if (sysfs_number(node, "umad", &number))
		return 0;
	r = find_ibdev(arg, "infiniband_mad", node, &d);
	/* one per port: the first */
	if (d && (d->umad < 0 || number < d->umad))
		d->umad = number;
	return r;
}

static int add_here(const char *name, void *arg)
{
	struct collect *c = arg;
	struct pci_rdma *d = find_or_add(c->list, name);

	if (!d)
		return -E2BIG;
	d->here = true;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct pci_rdma *)a)->name, ((const struct pci_rdma *)b)->name);
}

int pci_get_rdma_at(const char *root, const struct devid *id, struct pci_rdma_list *ret,
		    struct err *e)
{
	static const struct {
		const char *dir;
		int (*each)(const char *name, void *arg);
	} classes[] = {
		{ "infiniband_verbs", add_uverbs },
		{ "infiniband_mad", add_umad },
		/* Last: without ib_uverbs this is the only one, but it shows one namespace. */
		{ "infiniband", add_here },
	};
	cleanup(sysfs_close) int dev = pci_open(root, id, e);
	struct pci_rdma_list list = { 0 };
	struct collect c = { .dev = dev, .list = &list };

	if (dev < 0)
		return dev;
	for (size_t i = 0; i < array_size(classes); i++) {
		int r = sysfs_list(dev, classes[i].dir, classes[i].each, &c);

		if (r && r != -ENOENT)
			return err_sys(e, -r, "list RDMA devices of %s", id->name);
	}
	qsort(list.dev, list.n, sizeof(list.dev[0]), compare);
	*ret = list;
	return 0;
}

static int mark_used(const char *name, void *arg)
{
	bool *used = arg;
	int number;

	/* "abi_version" is there as well */
	if (!sysfs_number(name, "uverbs", &number) && number < UVERBS_MAX)
		used[number] = true;
	return 0;
}

int pci_lowest_free_uverbs_at(const char *root, int *ret, struct err *e)
{
	bool used[UVERBS_MAX] = { false };
	char path[256];
	int r = str_printf(path, sizeof(path), "%s/class/infiniband_verbs", root);

	if (!r)
		r = sysfs_list(AT_FDCWD, path, mark_used, used);
	/* No such class: ib_uverbs is not loaded and will begin at 0. */
	if (r && r != -ENOENT)
		return err_sys(e, -r, "list uverbs devices");
	for (int i = 0; i < UVERBS_MAX; i++)
		if (!used[i]) {
			*ret = i;
			return 0;
		}
	return err_set(e, ENOSPC, "no uverbs number is free");
}
