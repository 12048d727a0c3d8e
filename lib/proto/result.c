// SPDX-License-Identifier: Apache-2.0
#include "proto/result.h"

#include <string.h>

#include "proto/reply.h"
#include "proto/result_entry.h"

static int no_memory(struct err *e)
{
	return err_sys(e, ENOMEM, "build the CNI result");
}

/* "" is what Go prints for no address. */
static int read_ip(const cJSON *obj, const char *key, struct ip *ret, struct err *e)
{
	struct ip ip = { .family = AF_UNSPEC };
	const char *text = NULL;
	int r = json_get_str(obj, key, &text, e);

	if (!r && text && *text && ip_parse(text, &ip))
		r = err_set(e, EBADMSG, "\"%s\": \"%.64s\" is not an IP address", key, text);
	if (!r)
		*ret = ip;
	return r;
}

static int read_cidr(const cJSON *obj, const char *key, struct cidr *ret, struct err *e)
{
	const char *text = NULL;
	int r = json_get_str(obj, key, &text, e);

	if (r)
		return r;
	if (!text)
		return err_set(e, EBADMSG, "\"%s\" is missing", key);
	if (cidr_parse(text, ret))
		return err_set(e, EBADMSG, "\"%s\": \"%.64s\" is not an address with prefix length",
			       key, text);
	return 0;
}

static int read_u32(const cJSON *obj, const char *key, struct opt_u32 *ret, struct err *e)
{
	struct opt_i64 v = { 0 };
	int r = json_get_int(obj, key, &v, e);

	if (!r && v.set && (v.v < 0 || v.v > UINT32_MAX))
		r = err_set(e, EBADMSG, "\"%s\": %lld is out of range", key, (long long)v.v);
	if (!r)
		*ret = (struct opt_u32){ .set = v.set, .v = (uint32_t)v.v };
	return r;
}

static int check_object(const cJSON *j, struct err *e)
{
	if (cJSON_IsObject(j))
		return 0;
	return err_set(e, EBADMSG, "must be an object, not %s", json_kind(j));
}

int result_read_ip(const cJSON *j, struct result_ip *ret, struct err *e)
{
	struct result_ip ip = { 0 };
	int r = check_object(j, e);

	if (!r)
		r = read_cidr(j, "address", &ip.address, e);
	if (!r)
		r = read_ip(j, "gateway", &ip.gateway, e);
	if (!r)
		r = read_u32(j, "interface", &ip.interface, e);
	if (r)
		return err_wrap(e, "entry of \"ips\"");
	*ret = ip;
	return 0;
}

int result_read_route(const cJSON *j, struct route *ret, struct err *e)
{
	struct opt_u32 mtu = { 0 }, advmss = { 0 }, priority = { 0 };
	struct route route = { 0 };
	int r = check_object(j, e);

	if (!r)
		r = read_cidr(j, "dst", &route.dst, e);
	if (!r)
		r = read_ip(j, "gw", &route.gw, e);
	if (!r)
		r = read_u32(j, "mtu", &mtu, e);
	if (!r)
		r = read_u32(j, "advmss", &advmss, e);
	if (!r)
		r = read_u32(j, "priority", &priority, e);
	if (!r)
		r = read_u32(j, "table", &route.table, e);
	if (!r)
		r = read_u32(j, "scope", &route.scope, e);
	if (!r && route.scope.set && route.scope.v > UINT8_MAX)
		r = err_set(e, EBADMSG, "\"scope\": %u is out of range", route.scope.v);
	if (r)
		return err_wrap(e, "entry of \"routes\"");
	route.mtu = mtu.v;
	route.advmss = advmss.v;
	route.priority = priority.v;
	*ret = route;
	return 0;
}

cJSON *result_new(void)
{
	cJSON *doc = cJSON_CreateObject();

	if (doc && !json_put_str(doc, "cniVersion", version_text(CNI_NEWEST)))
		json_free(&doc);
	return doc;
}

/* The list @key of our own document; made if it is absent or null. */
static cJSON *own_list(cJSON *doc, const char *key)
{
	cJSON *list = (cJSON *)json_find(doc, key);

	if (list)
		return cJSON_IsArray(list) ? list : NULL;
	list = cJSON_CreateArray();
	return json_replace(doc, key, list) ? list : NULL;
}

int result_add_iface(cJSON *result, const struct result_iface *i, unsigned *ret_index,
		     struct err *e)
{
	cleanup(json_free) cJSON *entry = cJSON_CreateObject();
	cJSON *list = own_list(result, "interfaces");
	char mac[MAC_STR_MAX];
	int n = list ? cJSON_GetArraySize(list) : 0;

	if (!entry || !list || !json_put_str(entry, "name", i->name) ||
	    (i->has_mac && !json_put_str(entry, "mac", mac_format(&i->mac, mac))) ||
	    (i->mtu && !json_put_int(entry, "mtu", i->mtu)) ||
	    (i->sandbox && *i->sandbox && !json_put_str(entry, "sandbox", i->sandbox)) ||
	    (i->pci_id && *i->pci_id && !json_put_str(entry, "pciID", i->pci_id)) ||
	    !cJSON_AddItemToArray(list, take_ptr(entry)))
		return no_memory(e);
	*ret_index = (unsigned)n;
	return 0;
}

/* Appends copies of all of @from's entries under @key. */
static int append_list(cJSON *to, const cJSON *from, const char *key, struct err *e)
{
	const cJSON *src = json_find(from, key), *item;
	cJSON *list = src && src->child ? own_list(to, key) : NULL;

	if (!src || !src->child)
		return 0;
	cJSON_ArrayForEach(item, src)
		if (!list || !cJSON_AddItemToArray(list, cJSON_Duplicate(item, true)))
			return no_memory(e);
	return 0;
}

/* What came before wins where only one can: a domain. */
static int merge_dns(cJSON *result, const cJSON *ipam, struct err *e)
{
	static const char *const keys[] = { "nameservers", "search", "options" };
	const cJSON *from = json_find(ipam, "dns");
	cJSON *to = (cJSON *)json_find(result, "dns");
	const char *have = NULL, *domain = NULL;
	int r = 0;

	if (!from || !from->child)
		return 0;
	if (!to) {
		to = cJSON_CreateObject();
		if (!json_replace(result, "dns", to))
			return no_memory(e);
	}
	for (size_t i = 0; i < array_size(keys) && !r; i++)
		r = append_list(to, from, keys[i], e);
	if (!r)
		r = json_get_str(to, "domain", &have, e);
	if (!r)
		r = json_get_str(from, "domain", &domain, e);
	if (!r && domain && *domain && (!have || !*have) &&
	    !json_replace(to, "domain", cJSON_CreateString(domain)))
		r = no_memory(e);
	return r;
}

int result_merge_ipam(cJSON *result, const cJSON *ipam, unsigned index, struct err *e)
{
	cJSON *ips = own_list(result, "ips");
	const cJSON *item;
	int r;

	if (!ips)
		return no_memory(e);
	cJSON_ArrayForEach(item, json_find(ipam, "ips")) {
		cJSON *copy = cJSON_Duplicate(item, true);

		if (!cJSON_AddItemToArray(ips, copy) ||
		    !json_replace(copy, "interface", cJSON_CreateNumber(index)))
			return no_memory(e);
	}
	r = append_list(result, ipam, "routes", e);
	return r ? r : merge_dns(result, ipam, e);
}

/* -EBADMSG and -E2BIG are about a document that somebody else wrote. */
static int undecodable(int r, struct err *e)
{
	err_wrap(e, "CNI result");
	e->code = CNI_ERR_DECODE;
	return r;
}

int result_get_ips(const cJSON *result, struct result_ip ret[static RESULT_IPS_MAX], size_t *ret_n,
		   struct err *e)
{
	const cJSON *list = NULL, *item;
	size_t n = 0;
	int r = json_get_array(result, "ips", &list, e);

	cJSON_ArrayForEach(item, list) {
		if (!r && n == RESULT_IPS_MAX)
			r = err_set(e, E2BIG, "more than %d entries in \"ips\"", RESULT_IPS_MAX);
		if (!r)
			r = result_read_ip(item, &ret[n], e);
		if (r)
			break;
		n++;
	}
	if (r)
		return undecodable(r, e);
	*ret_n = n;
	return 0;
}

int result_get_routes(const cJSON *result, struct route ret[static RESULT_ROUTES_MAX],
		      size_t *ret_n, struct err *e)
{
	const cJSON *list = NULL, *item;
	size_t n = 0;
	int r = json_get_array(result, "routes", &list, e);

	cJSON_ArrayForEach(item, list) {
		if (!r && n == RESULT_ROUTES_MAX)
			r = err_set(e, E2BIG, "more than %d entries in \"routes\"",
				    RESULT_ROUTES_MAX);
		if (!r)
			r = result_read_route(item, &ret[n], e);
		if (r)
			break;
		n++;
	}
	if (r)
		return undecodable(r, e);
	*ret_n = n;
	return 0;
}

static const char *text_of(const cJSON *obj, const char *key)
{
	const cJSON *j = json_find(obj, key);

	return cJSON_IsString(j) ? j->valuestring : "";
}

int result_find_iface(const cJSON *result, const char *name, const char *sandbox,
		      struct result_iface *ret)
{
	const cJSON *item;
	struct err ignored;
	int index = 0;

	cJSON_ArrayForEach(item, json_find(result, "interfaces")) {
		struct result_iface i = { .sandbox = text_of(item, "sandbox"),
					  .pci_id = text_of(item, "pciID") };
		struct opt_u32 mtu = { 0 };

		if (!strcmp(text_of(item, "name"), name) && !strcmp(i.sandbox, sandbox) &&
		    !str_copy(i.name, sizeof(i.name), name)) {
			/* an InfiniBand address of 20 bytes is none that we compare */
			i.has_mac = !mac_parse(text_of(item, "mac"), &i.mac);
			if (!read_u32(item, "mtu", &mtu, &ignored))
				i.mtu = mtu.v;
			*ret = i;
			return index;
		}
		index++;
	}
	return -ENOENT;
}
