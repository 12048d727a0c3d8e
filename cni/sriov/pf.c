// SPDX-License-Identifier: Apache-2.0
#include "pf.h"

#include <string.h>

#include "kernel/node.h"
#include "kernel/pci_pf.h"

enum {
	/* Making a VF takes a driver some 100 ms; who needs longer is told to come again. */
	VF_WAIT_MS = 2000,
	VF_STEP_MS = 20,
};

/* Does it know the VF? What cannot be found out is no "no", which would make the other the only one. */
static int ask_port(const struct world *w, const char *name, bool *ret, struct err *e)
{
	struct vf_attrs vf;
	struct link port;
	int r = link_find(w->host, name, &port, e);

	if (!r)
		r = vf_get(w->host, port.ifindex, w->fn.vf, &vf, e);
	*ret = !r;
	return r == -ENODEV || r == -ENODATA ? 0 : r;
}

int pf_choose_port(struct world *w, struct err *e)
{
	struct pf_uplinks ports;
	struct err why;
	unsigned n = 0;
	bool knows;

	if (pf_get_uplinks(&w->fn.pf, &ports, &why))
		return -e->sys;
	for (size_t i = 0; i < ports.n; i++) {
		if (ask_port(w, ports.name[i], &knows, &why)) {
			*e = why;
			return -e->sys;
		}
		if (!knows)
			continue;
		memcpy(w->pf_name, ports.name[i], sizeof(w->pf_name));
		n++;
	}
	/* none knows it, or several do: no guess */
	return n == 1 ? 0 : -e->sys;
}

int pf_await_vf(struct world *w, const struct devid *id, struct err *e)
{
	struct patience patience = { .ms = VF_WAIT_MS };
	struct pf_vacancy place;
	struct err why;
	int r = pci_get(id, PCI_ALL, &w->fn, e);

	if (r == -ENODEV && pf_find_vacancy(id, &place, &why))
		return err_code(
			e, ENODEV, CNI_ERR_NO_DEVICE,
			"device %s does not exist, and no PF here could have a VF with this "
			"address: was it allocated on another node, or its PF removed?",
			id->name);
	while (r == -ENODEV) {
		if (node_gives_up(&patience))
			return err_code(e, EAGAIN, CNI_ERR_AGAIN,
					"VF %s does not exist (yet): PF %s has %u of %u VFs and it "
					"would be number %u; make them (sriov_numvfs), or wait for "
					"the operator to do it",
					id->name, place.pf.name, place.num_vfs, place.total_vfs,
					place.vf);
		node_sleep_ms(VF_STEP_MS);
		r = pci_get(id, PCI_ALL, &w->fn, e);
	}
	return r ? err_code(e, -r, CNI_ERR_NO_DEVICE, "device %s: %.400s", id->name, e->msg) : 0;
}
