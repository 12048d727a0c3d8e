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
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "kernel/pci_sysfs.h"
#include "kernel/sysfs.h"

enum {
	NODES_MAX = 64, /* of one function: a device each, a umad for each of its ports */
	NUMBERS_MAX = 1024, /* RDMA_MAX_PORTS: the kernel's own limit of uverbs and of umad */
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

/** struct nodes - character devices of one class */
struct nodes {
	const char *class, *prefix;
	size_t n;
	int number[NODES_MAX];
};

static int add_node(const char *name, void *arg)
{
	struct nodes *nodes = arg;
	int number;

	/* "issmN" are there as well */
	if (sysfs_number(name, nodes->prefix, &number))
		return 0;
	if (nodes->n == NODES_MAX)
		return -E2BIG;
	nodes->number[nodes->n++] = number;
	return 0;
}

/* The RDMA device of a character device; NULL if it has just gone. */
static int find_ibdev(const struct collect *c, const struct nodes *nodes, int number,
		      struct pci_rdma **ret)
{
	char path[128], name[IBDEV_NAME_MAX];
	int r;

	*ret = &c->list->dev[0];
	/* one and one, as nearly everywhere: nothing to ask */
	if (nodes->n == 1 && c->list->n == 1 && (*ret)->here)
		return 0;
	*ret = NULL;
	(void)snprintf(path, sizeof(path), "%s/%s%d/ibdev", nodes->class, nodes->prefix, number);
	r = sysfs_read(c->dev, path, name, sizeof(name));
	if (r)
		return r == -ENOENT || r == -ENODEV ? 0 : r;
	*ret = find_or_add(c->list, name);
	return *ret ? 0 : -E2BIG;
}

static int list_nodes(const struct collect *c, struct nodes *nodes,
		      void (*take)(struct pci_rdma *d, int number))
{
	int r = sysfs_list(c->dev, nodes->class, add_node, nodes);

	for (size_t i = 0; i < nodes->n && !r; i++) {
		struct pci_rdma *d;

		r = find_ibdev(c, nodes, nodes->number[i], &d);
		if (!r && d)
			take(d, nodes->number[i]);
	}
	return r == -ENOENT ? 0 : r;
}

static void take_uverbs(struct pci_rdma *d, int number)
{
	d->uverbs = number;
}

static void take_umad(struct pci_rdma *d, int number)
{
	/* one per port: the first */
	if (d->umad < 0 || number < d->umad)
		d->umad = number;
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

/*
 * While the kernel moves a device between two namespaces it is in neither, and has no character
 * devices (rdma_dev_change_netns()). What still counts it is its directory: one of sysfs has a link
 * for each directory in it, and two, whatever namespace they are shown in (kernfs_refresh_inode()).
 * Where no device of the node has character devices, those in other namespaces are as invisible.
 */
static int check_all_seen(const char *root, const struct devid *id, const struct collect *c,
			  struct err *e)
{
	struct stat st;
	char path[DEVICE_PATH_MAX];

	if (fstatat(c->dev, "infiniband", &st, 0))
		return errno == ENOENT ? 0 : err_sys(e, errno, "list RDMA devices of %s", id->name);
	if (st.st_nlink <= c->list->n + 2 ||
	    str_printf(path, sizeof(path), "%s/class/infiniband_verbs", root) || access(path, F_OK))
		return 0;
	return err_set(e, EAGAIN,
		       "an RDMA device of %s is between two network namespaces: try again",
		       id->name);
}

int pci_get_rdma_at(const char *root, const struct devid *id, struct pci_rdma_list *ret,
		    struct err *e)
{
	struct nodes uverbs = { .class = "infiniband_verbs", .prefix = "uverbs" };
	struct nodes umad = { .class = "infiniband_mad", .prefix = "umad" };
	cleanup(sysfs_close) int dev = pci_open(root, id, e);
	struct pci_rdma_list list = { 0 };
	struct collect c = { .dev = dev, .list = &list };
	int r;

	if (dev < 0)
		return dev;
	/* shows one namespace; without ib_uverbs it is the only one */
	r = sysfs_list(dev, "infiniband", add_here, &c);
	if (r == -ENOENT)
		r = 0;
	if (!r)
		r = list_nodes(&c, &uverbs, take_uverbs);
	if (!r)
		r = list_nodes(&c, &umad, take_umad);
	if (r)
		return err_sys(e, -r, "list RDMA devices of %s", id->name);
	qsort(list.dev, list.n, sizeof(list.dev[0]), compare);
	*ret = list;
	return check_all_seen(root, id, &c, e);
}

/*
 * A path through each character device of @d and back to the function, then to @last. It leads there
 * only if all of them exist, so that one question has the answer to several.
 */
static int path_through(const char *root, const struct devid *id, const struct pci_rdma *d,
			const char *last, char buf[static DEVICE_PATH_MAX])
{
	char uverbs[64] = "", umad[64] = "";

	if (d->uverbs >= 0)
		(void)snprintf(uverbs, sizeof(uverbs), "infiniband_verbs/uverbs%d/../../",
			       d->uverbs);
	if (d->umad >= 0)
		(void)snprintf(umad, sizeof(umad), "infiniband_mad/umad%d/../../", d->umad);
	return str_printf(buf, DEVICE_PATH_MAX, "%s/bus/%s/devices/%s/%s%s%s", root,
			  pci_bus_name(id->bus), id->name, uverbs, umad, last);
}

bool pci_has_rdma_at(const char *root, const struct devid *id, const struct pci_rdma *d)
{
	char path[DEVICE_PATH_MAX];

	return !path_through(root, id, d, "", path) && !access(path, F_OK);
}

bool pci_is_rdma_at(const char *root, const struct devid *id, const struct pci_rdma *d)
{
	char path[DEVICE_PATH_MAX], last[64], name[IBDEV_NAME_MAX];

	(void)snprintf(last, sizeof(last), "infiniband_verbs/uverbs%d/ibdev", d->uverbs);
	return !path_through(root, id, d, last, path) &&
	       !sysfs_read(AT_FDCWD, path, name, sizeof(name)) && !strcmp(name, d->name);
}

/* The directory's links: see check_all_seen(). */
bool pci_is_only_rdma_at(const char *root, const struct devid *id, const struct pci_rdma *d)
{
	char path[DEVICE_PATH_MAX], last[IBDEV_NAME_MAX + 16];
	struct stat st;

	(void)snprintf(last, sizeof(last), "infiniband/%s/..", d->name);
	return d->uverbs >= 0 && d->umad >= 0 && ibdev_name_valid(d->name) &&
	       !path_through(root, id, d, last, path) && !stat(path, &st) && st.st_nlink == 3;
}

struct numbers {
	bool used[NUMBERS_MAX];
};

/* With a literal: most of what a look at a thousand names takes is comparing this. */
static inline int mark_used(const char *name, const char *prefix, struct numbers *n)
{
	int number;

	/* "abi_version" is there as well, and "issmN", which goes with umadN */
	if (!sysfs_number(name, prefix, &number) && number < NUMBERS_MAX)
		n->used[number] = true;
	return 0;
}

static int mark_uverbs(const char *name, void *arg)
{
	return mark_used(name, "uverbs", arg);
}

static int mark_umad(const char *name, void *arg)
{
	return mark_used(name, "umad", arg);
}

static int find_free(const char *root, const char *class, int (*mark)(const char *name, void *arg),
		     int *ret, struct err *e)
{
	struct numbers n = { { false } };
	const bool *free_one;
	char path[256];
	int r = str_printf(path, sizeof(path), "%s/class/%s", root, class);

	if (!r)
		r = sysfs_list(AT_FDCWD, path, mark, &n);
	/* No such class: the module is not loaded and will begin at 0. */
	if (r && r != -ENOENT)
		return err_sys(e, -r, "list %s", path);
	free_one = memchr(n.used, false, sizeof(n.used));
	if (!free_one)
		return err_set(e, ENFILE, "no number is free in %s", path);
	*ret = (int)(free_one - n.used);
	return 0;
}

int pci_lowest_free_uverbs_at(const char *root, int *ret, struct err *e)
{
	return find_free(root, "infiniband_verbs", mark_uverbs, ret, e);
}

int pci_lowest_free_umad_at(const char *root, int *ret, struct err *e)
{
	return find_free(root, "infiniband_mad", mark_umad, ret, e);
}

struct owner_search {
	int class;
	const char *name;
	char owner[DEVID_MAX];
};

/* > 0: found, which ends the search */
static int match_owner(const char *node, void *arg)
{
	char path[128], name[IBDEV_NAME_MAX];
	struct owner_search *s = arg;
	int r;

	if (str_printf(path, sizeof(path), "%s/ibdev", node) ||
	    sysfs_read(s->class, path, name, sizeof(name)) || strcmp(name, s->name) != 0 ||
	    str_printf(path, sizeof(path), "%s/device", node))
		return 0;
	r = sysfs_link_name(s->class, path, s->owner, sizeof(s->owner));
	return r ? r : 1;
}

int pci_find_rdma_at(const char *root, const char *name, char ret[static DEVID_MAX], struct err *e)
{
	cleanup(sysfs_close) int class = -EBADF;
	struct owner_search s = { .name = name };
	char path[256];
	int r = str_printf(path, sizeof(path), "%s/class/infiniband_verbs", root);

	if (!r)
		s.class = class = sysfs_open(AT_FDCWD, path);
	if (!r && class < 0)
		r = class == -ENOENT ? 0 : class;
	else if (!r)
		r = sysfs_list(class, ".", match_owner, &s);
	if (r < 0)
		return err_sys(e, -r, "look for RDMA device %s", name);
	if (!r)
		return err_set(e, ENODEV, "no RDMA device %s on this node", name);
	memcpy(ret, s.owner, sizeof(s.owner));
	return 0;
}
