// SPDX-License-Identifier: Apache-2.0
#include "compat.h"

#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "kernel/node.h"
#include "plugin/mirror.h"

int compat_open_dir(int *ret_fd, struct err *e)
{
	char path[PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/rdma", node_dir(NODE_STATE));

	return r ? err_sys(e, -r, "state directory") : file_open_dir(path, 0700, ret_fd, e);
}

/* A name that is too long has no state file in Go either: it could not be created. */
bool compat_state_name(const struct record_key *key, char buf[static NAME_MAX + 1])
{
	return !str_printf(buf, NAME_MAX - sizeof("..tmp"), "%s-%s-%s", key->network,
			   key->container, key->ifname);
}

/* It knows one device: of several it gets the first, the kernel returns the others with the pod. */
static cJSON *make_state(const struct world *w, const struct record *r)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();

	if (!doc || !json_put_str(doc, "version", "1.0") ||
	    !json_put_str(doc, "deviceID", r->device.name) ||
	    !json_put_str(doc, "sandboxRdmaDevName", w->dev[0].name) ||
	    !json_put_str(doc, "containerRdmaDevName", w->dev[0].sys.name))
		return NULL;
	return take_ptr(doc);
}

int compat_publish(struct world *w, const struct record *r, struct err *e)
{
	cleanup(json_free) cJSON *doc = make_state(w, r);
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err;

	if (!doc)
		return err_sys(e, ENOMEM, "write state file");
	if (!compat_state_name(&r->key, name))
		return 0;
	err = compat_open_dir(&dir, e);
	return err ? err : mirror_write(dir, name, doc, r, e);
}

int compat_forget(const struct record *r, struct err *e)
{
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err;

	if (!compat_state_name(&r->key, name))
		return 0;
	err = compat_open_dir(&dir, e);
	return err ? err : mirror_remove(dir, name, r, e);
}

int compat_superseded(const struct record *r, bool *ret, struct err *e)
{
	enum mirror_owner owner = MIRROR_SHARED;
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err;

	*ret = false;
	if (!compat_state_name(&r->key, name))
		return 0;
	err = compat_open_dir(&dir, e);
	if (!err)
		err = mirror_read(dir, name, r, &owner, e);
	*ret = !err && (owner == MIRROR_NONE || owner == MIRROR_GO);
	return err;
}
