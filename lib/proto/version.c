// SPDX-License-Identifier: Apache-2.0
#include "proto/version.h"

#include <string.h>

static const struct {
	const char *text;
	enum cni_family family;
} versions[CNI_VERSIONS] = {
	[CNI_0_1_0] = { "0.1.0", CNI_FAMILY_IP4_IP6 },
	[CNI_0_2_0] = { "0.2.0", CNI_FAMILY_IP4_IP6 },
	[CNI_0_3_0] = { "0.3.0", CNI_FAMILY_IPS_VERSION },
	[CNI_0_3_1] = { "0.3.1", CNI_FAMILY_IPS_VERSION },
	[CNI_0_4_0] = { "0.4.0", CNI_FAMILY_IPS_VERSION },
	[CNI_1_0_0] = { "1.0.0", CNI_FAMILY_IPS },
	[CNI_1_1_0] = { "1.1.0", CNI_FAMILY_IPS },
};

int version_parse(const char *text, enum cni_version *ret)
{
	/* the key is younger than the spec: without it 0.1.0 is meant (cni.md 1.10) */
	if (!text || !*text)
		text = versions[CNI_0_1_0].text;
	for (enum cni_version v = 0; v < CNI_VERSIONS; v++) {
		if (!strcmp(text, versions[v].text)) {
			*ret = v;
			return 0;
		}
	}
	return -ENOENT;
}

const char *version_text(enum cni_version v)
{
	return versions[v].text;
}

enum cni_family version_family(enum cni_version v)
{
	return versions[v].family;
}
