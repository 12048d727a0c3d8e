// SPDX-License-Identifier: Apache-2.0
/*
 * The order of checks is that of the Go library (cni.md 1.2), since it decides
 * which of several mistakes a caller hears of: variables, then standard input,
 * then the command, then the version.
 */
#include "proto/call.h"

#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/types.h"
#include "proto/reply.h"

enum {
	/* Callers write the configuration at once and close; one that does not, has hung. */
	STDIN_WAIT_MS = 30000,
	/* VERSION works without input (cni.md 1.9), so it hardly waits for any. */
	VERSION_WAIT_MS = 100,
	STDIN_CHUNK = 16384,
};

#define FOR(c)	   (1U << CNI_CMD_##c)
#define ATTACHMENT (FOR(ADD) | FOR(DEL) | FOR(CHECK))

static const struct {
	const char *text;
	enum cni_version since; /* of the configuration (cni.md 1.10) */
} commands[CNI_COMMANDS] = {
	[CNI_CMD_ADD] = { "ADD", CNI_0_1_0 },	    [CNI_CMD_DEL] = { "DEL", CNI_0_1_0 },
	[CNI_CMD_CHECK] = { "CHECK", CNI_0_4_0 },   [CNI_CMD_GC] = { "GC", CNI_1_1_0 },
	[CNI_CMD_STATUS] = { "STATUS", CNI_1_1_0 }, [CNI_CMD_VERSION] = { "VERSION", CNI_0_1_0 },
};

const char *command_text(enum cni_command c)
{
	return commands[c].text;
}

static int check_container(const char *s, struct err *e)
{
	if (str_is_id(s))
		return 0;
	err_code(e, EINVAL, CNI_ERR_ENV, "invalid characters in CNI_CONTAINERID");
	err_detail(e, "%s", s);
	return -EINVAL;
}

static int check_ifname(const char *s, struct err *e)
{
	const char *why = "contains white space";

	if (ifname_valid(s))
		return 0;
	if (strlen(s) >= IFNAMSIZ)
		why = "is longer than 15 bytes";
	else if (!strcmp(s, ".") || !strcmp(s, ".."))
		why = "is a directory's name";
	else if (strpbrk(s, "/:"))
		why = "contains '/' or ':'";
	else if (strchr(s, '%'))
		why = "contains '%', which the kernel would replace by a number";
	err_code(e, EINVAL, CNI_ERR_ENV, "interface name in CNI_IFNAME %s", why);
	err_detail(e, "%s", s);
	return -EINVAL;
}

/*
 * In the Go library's order. CNI_PATH is for delegates only: its absence alone
 * is no error, but where others are missing it is named with them (cni.md 1.1).
 */
static const struct {
	const char *name;
	size_t offset; /* of the field in struct cni_call */
	unsigned required;
	unsigned listed;
	int (*check)(const char *value, struct err *e);
} variables[] = {
	{ "CNI_CONTAINERID", offsetof(struct cni_call, container), ATTACHMENT, ATTACHMENT,
	  check_container },
	{ "CNI_NETNS", offsetof(struct cni_call, netns), FOR(ADD) | FOR(CHECK),
	  FOR(ADD) | FOR(CHECK), NULL },
	{ "CNI_IFNAME", offsetof(struct cni_call, ifname), ATTACHMENT, ATTACHMENT, check_ifname },
	{ "CNI_ARGS", offsetof(struct cni_call, args), 0, 0, NULL },
	{ "CNI_PATH", offsetof(struct cni_call, path), 0, ATTACHMENT, NULL },
};

static const char *get_variable(const char *name)
{
	const char *v = getenv(name);

	return v ? v : "";
}

static enum cni_command find_command(const char *text)
{
	enum cni_command c = CNI_CMD_ADD;

	while (c < CNI_COMMANDS && strcmp(text, commands[c].text) != 0)
		c++;
	return c;
}

static void append_name(char *list, size_t size, const char *name)
{
	size_t n = strlen(list);

	(void)snprintf(list + n, size - n, "%s%s", n ? "," : "", name);
}

static int read_variables(struct cni_call *c, struct err *e)
{
	unsigned self = c->command < CNI_COMMANDS ? 1U << c->command : 0;
	/* all names below and their commas fit */
	char missing[128] = "";
	bool any = false;

	for (size_t i = 0; i < array_size(variables); i++) {
		const char *value = get_variable(variables[i].name);
		int r = 0;

		memcpy((char *)c + variables[i].offset, &value, sizeof(value));
		if (!*value && (variables[i].listed & self)) {
			any |= variables[i].required & self;
			append_name(missing, sizeof(missing), variables[i].name);
		}
		/* wrong wins over missing; what the command does not need is not looked at */
		if (*value && variables[i].check && (variables[i].required & self))
			r = variables[i].check(value, e);
		if (r)
			return r;
	}
	if (!any)
		return 0;
	return err_code(e, EINVAL, CNI_ERR_ENV, "required env variables [%s] missing", missing);
}

struct input {
	char *text;
	size_t len, size;
	int wait_ms; /* from the first wait for it on */
	int64_t deadline;
};

static int64_t time_left(struct input *in)
{
	int64_t now = clock_now_ms();

	if (!in->deadline)
		in->deadline = now + in->wait_ms;
	return in->deadline - now;
}

/* 1: there is something to read or the end, and *ret is what */
static int wait_readable(int fd, struct input *in, short *ret)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left = time_left(in);
	int n = poll(&p, 1, left > 0 ? (int)left : 0);

	if (n < 0)
		return errno == EINTR && left > 0 ? 0 : -errno;
	*ret = p.revents;
	/* a person may type as long as they like */
	return n || left > 0 || isatty(fd) ? n : -ETIMEDOUT;
}

static int grow(struct input *in)
{
	size_t size = in->size ? in->size * 2 : STDIN_CHUNK;
	char *more = realloc(in->text, size);

	if (!more)
		return -ENOMEM;
	in->text = more;
	in->size = size;
	return 0;
}

/* To the end, or one byte too many for json_parse(), which then says so. */
static int read_input(int fd, short polled, struct input *in)
{
	while (in->len <= JSON_TEXT_MAX) {
		ssize_t n;
		/* one byte is kept for the NUL that makes the text a string */
		int r = in->len + 1 < in->size ? 0 : grow(in);

		if (!r)
			r = polled ? 1 : wait_readable(fd, in, &polled);
		if (r < 0)
			return r;
		n = r ? read(fd, in->text + in->len, in->size - in->len - 1) : -1;
		if (!n)
			return 0;
		if (n > 0)
			in->len += (size_t)n;
		else if (r && errno != EINTR && errno != EAGAIN)
			return -errno;
		/* from a writer who is gone nothing is waited for: what is there can be read, then the end */
		polled &= POLLHUP;
	}
	return 0;
}

static int read_stdin(int fd, short polled, struct cni_call *c, struct err *e)
{
	struct input in = { .wait_ms = STDIN_WAIT_MS };
	int r = read_input(fd, polled, &in);

	if (in.text)
		in.text[in.len] = '\0';
	c->text = in.text;
	c->text_len = in.len;
	if (r == -ENOMEM)
		return err_sys(e, ENOMEM, "read the network configuration");
	if (r) {
		err_sys(e, -r, "read the network configuration from stdin");
		e->code = CNI_ERR_IO;
	}
	return r;
}

static int config_error(int r, struct err *e)
{
	err_wrap(e, "network configuration");
	e->code = e->sys == ENOMEM ? CNI_ERR_INTERNAL : CNI_ERR_DECODE;
	return r;
}

static int read_network(const char *name, struct cni_call *c, struct err *e)
{
	if (!name || !*name)
		return err_code(e, EINVAL, CNI_ERR_CONFIG, "missing network name");
	if (!str_is_id(name)) {
		err_code(e, EINVAL, CNI_ERR_CONFIG, "invalid characters found in network name");
		err_detail(e, "%s", name);
		return -EINVAL;
	}
	c->network = name;
	return 0;
}

static int read_config(struct cni_call *c, const char **ret_version, struct err *e)
{
	const char *name = NULL;
	int r = json_parse(c->text ? c->text : "", c->text_len, &c->conf, e);

	/* to Go null is an object without keys */
	if (!r && !cJSON_IsObject(c->conf) && !cJSON_IsNull(c->conf))
		r = err_set(e, EBADMSG, "must be an object, not %s", json_kind(c->conf));
	if (!r)
		r = json_get_str(c->conf, "cniVersion", ret_version, e);
	if (!r)
		r = json_get_str(c->conf, "name", &name, e);
	if (!r)
		r = json_get_object(c->conf, "prevResult", &c->prev, e);
	if (r)
		return config_error(r, e);
	/* the answer to the following mistakes is given in the version that was asked for */
	if (version_parse(*ret_version, &c->version))
		c->version = CNI_NEWEST;
	return read_network(name, c, e);
}

/* Up to three numbers, missing ones are 0, as one comparable value (cni.md 1.10). */
static int read_numbers(const char *text, uint64_t *ret)
{
	char part[16];
	uint64_t all = 0, v;

	for (int i = 0; i < 3; i++) {
		size_t n = text ? strcspn(text, ".") : 0;

		v = 0;
		if (text && n < sizeof(part)) {
			memcpy(part, text, n);
			part[n] = '\0';
		}
		if (text && (n >= sizeof(part) || str_to_u64(part, 10, 0xfffff, &v)))
			return -EINVAL;
		all = all << 20 | v;
		text = text && text[n] ? text + n + 1 : NULL;
	}
	if (text)
		return -EINVAL;
	*ret = all;
	return 0;
}

static int refuse_version(const char *text, struct err *e)
{
	err_code(e, EPROTONOSUPPORT, CNI_ERR_VERSION, "incompatible CNI versions");
	err_detail(
		e,
		"config is \"%s\", plugin supports [\"%s\" \"%s\" \"%s\" \"%s\" \"%s\" \"%s\" \"%s\"]",
		text, version_text(CNI_0_1_0), version_text(CNI_0_2_0), version_text(CNI_0_3_0),
		version_text(CNI_0_3_1), version_text(CNI_0_4_0), version_text(CNI_1_0_0),
		version_text(CNI_1_1_0));
	return -EPROTONOSUPPORT;
}

/* CHECK, GC and STATUS compare as numbers first, ADD and DEL as text only (cni.md 1.10). */
static int check_version(struct cni_call *c, const char *text, struct err *e)
{
	enum cni_version since = commands[c->command].since;
	uint64_t have, need, newest;

	if (!text || !*text)
		text = version_text(CNI_0_1_0);
	if (since != CNI_0_1_0) {
		if (read_numbers(text, &have) || read_numbers(version_text(since), &need) ||
		    read_numbers(version_text(CNI_NEWEST), &newest))
			return err_code(e, EBADMSG, CNI_ERR_DECODE,
					"invalid cniVersion \"%.64s\": want up to three numbers",
					text);
		if (have < need || have > newest)
			return err_code(
				e, EPROTONOSUPPORT, CNI_ERR_VERSION, "%s version does not allow %s",
				have < need ? "config" : "plugin", command_text(c->command));
	}
	return version_parse(text, &c->version) ? refuse_version(text, e) : 0;
}

/* VERSION echoes the version it is sent, and answers whatever stdin is (cni.md 1.9). */
static void read_version_input(int fd, short polled, struct cni_call *c)
{
	struct input in = { .wait_ms = VERSION_WAIT_MS };
	const char *text = NULL;
	struct err ignored;

	if (read_input(fd, polled, &in) ||
	    json_parse(in.text ? in.text : "", in.len, &c->conf, &ignored) ||
	    json_get_str(c->conf, "cniVersion", &text, &ignored))
		text = NULL;
	if (text && *text && version_parse(text, &c->version))
		c->version = CNI_NEWEST;
	free(in.text);
}

static bool is_true(const char *s)
{
	return !strcmp(s, "1") || !strcasecmp(s, "TRUE");
}

int call_read(int fd, short polled, struct cni_call *ret, struct err *e)
{
	const char *command = get_variable("CNI_COMMAND"), *version = NULL;
	int r;

	*ret = (struct cni_call){
		.command = find_command(command),
		.container = "",
		.netns = "",
		.ifname = "",
		.args = "",
		.path = "",
		.version = CNI_NEWEST,
	};
	ret->netns_override = is_true(get_variable("CNI_NETNS_OVERRIDE"));
	r = read_variables(ret, e);
	if (!*command)
		return err_code(e, EINVAL, CNI_ERR_ENV,
				"required env variables [CNI_COMMAND] missing");
	if (r)
		return r;
	if (ret->command == CNI_CMD_VERSION) {
		read_version_input(fd, polled, ret);
		return 0;
	}
	r = read_stdin(fd, polled, ret, e);
	if (!r)
		r = read_config(ret, &version, e);
	if (!r && ret->command == CNI_COMMANDS)
		r = err_code(e, EINVAL, CNI_ERR_ENV, "unknown CNI_COMMAND: %s", command);
	return r ? r : check_version(ret, version, e);
}

void call_done(struct cni_call *c)
{
	json_free(&c->conf);
	str_free(&c->text);
	c->text_len = 0;
	c->network = NULL;
	c->prev = NULL;
}
