// SPDX-License-Identifier: Apache-2.0
/* The two lists in a call that have a syntax of their own: CNI_ARGS, and GC's attachments. */
#include "proto/call.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "proto/reply.h"

/* One pair of CNI_ARGS, borrowed from the text. */
struct pair {
	const char *key, *value;
	size_t key_len, value_len;
};

static bool key_is(const struct pair *p, const char *key)
{
	return p->key_len == strlen(key) && !memcmp(p->key, key, p->key_len);
}

/* *at moves behind the pair; it is NULL after the last. Exactly one '=' (cni.md 4.1). */
static int next_pair(const char **at, struct pair *ret, struct err *e)
{
	const char *text = *at;
	size_t n = strcspn(text, ";"), key_len = strcspn(text, "=;");

	*at = text[n] ? text + n + 1 : NULL;
	if (key_len == n || memchr(text + key_len + 1, '=', n - key_len - 1))
		return err_code(e, EINVAL, CNI_ERR_ENV,
				"CNI_ARGS: invalid pair \"%.*s\", want KEY=VALUE between ';'",
				n > 128 ? 128 : (int)n, text);
	*ret = (struct pair){ text, text + key_len + 1, key_len, n - key_len - 1 };
	return 0;
}

static int read_ignore(const struct pair *p, bool *ret, struct err *e)
{
	static const struct {
		const char *text;
		bool v;
	} words[] = { { "1", true }, { "true", true }, { "0", false }, { "false", false } };

	for (size_t i = 0; i < array_size(words); i++) {
		if (p->value_len == strlen(words[i].text) &&
		    !strncasecmp(p->value, words[i].text, p->value_len)) {
			*ret = words[i].v;
			return 0;
		}
	}
	return err_code(e, EINVAL, CNI_ERR_ENV,
			"CNI_ARGS: IgnoreUnknown must be 1, 0, true or false");
}

static struct call_arg *find_arg(struct call_arg *args, size_t n, const struct pair *p)
{
	for (size_t i = 0; i < n; i++)
		if (key_is(p, args[i].key))
			return &args[i];
	return NULL;
}

/* Says what is wrong, stores nothing. */
static int check_args(const char *text, struct call_arg *args, size_t n, struct err *e)
{
	bool ignore = false;
	struct err unknown = { 0 };
	int r = 0;

	while (text && !r) {
		struct pair p;

		r = next_pair(&text, &p, e);
		if (r)
			return r;
		if (key_is(&p, "IgnoreUnknown"))
			r = read_ignore(&p, &ignore, e);
		else if (!find_arg(args, n, &p))
			err_detail(&unknown, "%.*s", p.key_len > 64 ? 64 : (int)p.key_len, p.key);
		else if (p.value_len >= sizeof(args->value))
			r = err_code(e, EINVAL, CNI_ERR_ENV,
				     "CNI_ARGS: value of %.*s is longer than %zu bytes",
				     (int)p.key_len, p.key, sizeof(args->value) - 1);
	}
	if (r || ignore || !unknown.details[0])
		return r;
	/* only now: IgnoreUnknown may come last */
	err_code(e, EINVAL, CNI_ERR_ENV, "CNI_ARGS: unknown keys without IgnoreUnknown=1");
	err_detail(e, "%s", unknown.details);
	return -EINVAL;
}

int call_get_args(const char *text, struct call_arg *args, size_t n, struct err *e)
{
	int r = *text ? check_args(text, args, n, e) : 0;

	if (r)
		return r;
	for (size_t i = 0; i < n; i++) {
		args[i].set = false;
		args[i].value[0] = '\0';
	}
	while (text && *text) {
		struct call_arg *arg;
		struct pair p;

		if (next_pair(&text, &p, e))
			return -EINVAL;
		arg = find_arg(args, n, &p);
		if (!arg)
			continue;
		memcpy(arg->value, p.value, p.value_len);
		arg->value[p.value_len] = '\0';
		arg->set = true;
	}
	return 0;
}

/* json_find() cannot tell null from absent; here null says "nothing is valid" (cni.md 1.15). */
static bool has_key(const cJSON *obj, const char *key)
{
	for (const cJSON *i = obj->child; i; i = i->next)
		if (!strcasecmp(i->string, key))
			return true;
	return false;
}

/* An entry that we cannot read may stand for a living pod: rather no GC than one too much. */
static int read_attachment(const cJSON *j, struct call_attachment *ret, struct err *e)
{
	struct call_attachment a = { NULL, NULL };
	int r = 0;

	if (!cJSON_IsObject(j))
		r = err_set(e, EBADMSG, "must be an object, not %s", json_kind(j));
	if (!r)
		r = json_get_str(j, "containerID", &a.container, e);
	if (!r)
		r = json_get_str(j, "ifname", &a.ifname, e);
	if (!r && (!a.container || !*a.container || !a.ifname || !*a.ifname))
		r = err_set(e, EBADMSG, "lacks \"containerID\" or \"ifname\"");
	if (!r)
		*ret = a;
	return r;
}

static int read_attachments(const cJSON *list, struct call_attachment **ret, size_t *ret_n,
			    struct err *e)
{
	struct call_attachment *all = NULL;
	size_t n = 0;
	int r = 0;

	if (list && list->child) {
		all = calloc((size_t)cJSON_GetArraySize(list), sizeof(*all));
		if (!all)
			return err_sys(e, ENOMEM, "read the valid attachments");
	}
	for (const cJSON *i = list ? list->child : NULL; i && !r; i = i->next) {
		r = read_attachment(i, &all[n], e);
		if (r)
			err_wrap(e, "valid attachment %zu", n);
		else
			n++;
	}
	if (r) {
		free(all);
		return r;
	}
	*ret = all;
	*ret_n = n;
	return 0;
}

int call_get_valid(const struct cni_call *c, struct call_attachment **ret, size_t *ret_n,
		   bool *ret_given, struct err *e)
{
	/* the second is how the tag spec-v1.1.0 called it; libcni sends both */
	static const char *const keys[] = { "cni.dev/valid-attachments", "cni.dev/attachments" };
	const cJSON *list = NULL;
	bool given = false;
	int r = 0;

	for (size_t i = 0; i < array_size(keys) && !list && !r; i++) {
		given |= has_key(c->conf, keys[i]);
		r = json_get_array(c->conf, keys[i], &list, e);
	}
	if (!r)
		r = read_attachments(list, ret, ret_n, e);
	if (!r)
		*ret_given = given;
	return r;
}
