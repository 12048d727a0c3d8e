// SPDX-License-Identifier: Apache-2.0
/*
 * An attachment as the Go plugins would have left it. Their state files are like our mirrors, but
 * that ours carry a stamp (plugin/mirror.h); golden has files as they really write them.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "fake/world.h"
#include "machine.h"
#include "tree.h"

enum { STATE_MAX = 1 << 20 };

static void state_dir(enum plugin p, char path[static PATH_MAX])
{
	fake_printf(path, PATH_MAX, "%s/var/lib/cni/%s", fake_root(), plugin_names[p]);
}

static bool is_state(enum plugin p, const char *name)
{
	return name[0] != '.' && !strncmp(name, p == RDMA ? "net-pod" : "pod", p == RDMA ? 7 : 3);
}

/* One that has no stamp stays as old as it is: of two for a device the younger counts. */
static void unstamp(const char *path)
{
	cleanup(json_free) cJSON *doc = NULL;
	cleanup(str_free) char *text = NULL, *plain = NULL;
	struct err e;
	size_t len;

	if (file_read_at(AT_FDCWD, path, STATE_MAX, &text, &len, &e) ||
	    json_parse(text, len, &doc, &e))
		fake_fatal("%s: %s", path, e.msg);
	cJSON_DeleteItemFromObject(doc, "x-sriov-rdma");
	plain = json_text(doc);
	if (!plain)
		fake_fatal("out of memory");
	if (strcmp(plain, text) != 0 && file_replace(path, plain, strlen(plain), 0600, 0700, &e))
		fake_fatal("%s: %s", path, e.msg);
}

/* Calls @fn for each state file, or those of @container; how many there are. */
static unsigned each_state(enum plugin p, const char *container, void (*fn)(const char *path))
{
	const struct dirent *entry;
	char dir[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	unsigned n = 0;
	DIR *d;

	state_dir(p, dir);
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		if (!is_state(p, entry->d_name) || (container && !strstr(entry->d_name, container)))
			continue;
		fake_printf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (fn)
			fn(path);
		n++;
	}
	if (d)
		(void)closedir(d);
	return n;
}

bool machine_has_mirror(enum plugin p, const char *container)
{
	return each_state(p, container, NULL);
}

void machine_make_go(struct pod *pod)
{
	static const char *const ours[] = { "var/lib/cni/sriov-rdma", "run/cni/sriov-rdma" };
	char path[PATH_MAX];

	for (size_t i = 0; i < array_size(ours); i++) {
		fake_printf(path, sizeof(path), "%s/%s", fake_root(), ours[i]);
		tree_remove(path);
	}
	for (enum plugin p = 0; p < PLUGINS; p++) {
		/* a VF for DPDK has no RDMA device */
		if (!each_state(p, NULL, unstamp) && p == SRIOV)
			fake_fatal("%s left no state file", plugin_names[p]);
		pod->added[p] = false;
	}
}
