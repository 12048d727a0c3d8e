// SPDX-License-Identifier: Apache-2.0
/* Rules about PFs, VFs and their RDMA devices. */
#include <string.h>

#include "judge.h"

enum { VFS_DEFAULT = 8 };

static bool has_rdma_pf(const struct report *r, const struct function *vf)
{
	return r->functions.item[vf->pf].n_rdma;
}

/* Calls @each for the VFs of PFs that have RDMA: the others are no business of ours. */
static void each_vf(struct report *r, const struct rule *rule,
		    void (*each)(struct report *r, const struct rule *rule,
				 const struct function *vf))
{
	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		if (function_is_vf(f) && has_rdma_pf(r, f))
			each(r, rule, f);
	}
}

static const struct function *find_best_pf(const struct report *r, bool *ret_has_vfs)
{
	const struct function *best = NULL;

	*ret_has_vfs = false;
	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		if (function_is_vf(f) || !f->n_rdma)
			continue;
		*ret_has_vfs |= f->num_vfs > 0;
		if (f->total_vfs && !best)
			best = f;
	}
	return best;
}

static void no_vfs(struct report *r, const struct rule *rule)
{
	bool has_vfs;
	const struct function *pf = find_best_pf(r, &has_vfs);
	char fix[TEXT_MAX];

	if (has_vfs || !pf)
		return;
	(void)fix_printf(fix, "echo %u >/sys/bus/pci/devices/%s/sriov_numvfs",
			 pf->total_vfs < VFS_DEFAULT ? pf->total_vfs : VFS_DEFAULT,
			 pf->sys.id.name);
	found(r, rule, pf->sys.id.name, fix, "There are no VFs; PF %s (%s) can have %u",
	      pf->sys.id.name, pf->sys.netdev, pf->total_vfs);
}

static void no_sriov(struct report *r, const struct rule *rule)
{
	bool has_vfs, any = false;

	if (find_best_pf(r, &has_vfs) || has_vfs)
		return;
	for (size_t i = 0; i < r->functions.n; i++)
		any |= r->functions.item[i].n_rdma > 0;
	if (any)
		found(r, rule, "",
		      "# switch on SR-IOV in the BIOS and in the card "
		      "(mlxconfig -d PCI-ADDRESS set SRIOV_EN=1 NUM_OF_VFS=8), reboot",
		      "No RDMA card of this node can have VFs");
}

static void pf_down(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		if (f->n_rdma && f->num_vfs && f->sys.netdev[0] && !f->up)
			found(r, rule, f->sys.netdev,
			      fix_printf(fix, "ip link set %s up", f->sys.netdev),
			      "PF %s (%s) is down", f->sys.id.name, f->sys.netdev);
	}
}

static void one_without_driver(struct report *r, const struct rule *rule, const struct function *vf)
{
	char fix[TEXT_MAX];

	if (!vf->sys.driver[0])
		found(r, rule, vf->sys.id.name,
		      fix_printf(fix, "echo %s >/sys/bus/pci/drivers_probe", vf->sys.id.name),
		      "VF %s has no driver", vf->sys.id.name);
}

static void vf_no_driver(struct report *r, const struct rule *rule)
{
	each_vf(r, rule, one_without_driver);
}

/* A VF of a userspace driver has no interface and is not expected to have RDMA. */
static void one_without_rdma(struct report *r, const struct rule *rule, const struct function *vf)
{
	char fix[TEXT_MAX];

	if (vf->sys.has_netdev && vf->sys.driver[0] && !vf->n_rdma)
		found(r, rule, vf->sys.id.name, fix_rebind(vf, fix),
		      "VF %s (%s) has no RDMA device, its PF has one", vf->sys.id.name,
		      vf->sys.netdev);
}

static void vf_no_rdma(struct report *r, const struct rule *rule)
{
	each_vf(r, rule, one_without_rdma);
}

static bool has_zero_guid(const struct function *vf)
{
	for (size_t k = 0; k < vf->n_rdma; k++)
		if (vf->rdma[k].told && !vf->rdma[k].dev.node_guid)
			return true;
	return false;
}

static bool lacks_admin_mac(const struct function *vf)
{
	return vf->admin_told && mac_is_zero(&vf->admin) && vf->sys.netdev[0] &&
	       !mac_is_zero(&vf->mac) && !strcmp(vf->link, "ether");
}

static const char *set_mac(const struct report *r, const struct function *vf,
			   char buf[static TEXT_MAX])
{
	char mac[MAC_STR_MAX];

	return fix_printf(buf, "ip link set %s vf %u mac %s", r->functions.item[vf->pf].sys.netdev,
			  vf->sys.vf, mac_format(&vf->mac, mac));
}

static void one_zero_guid(struct report *r, const struct rule *rule, const struct function *vf)
{
	char fix[TEXT_MAX], mac[TEXT_MAX] = "", rebind[TEXT_MAX];

	if (!has_zero_guid(vf))
		return;
	/* the driver makes the GUID of the MAC, when it binds */
	if (lacks_admin_mac(vf))
		(void)set_mac(r, vf, mac);
	(void)fix_printf(fix, "%s%s%s", mac, mac[0] ? " && " : "", fix_rebind(vf, rebind));
	found(r, rule, vf->sys.id.name, fix, "The RDMA device of VF %s (%s) has node GUID 0",
	      vf->sys.id.name, vf->rdma[0].sys.name);
}

static void vf_zero_guid(struct report *r, const struct rule *rule)
{
	each_vf(r, rule, one_zero_guid);
}

static void one_no_mac(struct report *r, const struct rule *rule, const struct function *vf)
{
	char fix[TEXT_MAX];

	if (lacks_admin_mac(vf) && !has_zero_guid(vf))
		found(r, rule, vf->sys.id.name, set_mac(r, vf, fix),
		      "VF %s (%s) has no administrative MAC", vf->sys.id.name, vf->sys.netdev);
}

static void vf_no_mac(struct report *r, const struct rule *rule)
{
	each_vf(r, rule, one_no_mac);
}

/* The VF, free and here, whose uverbs number is the highest: bound again it takes the lowest free one. */
static const struct function *find_above(const struct report *r, int free_number,
					 int (*number)(const struct pci_rdma *d))
{
	const struct function *above = NULL;
	int highest = free_number;

	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		if (!function_is_vf(f) || !f->n_rdma || !f->rdma[0].sys.here ||
		    f->holder != NOT_HELD || number(&f->rdma[0].sys) <= highest)
			continue;
		highest = number(&f->rdma[0].sys);
		above = f;
	}
	return above;
}

static int uverbs_of(const struct pci_rdma *d)
{
	return d->uverbs;
}

static int umad_of(const struct pci_rdma *d)
{
	return d->umad;
}

static void hole(struct report *r, const struct rule *rule)
{
	const struct function *uverbs = find_above(r, r->free_uverbs, uverbs_of);
	const struct function *umad = find_above(r, r->free_umad, umad_of);
	char fix[TEXT_MAX];

	if (uverbs)
		found(r, rule, uverbs->sys.id.name, fix_rebind(uverbs, fix),
		      "uverbs%d is free, but VF %s has uverbs%d", r->free_uverbs,
		      uverbs->sys.id.name, uverbs->rdma[0].sys.uverbs);
	else if (umad)
		found(r, rule, umad->sys.id.name, fix_rebind(umad, fix),
		      "umad%d is free, but VF %s has umad%d", r->free_umad, umad->sys.id.name,
		      umad->rdma[0].sys.umad);
}

static void infiniband(struct report *r, const struct rule *rule)
{
	for (size_t i = 0; i < r->functions.n; i++)
		if (!function_is_vf(&r->functions.item[i]) &&
		    !strcmp(r->functions.item[i].link, "infiniband"))
			found(r, rule, r->functions.item[i].sys.id.name,
			      "# for RoCE: mlxconfig -d PCI-ADDRESS set LINK_TYPE_P1=2, reboot",
			      "PF %s is InfiniBand", r->functions.item[i].sys.id.name);
}

static void switchdev(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->functions.n; i++) {
		const char *id = r->functions.item[i].sys.id.name;

		if (r->functions.item[i].eswitch == DEVLINK_SWITCHDEV)
			found(r, rule, id,
			      fix_printf(fix, "devlink dev eswitch set pci/%s mode legacy", id),
			      "PF %s is in switchdev mode", id);
	}
}

static const struct rule table[] = {
	{ "no-sriov", PROBLEM, FOR_EXCLUSIVE, no_sriov, "each pod needs a VF of its own" },
	{ "no-vfs", PROBLEM, FOR_EXCLUSIVE, no_vfs, "each pod needs a VF of its own" },
	{ "pf-down", PROBLEM, FOR_EXCLUSIVE, pf_down,
	  "its VFs have no carrier, and their RDMA ports are down" },
	{ "vf-no-driver", PROBLEM, FOR_EXCLUSIVE, vf_no_driver, "it can be given to no pod" },
	{ "vf-no-rdma", PROBLEM, FOR_EXCLUSIVE, vf_no_rdma,
	  "a pod that gets this VF fails, and the device plugin may not count it" },
	{ "vf-zero-guid", PROBLEM, FOR_EXCLUSIVE, vf_zero_guid,
	  "programs that use the connection manager fail with it (error -19)" },
	{ "vf-no-admin-mac", PROBLEM, FOR_EXCLUSIVE, vf_no_mac,
	  "its MAC, and the GUID that is made of it, may change whenever its driver binds" },
	{ "number-hole", PROBLEM, FOR_EXCLUSIVE, hole,
	  "a move to a pod takes the lowest free number, the device plugin promised another: the pod "
	  "would be refused" },
	{ "infiniband", NOTE, FOR_EXCLUSIVE, infiniband,
	  "sriov and rdma are for Ethernet (RoCE); ib-sriov is for InfiniBand" },
	{ "switchdev", NOTE, FOR_EXCLUSIVE, switchdev,
	  "some attributes of VFs cannot be set in that mode" },
};

const struct rules rules_devices = { array_size(table), table };
