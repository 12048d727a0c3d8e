// SPDX-License-Identifier: Apache-2.0
/*
 * State files of the Go plugins (ecosystem.md 5.2, 5.3) that are not our mirrors:
 *
 *   sriov/<container>-<ifname>            JSON; the pod's namespace is in sriov/pci/<device>
 *   rdma/<network>-<container>-<ifname>   JSON
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "kernel/netns.h"
#include "kernel/node.h"
#include "probe.h"

enum { GO_FILE_MAX = 1 << 20 };

/* mirror.c marks ours with it */
static const char mark[] = "x-sriov-rdma";

struct look {
	struct report *r;
	const char *plugin;
	int dir;
	struct err *e;
};

/*
 * "<container>-<ifname>". Of rdma's files the network stays in front of the container: ids may
 * hold '-', so nobody can tell where it ends.
 */
static bool split_name(const char *name, struct attachment *a)
{
	const char *dash = strrchr(name, '-');

	if (!dash || dash == name || !ifname_valid(dash + 1) ||
	    str_copy(a->ifname, sizeof(a->ifname), dash + 1))
		return false;
	return !str_printf(a->container, sizeof(a->container), "%.*s", (int)(dash - name), name);
}

static const char *text_of(const cJSON *doc, const char *key)
{
	const char *s = NULL;
	struct err ignored;

	return json_get_str(doc, key, &s, &ignored) || !s ? "" : s;
}

/* sriov's mark says where the device is; rdma's file does not. */
static void set_state(struct attachment *a)
{
	cleanup(netns_close) struct netns ns = NETNS_NONE;
	char path[PATH_MAX];
	struct err ignored;

	a->state = ATT_STALE;
	(void)!str_copy(a->why, sizeof(a->why), "its network namespace is gone");
	if (str_printf(path, sizeof(path), "%s/sriov/pci/%s", node_dir(NODE_STATE),
		       a->device.name) ||
	    file_read_attr(AT_FDCWD, path, a->netns, sizeof(a->netns)) ||
	    netns_open(a->netns, &ns, &ignored))
		return;
	a->state = ATT_LIVE;
	a->why[0] = '\0';
}

static int add(const struct look *l, const char *name, const cJSON *doc)
{
	struct attachment a = { .plugin = l->plugin, .go = true }, *to;
	const char *device = text_of(doc, "deviceID"), *network = text_of(doc, "name");

	if (devid_parse(device, &a.device) || str_copy(a.network, sizeof(a.network), network) ||
	    !split_name(name, &a))
		return 0;
	(void)!str_printf(a.file, sizeof(a.file), "%s/%s/%s", node_dir(NODE_STATE), l->plugin,
			  name);
	set_state(&a);
	to = list_add(&l->r->attachments);
	if (!to)
		return no_memory(l->e);
	*to = a;
	return 0;
}

static int look_at(const char *name, void *arg)
{
	const struct look *l = arg;
	cleanup(json_free) cJSON *doc = NULL;
	cleanup(str_free) char *text = NULL;
	struct err ignored;
	size_t len;

	/* directories, temporary files, what no Go plugin wrote */
	if (name[0] == '.' || file_read_at(l->dir, name, GO_FILE_MAX, &text, &len, &ignored) ||
	    json_parse(text, len, &doc, &ignored) || !cJSON_IsObject(doc) || json_find(doc, mark))
		return 0;
	return add(l, name, doc);
}

static int look_into(struct report *r, const char *plugin, struct err *e)
{
	cleanup(fd_close) int dir = -EBADF;
	struct look l = { .r = r, .plugin = plugin, .e = e };
	char path[PATH_MAX];

	if (str_printf(path, sizeof(path), "%s/%s", node_dir(NODE_STATE), plugin))
		return err_set(e, ENAMETOOLONG, "state directory");
	l.dir = dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? 0 : err_sys(e, errno, "open directory %s", path);
	return file_each_at(dir, look_at, &l, e);
}

int probe_gostate(struct report *r, struct err *e)
{
	int err = look_into(r, "rdma", e);

	return err ? err : look_into(r, "sriov", e);
}
