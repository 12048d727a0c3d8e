// SPDX-License-Identifier: Apache-2.0
/* The text of a record: struct to JSON and back. Files are store.c's. */
#include "txn/record.h"

#include <string.h>

#include "txn/record_json.h"

static const char *const phase_name[] = {
	[PHASE_PREPARED] = "prepared",
	[PHASE_LIVE] = "live",
	[PHASE_LEASE] = "lease",
};

static const char *const bus_name[] = { [DEV_BUS_PCI] = "pci", [DEV_BUS_AUX] = "auxiliary" };

void record_done(struct record *r)
{
	json_free(&r->doc);
	plan_done(&r->plan);
	str_free(&r->plan_text);
}

struct record record_take(struct record *r)
{
	struct record taken = *r;

	*r = (struct record){ .doc = NULL };
	return taken;
}

/* Strings that may be absent are written as "". */
static bool put_text(cJSON *obj, const char *key, const char *s)
{
	return json_put_str(obj, key, s ? s : "");
}

static bool put_netns(cJSON *doc, const struct record *r)
{
	cJSON *ns = cJSON_AddObjectToObject(doc, "netns");

	return ns && put_text(ns, "path", r->netns) &&
	       json_put_int(ns, "dev", (int64_t)r->netns_id.dev) &&
	       json_put_int(ns, "ino", (int64_t)r->netns_id.ino) &&
	       json_put_int(ns, "cookie", (int64_t)r->netns_id.cookie);
}

static bool put_device(cJSON *doc, const struct record *r)
{
	cJSON *dev = cJSON_AddObjectToObject(doc, "device");

	return dev && json_put_str(dev, "bus", bus_name[r->device.bus]) &&
	       json_put_str(dev, "name", r->device.name) &&
	       json_put_int(dev, "instance", (int64_t)r->instance) &&
	       json_put_str(dev, "bootID", r->boot);
}

static bool put_ipam(cJSON *doc, const struct record *r)
{
	cJSON *ipam;

	if (!r->ipam || !*r->ipam)
		return true;
	ipam = cJSON_AddObjectToObject(doc, "ipam");
	return ipam && json_put_str(ipam, "type", r->ipam) && put_text(ipam, "args", r->args) &&
	       put_text(ipam, "config", r->config);
}

static cJSON *plan_to_json(const struct plan *p)
{
	cleanup(json_free) cJSON *steps = cJSON_CreateArray();

	for (size_t i = 0; steps && i < p->n; i++) {
		const struct step *s = &p->steps[i];
		cJSON *step = cJSON_CreateObject();

		if (!step || !cJSON_AddItemToArray(steps, step) ||
		    !json_put_str(step, "prop", s->prop->name) ||
		    !json_put(step, "was", value_to_json(&s->was)) ||
		    !json_put(step, "want", value_to_json(&s->want)))
			return NULL;
	}
	return take_ptr(steps);
}

void record_print_plan(struct record *r)
{
	cleanup(json_free) cJSON *steps = plan_to_json(&r->plan);

	str_free(&r->plan_text);
	if (steps)
		r->plan_text = json_text(steps);
}

static bool put_steps(cJSON *doc, const struct record *r)
{
	return json_put(doc, "steps",
			r->plan_text ? cJSON_CreateRaw(r->plan_text) : plan_to_json(&r->plan));
}

static bool put_copy(cJSON *doc, const char *key, const cJSON *item)
{
	return !item || json_put(doc, key, cJSON_Duplicate(item, true));
}

char *record_text(const struct record *r, const char *plugin)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();

	if (!doc || !json_put_int(doc, "format", RECORD_FORMAT) ||
	    !json_put_int(doc, "minReader", RECORD_MIN_READER) ||
	    !json_put_str(doc, "plugin", plugin) ||
	    !json_put_str(doc, "phase", phase_name[r->phase]) ||
	    !json_put_str(doc, "network", r->key.network) ||
	    !json_put_str(doc, "containerID", r->key.container) ||
	    !json_put_str(doc, "ifname", r->key.ifname) || !put_netns(doc, r) ||
	    !put_device(doc, r) || !put_ipam(doc, r) || !put_copy(doc, "facts", r->facts) ||
	    !put_steps(doc, r) || !put_copy(doc, "result", r->result))
		return NULL;
	return json_text(doc);
}

/* A string member that must be there; "" otherwise. */
static const char *get_text(const cJSON *obj, const char *key)
{
	const cJSON *j = json_find(obj, key);

	return cJSON_IsString(j) ? j->valuestring : "";
}

static bool get_number(const cJSON *obj, const char *key, uint64_t *ret)
{
	struct opt_i64 v = { 0 };
	struct err ignored;

	if (json_get_int(obj, key, &v, &ignored) || !v.set)
		return false;
	*ret = (uint64_t)v.v;
	return true;
}

static int find_text(const char *const *names, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], s))
			return (int)i;
	return -1;
}

static bool get_device(const cJSON *doc, struct record *r)
{
	const cJSON *dev = json_find(doc, "device");
	int bus = find_text(bus_name, array_size(bus_name), get_text(dev, "bus"));

	return bus >= 0 && !devid_parse(get_text(dev, "name"), &r->device) &&
	       r->device.bus == (enum dev_bus)bus && get_number(dev, "instance", &r->instance) &&
	       !str_copy(r->boot, sizeof(r->boot), get_text(dev, "bootID"));
}

static bool get_netns(const cJSON *doc, struct record *r)
{
	const cJSON *ns = json_find(doc, "netns");

	r->netns = get_text(ns, "path");
	return get_number(ns, "dev", &r->netns_id.dev) && get_number(ns, "ino", &r->netns_id.ino) &&
	       get_number(ns, "cookie", &r->netns_id.cookie);
}

static void get_ipam(const cJSON *doc, struct record *r)
{
	const cJSON *ipam = json_find(doc, "ipam");

	r->ipam = get_text(ipam, "type");
	r->args = get_text(ipam, "args");
	r->config = get_text(ipam, "config");
}

static bool is_newer(const cJSON *doc)
{
	uint64_t format;

	return get_number(doc, "format", &format) && format > RECORD_FORMAT;
}

static bool get_steps(const cJSON *doc, const struct prop_table *t, struct plan *p)
{
	const cJSON *steps = json_find(doc, "steps"), *i;

	if (!cJSON_IsArray(steps) || cJSON_GetArraySize(steps) > PLAN_MAX)
		return false;
	cJSON_ArrayForEach(i, steps) {
		const struct prop *prop = prop_find(t, get_text(i, "prop"));
		struct value was, want;

		/* a newer writer that lets us read it (minReader) can do without this one's undo */
		if (!prop && is_newer(doc) && *get_text(i, "prop"))
			continue;
		if (!prop || value_from_json(json_find(i, "was"), prop->type, &was) ||
		    value_from_json(json_find(i, "want"), prop->type, &want))
			return false;
		plan_add(p, prop, &was, &want);
	}
	return true;
}

static int check_format(const cJSON *doc, const char *plugin, struct err *e)
{
	uint64_t min_reader;

	if (!get_number(doc, "minReader", &min_reader) ||
	    strcmp(get_text(doc, "plugin"), plugin) != 0)
		return err_set(e, EBADMSG, "not a record of %s", plugin);
	if (min_reader > RECORD_FORMAT)
		return err_set(
			e, EPROTO,
			"record was written by a newer version (minReader %d, this one reads %d), "
			"use that version to release it",
			(int)min_reader, RECORD_FORMAT);
	return 0;
}

int record_parse(const char *text, size_t len, const char *plugin, const struct prop_table *t,
		 struct record *ret, struct err *e)
{
	cleanup(record_done) struct record r = { .netns = "" };
	cleanup(json_free) cJSON *doc = NULL;
	int phase, err = json_parse(text, len, &doc, e);

	if (!err)
		err = check_format(doc, plugin, e);
	if (err)
		return err;
	phase = find_text(phase_name, array_size(phase_name), get_text(doc, "phase"));
	r.key = (struct record_key){ get_text(doc, "network"), get_text(doc, "containerID"),
				     get_text(doc, "ifname") };
	get_ipam(doc, &r);
	if (phase < 0 || !str_is_id(r.key.network) || !str_is_id(r.key.container) ||
	    !ifname_valid(r.key.ifname) || !get_device(doc, &r) || !get_netns(doc, &r) ||
	    (t && !get_steps(doc, t, &r.plan)))
		return err_set(e, EBADMSG, "record is damaged");
	err = plan_check(&r.plan, e);
	if (err)
		return err;
	r.phase = (enum record_phase)phase;
	r.facts = json_find(doc, "facts");
	r.result = json_find(doc, "result");
	r.doc = take_ptr(doc);
	*ret = record_take(&r);
	return 0;
}
