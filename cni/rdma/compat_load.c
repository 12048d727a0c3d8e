// SPDX-License-Identifier: Apache-2.0
/* Reading the Go plugin's state: which attachments there are, and each as a record. */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "compat.h"
#include "kernel/node.h"
#include "names.h"
#include "plugin/mirror.h"
#include "props.h"
#include "world.h"

static const char *text(const cJSON *obj, const char *key)
{
	const cJSON *j = json_find(obj, key);

	return cJSON_IsString(j) ? j->valuestring : "";
}

static void step(struct plan *p, const char *prop, struct value was, struct value want)
{
	plan_add(p, prop_find(&rdma_props, prop), &was, &want);
}

/* The devices' names are unique over the node, so it came home under the pod's name. */
static int make_plan(struct record *r, const char *home, const char *away, struct err *e)
{
	struct value was = { .type = VALUE_NAMES }, want = { .type = VALUE_NAMES };
	cleanup(pod_close) struct pod pod = POD_NONE;
	/* of a pod that is gone its place is of no namespace, which nothing equals */
	int err = pod_reopen(r, &pod, e);

	if (err)
		return err;
	names_entry(&was, home, home);
	names_entry(&want, home, *away ? away : home);
	step(&r->plan, "rdma.place", place_home(PLACE_ALL), place_pod(&pod, PLACE_ALL));
	step(&r->plan, "rdma.names", was, want);
	return plan_check(&r->plan, e);
}

static int add_facts(struct record *r, const char *name, struct err *e)
{
	cJSON *facts = cJSON_AddObjectToObject(r->doc, "facts");
	cJSON *list = facts ? cJSON_AddArrayToObject(facts, "devices") : NULL;
	cJSON *dev = list ? cJSON_CreateObject() : NULL;

	if (!dev || !cJSON_AddItemToArray(list, dev) || !json_put_str(dev, "name", name))
		return err_sys(e, ENOMEM, "read state file");
	r->facts = facts;
	return 0;
}

/* A file that is older than the boot gets no boot id: its namespace and its device are gone. */
static int identify(int dir, const char *file, struct record *r, struct err *e)
{
	struct pci_fn fn;
	bool old = false;
	int err = pci_get(&r->device, 0, &fn, e);

	/* a device that is gone has no instance; opening it will say so */
	if (err && err != -ENODEV)
		return err;
	if (!err)
		r->instance = fn.instance;
	err = mirror_older_than_boot(dir, file, &old, e);
	return err || old ? err : node_boot_id(r->boot, e);
}

static int make_record(const struct record_key *key, const struct cni_call *c, int dir,
		       const char *file, struct record *r, struct err *e)
{
	const char *home = text(r->doc, "sandboxRdmaDevName");
	const char *away = text(r->doc, "containerRdmaDevName");
	bool latest = false;
	int err;

	if (devid_parse(text(r->doc, "deviceID"), &r->device) || !ibdev_name_valid(home))
		return err_set(e, EBADMSG, "state file %s names no device", file);
	r->key = *key;
	r->foreign = true;
	err = compat_is_latest(dir, file, &r->device, &latest, e);
	if (!err)
		err = identify(dir, file, r, e);
	if (!err)
		err = add_facts(r, home, e);
	/* the Go plugin leaves a file behind when its DEL has no namespace; the next pod's is younger */
	r->phase = latest ? PHASE_LIVE : PHASE_LEASE;
	r->netns = is_call_about(c, key) ? c->netns : "";
	if (!err && latest && !*r->netns)
		err = compat_find_netns(r, e);
	return err ? err : make_plan(r, home, away, e);
}

int compat_load(const struct record_key *key, const struct cni_call *c, struct record *ret,
		struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err;

	if (!compat_state_name(key, name))
		return err_set(e, ENOENT, "no state file can have such a name");
	err = compat_open_dir(&dir, e);
	if (!err)
		err = mirror_load(dir, name, key, &r.doc, e);
	if (!err)
		err = make_record(key, c, dir, name, &r, e);
	if (err)
		return err;
	*ret = record_take(&r);
	return 0;
}

/* Is "<container>-<ifname>" of this network: sriov's file of that name says so? */
static bool sriov_says(const char *rest, const char *network)
{
	cleanup(json_free) cJSON *doc = NULL;
	cleanup(str_free) char *state = NULL;
	struct err ignored;

	return !compat_read_sriov("", rest, &state) &&
	       !json_parse(state, strlen(state), &doc, &ignored) &&
	       !strcmp(text(doc, "name"), network);
}

/* From the key that a file of ours carries; else from its name. @buf holds the strings. */
static bool find_key(const char *network, const char *name, const cJSON *doc,
		     char buf[static NAME_MAX + 1], struct record_key *ret)
{
	size_t len = strlen(network);
	const char *rest = name + len + 1;

	if (mirror_key(doc, ret))
		return !strcmp(ret->network, network);
	if (strncmp(name, network, len) != 0 || name[len] != '-' ||
	    str_copy(buf, NAME_MAX + 1, rest) || !mirror_split(buf, NULL, ret))
		return false;
	ret->network = network;
	/* "a-b-c-net1": container b-c of network a, or c of a-b? */
	if (!strchr(ret->container, '-') || sriov_says(rest, network))
		return true;
	log_info("state file %s may be of another network than %s, left alone", name, network);
	return false;
}

struct each {
	const char *network;
	int (*fn)(const struct record_key *key, void *arg);
	void *arg;
};

static int each_state(const char *name, const cJSON *doc, void *arg)
{
	const struct each *each = arg;
	char buf[NAME_MAX + 1];
	struct record_key key;

	return find_key(each->network, name, doc, buf, &key) ? each->fn(&key, each->arg) : 0;
}

int compat_each(const char *network, int (*fn)(const struct record_key *key, void *arg), void *arg,
		struct err *e)
{
	struct each each = { .network = network, .fn = fn, .arg = arg };
	cleanup(fd_close) int dir = -EBADF;
	int r = compat_open_dir(&dir, e);

	return r ? r : mirror_each(dir, each_state, &each, e);
}

int compat_alive(const struct record *r, bool *ret, struct err *e)
{
	struct pci_rdma_list list;
	int err;

	*ret = false;
	if (r->phase != PHASE_LIVE || !*r->boot)
		return 0;
	err = devs_list(&r->device, &list, e);
	*ret = !err && compat_is_away(&list);
	return err == -ENODEV ? 0 : err;
}
