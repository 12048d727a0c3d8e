// SPDX-License-Identifier: Apache-2.0
/*
 * A delegate's end: the first byte is its exit status or signal, then stderr, then stdout. It is not
 * run: the linker takes the spawn_run() of this file.
 */
#include <sys/wait.h>

#include "fields.h"
#include "proto/delegate.h"
#include "proto/spawn.h"

static struct field out, err;
static int status;

int spawn_run(const struct spawn *s, struct spawn_end *ret, struct err *e unused)
{
	size_t kept = err.n < sizeof(ret->err) ? err.n : sizeof(ret->err) - 1;

	MUST(s->env && s->out_max >= out.n);
	*ret = (struct spawn_end){ .status = status, .out = field_text(out), .out_len = out.n };
	memcpy(ret->err, kept ? (const void *)err.b : "", kept);
	return 0;
}

void spawn_end_done(struct spawn_end *end)
{
	free(end->out);
	end->out = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct cni_call call = { .container = "c0ffee",
					      .netns = "/run/netns/x",
					      .ifname = "net1",
					      .args = "",
					      .path = "/bin",
					      .version = CNI_1_0_0 };
	cleanup(json_free) cJSON *result = NULL;
	struct fields in = { data, len };
	struct err e = { 0 };
	int r;

	if (!len)
		return 0;
	/* 1 to 127: by a signal; 128 and more: an exit status */
	status = data[0] < 128 ? data[0] : W_EXITCODE(data[0] - 127, 0);
	in = (struct fields){ data + 1, len - 1 };
	err = take_field(&in);
	out = take_rest(&in);
	r = delegate_run(&call, "sh", CNI_CMD_ADD, &result, &e);
	MUST(!r || (r == -e.sys && *e.msg && !result));
	MUST(r || (!data[0] && cJSON_GetArraySize(json_find(result, "ips")) > 0));
	MUST(!delegate_run(&call, "sh", CNI_CMD_DEL, NULL, &e) == !data[0]);
	return 0;
}
