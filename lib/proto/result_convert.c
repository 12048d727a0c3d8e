// SPDX-License-Identifier: Apache-2.0
/*
 * Results between the three families of versions (cni.md 2.3). The newest shape
 * is the hub: each family has one way in and one way out. Within a family
 * nothing but cniVersion changes.
 */
#include "proto/result.h"

#include "proto/reply.h"
#include "proto/result_entry.h"

/* The lists that Go leaves out when they are empty. */
static const char *const lists[] = { "interfaces", "ips", "routes" };

/* What 1.1.0 brought; emitting it earlier would be a key that the version does not have. */
static const char *const newest_iface_keys[] = { "mtu", "socketPath", "pciID" };
static const char *const newest_route_keys[] = { "mtu", "advmss", "priority", "table", "scope" };

static int no_memory(struct err *e)
{
	return err_sys(e, ENOMEM, "convert the CNI result");
}

static void drop_key(cJSON *obj, const char *key)
{
	while (cJSON_HasObjectItem(obj, key))
		cJSON_DeleteItemFromObject(obj, key);
}

static void drop_keys(cJSON *list, const char *const *keys, size_t n)
{
	cJSON *item;

	cJSON_ArrayForEach(item, list)
		for (size_t i = 0; i < n; i++)
			drop_key(item, keys[i]);
}

/* The members of documents that are ours to change. */
static cJSON *find_own(cJSON *doc, const char *key)
{
	return (cJSON *)json_find(doc, key);
}

/* In front: there people look for it. */
static bool put_version(cJSON *doc, enum cni_version v)
{
	cJSON *item = cJSON_CreateString(version_text(v));

	if (!json_replace(doc, "cniVersion", item))
		return false;
	return cJSON_InsertItemInArray(doc, 0, cJSON_DetachItemViaPointer(doc, item));
}

static int check_ifaces(const cJSON *doc, struct err *e)
{
	const cJSON *list = NULL, *item;
	int r = json_get_array(doc, "interfaces", &list, e);

	cJSON_ArrayForEach(item, list) {
		const char *text;

		if (!r && !cJSON_IsObject(item))
			r = err_set(e, EBADMSG, "an interface must be an object, not %s",
				    json_kind(item));
		if (!r)
			r = json_get_str(item, "name", &text, e);
		if (!r)
			r = json_get_str(item, "sandbox", &text, e);
	}
	return r;
}

static int check_dns(const cJSON *doc, struct err *e)
{
	static const char *const keys[] = { "nameservers", "search", "options" };
	const cJSON *dns = NULL, *list;
	const char *domain;
	int r = json_get_object(doc, "dns", &dns, e);

	for (size_t i = 0; i < array_size(keys) && !r; i++)
		r = json_get_array(dns, keys[i], &list, e);
	return r ? r : json_get_str(dns, "domain", &domain, e);
}

/* A plugin must not act on half of a result: every entry is read once. */
static int check_newest(const cJSON *doc, struct err *e)
{
	const cJSON *ips = NULL, *routes = NULL, *item;
	struct result_ip ip;
	struct route route;
	int r = check_ifaces(doc, e);

	if (!r)
		r = json_get_array(doc, "ips", &ips, e);
	if (!r)
		r = json_get_array(doc, "routes", &routes, e);
	if (!r)
		r = check_dns(doc, e);
	if (r)
		return r;
	cJSON_ArrayForEach(item, ips) {
		r = result_read_ip(item, &ip, e);
		if (r)
			return r;
	}
	cJSON_ArrayForEach(item, routes) {
		r = result_read_route(item, &route, e);
		if (r)
			return r;
	}
	return 0;
}

/* "ip4" or "ip6" becomes an entry of @ips, its routes go to @routes. */
static int append_old_ip(const cJSON *doc, const char *key, cJSON *ips, cJSON *routes,
			 struct err *e)
{
	const cJSON *old = NULL, *list = NULL, *item;
	const char *address = NULL, *gateway = NULL;
	cJSON *entry;
	int r = json_get_object(doc, key, &old, e);

	if (r || !old)
		return r;
	r = json_get_str(old, "ip", &address, e);
	if (!r)
		r = json_get_str(old, "gateway", &gateway, e);
	if (!r)
		r = json_get_array(old, "routes", &list, e);
	if (!r && !address)
		r = err_set(e, EBADMSG, "\"%s\" lacks \"ip\"", key);
	if (r)
		return r;
	entry = cJSON_CreateObject();
	if (!cJSON_AddItemToArray(ips, entry) || !json_put_str(entry, "address", address) ||
	    (gateway && *gateway && !json_put_str(entry, "gateway", gateway)))
		return no_memory(e);
	cJSON_ArrayForEach(item, list)
		if (!cJSON_AddItemToArray(routes, cJSON_Duplicate(item, true)))
			return no_memory(e);
	return 0;
}

/* Keys of later versions have no meaning in 0.1.0 and 0.2.0 (cni.md 2.4). */
static int parse_ip4_ip6(cJSON *doc, struct err *e)
{
	cleanup(json_free) cJSON *ips = cJSON_CreateArray(), *routes = cJSON_CreateArray();
	int r = ips && routes ? 0 : no_memory(e);

	if (!r)
		r = append_old_ip(doc, "ip4", ips, routes, e);
	if (!r)
		r = append_old_ip(doc, "ip6", ips, routes, e);
	if (r)
		return r;
	drop_key(doc, "interfaces");
	drop_key(doc, "ip4");
	drop_key(doc, "ip6");
	if (!json_replace(doc, "ips", take_ptr(ips)) ||
	    !json_replace(doc, "routes", take_ptr(routes)))
		return no_memory(e);
	return 0;
}

static int parse_into(const cJSON *doc, enum cni_version assumed, cJSON **ret, struct err *e)
{
	cleanup(json_free) cJSON *own = NULL;
	static const char *const version[] = { "version" };
	const char *text = NULL;
	enum cni_version v = assumed;
	int r;

	if (!cJSON_IsObject(doc))
		return err_set(e, EBADMSG, "must be an object, not %s", json_kind(doc));
	r = json_get_str(doc, "cniVersion", &text, e);
	if (r)
		return r;
	if (text && *text && version_parse(text, &v))
		return err_set(e, EBADMSG, "unsupported CNI result version \"%.64s\"", text);
	own = cJSON_Duplicate(doc, true);
	if (!own || !put_version(own, CNI_NEWEST))
		return no_memory(e);
	if (version_family(v) == CNI_FAMILY_IP4_IP6)
		r = parse_ip4_ip6(own, e);
	if (!r)
		r = check_newest(own, e);
	if (r)
		return r;
	drop_keys(find_own(own, "ips"), version, array_size(version));
	*ret = take_ptr(own);
	return 0;
}

int result_parse(const cJSON *doc, enum cni_version assumed, cJSON **ret, struct err *e)
{
	int r = parse_into(doc, assumed, ret, e);

	if (r == -EBADMSG) {
		err_wrap(e, "CNI result");
		e->code = CNI_ERR_DECODE;
	}
	return r;
}

/* 0.3.0 - 0.4.0 say the family of each address; what a sender wrote there is not trusted. */
static int put_families(cJSON *ips, struct err *e)
{
	cJSON *item;

	cJSON_ArrayForEach(item, ips) {
		struct result_ip ip;
		const char *text;
		int r = result_read_ip(item, &ip, e);

		if (r)
			return r;
		text = ip.address.ip.family == AF_INET ? "4" : "6";
		if (!json_replace(item, "version", cJSON_CreateString(text)))
			return no_memory(e);
	}
	return 0;
}

static bool is_empty(const cJSON *j)
{
	if (cJSON_IsString(j))
		return !*j->valuestring;
	return !j || cJSON_IsNull(j) || ((cJSON_IsArray(j) || cJSON_IsObject(j)) && !j->child);
}

/* Up to 0.4.0 Go prints "dns" always, later only if there is something in it (cni.md 2.1). */
static int tidy_dns(cJSON *doc, enum cni_version v, struct err *e)
{
	const cJSON *dns = json_find(doc, "dns"), *item;
	bool empty = true;

	cJSON_ArrayForEach(item, dns)
		empty &= is_empty(item);
	if (!empty)
		return 0;
	drop_key(doc, "dns");
	if (version_family(v) != CNI_FAMILY_IPS && !json_put(doc, "dns", cJSON_CreateObject()))
		return no_memory(e);
	return 0;
}

static int format_ips(const cJSON *result, enum cni_version v, cJSON **ret, struct err *e)
{
	cleanup(json_free) cJSON *doc = cJSON_Duplicate(result, true);
	int r = 0;

	if (!doc || !put_version(doc, v))
		return no_memory(e);
	if (version_family(v) == CNI_FAMILY_IPS_VERSION)
		r = put_families(find_own(doc, "ips"), e);
	if (r)
		return r;
	if (v < CNI_1_1_0) {
		drop_keys(find_own(doc, "interfaces"), newest_iface_keys,
			  array_size(newest_iface_keys));
		drop_keys(find_own(doc, "routes"), newest_route_keys,
			  array_size(newest_route_keys));
	}
	for (size_t i = 0; i < array_size(lists); i++)
		if (is_empty(json_find(doc, lists[i])))
			drop_key(doc, lists[i]);
	r = tidy_dns(doc, v, e);
	if (!r)
		*ret = take_ptr(doc);
	return r;
}

/* Only "dst" and "gw" exist there. */
static int put_old_routes(cJSON *entry, const cJSON *result, sa_family_t family, struct err *e)
{
	const cJSON *item;
	cJSON *list = NULL;

	cJSON_ArrayForEach(item, json_find(result, "routes")) {
		char dst[CIDR_STR_MAX], gw[IP_STR_MAX];
		cJSON *old;
		struct route route;
		int r = result_read_route(item, &route, e);

		if (r)
			return r;
		if (route.dst.ip.family != family)
			continue;
		if (!list) {
			list = cJSON_AddArrayToObject(entry, "routes");
			if (!list)
				return no_memory(e);
		}
		old = cJSON_CreateObject();
		if (!cJSON_AddItemToArray(list, old) ||
		    !json_put_str(old, "dst", cidr_format(&route.dst, dst)) ||
		    (route.gw.family != AF_UNSPEC &&
		     !json_put_str(old, "gw", ip_format(&route.gw, gw))))
			return no_memory(e);
	}
	return 0;
}

/* The first address of the family, under @key; no address: nothing. */
static int put_old_ip(cJSON *doc, const char *key, const cJSON *result, sa_family_t family,
		      struct err *e)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_find(result, "ips")) {
		char address[CIDR_STR_MAX], gateway[IP_STR_MAX];
		struct result_ip ip;
		cJSON *entry;
		int r = result_read_ip(item, &ip, e);

		if (r)
			return r;
		if (ip.address.ip.family != family)
			continue;
		entry = cJSON_AddObjectToObject(doc, key);
		if (!entry || !json_put_str(entry, "ip", cidr_format(&ip.address, address)) ||
		    (ip.gateway.family != AF_UNSPEC &&
		     !json_put_str(entry, "gateway", ip_format(&ip.gateway, gateway))))
			return no_memory(e);
		return put_old_routes(entry, result, family, e);
	}
	return 0;
}

static int format_ip4_ip6(const cJSON *result, enum cni_version v, cJSON **ret, struct err *e)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();
	const cJSON *dns = json_find(result, "dns");
	int r;

	if (!doc || !json_put_str(doc, "cniVersion", version_text(v)))
		return no_memory(e);
	r = put_old_ip(doc, "ip4", result, AF_INET, e);
	if (!r)
		r = put_old_ip(doc, "ip6", result, AF_INET6, e);
	if (r)
		return r;
	if (!json_find(doc, "ip4") && !json_find(doc, "ip6"))
		return err_code(e, ENOTSUP, CNI_ERR_CONFIG,
				"cannot convert: no valid IP addresses, and a result of CNI %s "
				"needs one: set \"cniVersion\" to 0.3.1 or later, or \"ipam\"",
				version_text(v));
	if (dns && !json_put(doc, "dns", cJSON_Duplicate(dns, true)))
		return no_memory(e);
	r = tidy_dns(doc, v, e);
	if (!r)
		*ret = take_ptr(doc);
	return r;
}

int result_format(const cJSON *result, enum cni_version v, cJSON **ret, struct err *e)
{
	if (version_family(v) == CNI_FAMILY_IP4_IP6)
		return format_ip4_ip6(result, v, ret, e);
	return format_ips(result, v, ret, e);
}
