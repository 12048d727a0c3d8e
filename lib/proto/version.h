/* SPDX-License-Identifier: Apache-2.0 */
/* The CNI spec versions, and what differs between them. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

/* In order: later ones compare greater. */
enum cni_version {
	CNI_0_1_0,
	CNI_0_2_0,
	CNI_0_3_0,
	CNI_0_3_1,
	CNI_0_4_0,
	CNI_1_0_0,
	CNI_1_1_0,
	CNI_VERSIONS,
};

#define CNI_NEWEST CNI_1_1_0

/* Results of one family differ in cniVersion only. */
enum cni_family {
	CNI_FAMILY_IP4_IP6, /* 0.1.0, 0.2.0: "ip4", "ip6" */
	CNI_FAMILY_IPS_VERSION, /* 0.3.0 - 0.4.0: "interfaces", "ips" with "version" */
	CNI_FAMILY_IPS, /* 1.0.0 on: without "version" */
};

/** version_parse() - exact text, as Go matches it; NULL or "" is 0.1.0; -ENOENT: none of ours */
int version_parse(const char *text, enum cni_version *ret) must_check;
const char *version_text(enum cni_version v);
enum cni_family version_family(enum cni_version v);
