// SPDX-License-Identifier: Apache-2.0
#include "compat.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "kernel/node.h"
#include "plugin/mirror.h"

enum { DIR_MODE = 0700 };

int compat_open_dir(int *ret_fd, struct err *e)
{
	char path[FILE_PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/rdma", node_dir(NODE_STATE));

	return r ? err_sys(e, -r, "state directory") : file_open_dir(path, DIR_MODE, ret_fd, e);
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

/* For the *_at() functions; false: too long for a name of either plugin. */
static bool state_path(const struct record *r, char buf[static FILE_PATH_MAX])
{
	char name[NAME_MAX + 1];

	return compat_state_name(&r->key, name) &&
	       !str_printf(buf, FILE_PATH_MAX, "%s/rdma/%s", node_dir(NODE_STATE), name);
}

int compat_publish(struct world *w, const struct record *r, struct err *e)
{
	cleanup(json_free) cJSON *doc = make_state(w, r);
	char path[FILE_PATH_MAX];

	if (!doc)
		return err_sys(e, ENOMEM, "write state file");
	return state_path(r, path) ? mirror_write(path, DIR_MODE, doc, r, e) : 0;
}

int compat_forget(const struct record *r, enum hold hold, struct err *e)
{
	char path[FILE_PATH_MAX];

	if (!state_path(r, path))
		return 0;
	return hold == HOLD_ALL ? file_unlink_at(AT_FDCWD, path, e) :
				  mirror_remove(AT_FDCWD, path, r, e);
}

int compat_hold(const struct record *r, enum hold *ret, struct err *e)
{
	char path[FILE_PATH_MAX];

	*ret = HOLD_DEVICE;
	return state_path(r, path) ? mirror_hold(path, r, ret, e) : 0;
}
