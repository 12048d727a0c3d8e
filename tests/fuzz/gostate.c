// SPDX-License-Identifier: Apache-2.0
/*
 * The Go plugin's files as found on disk: up to the first NUL the allocation
 * mark, then the attachment's state. Against the fake kernel, so that the
 * namespace a mark names can be looked for.
 */
#include "compat.h"
#include "tree.h"

#define DEVICE "0000:03:00.3"

static int count_key(const struct record_key *key, void *arg)
{
	(void)arg;
	/* they become names of files */
	MUST(str_is_id(key->network) && str_is_id(key->container) && ifname_valid(key->ifname));
	return 0;
}

/* An attachment is read as a record, and found by its network and by its device. */
static void read_attachments(const struct record *like)
{
	const struct cni_call call = { .network = like->key.network,
				       .container = like->key.container,
				       .ifname = like->key.ifname,
				       .netns = "" };
	struct err e = { 0 };
	int r;

	for (int i = 0; i < 2; i++) {
		cleanup(record_done) struct record r1 = { .doc = NULL };

		r = i ? compat_claimant(&like->device, &call, &r1, &e) :
			compat_load(&like->key, &call, &r1, &e);
		MUST(!r || (r == -e.sys && *e.msg));
		MUST(r || (r1.foreign && r1.plan.n <= PLAN_MAX));
	}
	(void)!compat_each("net", count_key, NULL, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct record record = {
		.key = { .network = "net", .container = "c0ffee", .ifname = "net1" },
		.device = { .name = DEVICE },
		.netns = "/run/netns/x",
	};
	static int marks, states;
	struct fields in = { data, len };
	struct field mark;
	struct err e = { 0 };
	enum hold hold = HOLD_NOTHING;
	int r;

	if (tree_make()) {
		marks = tree_dir("var/lib/cni/sriov/pci");
		states = tree_dir("var/lib/cni/sriov");
	}
	mark = take_field(&in);
	tree_put(marks, DEVICE, mark);
	tree_put(states, "c0ffee-net1", take_rest(&in));
	r = compat_check_free(&record.device, &e);
	MUST(!r || (r == -e.sys && *e.msg));
	r = compat_hold(&record, &hold, &e);
	MUST(!r || (r == -e.sys && *e.msg));
	read_attachments(&record);
	if (!r && hold != HOLD_NOTHING)
		MUST(mark.n == strlen(record.netns) && !memcmp(mark.b, record.netns, mark.n));
	return 0;
}
