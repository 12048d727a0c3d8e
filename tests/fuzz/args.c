// SPDX-License-Identifier: Apache-2.0
/* CNI_ARGS */
#include <string.h>

#include "fuzz.h"
#include "proto/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct call_arg args[] = { { .key = "MAC" }, { .key = "IP" } };
	char *text = strndup((const char *)data, len);
	struct err e = { 0 };
	int r;

	MUST(text);
	r = call_get_args(text, args, array_size(args), &e);
	MUST(!r || (r == -e.sys && *e.msg && e.code));
	for (size_t i = 0; i < array_size(args); i++)
		MUST(memchr(args[i].value, '\0', sizeof(args[i].value)));
	free(text);
	return 0;
}
