// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "print.h"

enum { REPORT_FORMAT = 1 };

/* Out of memory anywhere is out of memory at the end: @ok is looked at once. */
struct out {
	bool ok;
};

static cJSON *add_object(struct out *o, cJSON *list)
{
	cJSON *item = cJSON_CreateObject();

	o->ok &= item && list && cJSON_AddItemToArray(list, item);
	return item;
}

static cJSON *add_list(struct out *o, cJSON *obj, const char *key)
{
	cJSON *list = obj ? cJSON_AddArrayToObject(obj, key) : NULL;

	o->ok &= list != NULL;
	return list;
}

static void put_str(struct out *o, cJSON *obj, const char *key, const char *s)
{
	o->ok &= obj && json_put_str(obj, key, s);
}

static void put_int(struct out *o, cJSON *obj, const char *key, int64_t v)
{
	o->ok &= obj && json_put_int(obj, key, v);
}

static void put_bool(struct out *o, cJSON *obj, const char *key, bool v)
{
	o->ok &= obj && json_put_bool(obj, key, v);
}

static void put_hex(struct out *o, cJSON *obj, const char *key, unsigned v)
{
	char text[8];

	(void)snprintf(text, sizeof(text), "%04x", v);
	put_str(o, obj, key, text);
}

static void put_mac(struct out *o, cJSON *obj, const char *key, bool known, const struct mac *m)
{
	char text[MAC_STR_MAX] = "";

	put_str(o, obj, key, known ? mac_format(m, text) : "");
}

static void put_runtimes(struct out *o, cJSON *node, const struct report *r)
{
	cJSON *list = add_list(o, node, "runtimes");

	for (size_t i = 0; i < r->runtimes.n; i++) {
		const struct runtime *t = &r->runtimes.item[i];
		cJSON *item = add_object(o, list);
		char bounding[24] = "";

		if (t->bounding_told)
			(void)snprintf(bounding, sizeof(bounding), "%016" PRIx64, t->bounding);
		put_str(o, item, "process", t->process);
		put_int(o, item, "pid", t->pid);
		put_str(o, item, "capabilities", bounding);
		put_str(o, item, "confinement", t->confinement);
	}
}

static void put_node(struct out *o, cJSON *doc, const struct report *r)
{
	cJSON *node = cJSON_AddObjectToObject(doc, "node"), *list;

	put_str(o, node, "name", r->host);
	put_str(o, node, "kernel", r->kernel);
	put_str(o, node, "ofed", r->ofed);
	put_str(o, node, "bootID", r->boot);
	put_str(o, node, "selinux", r->selinux);
	put_str(o, node, "apparmor", r->apparmor);
	put_str(o, node, "missingCapabilities", r->missing_caps);
	list = add_list(o, node, "modules");
	for (size_t i = 0; i < r->modules.n; i++) {
		cJSON *item = add_object(o, list);

		put_str(o, item, "name", r->modules.item[i].name);
		put_bool(o, item, "loaded", r->modules.item[i].loaded);
	}
	put_bool(o, node, "rdmaCm", r->has_rdma_cm);
	put_runtimes(o, node, r);
}

static void put_mode(struct out *o, cJSON *doc, const struct report *r)
{
	cJSON *mode = cJSON_AddObjectToObject(doc, "rdmaMode"), *list;

	put_str(o, mode, "now", r->mode_told ? mode_name(r->mode) : "");
	put_str(o, mode, "nextBoot", mode_name(r->next_mode));
	list = add_list(o, mode, "sources");
	for (size_t i = 0; i < r->mode_sources.n; i++) {
		cJSON *item = add_object(o, list);

		put_str(o, item, "where", r->mode_sources.item[i].where);
		put_str(o, item, "mode", mode_name(r->mode_sources.item[i].mode));
	}
	list = add_list(o, mode, "otherNamespaces");
	for (size_t i = 0; i < r->namespaces.n; i++) {
		cJSON *item = add_object(o, list);

		put_str(o, item, "path", r->namespaces.item[i].path);
		put_str(o, item, "process", r->namespaces.item[i].comm);
	}
}

/* What of it is in /dev/infiniband */
static void put_nodes(struct out *o, cJSON *item, const struct rdma_link *l)
{
	const struct {
		const char *kind;
		int number;
		bool there;
	} nodes[] = {
		{ "uverbs", l->sys.uverbs, l->uverbs_node },
		{ "umad", l->sys.umad, l->umad_node },
		{ "issm", l->sys.umad, l->issm_node },
	};
	cJSON *list = add_list(o, item, "nodes");

	for (size_t i = 0; i < array_size(nodes); i++) {
		char name[WORD_MAX];
		cJSON *node;

		if (!nodes[i].there)
			continue;
		(void)snprintf(name, sizeof(name), "%s%d", nodes[i].kind, nodes[i].number);
		node = cJSON_CreateString(name);
		o->ok &= node && list && cJSON_AddItemToArray(list, node);
	}
}

static void put_rdma(struct out *o, cJSON *list, const struct rdma_link *l)
{
	cJSON *item = add_object(o, list);
	char guid[24] = "";

	put_str(o, item, "name", l->sys.name);
	put_bool(o, item, "here", l->sys.here);
	put_int(o, item, "uverbs", l->sys.uverbs);
	put_int(o, item, "umad", l->sys.umad);
	put_nodes(o, item, l);
	if (l->told)
		(void)snprintf(guid, sizeof(guid), "%016" PRIx64, l->dev.node_guid);
	put_str(o, item, "nodeGUID", guid);
	put_str(o, item, "protocol", l->told ? l->dev.protocol : "");
	put_int(o, item, "port", 1);
	put_str(o, item, "state", port_state_name(l->port.state));
	put_str(o, item, "netdev", l->netdev);
}

static void put_holder(struct out *o, cJSON *obj, const struct attachment *a)
{
	cJSON *holder;

	if (!a)
		return;
	holder = cJSON_AddObjectToObject(obj, "holder");
	put_str(o, holder, "plugin", a->plugin);
	put_str(o, holder, "network", a->network);
	put_str(o, holder, "containerID", a->container);
	put_str(o, holder, "ifname", a->ifname);
}

static void put_function(struct out *o, cJSON *item, const struct report *r,
			 const struct function *f)
{
	cJSON *list;

	put_str(o, item, "pci", f->sys.id.name);
	put_hex(o, item, "vendor", f->vendor);
	put_hex(o, item, "device", f->device);
	put_str(o, item, "driver", f->sys.driver);
	put_str(o, item, "netdev", f->sys.netdev);
	put_str(o, item, "linkType", f->link);
	put_bool(o, item, "up", f->up);
	put_mac(o, item, "mac", f->sys.netdev[0], &f->mac);
	list = add_list(o, item, "rdmaDevices");
	for (size_t i = 0; i < f->n_rdma; i++)
		put_rdma(o, list, &f->rdma[i]);
	if (!function_is_vf(f))
		return;
	put_int(o, item, "vf", f->sys.vf);
	put_mac(o, item, "adminMAC", f->admin_told, &f->admin);
	put_str(o, item, "place", f->place_found ? f->place.path : "");
	put_holder(o, item, function_holder(r, f));
}

static void put_functions(struct out *o, cJSON *doc, const struct report *r)
{
	cJSON *pfs = add_list(o, doc, "functions"), *vfs = NULL;

	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];
		cJSON *item = add_object(o, function_is_vf(f) ? vfs : pfs);

		put_function(o, item, r, f);
		/* VFs follow their PF */
		if (function_is_vf(f))
			continue;
		put_int(o, item, "numVFs", f->num_vfs);
		put_int(o, item, "totalVFs", f->total_vfs);
		put_str(o, item, "eswitch", eswitch_name(f->eswitch));
		vfs = add_list(o, item, "vfs");
	}
}

static void put_attachments(struct out *o, cJSON *doc, const struct report *r)
{
	cJSON *list = add_list(o, doc, "attachments");

	for (size_t i = 0; i < r->attachments.n; i++) {
		const struct attachment *a = &r->attachments.item[i];
		cJSON *item = add_object(o, list);

		put_str(o, item, "plugin", a->plugin);
		put_str(o, item, "writtenBy", a->go ? "go" : "sriov-rdma-cni");
		put_str(o, item, "state", att_state_name(a->state));
		put_str(o, item, "why", a->why);
		put_str(o, item, "network", a->network);
		put_str(o, item, "containerID", a->container);
		put_str(o, item, "ifname", a->ifname);
		put_str(o, item, "netns", a->netns);
		put_str(o, item, "deviceID", a->device.name);
		put_str(o, item, "file", a->file);
	}
	list = add_list(o, doc, "leases");
	for (size_t i = 0; i < r->leases.n; i++) {
		cJSON *item = add_object(o, list);

		put_str(o, item, "network", r->leases.item[i].network);
		put_str(o, item, "address", r->leases.item[i].address);
		put_str(o, item, "containerID", r->leases.item[i].container);
	}
}

static void put_plugins(struct out *o, cJSON *doc, const struct report *r)
{
	cJSON *list = add_list(o, doc, "plugins");

	for (size_t i = 0; i < r->plugins.n; i++) {
		cJSON *item = add_object(o, list);

		put_str(o, item, "name", r->plugins.item[i].name);
		put_str(o, item, "path", r->plugins.item[i].path);
		put_str(o, item, "implementation", implementation_name(r->plugins.item[i].impl));
		put_str(o, item, "seLinuxLabel", r->plugins.item[i].label);
	}
}

static void put_findings(struct out *o, cJSON *doc, const struct report *r)
{
	cJSON *list = add_list(o, doc, "findings");

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.item[i];
		cJSON *item = add_object(o, list);

		put_str(o, item, "id", f->id);
		put_str(o, item, "severity", f->severity == PROBLEM ? "problem" : "note");
		put_str(o, item, "object", f->object);
		put_str(o, item, "what", f->what);
		put_str(o, item, "why", f->why);
		put_str(o, item, "fix", f->fix);
	}
	list = add_list(o, doc, "couldNotLook");
	for (size_t i = 0; i < r->troubles.n; i++) {
		cJSON *item = cJSON_CreateString(r->troubles.item[i].text);

		o->ok &= item && cJSON_AddItemToArray(list, item);
	}
}

char *json_report(const struct report *r)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();
	struct out o = { .ok = doc != NULL };

	put_int(&o, doc, "format", REPORT_FORMAT);
	put_str(&o, doc, "version", PROJECT_VERSION);
	put_str(&o, doc, "judgedFor", purpose_name(r->for_what));
	put_bool(&o, doc, "healthy", !report_problems(r) && !r->troubles.n);
	put_node(&o, doc, r);
	put_mode(&o, doc, r);
	put_functions(&o, doc, r);
	put_attachments(&o, doc, r);
	put_plugins(&o, doc, r);
	put_findings(&o, doc, r);
	return o.ok ? json_text(doc) : NULL;
}
