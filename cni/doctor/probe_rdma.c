// SPDX-License-Identifier: Apache-2.0
/*
 * RDMA devices. Sysfs tells which function has which, wherever they are; RDMA
 * netlink tells more, of those that are here.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "kernel/link.h"
#include "probe.h"

static struct rdma_link *find_rdma(struct report *r, const char *name)
{
	for (size_t i = 0; i < r->functions.n; i++)
		for (size_t k = 0; k < r->functions.item[i].n_rdma; k++)
			if (!strcmp(r->functions.item[i].rdma[k].sys.name, name))
				return &r->functions.item[i].rdma[k];
	return NULL;
}

/* /dev may lack what sysfs has: a container's own, for instance */
static bool has_node(const struct report *r, const char *kind, int number)
{
	char path[WORD_MAX];

	(void)snprintf(path, sizeof(path), "dev/infiniband/%s%d", kind, number);
	return number >= 0 && root_exists(r, path);
}

static void look_for_nodes(const struct report *r, struct rdma_link *l)
{
	l->uverbs_node = has_node(r, "uverbs", l->sys.uverbs);
	l->umad_node = has_node(r, "umad", l->sys.umad);
	l->issm_node = has_node(r, "issm", l->sys.umad);
}

static int list_devices(struct report *r, struct err *e)
{
	for (size_t i = 0; i < r->functions.n; i++) {
		struct function *f = &r->functions.item[i];
		struct pci_rdma_list list = { .n = 0 };
		int err = pci_get_rdma(&f->sys.id, &list, e);

		/* one that is being moved is nobody's for that moment */
		if (err && err != -ENODEV && err != -EAGAIN)
			return err;
		f->n_rdma = list.n;
		for (size_t k = 0; k < list.n; k++) {
			f->rdma[k].sys = list.dev[k];
			look_for_nodes(r, &f->rdma[k]);
		}
	}
	return 0;
}

static void read_port(struct nl *rdma, struct nl *route, struct rdma_link *l)
{
	struct link link;
	struct err ignored;

	if (rdma_get_port(rdma, l->dev.index, &l->port, &ignored))
		return;
	if (l->port.ifindex && !link_get(route, l->port.ifindex, &link, &ignored))
		memcpy(l->netdev, link.name, sizeof(l->netdev));
}

static int ask_devices(struct report *r, struct nl *rdma, struct nl *route, struct err *e)
{
	struct rdma_list list;
	int err = rdma_list(rdma, &list, e);

	for (size_t i = 0; !err && i < list.n; i++) {
		struct rdma_dev dev;
		struct rdma_link *l;
		struct err ignored;

		/* it may have left since it was listed */
		if (rdma_get(rdma, list.index[i], &dev, &ignored))
			continue;
		l = find_rdma(r, dev.name);
		/* of no PCI function: rxe, siw */
		if (!l)
			continue;
		l->told = true;
		l->dev = dev;
		read_port(rdma, route, l);
	}
	return err;
}

static int read_free_numbers(struct report *r, struct err *e)
{
	int err = pci_lowest_free_uverbs(&r->free_uverbs, e);

	return err ? err : pci_lowest_free_umad(&r->free_umad, e);
}

int probe_rdma(struct report *r, struct err *e)
{
	cleanup(nl_shut) struct nl *rdma = NULL;
	cleanup(nl_shut) struct nl *route = NULL;
	int err = list_devices(r, e);

	if (!err)
		err = read_free_numbers(r, e);
	/* Opening the socket would load ib_core, which a program that only looks must not do. */
	if (err || !r->mode_told)
		return err;
	err = nl_open(NL_RDMA, NULL, NULL, &rdma, e);
	if (!err)
		err = nl_open(NL_ROUTE, NULL, NULL, &route, e);
	return err ? err : ask_devices(r, rdma, route, e);
}
