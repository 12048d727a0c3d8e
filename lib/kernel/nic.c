// SPDX-License-Identifier: Apache-2.0
#include "kernel/nic.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "kernel/nic_sysfs.h"
#include "kernel/pci_sysfs.h"
#include "kernel/sysfs.h"

enum { PCI_CLASS_NETWORK = 0x02 };

static const char sysfs_root[] = "/sys";

struct nic_list {
	const char *root;
	size_t n;
	struct nic item[NIC_MAX];
};

/* "0x15b3" */
static int read_hex(int dev, const char *file, uint64_t max, uint64_t *ret)
{
	char text[24];
	int r = sysfs_read(dev, file, text, sizeof(text));

	if (r)
		return r;
	return strncmp(text, "0x", 2) != 0 ? -EBADMSG : str_to_u64(text + 2, 16, max, ret);
}

static int read_ids(int dev, uint16_t *vendor, uint16_t *device)
{
	uint64_t v, d;
	int r = read_hex(dev, "vendor", UINT16_MAX, &v);

	if (!r)
		r = read_hex(dev, "device", UINT16_MAX, &d);
	if (r)
		return r;
	*vendor = (uint16_t)v;
	*device = (uint16_t)d;
	return 0;
}

/* No such file: the function has no SR-IOV. */
static unsigned read_count(int dev, const char *file)
{
	uint64_t v;

	return sysfs_read_u64(dev, file, &v) || v > UINT16_MAX ? 0 : (unsigned)v;
}

/* A function that goes while it is looked at is none. */
static int look_at(const char *name, void *arg)
{
	struct nic_list *list = arg;
	struct nic n = { .id.bus = DEV_BUS_PCI };
	struct err ignored;
	cleanup(sysfs_close) int dev = -EBADF;
	uint64_t class;

	if (str_copy(n.id.name, sizeof(n.id.name), name))
		return 0;
	dev = pci_open(list->root, &n.id, &ignored);
	if (dev < 0 || read_hex(dev, "class", UINT32_MAX, &class) ||
	    class >> 16 != PCI_CLASS_NETWORK || !faccessat(dev, "physfn", F_OK, 0) ||
	    read_ids(dev, &n.vendor, &n.device))
		return 0;
	n.num_vfs = read_count(dev, "sriov_numvfs");
	n.total_vfs = read_count(dev, "sriov_totalvfs");
	if (list->n == NIC_MAX)
		return -E2BIG;
	list->item[list->n++] = n;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	return strcmp(((const struct nic *)a)->id.name, ((const struct nic *)b)->id.name);
}

static void free_list(struct nic_list **l)
{
	free(*l);
}

int nic_each_at(const char *root, int (*fn)(const struct nic *n, void *arg), void *arg,
		struct err *e)
{
	cleanup(free_list) struct nic_list *list = calloc(1, sizeof(*list));
	char path[128];
	int r = list ? str_printf(path, sizeof(path), "%s/bus/pci/devices", root) : -ENOMEM;

	if (!r) {
		list->root = root;
		r = sysfs_list(AT_FDCWD, path, look_at, list);
	}
	/* a machine without PCI */
	if (r == -ENOENT)
		return 0;
	if (r)
		return err_sys(e, -r, "list network functions");
	qsort(list->item, list->n, sizeof(list->item[0]), by_address);
	for (size_t i = 0; !r && i < list->n; i++)
		r = fn(&list->item[i], arg);
	return r;
}

int nic_get_vf_at(const char *root, const struct devid *pf, unsigned vf, struct devid *ret,
		  struct err *e)
{
	cleanup(sysfs_close) int dev = pci_open(root, pf, e);
	struct devid id = { .bus = DEV_BUS_PCI };
	char link[32];
	int r;

	if (dev < 0)
		return dev;
	r = str_printf(link, sizeof(link), "virtfn%u", vf);
	if (!r)
		r = sysfs_link_name(dev, link, id.name, sizeof(id.name));
	if (r)
		return err_set(e, r == -ENOENT ? ENODEV : -r, "PF %s has no VF %u", pf->name, vf);
	*ret = id;
	return 0;
}

int nic_get_ids_at(const char *root, const struct devid *id, uint16_t *ret_vendor,
		   uint16_t *ret_device, struct err *e)
{
	cleanup(sysfs_close) int dev = pci_open(root, id, e);
	int r;

	if (dev < 0)
		return dev;
	r = read_ids(dev, ret_vendor, ret_device);
	return r ? err_sys(e, -r, "read vendor and device of %s", id->name) : 0;
}

int nic_each(int (*fn)(const struct nic *n, void *arg), void *arg, struct err *e)
{
	return nic_each_at(sysfs_root, fn, arg, e);
}

int nic_get_vf(const struct devid *pf, unsigned vf, struct devid *ret, struct err *e)
{
	return nic_get_vf_at(sysfs_root, pf, vf, ret, e);
}

int nic_get_ids(const struct devid *id, uint16_t *ret_vendor, uint16_t *ret_device, struct err *e)
{
	return nic_get_ids_at(sysfs_root, id, ret_vendor, ret_device, e);
}
