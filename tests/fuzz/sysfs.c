// SPDX-License-Identifier: Apache-2.0
/*
 * sysfs as a driver of whatever quality may show it: what is in attributes, where links lead, what
 * directories are called. The tree is always the same, each field of the input goes to one place of it.
 */
#include "kernel/gid.h"
#include "kernel/nic_sysfs.h"
#include "kernel/pci_sysfs.h"
#include "tree.h"

#define PF    "0000:81:00.0"
#define VF    "0000:81:00.3"
#define PF_AT "bus/pci/devices/" PF
#define VF_AT "bus/pci/devices/" VF

/* Directories that stay open: an attribute is found again when the one it is in has another name. */
static struct dir {
	const char *above;
	char name[NAME_MAX + 1];
	int fd, above_fd;
} dirs[] = {
	{ .above = "bus/pci/devices", .name = PF },
	{ .above = "bus/pci/devices", .name = VF },
	{ .above = PF_AT "/net", .name = "ens1f0" },
	{ .above = PF_AT "/net", .name = "ens1f0r1" },
	{ .above = VF_AT "/net", .name = "ens1f0v1" },
	{ .above = VF_AT "/infiniband", .name = "mlx5_2" },
	{ .above = VF_AT "/infiniband_verbs", .name = "uverbs1" },
	{ .above = VF_AT "/infiniband_verbs", .name = "uverbs2" },
	{ .above = VF_AT "/infiniband_mad", .name = "umad1" },
	{ .above = "class/infiniband/mlx5_2/ports", .name = "1" },
	{ .above = "class/infiniband/mlx5_2/ports/1", .name = "gids" },
};

enum where { IN_PF, IN_VF, NET_A, NET_B, NET_VF, IBDEV, UVERBS_A, UVERBS_B, UMAD, PORT, GIDS };
enum kind { CONTENT, TARGET, NAME };

static const struct place {
	enum kind kind;
	enum where in;
	const char *name;
} places[] = {
	{ TARGET, IN_VF, "physfn" },
	{ TARGET, IN_PF, "virtfn1" },
	{ TARGET, IN_VF, "driver" },
	{ CONTENT, IN_PF, "sriov_offset" },
	{ CONTENT, IN_PF, "sriov_stride" },
	{ CONTENT, IN_PF, "sriov_totalvfs" },
	{ CONTENT, IN_PF, "sriov_numvfs" },
	{ CONTENT, IN_PF, "class" },
	{ CONTENT, IN_PF, "vendor" },
	{ CONTENT, IN_PF, "device" },
	{ NAME, NET_A, NULL },
	{ CONTENT, NET_A, "phys_port_name" },
	{ CONTENT, NET_A, "phys_switch_id" },
	{ NAME, NET_B, NULL },
	{ CONTENT, NET_B, "phys_port_name" },
	{ NAME, NET_VF, NULL },
	{ NAME, IBDEV, NULL },
	{ NAME, UVERBS_A, NULL },
	{ CONTENT, UVERBS_A, "ibdev" },
	{ TARGET, UVERBS_A, "device" },
	{ NAME, UVERBS_B, NULL },
	{ CONTENT, UVERBS_B, "ibdev" },
	{ NAME, UMAD, NULL },
	{ CONTENT, UMAD, "ibdev" },
	{ CONTENT, PORT, "state" },
	{ CONTENT, GIDS, "0" },
	{ CONTENT, GIDS, "1" },
};

static const struct devid pf_id = { DEV_BUS_PCI, PF }, vf_id = { DEV_BUS_PCI, VF };

static void set_up(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < array_size(dirs); i++) {
		MUST(!str_printf(path, sizeof(path), "%s/%s", dirs[i].above, dirs[i].name));
		dirs[i].fd = tree_dir(path);
		dirs[i].above_fd = tree_dir(dirs[i].above);
	}
	tree_path(path, "class/infiniband_verbs");
	MUST(!symlink("../" VF_AT "/infiniband_verbs", path));
}

/* What no directory can be called, or another one is: it keeps its name. */
static void rename_dir(struct dir *d, struct field name)
{
	char *to = field_text(name);

	if (!strchr(to, '/') && !renameat(d->above_fd, d->name, d->above_fd, to))
		MUST(!str_copy(d->name, sizeof(d->name), to));
	free(to);
}

static void fill(struct fields *in)
{
	for (size_t i = 0; i < array_size(places); i++) {
		const struct place *p = &places[i];
		struct field f = take_field(in);

		if (p->kind == CONTENT)
			tree_put(dirs[p->in].fd, p->name, f);
		else if (p->kind == TARGET)
			tree_link(dirs[p->in].fd, p->name, f);
		else
			rename_dir(&dirs[p->in], f);
	}
}

static void check(int r, const struct err *e)
{
	MUST(!r || (r == -e->sys && *e->msg));
}

#define ENDS(text) (memchr(text, '\0', sizeof(text)) != NULL)

static void look_at_function(void)
{
	struct err e = { 0 };
	struct pci_fn fn;
	int r = pci_get_at(tree_root, &vf_id, PCI_ALL, &fn, &e);

	check(r, &e);
	MUST(r || (ENDS(fn.netdev) && ENDS(fn.driver) && ENDS(fn.pf.name)));
	/* virtfn1 is the only one there is */
	MUST(r || !fn.is_vf || fn.vf == 1);
}

static void look_at_pf(void)
{
	struct pf_uplinks uplinks = { .n = 0 };
	struct pf_vacancy vacancy;
	char name[IFNAMSIZ] = "";
	struct err e = { 0 };
	int r = pci_uplink_at(tree_root, &pf_id, name, &e);

	check(r, &e);
	MUST(r || (*name && ENDS(name)));
	(void)pf_has_switch_at(tree_root, &pf_id, name);
	r = pf_get_uplinks_at(tree_root, &pf_id, &uplinks, &e);
	check(r, &e);
	MUST(uplinks.n <= PF_UPLINKS_MAX);
	for (size_t i = 0; i < uplinks.n; i++)
		MUST(ENDS(uplinks.name[i]) &&
		     (!i || strcmp(uplinks.name[i - 1], uplinks.name[i]) < 0));
	r = pf_find_vacancy_at(tree_root, &vf_id, &vacancy, &e);
	check(r, &e);
	MUST(r || vacancy.vf < vacancy.total_vfs);
}

static void look_at_rdma(void)
{
	struct pci_rdma_list list = { .n = 0 };
	char owner[DEVID_MAX] = "";
	struct err e = { 0 };
	int free_number, r = pci_get_rdma_at(tree_root, &vf_id, &list, &e);

	check(r, &e);
	MUST(list.n <= PCI_RDMA_MAX);
	for (size_t i = 0; i < list.n; i++) {
		const struct pci_rdma *d = &list.dev[i];

		MUST(ENDS(d->name) && (!i || strcmp(d[-1].name, d->name) < 0));
		MUST(d->uverbs >= -1 && d->umad >= -1);
		(void)pci_has_rdma_at(tree_root, &vf_id, d);
		(void)pci_is_rdma_at(tree_root, &vf_id, d);
		(void)pci_is_only_rdma_at(tree_root, &vf_id, d);
		check(pci_find_rdma_at(tree_root, d->name, owner, &e), &e);
		MUST(ENDS(owner));
	}
	MUST(!pci_lowest_free_uverbs_at(tree_root, &free_number, &e));
	MUST(free_number >= 0 && free_number <= 2);
}

static int see(const struct nic *n, void *arg unused)
{
	MUST(ENDS(n->id.name));
	return 0;
}

static void look_at_node(void)
{
	static struct ip addrs[GID_ADDRS_MAX];
	struct gid_port port;
	uint16_t vendor, device;
	struct devid vf;
	struct err e = { 0 };
	int r, root = tree_dir("");

	MUST(!nic_each_at(tree_root, see, NULL, &e));
	r = nic_get_vf_at(tree_root, &pf_id, 1, &vf, &e);
	check(r, &e);
	MUST(r || ENDS(vf.name));
	check(nic_get_ids_at(tree_root, &pf_id, &vendor, &device, &e), &e);
	MUST(!ip_parse("10.0.0.1", &addrs[0]) && !ip_parse("fd00::1", &addrs[1]));
	r = gid_look(root, "mlx5_2", addrs, array_size(addrs), &port, &e);
	check(r, &e);
	MUST(r || (ENDS(port.state) && !(port.found & ~UINT64_C(3))));
	(void)close(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fields in = { data, len };

	if (tree_make())
		set_up();
	fill(&in);
	look_at_function();
	look_at_pf();
	look_at_rdma();
	look_at_node();
	return 0;
}
