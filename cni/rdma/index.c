// SPDX-License-Identifier: Apache-2.0
#include "index.h"

#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "kernel/node.h"

enum { INDEX_FORMAT = 1, INDEX_MAX = 16384 };

static int open_dir(int *ret_fd, struct err *e)
{
	char path[PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/sriov-rdma", node_dir(NODE_RUN));

	return r ? err_sys(e, -r, "index directory") : file_open_dir(path, 0755, ret_fd, e);
}

static int file_name(const struct devid *device, char buf[static DEVID_MAX + 8])
{
	return str_printf(buf, DEVID_MAX + 8, "%s.json", device->name);
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
	cleanup(fd_close) int dir = -EBADF;
	char name[DEVID_MAX + 8];
	struct err e;

	if (!text || file_name(&r->device, name)) {
		log_warn("index of %s was not written", r->device.name);
		return;
	}
	if (open_dir(&dir, &e) || file_replace_at(dir, name, text, strlen(text), 0644, &e))
		log_warn("index of %s was not written: %s", r->device.name, e.msg);
}

static bool differs(const cJSON *doc, const char *key, const char *mine)
{
	const char *s = NULL;
	struct err ignored;

	return json_get_str(doc, key, &s, &ignored) || !s || strcmp(s, mine) != 0;
}

/* The device may be somebody else's by now: then so is the file. */
static int is_others(int dir, const char *name, const struct record *r, bool *ret, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	cleanup(json_free) cJSON *doc = NULL;
	size_t len;
	int err = file_read_at(dir, name, INDEX_MAX, &text, &len, e);

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
	cleanup(fd_close) int dir = -EBADF;
	char name[DEVID_MAX + 8];
	bool others = false;
	int err;

	if (file_name(&r->device, name))
		return 0;
	err = open_dir(&dir, e);
	if (!err)
		err = is_others(dir, name, r, &others, e);
	/* also where there is none: a killed process may have left the temporary file */
	return err || others ? err : file_remove_at(dir, name, e);
}
