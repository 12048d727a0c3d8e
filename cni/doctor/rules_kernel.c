// SPDX-License-Identifier: Apache-2.0
/* Rules about the kernel: RDMA modules, character devices, drivers. */
#include <stdio.h>
#include <string.h>

#include "judge.h"

static bool is_loaded(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->modules.n; i++)
		if (!strcmp(r->modules.item[i].name, name))
			return r->modules.item[i].loaded;
	return false;
}

static size_t count_rdma(const struct report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->functions.n; i++)
		n += r->functions.item[i].n_rdma;
	return n;
}

/* The RDMA module of a network card that is here and has none loaded */
static const char *needed_module(const struct report *r)
{
	for (size_t i = 0; i < r->functions.n; i++) {
		const char *m = rdma_module_of(r->functions.item[i].sys.driver);

		if (m && !is_loaded(r, m))
			return m;
	}
	return NULL;
}

static void core_missing(struct report *r, const struct rule *rule)
{
	const char *module = needed_module(r);
	char fix[TEXT_MAX];

	if (!r->core_loaded)
		found(r, rule, "ib_core",
		      fix_printf(fix, "modprobe %s", module ? module : "ib_core"),
		      "The RDMA core (ib_core) is not loaded");
}

static void kernel_too_old(struct report *r, const struct rule *rule)
{
	if (r->core_loaded && !r->mode_told)
		found(r, rule, r->kernel,
		      "# install kernel 5.3 or newer, or NVIDIA's OFED 4.7 or newer",
		      "RDMA of kernel %s%s%s knows no network namespaces", r->kernel,
		      r->ofed[0] ? " with OFED " : "", r->ofed);
}

static void uverbs_missing(struct report *r, const struct rule *rule)
{
	if (r->core_loaded && !is_loaded(r, "ib_uverbs"))
		found(r, rule, "ib_uverbs", "modprobe ib_uverbs",
		      "ib_uverbs is not loaded: there is no /dev/infiniband/uverbsN");
}

static void umad_missing(struct report *r, const struct rule *rule)
{
	if (r->core_loaded && !is_loaded(r, "ib_umad"))
		found(r, rule, "ib_umad", "modprobe ib_umad",
		      "ib_umad is not loaded: there is no /dev/infiniband/umadN, no issmN");
}

static void rdma_cm_missing(struct report *r, const struct rule *rule)
{
	if (r->core_loaded && !r->has_rdma_cm)
		found(r, rule, "rdma_ucm", "modprobe rdma_ucm",
		      "rdma_ucm is not loaded: there is no /dev/infiniband/rdma_cm");
}

static void no_rdma(struct report *r, const struct rule *rule)
{
	const char *module = needed_module(r);
	char fix[TEXT_MAX];

	if (!r->core_loaded || count_rdma(r))
		return;
	(void)fix_printf(
		fix, module ? "modprobe %s" : "# fit an RDMA network card, or load its driver%s",
		module ? module : "");
	found(r, rule, "", fix, "No network function of this node has an RDMA device");
}

static void no_chardev(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; is_loaded(r, "ib_uverbs") && i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		for (size_t k = 0; k < f->n_rdma; k++)
			if (f->rdma[k].sys.uverbs < 0)
				found(r, rule, f->rdma[k].sys.name, fix_rebind(f, fix),
				      "%s of %s has no uverbs device", f->rdma[k].sys.name,
				      f->sys.id.name);
	}
}

static void no_node(struct report *r, const struct rule *rule, const char *class, const char *node)
{
	char fix[TEXT_MAX];

	(void)fix_printf(fix,
			 "mkdir -p /dev/infiniband && mknod -m %s /dev/infiniband/%s c "
			 "$(tr : ' ' </sys/class/%s/%s/dev)",
			 strcmp(class, "infiniband_mad") ? "666" : "600", node, class, node);
	found(r, rule, node, fix, "/dev/infiniband/%s is not there, although the kernel has it",
	      node);
}

/* umad is for the shared device plugin; it is no problem of the other mode */
static void nodes_missing(struct report *r, const struct rule *rule)
{
	char name[WORD_MAX];

	for (size_t i = 0; i < r->functions.n; i++)
		for (size_t k = 0; k < r->functions.item[i].n_rdma; k++) {
			const struct rdma_link *l = &r->functions.item[i].rdma[k];

			(void)snprintf(name, sizeof(name), "uverbs%d", l->sys.uverbs);
			if (l->sys.uverbs >= 0 && !l->uverbs_node)
				no_node(r, rule, "infiniband_verbs", name);
			(void)snprintf(name, sizeof(name), "umad%d", l->sys.umad);
			if (r->for_what == FOR_SHARED && l->sys.umad >= 0 && !l->umad_node)
				no_node(r, rule, "infiniband_mad", name);
		}
}

/* Kernels make it where there can be a subnet manager only: InfiniBand. */
static void issm_missing(struct report *r, const struct rule *rule)
{
	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		for (size_t k = 0; k < f->n_rdma; k++)
			if (f->rdma[k].umad_node && !f->rdma[k].issm_node)
				found(r, rule, f->rdma[k].sys.name,
				      "# use a current release of the shared device plugin",
				      "%s of %s has no issm device: new kernels have none for RoCE",
				      f->rdma[k].sys.name, f->sys.id.name);
	}
}

static void immovable(struct report *r, const struct rule *rule)
{
	/* no disassociate_ucontext in the RDMA driver that goes with it (rdma-kernel.md 1.2) */
	static const char *const drivers[] = { "efa",	 "cxgb4", "qede",     "hfi1",	"ib_qib",
					       "be2net", "enic",  "ib_mthca", "vmxnet3" };

	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		for (size_t k = 0; k < array_size(drivers); k++)
			if (f->n_rdma && !strcmp(f->sys.driver, drivers[k]))
				found(r, rule, f->sys.id.name,
				      "# use this card in shared mode, or another card",
				      "%s: driver %s cannot move its RDMA devices to pods",
				      f->sys.id.name, f->sys.driver);
	}
}

static const struct rule table[] = {
	{ "core-missing", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, core_missing,
	  "without it there is no RDMA at all" },
	{ "kernel-too-old", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, kernel_too_old,
	  "RDMA devices cannot be given to pods one by one" },
	{ "uverbs-missing", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, uverbs_missing,
	  "no program can open an RDMA device without it" },
	{ "umad-missing", PROBLEM, FOR_SHARED, umad_missing,
	  "the shared device plugin counts a card without it as 0 (\"missing RDMA device spec\")" },
	{ "umad-missing", NOTE, FOR_EXCLUSIVE, umad_missing,
	  "only management programs need it (ibstat, perfquery, subnet managers)" },
	{ "rdma-cm-missing", PROBLEM, FOR_SHARED, rdma_cm_missing,
	  "the shared device plugin counts a card without it as 0 (\"missing RDMA device spec\")" },
	{ "rdma-cm-missing", NOTE, FOR_EXCLUSIVE, rdma_cm_missing,
	  "programs that connect by IP address need it (rping, NCCL does not)" },
	{ "no-rdma", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, no_rdma,
	  "there is nothing to give to pods" },
	{ "no-chardev", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, no_chardev,
	  "no program can open this device" },
	{ "no-node", PROBLEM, FOR_EXCLUSIVE | FOR_SHARED, nodes_missing,
	  "programs open the device by this name, and device plugins hand it to pods" },
	{ "no-issm", NOTE, FOR_SHARED, issm_missing,
	  "old releases of the shared device plugin count a card without it as 0 (\"issm\" not found)" },
	{ "driver-immovable", PROBLEM, FOR_EXCLUSIVE, immovable,
	  "a pod would get the network interface without its RDMA device" },
};

const struct rules rules_kernel = { array_size(table), table };
