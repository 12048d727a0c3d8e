// SPDX-License-Identifier: Apache-2.0
#include "which.h"

#include "base/log.h"
#include "kernel/link.h"
#include "proto/result.h"

static bool from_result(const struct cni_call *c, const cJSON *prev, struct devid *ret)
{
	struct result_iface iface = { .pci_id = NULL };

	return result_find_iface(prev, c->ifname, c->netns, &iface) >= 0 && iface.pci_id &&
	       !devid_parse(iface.pci_id, ret);
}

static bool from_interface(const struct cni_call *c, struct pod *pod, struct devid *ret)
{
	cleanup(nl_shut) struct nl *nl = NULL;
	struct link link;
	struct err why;

	if (nl_open(NL_ROUTE, &pod->ns, &pod->home, &nl, &why) ||
	    link_find(nl, c->ifname, &link, &why)) {
		log_info("interface %s of the pod does not tell its device: %s", c->ifname,
			 why.msg);
		return false;
	}
	return !devid_parse(link.parent, ret);
}

int which_device(const struct cni_call *c, const cJSON *prev, struct pod *pod,
		 struct rdma_conf *conf, struct err *e)
{
	if (!conf->source && from_result(c, prev, &conf->device))
		conf->source = "prevResult";
	if (!conf->source && from_interface(c, pod, &conf->device))
		conf->source = "the pod's interface";
	if (conf->source)
		return 0;
	return err_code(
		e, EINVAL, CNI_ERR_CONFIG,
		"deviceID is required for rdma: neither the configuration nor prevResult (pciID) has "
		"it, and interface %s in the pod has no PCI or auxiliary device; with Multus, check "
		"the network's k8s.v1.cni.cncf.io/resourceName annotation",
		c->ifname);
}
