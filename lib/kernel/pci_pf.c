// SPDX-License-Identifier: Apache-2.0
#include "kernel/pci_pf.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kernel/pci_sysfs.h"
#include "kernel/sysfs.h"

static const char sysfs_root[] = "/sys";

struct uplink_scan {
	int dev;
	struct pf_uplinks *ret;
};

static int add_uplink(const char *name, void *arg)
{
	struct uplink_scan *s = arg;

	if (!pci_is_uplink(s->dev, name))
		return 0;
	if (s->ret->n == PF_UPLINKS_MAX)
		return -E2BIG;
	return str_copy(s->ret->name[s->ret->n++], IFNAMSIZ, name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

int pf_get_uplinks_at(const char *root, const struct devid *pf, struct pf_uplinks *ret,
		      struct err *e)
{
	cleanup(sysfs_close) int dev = pci_open(root, pf, e);
	struct pf_uplinks found = { .n = 0 };
	struct uplink_scan scan = { dev, &found };
	int r;

	if (dev < 0)
		return dev;
	r = sysfs_list(dev, "net", add_uplink, &scan);
	if (r && r != -ENOENT)
		return err_sys(e, -r, "list network interfaces of %s", pf->name);
	qsort(found.name, found.n, sizeof(found.name[0]), compare_names);
	*ret = found;
	return 0;
}

bool pf_has_switch_at(const char *root, const struct devid *pf, const char *netdev)
{
	char path[64], id[72];
	struct err ignored;
	cleanup(sysfs_close) int dev = pci_open(root, pf, &ignored);

	if (dev < 0 || str_printf(path, sizeof(path), "net/%s/phys_switch_id", netdev))
		return false;
	return !sysfs_read(dev, path, id, sizeof(id)) && *id;
}

/* The digits up to @end, which is skipped */
static int take_hex(const char **s, char end, uint64_t max, uint64_t *ret)
{
	char digits[9];
	size_t n = strcspn(*s, ":.");

	if (n >= sizeof(digits) || (*s)[n] != end)
		return -EINVAL;
	memcpy(digits, *s, n);
	digits[n] = '\0';
	*s += n + (end ? 1 : 0);
	return str_to_u64(digits, 16, max, ret);
}

/* "0000:81:00.3" as domain and the number that VFs are counted by (pci_iov_virtfn_devfn()) */
static int parse_address(const char *s, uint64_t *ret_domain, uint64_t *ret_rid)
{
	uint64_t domain, bus, dev, fn;
	int r = take_hex(&s, ':', UINT32_MAX, &domain);

	if (!r)
		r = take_hex(&s, ':', UINT8_MAX, &bus);
	if (!r)
		r = take_hex(&s, '.', 31, &dev);
	if (!r)
		r = take_hex(&s, '\0', 7, &fn);
	if (r)
		return r;
	*ret_domain = domain;
	*ret_rid = bus << 8 | dev << 3 | fn;
	return 0;
}

struct vacancy_scan {
	const char *root;
	uint64_t domain, rid;
	struct pf_vacancy *ret;
	unsigned seen;
};

static int read_sriov(int dev, uint64_t *total, uint64_t *num, uint64_t *offset, uint64_t *stride)
{
	int r = sysfs_read_u64(dev, "sriov_totalvfs", total);

	if (!r)
		r = sysfs_read_u64(dev, "sriov_numvfs", num);
	if (!r)
		r = sysfs_read_u64(dev, "sriov_offset", offset);
	return r ? r : sysfs_read_u64(dev, "sriov_stride", stride);
}

/* 1: found; 0: go on */
static int look_at(const char *name, void *arg)
{
	struct vacancy_scan *s = arg;
	struct devid id = { .bus = DEV_BUS_PCI };
	uint64_t domain, rid, total, num, offset, stride, away;
	struct err ignored;
	cleanup(sysfs_close) int dev = -EBADF;

	if (parse_address(name, &domain, &rid) || domain != s->domain || rid >= s->rid ||
	    str_copy(id.name, sizeof(id.name), name))
		return 0;
	dev = pci_open(s->root, &id, &ignored);
	if (dev < 0 || read_sriov(dev, &total, &num, &offset, &stride) || !total ||
	    s->rid < rid + offset)
		return 0;
	if (++s->seen > PF_SCAN_MAX)
		return -E2BIG;
	/* the stride may be 0 where there can be only one VF (PCIe 9.3.3.10) */
	away = s->rid - rid - offset;
	if (stride ? away % stride || away / stride >= total : away != 0)
		return 0;
	*s->ret = (struct pf_vacancy){ .pf = id,
				       .vf = stride ? (unsigned)(away / stride) : 0,
				       .num_vfs = (unsigned)num,
				       .total_vfs = (unsigned)total };
	return 1;
}

int pf_find_vacancy_at(const char *root, const struct devid *vf, struct pf_vacancy *ret,
		       struct err *e)
{
	struct vacancy_scan s = { .root = root, .ret = ret };
	char path[128];
	int r;

	if (vf->bus != DEV_BUS_PCI || parse_address(vf->name, &s.domain, &s.rid) ||
	    str_printf(path, sizeof(path), "%s/bus/pci/devices", root))
		return err_set(e, ENODEV, "%s is no address of a VF", vf->name);
	r = sysfs_list(AT_FDCWD, path, look_at, &s);
	if (r == 1)
		return 0;
	return err_set(e, ENODEV, "no PF here could have a VF at %s", vf->name);
}

int pf_get_uplinks(const struct devid *pf, struct pf_uplinks *ret, struct err *e)
{
	return pf_get_uplinks_at(sysfs_root, pf, ret, e);
}

bool pf_has_switch(const struct devid *pf, const char *netdev)
{
	return pf_has_switch_at(sysfs_root, pf, netdev);
}

int pf_find_vacancy(const struct devid *vf, struct pf_vacancy *ret, struct err *e)
{
	return pf_find_vacancy_at(sysfs_root, vf, ret, e);
}
