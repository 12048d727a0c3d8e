// SPDX-License-Identifier: Apache-2.0
#include "compat.h"

#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "kernel/node.h"
#include "names.h"
#include "plugin/mirror.h"
#include "props.h"

enum { STATE_MAX = 4096 };

static int open_dir(int *ret_fd, struct err *e)
{
	char path[PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/rdma", node_dir(NODE_STATE));

	return r ? err_sys(e, -r, "state directory") : file_open_dir(path, 0700, ret_fd, e);
}

/* A name that is too long has no state file in Go either: it could not be created. */
static bool state_name(const struct record *r, char buf[static NAME_MAX + 1])
{
	return !str_printf(buf, NAME_MAX - sizeof("..tmp"), "%s-%s-%s", r->key.network,
			   r->key.container, r->key.ifname);
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
	if (!state_name(r, name))
		return 0;
	err = open_dir(&dir, e);
	return err ? err : mirror_write(dir, name, doc, r, e);
}

int compat_forget(const struct record *r, struct err *e)
{
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err;

	if (!state_name(r, name))
		return 0;
	err = open_dir(&dir, e);
	return err ? err : mirror_remove(dir, name, r, e);
}

int compat_superseded(const struct record *r, bool *ret, struct err *e)
{
	enum mirror_owner owner = MIRROR_SHARED;
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err;

	*ret = false;
	if (!state_name(r, name))
		return 0;
	err = open_dir(&dir, e);
	if (!err)
		err = mirror_read(dir, name, r, &owner, e);
	*ret = !err && (owner == MIRROR_NONE || owner == MIRROR_GO);
	return err;
}

static void was(struct plan *p, const char *prop, struct value v)
{
	plan_want(p, prop_find(&rdma_props, prop), &v);
	p->steps[p->n - 1].was = v;
}

static int identify(struct record *r, const char *name, struct err *e)
{
	struct pci_fn fn;
	struct err gone;
	cJSON *facts = cJSON_AddObjectToObject(r->doc, "facts");
	cJSON *list = facts ? cJSON_AddArrayToObject(facts, "devices") : NULL;
	cJSON *dev = cJSON_CreateObject();

	if (!list || !dev || !cJSON_AddItemToArray(list, dev) || !json_put_str(dev, "name", name))
		return err_sys(e, ENOMEM, "read state file");
	r->facts = facts;
	/* a device that is gone has no instance; opening it will say so */
	if (!pci_get(&r->device, &fn, &gone))
		r->instance = fn.instance;
	return node_boot_id(r->boot, e);
}

static int make_record(const struct cni_call *c, bool has_steps, struct record *r, struct err *e)
{
	struct value names = { .type = VALUE_NAMES };
	const char *device = NULL, *name = NULL;
	int err = json_get_str(r->doc, "deviceID", &device, e);

	if (!err)
		err = json_get_str(r->doc, "sandboxRdmaDevName", &name, e);
	if (err)
		return err;
	if (!device || devid_parse(device, &r->device) || !name || !ibdev_name_valid(name))
		return err_set(e, EBADMSG, "state file names no device");
	r->key = (struct record_key){ c->network, c->container, c->ifname };
	r->foreign = true;
	r->phase = PHASE_LIVE;
	r->netns = c->netns;
	if (has_steps) {
		names_entry(&names, name, name);
		was(&r->plan, "rdma.place", place_home(PLACE_ALL));
		was(&r->plan, "rdma.names", names);
	}
	return identify(r, name, e);
}

int compat_load(const struct cni_call *c, struct record *ret, struct err *e)
{
	cleanup(record_done) struct record r = {
		.key = { c->network, c->container, c->ifname },
	};
	cleanup(str_free) char *text = NULL;
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	size_t len;
	int err;

	if (!state_name(&r, name))
		return err_set(e, ENOENT, "no state file can have such a name");
	err = open_dir(&dir, e);
	if (!err)
		err = file_read_at(dir, name, STATE_MAX, &text, &len, e);
	if (!err)
		err = json_parse(text, len, &r.doc, e);
	if (!err)
		err = make_record(c, !mirror_older_than_boot(dir, name), &r, e);
	if (err)
		return err;
	*ret = r;
	r.doc = NULL;
	return 0;
}
