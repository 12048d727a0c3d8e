// SPDX-License-Identifier: Apache-2.0
#include "index.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "kernel/node.h"

enum { INDEX_FORMAT = 1, INDEX_MAX = 16384, MEMORY_MAX = 48 };

/* @what: "json", which everybody may read, or "index", the memory of index_recall() */
static int file_path(const struct devid *device, const char *what, char buf[static FILE_PATH_MAX])
{
	return str_printf(buf, FILE_PATH_MAX, "%s/sriov-rdma/%s.%s", node_dir(NODE_RUN),
			  device->name, what);
}

static bool put_netns(cJSON *doc, const struct record *r)
{
	cJSON *ns = cJSON_AddObjectToObject(doc, "netns");

	return ns && json_put_str(ns, "path", r->netns) &&
	       json_put_int(ns, "inode", (int64_t)r->netns_id.ino);
}

static bool put_dev(cJSON *list, const struct ibdev *d)
{
	cJSON *item = cJSON_CreateObject();

	return item && cJSON_AddItemToArray(list, item) &&
	       json_put_str(item, "name", d->sys.name) && json_put_str(item, "hostName", d->name) &&
	       json_put_int(item, "index", d->dev.index) &&
	       json_put_int(item, "uverbs", d->sys.uverbs) &&
	       json_put_int(item, "umad", d->sys.umad);
}

static char *make_text(const struct world *w, const struct record *r)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();
	cJSON *list;

	if (!doc || !json_put_int(doc, "format", INDEX_FORMAT) ||
	    !json_put_str(doc, "bootID", r->boot) ||
	    !json_put_str(doc, "network", r->key.network) ||
	    !json_put_str(doc, "containerID", r->key.container) ||
	    !json_put_str(doc, "ifname", r->key.ifname) || !put_netns(doc, r) ||
	    !json_put_str(doc, "deviceID", r->device.name) ||
	    !json_put_str(doc, "driver", w->fn.driver))
		return NULL;
	list = cJSON_AddArrayToObject(doc, "rdmaDevices");
	for (size_t i = 0; list && i < w->n; i++)
		if (w->dev[i].found && !put_dev(list, &w->dev[i]))
			return NULL;
	return list ? json_text(doc) : NULL;
}

void index_publish(const struct world *w, const struct record *r)
{
	cleanup(str_free) char *text = make_text(w, r);
	char path[FILE_PATH_MAX];
	struct err e;

	if (!text || file_path(&r->device, "json", path))
		log_warn("index of %s was not written", r->device.name);
	else if (file_replace(path, text, strlen(text), 0644, 0755, &e))
		log_warn("index of %s was not written: %s", r->device.name, e.msg);
}

static bool differs(const cJSON *doc, const char *key, const char *mine)
{
	const char *s = NULL;
	struct err ignored;

	return json_get_str(doc, key, &s, &ignored) || !s || strcmp(s, mine) != 0;
}

/* The device may be somebody else's by now: then so is the file. */
static int is_others(const char *path, const struct record *r, bool *ret, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	cleanup(json_free) cJSON *doc = NULL;
	size_t len;
	int err = file_read_at(AT_FDCWD, path, INDEX_MAX, &text, &len, e);

	if (!err)
		err = json_parse(text, len, &doc, e);
	*ret = !err && (differs(doc, "network", r->key.network) ||
			differs(doc, "containerID", r->key.container) ||
			differs(doc, "ifname", r->key.ifname));
	/* what cannot be understood is nobody's */
	return err == -ENOENT || err == -EBADMSG ? 0 : err;
}

int index_forget(const struct record *r, struct err *e)
{
	char path[FILE_PATH_MAX];
	bool others = false;
	int err;

	if (file_path(&r->device, "json", path))
		return 0;
	err = is_others(path, r, &others, e);
	/* also where there is none: a killed process may have left the temporary file */
	return err || others ? err : file_remove_at(AT_FDCWD, path, e);
}

static void put_memory(const struct ibdev *d, char buf[static MEMORY_MAX])
{
	(void)snprintf(buf, MEMORY_MAX, "%" PRId64 ":%d:%d", d->index, d->uverbs, d->umad);
}

/* A link, because one call reads it and one makes it; it leads nowhere. */
void index_recall(const struct devid *device, struct ibdev *ret)
{
	char path[FILE_PATH_MAX], text[MEMORY_MAX], again[MEMORY_MAX];
	struct ibdev d = { .found = false };
	struct err ignored;

	if (file_path(device, "index", path) ||
	    file_target_at(AT_FDCWD, path, text, sizeof(text), &ignored) ||
	    /* NOLINTNEXTLINE(cert-err34-c): what is out of range is not what was written */
	    sscanf(text, "%" SCNd64 ":%d:%d", &d.index, &d.uverbs, &d.umad) != 3)
		return;
	put_memory(&d, again);
	if (d.index >= 0 && d.index <= UINT32_MAX && !strcmp(text, again))
		*ret = d;
}

void index_remember(const struct devid *device, const struct ibdev *d)
{
	char path[FILE_PATH_MAX], text[MEMORY_MAX];
	struct err e;
	int r;

	if (file_path(device, "index", path))
		return;
	put_memory(d, text);
	r = file_link_at(AT_FDCWD, path, text, &e);
	/* the first time since the node was booted */
	if (r == -ENOENT && !file_make_parent(path, 0755, &e))
		r = file_link_at(AT_FDCWD, path, text, &e);
	if (r)
		log_debug("%s", e.msg);
}
