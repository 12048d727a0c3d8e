// SPDX-License-Identifier: Apache-2.0
/*
 * The environment of a call, variable by variable, then stdin. What is accepted can be a path's
 * component and an interface's name; what is refused makes one line of JSON.
 */
#include "base/types.h"
#include "call.h"
#include "proto/reply.h"
#include "tree.h"

static const char *const variables[] = {
	"CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS",		"CNI_IFNAME",
	"CNI_PATH",    "CNI_ARGS",	  "CNI_NETNS_OVERRIDE",
};

/* Unset when empty */
static void set_variable(const char *name, struct field f)
{
	char *text = field_text(f);

	MUST(!(*text ? setenv(name, text, 1) : unsetenv(name)));
	free(text);
}

static void check_reply(enum cni_version version, const struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	cleanup(fd_close) int fd = memfd_create("reply", MFD_CLOEXEC);
	char text[8192];
	struct err bad = { 0 };
	ssize_t n;

	MUST(fd >= 0 && !reply_error(fd, version, e));
	n = pread(fd, text, sizeof(text), 0);
	MUST(n > 0 && n < (ssize_t)sizeof(text) && memchr(text, '\n', (size_t)n) == text + n - 1);
	MUST(!json_parse(text, (size_t)n, &doc, &bad));
}

static void check_call(const struct cni_call *c)
{
	bool one = c->command <= CNI_CMD_CHECK;

	MUST(c->command < CNI_COMMANDS && !strcmp(command_text(c->command), getenv(variables[0])));
	MUST(!one || (str_is_id(c->container) && ifname_valid(c->ifname)));
	MUST(!one || !strchr(c->container, '/'));
	MUST(c->command != CNI_CMD_ADD || *c->netns);
	MUST(c->command == CNI_CMD_VERSION || str_is_id(c->network));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	cleanup(call_done) struct cni_call call;
	struct fields in = { data, len };
	struct field text;
	struct err e = { 0 };
	int fd, r;

	for (size_t i = 0; i < array_size(variables); i++)
		set_variable(variables[i], take_field(&in));
	text = take_rest(&in);
	fd = stdin_of(text.b, text.n);
	r = call_read(fd, 0, &call, &e);
	(void)close(fd);
	if (!r)
		check_call(&call);
	MUST(!r || (r == -e.sys && *e.msg && e.code));
	if (r)
		check_reply(call.version, &e);
	return 0;
}
