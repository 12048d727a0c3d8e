// SPDX-License-Identifier: Apache-2.0
/*
 * Addresses that host-local has given out in our networks, for containers that
 * have no attachment. Which networks are ours, records and /etc/cni/net.d tell;
 * networks that Multus reads from Kubernetes are known by their records alone.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "kernel/node.h"
#include "probe.h"

enum { LEASE_SIZE_MAX = 4096, CONF_SIZE_MAX = 1 << 20, NETWORKS_MAX = 256 };

struct networks {
	struct report *r;
	struct err *e;
	size_t n;
	char name[NETWORKS_MAX][KEY_MAX];
	const char *current;
};

static void add_network(struct networks *nets, const char *name)
{
	for (size_t i = 0; i < nets->n; i++)
		if (!strcmp(nets->name[i], name))
			return;
	if (nets->n < NETWORKS_MAX && str_is_id(name) &&
	    !str_copy(nets->name[nets->n], KEY_MAX, name))
		nets->n++;
}

static bool is_ours(const cJSON *plugin)
{
	const char *type = NULL;
	struct err ignored;

	return !json_get_str(plugin, "type", &type, &ignored) && type && !strcmp(type, "sriov");
}

static int look_at_conf(const char *name, void *arg)
{
	struct networks *nets = arg;
	cleanup(json_free) cJSON *doc = NULL;
	cleanup(str_free) char *text = NULL;
	const char *network = NULL;
	const cJSON *plugins, *i;
	char path[PATH_MAX];
	struct err ignored;
	bool ours;

	if (str_printf(path, sizeof(path), "etc/cni/net.d/%s", name) ||
	    root_read(nets->r, path, CONF_SIZE_MAX, &text) ||
	    json_parse(text, strlen(text), &doc, &ignored) ||
	    json_get_str(doc, "name", &network, &ignored) || !network)
		return 0;
	ours = is_ours(doc);
	plugins = json_find(doc, "plugins");
	cJSON_ArrayForEach(i, plugins)
		ours |= is_ours(i);
	if (ours)
		add_network(nets, network);
	return 0;
}

static bool is_attached(const struct report *r, const char *network, const char *container,
			const char *ifname)
{
	for (size_t i = 0; i < r->attachments.n; i++) {
		const struct attachment *a = &r->attachments.item[i];

		if (!strcmp(a->network, network) && !strcmp(a->container, container) &&
		    (!*ifname || !strcmp(a->ifname, ifname)))
			return true;
	}
	return false;
}

/* The container's ID, a line break of either kind, the interface (host-local since 0.7). */
static int look_at_lease(const char *name, void *arg)
{
	static const char breaks[] = "\r\n";
	struct networks *nets = arg;
	cleanup(str_free) char *text = NULL;
	char path[PATH_MAX], *save = NULL, *container, *ifname;
	struct lease *l;

	if (!strncmp(name, "last_reserved_ip", 16) || name[0] == '.' || !strcmp(name, "lock") ||
	    str_printf(path, sizeof(path), "var/lib/cni/networks/%s/%s", nets->current, name) ||
	    root_read(nets->r, path, LEASE_SIZE_MAX, &text))
		return 0;
	container = strtok_r(text, breaks, &save);
	ifname = container ? strtok_r(NULL, breaks, &save) : NULL;
	if (!container || is_attached(nets->r, nets->current, container, ifname ? ifname : ""))
		return 0;
	l = list_add(&nets->r->leases);
	if (!l)
		return no_memory(nets->e);
	if (str_copy(l->network, sizeof(l->network), nets->current) ||
	    str_copy(l->address, sizeof(l->address), name) ||
	    str_copy(l->container, sizeof(l->container), container) ||
	    str_printf(l->file, sizeof(l->file), "/%s", path))
		nets->r->leases.n--;
	return 0;
}

static void free_networks(struct networks **n)
{
	free(*n);
}

int probe_leases(struct report *r, struct err *e)
{
	cleanup(free_networks) struct networks *nets = calloc(1, sizeof(*nets));
	int err;

	if (!nets)
		return no_memory(e);
	nets->r = r;
	nets->e = e;
	for (size_t i = 0; i < r->attachments.n; i++)
		add_network(nets, r->attachments.item[i].network);
	err = root_each(r, "etc/cni/net.d", look_at_conf, nets, e);
	for (size_t i = 0; !err && i < nets->n; i++) {
		char path[PATH_MAX];

		nets->current = nets->name[i];
		err = str_printf(path, sizeof(path), "var/lib/cni/networks/%s", nets->name[i]);
		if (!err)
			err = root_each(r, path, look_at_lease, nets, e);
	}
	return err;
}
