// SPDX-License-Identifier: Apache-2.0
/* A whole call as a plugin gets it, down to its typed configuration. Built once for each plugin. */
#include "conf.h"

#include "call.h"

/* Of DEL, GC and STATUS nothing is refused; of ADD and CHECK what is refused has its reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	cleanup(call_done) struct cni_call call;
	struct call_attachment *valid = NULL;
	bool given = false;
	struct err e = { 0 };
	struct CONF conf;
	size_t n = 0;
	int r;

	if (read_call(data, len, &call, &e))
		return 0;
	conf_parse_loose(&call, &conf);
	r = conf_parse(&call, &conf, &e);
	MUST(!r || (r == -e.sys && *e.msg && e.code));
	if (call.command == CNI_CMD_GC && !call_get_valid(&call, &valid, &n, &given, &e))
		for (size_t i = 0; i < n; i++)
			MUST(valid[i].container && valid[i].ifname);
	free(valid);
	return 0;
}
