// SPDX-License-Identifier: Apache-2.0
#include "possible.h"

#include <linux/if_arp.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "kernel/devlink.h"
#include "kernel/pci_pf.h"

#define unsupported(e, ...) err_code(e, EOPNOTSUPP, CNI_ERR_FIELD, __VA_ARGS__)

static int check_mtu(const struct sriov_conf *conf, const struct world *w, struct err *e)
{
	if (!conf->mtu)
		return 0;
	if (w->userspace)
		return unsupported(e,
				   "mtu %u: VF %s has no network interface (driver %s), remove mtu",
				   conf->mtu, w->fn.id.name, w->fn.driver);
	if (w->pf_mtu && conf->mtu > w->pf_mtu)
		return unsupported(e,
				   "mtu %u is greater than %u, the MTU of PF %s: raise that first",
				   conf->mtu, w->pf_mtu, w->pf_name);
	if (w->link.max_mtu && conf->mtu > w->link.max_mtu)
		return unsupported(e, "mtu %u is greater than %u, the maximum of device %s",
				   conf->mtu, w->link.max_mtu, w->fn.id.name);
	if (conf->mtu < w->link.min_mtu)
		return unsupported(e, "mtu %u is less than %u, the minimum of device %s", conf->mtu,
				   w->link.min_mtu, w->fn.id.name);
	return 0;
}

/* An untrusted VF silently keeps filtering: the pod would wait for frames for ever. */
static int check_filters(const struct sriov_conf *conf, struct world *w, struct err *e)
{
	const char *key = conf->promisc ? "promisc" : "allMulticast";
	int r;

	if ((!conf->promisc && !conf->all_multicast) || !w->fn.is_vf)
		return 0;
	if (w->userspace)
		return unsupported(e, "%s: VF %s has no network interface (driver %s), remove it",
				   key, w->fn.id.name, w->fn.driver);
	if (conf->vf.have & VF_TRUST)
		return conf->vf.trust ?
			       0 :
			       unsupported(e, "%s needs a trusted VF, but trust is \"off\"", key);
	r = world_get_vf(w, e);
	if (r)
		return r;
	return w->vf.trust ?
		       0 :
		       unsupported(e,
				   "%s needs a trusted VF: add \"trust\": \"on\" (VF %u of PF "
				   "%s is not trusted)",
				   key, w->fn.vf, w->pf_name);
}

static int check_link_type(const struct world *w, struct err *e)
{
	/* a VF without interface is told by its PF */
	if ((w->userspace || w->link.type != ARPHRD_INFINIBAND) && w->pf_type != ARPHRD_INFINIBAND)
		return 0;
	return unsupported(
		e,
		"device %s is InfiniBand, whose MAC, VLAN and RDMA device work differently: use "
		"the ib-sriov plugin, or set the port's link type to Ethernet",
		w->fn.id.name);
}

/*
 * What drivers refuse in switchdev mode, where such things are set at the VF's
 * representor (rdma-kernel.md 4.2). An unlisted driver is simply asked.
 */
static const struct {
	const char *driver;
	unsigned refused; /* VF_* bits */
} switchdev_limits[] = {
	{ "mlx5_core", VF_VLAN | VF_SPOOFCHK | VF_TRUST | VF_LINK_STATE },
	{ "ice", VF_TRUST },
};

static unsigned refused_by(const char *driver)
{
	for (size_t i = 0; i < array_size(switchdev_limits); i++)
		if (!strcmp(switchdev_limits[i].driver, driver))
			return switchdev_limits[i].refused;
	return 0;
}

/* The asked-for attributes among @bits, by the names of their keys. */
static void list_keys(const struct vf_attrs *vf, unsigned bits, char *ret, size_t size)
{
	static const struct {
		enum vf_attr bit;
		const char *key;
	} keys[] = {
		{ VF_VLAN, "vlan" },
		{ VF_SPOOFCHK, "spoofchk" },
		{ VF_TRUST, "trust" },
		{ VF_LINK_STATE, "link_state" },
	};
	size_t n = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < array_size(keys); i++)
		if (vf->have & bits & keys[i].bit)
			n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? ", " : "",
					      keys[i].key);
}

/*
 * Only a PF that has a switch is asked through devlink, and only if something is
 * wanted that may be refused: the common case pays nothing, or one read.
 */
static int check_switchdev(const struct sriov_conf *conf, const struct world *w, struct err *e)
{
	/* VLAN 0 is accepted everywhere: it is what is */
	unsigned asked = conf->vf.have & ~(unsigned)(conf->vf.vlan ? 0 : VF_VLAN), refused;
	enum devlink_eswitch mode;
	struct pci_fn pf;
	char keys[64];
	int r;

	if (!w->fn.is_vf || !(asked & (VF_VLAN | VF_SPOOFCHK | VF_TRUST | VF_LINK_STATE)) ||
	    !pf_has_switch(&w->fn.pf, w->pf_name))
		return 0;
	r = devlink_get_eswitch(&w->fn.pf, &mode, e);
	if (!r)
		r = pci_get(&w->fn.pf, PCI_DRIVER, &pf, e);
	if (r || mode != DEVLINK_SWITCHDEV)
		return r;
	refused = asked & refused_by(pf.driver);
	log_info("PF %s (driver %s) is in switchdev mode", w->pf_name, pf.driver);
	if (!refused)
		return 0;
	list_keys(&conf->vf, refused, keys, sizeof(keys));
	return unsupported(e,
			   "%s: driver %s refuses this while PF %s is in switchdev mode: remove it "
			   "and configure the VF's representor, or run 'devlink dev eswitch set "
			   "pci/%s mode legacy'",
			   keys, pf.driver, w->pf_name, w->fn.pf.name);
}

int possible_check(const struct sriov_conf *conf, struct world *w, struct err *e)
{
	int r = check_link_type(w, e);

	if (!r)
		r = check_switchdev(conf, w, e);
	if (!r)
		r = check_mtu(conf, w, e);
	return r ? r : check_filters(conf, w, e);
}
