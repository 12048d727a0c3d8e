/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CNI results. Inside the programs a result is always a document of the newest
 * shape; it is converted when it comes in and when it goes out. A document, not
 * a struct: fields that we do not know survive.
 */
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "base/types.h"
#include "proto/version.h"

enum { RESULT_IPS_MAX = 64, RESULT_ROUTES_MAX = 256 };

/**
 * result_parse() - bring a result of any version into the newest shape
 * @doc: its "cniVersion" decides; absent or "": @assumed
 *
 * Return: 0; *ret is a new document for json_free(). -EBADMSG with code 6: unknown
 * version, or fields of the wrong type.
 */
int result_parse(const cJSON *doc, enum cni_version assumed, cJSON **ret, struct err *e) must_check;

/**
 * result_format() - a new document in version @v
 *
 * Return: 0; -ENOTSUP: 0.1.0 and 0.2.0 cannot say it without an address.
 */
int result_format(const cJSON *result, enum cni_version v, cJSON **ret, struct err *e) must_check;

/** struct result_iface - an entry of "interfaces"; empty strings, zero MTU and unset MAC are left out */
struct result_iface {
	char name[IFNAMSIZ];
	struct mac mac;
	bool has_mac;
	uint32_t mtu;
	const char *sandbox;
	const char *pci_id;
};

/** struct result_ip - an entry of "ips" */
struct result_ip {
	struct cidr address;
	struct ip gateway;
	struct opt_u32 interface;
};

/** result_new() - an empty result; NULL when out of memory */
cJSON *result_new(void);

/** result_add_iface() - append; *ret_index is its place in "interfaces" */
int result_add_iface(cJSON *result, const struct result_iface *i, unsigned *ret_index,
		     struct err *e) must_check;

/**
 * result_merge_ipam() - append addresses, routes and DNS of an IPAM result
 *
 * The delegate's interfaces are dropped and every address points at @index, as
 * the Go plugins do it.
 */
int result_merge_ipam(cJSON *result, const cJSON *ipam, unsigned index, struct err *e) must_check;

/** result_get_ips(), result_get_routes() - typed copies; -E2BIG beyond the maximum, -EBADMSG */
int result_get_ips(const cJSON *result, struct result_ip ret[static RESULT_IPS_MAX], size_t *ret_n,
		   struct err *e) must_check;
int result_get_routes(const cJSON *result, struct route ret[static RESULT_ROUTES_MAX],
		      size_t *ret_n, struct err *e) must_check;

/**
 * result_find_iface() - the interface with this name in this sandbox
 * @ret: strings are borrowed from @result
 *
 * Return: its index, or -ENOENT.
 */
int result_find_iface(const cJSON *result, const char *name, const char *sandbox,
		      struct result_iface *ret);
