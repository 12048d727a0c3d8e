// SPDX-License-Identifier: Apache-2.0
/*
 * The Go plugin's files as found on disk: up to the first NUL the allocation
 * mark, then the attachment's state. Against the fake kernel, so that the
 * namespace a mark names can be looked for.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat.h"
#include "fuzz.h"

#define DEVICE "0000:03:00.3"
#define STATE  "var/lib/cni/sriov"
#define MARK   STATE "/pci/" DEVICE

static char root[] = "/tmp/fuzz-gostate-XXXXXX";

static void clean_up(void)
{
	static const char *const names[] = { "world",	   MARK,  STATE "/c0ffee-net1",
					     STATE "/pci", STATE, "var/lib/cni",
					     "var/lib",	   "var", "" };
	char path[PATH_MAX];

	for (size_t i = 0; i < array_size(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		(void)remove(path);
	}
}

static void set_up(void)
{
	static const char *const dirs[] = { "var", "var/lib", "var/lib/cni", "var/lib/cni/sriov",
					    "var/lib/cni/sriov/pci" };
	char path[PATH_MAX];

	MUST(mkdtemp(root));
	(void)atexit(clean_up);
	for (size_t i = 0; i < array_size(dirs); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", root, dirs[i]);
		MUST(!mkdir(path, 0700));
	}
	setenv("FAKE_ROOT", root, 1);
	(void)snprintf(path, sizeof(path), "%s/world", root);
	setenv("FAKE_WORLD", path, 1);
}

static void put(const char *name, const void *text, size_t len)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/var/lib/cni/sriov/%s", root, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	(void)close(fd);
}

static int count_key(const struct record_key *key, void *arg)
{
	(void)arg;
	MUST(*key->network && *key->container && *key->ifname);
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
	const uint8_t *nul = len ? memchr(data, '\0', len) : NULL;
	size_t mark = nul ? (size_t)(nul - data) : len;
	struct err e = { 0 };
	bool superseded = true;
	int r;

	if (strstr(root, "XXXXXX"))
		set_up();
	put("pci/" DEVICE, data, mark);
	put("c0ffee-net1", data + mark + (nul ? 1 : 0), len - mark - (nul ? 1 : 0));
	r = compat_check_free(&record.device, &e);
	MUST(!r || (r == -e.sys && *e.msg));
	r = compat_superseded(&record, &superseded, &e);
	MUST(!r || (r == -e.sys && *e.msg));
	read_attachments(&record);
	if (!r && !superseded)
		MUST(mark == strlen(record.netns) && !memcmp(data, record.netns, mark));
	return 0;
}
