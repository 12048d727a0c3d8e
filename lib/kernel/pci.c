// SPDX-License-Identifier: Apache-2.0
#include "kernel/pci.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "kernel/pci_sysfs.h"
#include "kernel/sysfs.h"

static const char sysfs_root[] = "/sys";

const char *pci_bus_name(enum dev_bus bus)
{
	switch (bus) {
	case DEV_BUS_PCI:
		return "pci";
	case DEV_BUS_AUX:
		return "auxiliary";
	}
	return "pci";
}

int pci_check_sysfs(struct err *e)
{
	int fd = sysfs_open(AT_FDCWD, "/sys/bus/pci/devices");

	if (fd < 0)
		return err_sys(e, -fd, "open /sys/bus/pci/devices");
	sysfs_close(&fd);
	return 0;
}

/* @file: "", or what is asked for in the device's directory, with its '/' */
static int device_path(const char *root, const struct devid *id, const char *file,
		       char buf[static DEVICE_PATH_MAX], struct err *e)
{
	if (str_printf(buf, DEVICE_PATH_MAX, "%s/bus/%s/devices/%s%s", root, pci_bus_name(id->bus),
		       id->name, file))
		return err_set(e, ENAMETOOLONG, "device %s", id->name);
	return 0;
}

int pci_open(const char *root, const struct devid *id, struct err *e)
{
	char path[DEVICE_PATH_MAX];
	int fd;

	if (device_path(root, id, "", path, e))
		return -e->sys;
	fd = sysfs_open(AT_FDCWD, path);
	if (fd == -ENOENT)
		return err_set(e, ENODEV, "no device %s", id->name);
	return fd < 0 ? err_sys(e, -fd, "open %s", path) : fd;
}

/* Network interfaces of one device, sorted so that no answer depends on directory order. */
struct netdevs {
	bool dir; /* there is a net/ at all */
	size_t n;
	char name[PCI_NETDEVS_MAX][IFNAMSIZ];
};

static int add_netdev(const char *name, void *arg)
{
	struct netdevs *list = arg;

	if (list->n == PCI_NETDEVS_MAX)
		return -E2BIG;
	return str_copy(list->name[list->n++], IFNAMSIZ, name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int list_netdevs(int dev, struct netdevs *ret)
{
	int r;

	ret->n = 0;
	r = sysfs_list(dev, "net", add_netdev, ret);
	ret->dir = r != -ENOENT;
	/* A switchdev PF may have more representors than we list: the rest is not needed. */
	if (r == -ENOENT || r == -E2BIG)
		r = 0;
	qsort(ret->name, ret->n, sizeof(ret->name[0]), compare_names);
	return r;
}

/* "0000:81:00.3" as the number that VFs are counted by (pci_iov_virtfn_devfn()). */
static int routing_id(const char *bdf, uint64_t *ret)
{
	char bus[3] = "", dev[3] = "", fn[2] = "";
	uint64_t b, d, f;

	if (strlen(bdf) != strlen("0000:81:00.3"))
		return -EINVAL;
	memcpy(bus, bdf + 5, 2);
	memcpy(dev, bdf + 8, 2);
	memcpy(fn, bdf + 11, 1);
	if (str_to_u64(bus, 16, 0xff, &b) || str_to_u64(dev, 16, 0x1f, &d) ||
	    str_to_u64(fn, 16, 7, &f))
		return -EINVAL;
	*ret = b << 8 | d << 3 | f;
	return 0;
}

static int vf_index(int dev, const struct pci_fn *fn, unsigned *ret, struct err *e)
{
	uint64_t offset, stride, vf_rid, pf_rid;
	int r = sysfs_read_u64(dev, "physfn/sriov_offset", &offset);

	if (!r)
		r = sysfs_read_u64(dev, "physfn/sriov_stride", &stride);
	if (r)
		return err_sys(e, -r, "read sriov_offset and sriov_stride of %s", fn->pf.name);
	if (routing_id(fn->id.name, &vf_rid) || routing_id(fn->pf.name, &pf_rid) ||
	    vf_rid < pf_rid + offset)
		return err_set(e, EINVAL, "device %s is no VF of %s by its address", fn->id.name,
			       fn->pf.name);
	/* The stride may be 0 where there can be only one VF (PCIe 9.3.3.10). */
	*ret = stride ? (unsigned)((vf_rid - pf_rid - offset) / stride) : 0;
	return 0;
}

/* Reads the VF's index, and whether the PF's link of that number leads back to it. */
static int get_vf(int dev, struct pci_fn *fn, struct err *e)
{
	char link[32], back[DEVID_MAX] = "";
	int r = vf_index(dev, fn, &fn->vf, e);

	if (r)
		return r;
	(void)snprintf(link, sizeof(link), "physfn/virtfn%u", fn->vf);
	r = sysfs_link_name(dev, link, back, sizeof(back));
	if (r || strcmp(back, fn->id.name) != 0)
		return err_set(e, EINVAL, "%s of %s is %s, not %s", strchr(link, '/') + 1,
			       fn->pf.name, r ? "missing" : back, fn->id.name);
	return 0;
}

static int get_netdev(int dev, struct pci_fn *fn, struct err *e)
{
	struct netdevs nets;
	int r = list_netdevs(dev, &nets);

	if (r)
		return err_sys(e, -r, "list network interfaces of %s", fn->id.name);
	fn->has_netdev = nets.dir;
	if (nets.n)
		memcpy(fn->netdev, nets.name[0], sizeof(fn->netdev));
	return 0;
}

/* What it can do without is "". */
static int get_link(int dev, const char *link, const struct devid *id, char *ret, size_t size,
		    struct err *e)
{
	int r = sysfs_link_name(dev, link, ret, size);
	const char *slash = strrchr(link, '/');

	return r && r != -ENOENT ?
		       err_sys(e, -r, "read %s of %s", slash ? slash + 1 : link, id->name) :
		       0;
}

static int get_parts(int dev, unsigned parts, struct pci_fn *fn, struct err *e)
{
	int r = 0;

	if (parts & PCI_DRIVER)
		r = get_link(dev, "driver", &fn->id, fn->driver, sizeof(fn->driver), e);
	if (!r && parts & PCI_NETDEV)
		r = get_netdev(dev, fn, e);
	if (!r && parts & PCI_PF)
		r = get_link(dev, "physfn", &fn->id, fn->pf.name, sizeof(fn->pf.name), e);
	fn->is_vf = *fn->pf.name;
	if (!r && fn->is_vf && parts & PCI_VF)
		r = get_vf(dev, fn, e);
	return r;
}

/* The instance, and at most one question more: opening a descriptor would cost as much. */
static int get_by_path(const char *root, unsigned parts, struct pci_fn *fn, struct err *e)
{
	const struct devid *id = &fn->id;
	char path[DEVICE_PATH_MAX];
	struct stat st;

	if (device_path(root, id, "", path, e))
		return -e->sys;
	if (stat(path, &st))
		return errno == ENOENT ? err_set(e, ENODEV, "no device %s", id->name) :
					 err_sys(e, errno, "stat device %s", id->name);
	fn->instance = st.st_ino;
	if (!parts)
		return 0;
	if (device_path(root, id, "/driver", path, e))
		return -e->sys;
	return get_link(AT_FDCWD, path, id, fn->driver, sizeof(fn->driver), e);
}

int pci_get_at(const char *root, const struct devid *id, unsigned parts, struct pci_fn *ret,
	       struct err *e)
{
	cleanup(sysfs_close) int dev = -EBADF;
	struct pci_fn fn = { .id = *id, .pf.bus = DEV_BUS_PCI };
	struct stat st;
	int r;

	if (!(parts & ~(unsigned)PCI_DRIVER)) {
		r = get_by_path(root, parts, &fn, e);
	} else {
		/* all of one instance: another one of this name is another directory */
		dev = pci_open(root, id, e);
		if (dev < 0)
			return dev;
		if (fstat(dev, &st))
			return err_sys(e, errno, "stat device %s", id->name);
		fn.instance = st.st_ino;
		r = get_parts(dev, parts, &fn, e);
	}
	if (!r)
		*ret = fn;
	return r;
}

/* Legacy drivers have no phys_port_name (-EOPNOTSUPP); in switchdev mode the uplink's is "p0". */
bool pci_is_uplink(int dev, const char *netdev)
{
	char path[64], name[32];
	int number;

	(void)snprintf(path, sizeof(path), "net/%s/phys_port_name", netdev);
	return sysfs_read(dev, path, name, sizeof(name)) || !sysfs_number(name, "p", &number);
}

static int ambiguous(const struct devid *pf, const struct netdevs *nets, struct err *e)
{
	char list[256] = "";
	size_t n = 0;

	for (size_t i = 0; i < nets->n && n + IFNAMSIZ + 1 < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, " %s", nets->name[i]);
	return err_set(e, ENOTUNIQ, "which interface of %s is the uplink:%s", pf->name, list);
}

int pci_uplink_at(const char *root, const struct devid *pf, char ret[static IFNAMSIZ],
		  struct err *e)
{
	cleanup(sysfs_close) int dev = pci_open(root, pf, e);
	struct netdevs nets, uplinks = { 0 };
	int r;

	if (dev < 0)
		return dev;
	r = list_netdevs(dev, &nets);
	if (r)
		return err_sys(e, -r, "list network interfaces of %s", pf->name);
	if (!nets.n)
		return err_set(e, ENODEV, "PF %s has no network interface here", pf->name);
	/* Alone it is the one, whatever it calls its port. */
	for (size_t i = 0; i < nets.n; i++)
		if (nets.n == 1 || pci_is_uplink(dev, nets.name[i]))
			memcpy(uplinks.name[uplinks.n++], nets.name[i], IFNAMSIZ);
	if (uplinks.n != 1)
		return ambiguous(pf, &nets, e);
	memcpy(ret, uplinks.name[0], IFNAMSIZ);
	return 0;
}

int pci_get(const struct devid *id, unsigned parts, struct pci_fn *ret, struct err *e)
{
	return pci_get_at(sysfs_root, id, parts, ret, e);
}

int pci_uplink(const struct devid *pf, char ret[static IFNAMSIZ], struct err *e)
{
	return pci_uplink_at(sysfs_root, pf, ret, e);
}

int pci_get_rdma(const struct devid *id, struct pci_rdma_list *ret, struct err *e)
{
	return pci_get_rdma_at(sysfs_root, id, ret, e);
}

bool pci_has_rdma(const struct devid *id, const struct pci_rdma *d)
{
	return pci_has_rdma_at(sysfs_root, id, d);
}

bool pci_is_rdma(const struct devid *id, const struct pci_rdma *d)
{
	return pci_is_rdma_at(sysfs_root, id, d);
}

bool pci_is_only_rdma(const struct devid *id, const struct pci_rdma *d)
{
	return pci_is_only_rdma_at(sysfs_root, id, d);
}

int pci_lowest_free_uverbs(int *ret, struct err *e)
{
	return pci_lowest_free_uverbs_at(sysfs_root, ret, e);
}

int pci_lowest_free_umad(int *ret, struct err *e)
{
	return pci_lowest_free_umad_at(sysfs_root, ret, e);
}

int pci_find_rdma(const char *name, char ret[static DEVID_MAX], struct err *e)
{
	return pci_find_rdma_at(sysfs_root, name, ret, e);
}
