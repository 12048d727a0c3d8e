// SPDX-License-Identifier: Apache-2.0
/*
 * What the doctor reads of a node that is not ours: modprobe's files, the kernel's command line, a
 * CNI configuration, a lease, the Go plugins' state; and a record. It may find all of it wrong: its
 * report is JSON, and nothing of the node has changed.
 */
#include "base/json.h"
#include "judge.h"
#include "print.h"
#include "probe.h"
#include "tree.h"

static struct place {
	const char *dir, *name;
	int fd;
} places[] = {
	{ .dir = "etc/modprobe.d", .name = "a.conf" },
	{ .dir = "proc", .name = "cmdline" },
	{ .dir = "var/lib/cni/networks/net", .name = "10.0.0.2" },
	{ .dir = "sys/module/mlx5_core", .name = "version" },
	{ .dir = "var/lib/cni/sriov/pci", .name = "0000:03:00.3" },
	{ .dir = "var/lib/cni/sriov", .name = "c0ffee-net1" },
	{ .dir = "var/lib/cni/rdma", .name = "net-c0ffee-net1" },
	{ .dir = "etc/cni/net.d", .name = "net.conf" },
	{ .dir = "var/lib/cni/sriov-rdma/sriov", .name = "net:c0ffee:net1" },
};

static FILE *nowhere;
static int process;

static void set_up(void)
{
	static const char runtime[] = "containerd\n";

	for (size_t i = 0; i < array_size(places); i++)
		places[i].fd = tree_dir(places[i].dir);
	process = tree_dir("proc/77");
	tree_put(process, "comm", (struct field){ (const uint8_t *)runtime, strlen(runtime) });
	nowhere = fopen("/dev/null", "we");
	MUST(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	cleanup(report_free) struct report *r = NULL;
	cleanup(str_free) char *text = NULL;
	cleanup(json_free) cJSON *doc = NULL;
	struct fields in = { data, len };
	struct err e = { 0 };

	if (tree_make())
		set_up();
	for (size_t i = 0; i < array_size(places); i++)
		tree_put(places[i].fd, places[i].name,
			 i + 1 < array_size(places) ? take_field(&in) : take_rest(&in));
	/* what a process says of itself gets all of the input: it is another form of file */
	tree_put(process, "status", (struct field){ data, len });
	r = report_new(FOR_EXCLUSIVE, "/opt/cni/bin");
	MUST(r);
	probe_all(r);
	judge(r);
	text_print(r, nowhere);
	text_stale(r, nowhere);
	text = json_report(r);
	MUST(text && !json_parse(text, strlen(text), &doc, &e));
	return 0;
}
