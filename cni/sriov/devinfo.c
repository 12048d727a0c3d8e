// SPDX-License-Identifier: Apache-2.0
#include "devinfo.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

static bool put_rdma(cJSON *pci, const struct world *w)
{
	struct pci_rdma_list list;
	struct err ignored;

	/* several are separated by commas in the device plugin's files; one is the rule */
	if (pci_get_rdma(&w->fn.id, &list, &ignored) || !list.n)
		return true;
	return json_put_str(pci, "rdma-device", list.dev[0].name);
}

static char *make_text(const struct world *w)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();
	cJSON *pci = NULL;

	if (doc && json_put_str(doc, "type", "pci") && json_put_str(doc, "version", "1.1.0"))
		pci = cJSON_AddObjectToObject(doc, "pci");
	if (!pci || !json_put_str(pci, "pci-address", w->fn.id.name) ||
	    (w->fn.is_vf && !json_put_str(pci, "pf-pci-address", w->fn.pf.name)) ||
	    !put_rdma(pci, w))
		return NULL;
	return json_text(doc);
}

void devinfo_write(const struct world *w)
{
	const char *path = w->conf->device_info;
	cleanup(str_free) char *text = NULL;
	cleanup(fd_close) int dir = -EBADF;
	char parent[PATH_MAX], leaf[PATH_MAX];
	struct err e;

	if (!path || path[0] != '/' || !faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) ||
	    str_copy(parent, sizeof(parent), path) || str_copy(leaf, sizeof(leaf), path))
		return;
	text = make_text(w);
	if (!text || file_open_dir(dirname(parent), 0755, &dir, &e) ||
	    file_replace_at(dir, basename(leaf), text, strlen(text), 0444, &e))
		log_warn("device-info file %s was not written", path);
}
