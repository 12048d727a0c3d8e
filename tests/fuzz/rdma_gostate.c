// SPDX-License-Identifier: Apache-2.0
/*
 * What rdma reads of others' files: sriov's mark, sriov's state, where the link that remembers an
 * index leads, then the state of the Go plugin, which also stands in for the index. Against the fake
 * kernel: the VF's RDMA device is in a pod's namespace.
 */
#include "compat.h"
#include "fake/world.h"
#include "index.h"
#include "tree.h"

#define DEVICE "0000:03:00.2"
#define POD    "/run/netns/x"

static struct {
	int marks, sriov, rdma, run;
} dir;

static const struct record record = {
	.key = { .network = "net", .container = "c0ffee", .ifname = "net1" },
	.device = { .name = DEVICE },
	.netns = POD,
};

static void set_up(void)
{
	const struct fake_shape shape = { .pfs = 1, .vfs = 1 };
	int pod;

	dir.marks = tree_dir("var/lib/cni/sriov/pci");
	dir.sriov = tree_dir("var/lib/cni/sriov");
	dir.rdma = tree_dir("var/lib/cni/rdma");
	dir.run = tree_dir("run/cni/sriov-rdma");
	fake_init(fake_get(), &shape);
	pod = fake_add_netns(fake_get(), POD);
	for (int i = 0; i < FAKE_RDMA_MAX; i++)
		if (!strcmp(fake_get()->fns[fake_get()->rdmas[i].fn].id.name, DEVICE))
			fake_get()->rdmas[i].ns = pod;
}

static int count_key(const struct record_key *key, void *arg)
{
	/* they become names of files */
	MUST(!strcmp(key->network, "net") && str_is_id(key->container) &&
	     ifname_valid(key->ifname));
	++*(int *)arg;
	return 0;
}

static void read_state(const char *netns)
{
	const struct cni_call call = {
		.network = "net", .container = "c0ffee", .ifname = "net1", .netns = netns
	};
	cleanup(record_done) struct record r = { .doc = NULL };
	bool alive = false;
	struct err e = { 0 };
	int err = compat_load(&record.key, &call, &r, &e);

	MUST(!err || (err == -e.sys && *e.msg));
	if (err)
		return;
	MUST(r.foreign && r.plan.n <= PLAN_MAX && r.netns && r.facts);
	MUST(!compat_alive(&r, &alive, &e));
}

static void check_index(struct field target)
{
	cleanup(str_free) char *text = field_text(target);
	struct ibdev d = { .index = -1 };
	struct err e = { 0 };
	char again[64];

	index_recall(&record.device, &d);
	if (d.index != -1) {
		(void)snprintf(again, sizeof(again), "%lld:%d:%d", (long long)d.index, d.uverbs,
			       d.umad);
		MUST(!strcmp(text, again) && d.index >= 0 && d.index <= UINT32_MAX);
	}
	MUST(!index_forget(&record, &e));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fields in = { data, len };
	struct field target, state;
	struct err e = { 0 };
	enum hold hold;
	int keys = 0;

	if (tree_make())
		set_up();
	tree_put(dir.marks, DEVICE, take_field(&in));
	tree_put(dir.sriov, "c0ffee-net1", take_field(&in));
	target = take_field(&in);
	tree_link(dir.run, DEVICE ".index", target);
	state = take_rest(&in);
	tree_put(dir.rdma, "net-c0ffee-net1", state);
	tree_put(dir.run, DEVICE ".json", state);
	read_state(POD);
	read_state("");
	MUST(!compat_hold(&record, &hold, &e));
	MUST(!compat_each("net", count_key, &keys, &e) && keys <= 1);
	check_index(target);
	MUST(!compat_forget(&record, HOLD_DEVICE, &e));
	return 0;
}
