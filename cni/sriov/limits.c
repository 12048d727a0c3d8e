// SPDX-License-Identifier: Apache-2.0
#include "limits.h"

#include <linux/if_arp.h>

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
	if (w->userspace || w->link.type != ARPHRD_INFINIBAND)
		return 0;
	return unsupported(
		e,
		"device %s is InfiniBand, whose MAC, VLAN and RDMA device work differently: use "
		"the ib-sriov plugin, or set the port's link type to Ethernet",
		w->fn.id.name);
}

int limits_check(const struct sriov_conf *conf, struct world *w, struct err *e)
{
	int r = check_link_type(w, e);

	if (!r)
		r = check_mtu(conf, w, e);
	return r ? r : check_filters(conf, w, e);
}
