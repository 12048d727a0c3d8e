// SPDX-License-Identifier: Apache-2.0
/*
 * What the CNI spec says of delegates, above the mechanics of spawn.c. Errors
 * carry the delegate's code and text, so that "no IP addresses available" reaches
 * the person who can do something about it.
 */
#include "proto/delegate.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "proto/reply.h"
#include "proto/result.h"
#include "proto/spawn.h"

enum {
	/* Spiderpool's client waits 100 s for its agent; ours must not give up before. */
	DELEGATE_TIMEOUT_MS = 120000,
	/* how much of an output that nobody understands is quoted */
	QUOTE_MAX = 200,
};

enum { CALL_VARS = 6 };

/* "" when the element is empty or does not fit: Go would look in the current directory. */
static void join_path(char buf[static PATH_MAX], const char *dir, size_t n, const char *type)
{
	if (!n || n >= PATH_MAX || str_printf(buf, PATH_MAX, "%.*s/%s", (int)n, dir, type))
		buf[0] = '\0';
}

/* @ret_dead: set when there is such a file that cannot be executed */
static bool is_program(const char *path, bool *ret_dead)
{
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	if (!access(path, X_OK))
		return true;
	*ret_dead = true;
	return false;
}

static int find_program(const char *dirs, const char *type, char ret[static PATH_MAX],
			struct err *e)
{
	bool dead = false;

	for (const char *dir = dirs; *dir;) {
		size_t n = strcspn(dir, ":");

		join_path(ret, dir, n, type);
		if (ret[0] && is_program(ret, &dead))
			return 0;
		dir += n + (dir[n] == ':');
	}
	return err_code(e, ENOENT, CNI_ERR_CONFIG, "failed to find plugin \"%s\" in path [%s]: %s",
			type, dirs,
			dead ? "a file of that name is not executable" :
			       "install it there, or correct \"ipam\".\"type\"");
}

static int check_type(const struct cni_call *c, const char *type, struct err *e)
{
	if (!type || !*type)
		return err_code(e, EINVAL, CNI_ERR_CONFIG,
				"no IPAM plugin named in \"ipam\".\"type\"");
	if (strchr(type, '/'))
		return err_code(e, EINVAL, CNI_ERR_CONFIG, "invalid plugin name: %s", type);
	if (!c->path[strspn(c->path, ":")])
		return err_code(e, ENOENT, CNI_ERR_ENV,
				"required env variables [CNI_PATH] missing: "
				"IPAM plugin \"%s\" is looked for there",
				type);
	return 0;
}

/* Whether a later entry has the same name: the last one counts (cni.md 3.2). */
static bool is_overridden(char *const *entry)
{
	size_t n = strcspn(*entry, "=");

	for (char *const *later = entry + 1; *later; later++)
		if (!strncmp(*later, *entry, n) && (*later)[n] == (*entry)[n])
			return true;
	return false;
}

/*
 * The variables that say what a call is about. For a call of our own they stand
 * in the environment as they are; an earlier attachment's lease is given back
 * under that attachment's name.
 */
struct call_vars {
	char *var[CALL_VARS];
	size_t n;
};

static void free_vars(struct call_vars *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->var[i]);
}

static bool add_var(struct call_vars *v, const char *key, const char *value)
{
	/* unset stays unset; not compared with getenv(), which of duplicates knows the first only */
	if (!*value && !getenv(key))
		return true;
	if (asprintf(&v->var[v->n], "%s=%s", key, value) < 0)
		return false;
	v->n++;
	return true;
}

static bool make_vars(struct call_vars *v, const struct cni_call *c, enum cni_command command)
{
	return add_var(v, "CNI_COMMAND", command_text(command)) &&
	       add_var(v, "CNI_CONTAINERID", c->container) && add_var(v, "CNI_NETNS", c->netns) &&
	       add_var(v, "CNI_IFNAME", c->ifname) && add_var(v, "CNI_ARGS", c->args) &&
	       add_var(v, "CNI_PATH", c->path);
}

static bool is_replaced(const char *entry, const struct call_vars *v)
{
	size_t n = strcspn(entry, "=") + 1;

	for (size_t i = 0; i < v->n; i++)
		if (!strncmp(entry, v->var[i], n))
			return true;
	return false;
}

/* The strings are borrowed; the list is for free() */
static char **new_environment(const struct call_vars *v)
{
	size_t n = 0;
	char **env;

	while (environ && environ[n])
		n++;
	env = calloc(n + v->n + 1, sizeof(*env));
	if (!env)
		return NULL;
	n = 0;
	for (char **i = environ; i && *i; i++)
		if (!is_replaced(*i, v) && !is_overridden(i))
			env[n++] = *i;
	for (size_t i = 0; i < v->n; i++)
		env[n++] = v->var[i];
	return env;
}

static void free_environment(char ***env)
{
	free(*env);
	*env = NULL;
}

static int run(const struct cni_call *c, const char *path, enum cni_command command,
	       struct spawn_end *ret, struct err *e)
{
	cleanup(free_vars) struct call_vars vars = { .n = 0 };
	cleanup(free_environment) char **env = NULL;
	struct spawn s = {
		.path = path,
		.in = c->text,
		.in_len = c->text_len,
		.out_max = JSON_TEXT_MAX,
		.timeout_ms = DELEGATE_TIMEOUT_MS,
	};

	if (make_vars(&vars, c, command))
		env = new_environment(&vars);
	if (!env)
		return err_sys(e, ENOMEM, "run %s", path);
	s.env = env;
	return spawn_run(&s, ret, e);
}

/* Length without white space at the end. */
static size_t text_len(const char *text)
{
	size_t n = strlen(text);

	while (n && strchr(" \n\r\t", text[n - 1]))
		n--;
	return n;
}

/* What it printed, for the details. */
static void quote(const char *text, struct err *e)
{
	size_t n = text_len(text);

	if (n)
		err_detail(e, "%.*s%s", n > QUOTE_MAX ? QUOTE_MAX : (int)n, text,
			   n > QUOTE_MAX ? "..." : "");
}

static int fail_silent(const struct spawn_end *end, struct err *e)
{
	size_t n = text_len(end->err);

	if (WIFSIGNALED(end->status))
		err_code(e, EREMOTEIO, CNI_ERR_IPAM, "killed by signal %d (%s)",
			 WTERMSIG(end->status), strsignal(WTERMSIG(end->status)));
	else if (!n)
		err_code(e, EREMOTEIO, CNI_ERR_IPAM, "exit status %d without a word",
			 WEXITSTATUS(end->status));
	else
		return err_code(e, EREMOTEIO, CNI_ERR_IPAM, "%.*s", (int)n, end->err);
	quote(end->err, e);
	return -EREMOTEIO;
}

/* An error object of the spec; without a code it is 105, as Go prints none for its own failures. */
static int read_error(const cJSON *doc, struct err *e)
{
	const char *msg = NULL, *details = NULL;
	struct opt_i64 code = { 0 };
	int r = json_get_int(doc, "code", &code, e);

	if (!r)
		r = json_get_str(doc, "msg", &msg, e);
	if (!r)
		r = json_get_str(doc, "details", &details, e);
	if (r)
		return r;
	if (code.v <= 0 || code.v > UINT32_MAX)
		code.v = CNI_ERR_IPAM;
	err_code(e, EREMOTEIO, (unsigned)code.v, "%s",
		 msg && *msg ? msg : "failed without saying why");
	if (details && *details)
		err_detail(e, "%s", details);
	return 0;
}

static int fail(const struct spawn_end *end, struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	struct err why = { 0 };
	int r;

	if (WIFSIGNALED(end->status) || !text_len(end->out))
		return fail_silent(end, e);
	r = json_parse(end->out, end->out_len, &doc, &why);
	if (!r && !cJSON_IsObject(doc))
		r = err_set(&why, EBADMSG, "must be an object, not %s", json_kind(doc));
	if (!r)
		r = read_error(doc, &why);
	if (!r) {
		*e = why;
		return -EREMOTEIO;
	}
	err_code(e, EREMOTEIO, CNI_ERR_DECODE, "exit status %d, and its error is unreadable: %s",
		 WEXITSTATUS(end->status), why.msg);
	quote(end->out, e);
	quote(end->err, e);
	return -EREMOTEIO;
}

static int read_result(const struct cni_call *c, const struct spawn_end *end, cJSON **ret,
		       struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL, *result = NULL, *empty = NULL;
	const cJSON *ips;
	int r;

	if (!text_len(end->out))
		return err_code(e, EREMOTEIO, CNI_ERR_IPAM, "exit status 0 but no result");
	r = json_parse(end->out, end->out_len, &doc, e);
	/* to Go null is an object without keys (cni.md 3.3) */
	if (!r && cJSON_IsNull(doc)) {
		empty = cJSON_CreateObject();
		r = empty ? 0 : err_sys(e, ENOMEM, "read its result");
	}
	if (!r)
		r = result_parse(empty ? empty : doc, c->version, &result, e);
	if (r) {
		quote(end->out, e);
		return r;
	}
	ips = json_find(result, "ips");
	if (!ips || !ips->child)
		return err_code(e, EREMOTEIO, CNI_ERR_IPAM, "returned missing IP config");
	*ret = take_ptr(result);
	return 0;
}

static int run_and_read(const struct cni_call *c, const char *path, enum cni_command command,
			cJSON **ret, struct err *e)
{
	cleanup(spawn_end_done) struct spawn_end end = { 0 };
	int r = run(c, path, command, &end, e);

	if (r == -E2BIG)
		e->code = CNI_ERR_DECODE;
	else if (r && reply_code(e) == CNI_ERR_INTERNAL && r != -ENOMEM)
		e->code = CNI_ERR_IPAM;
	if (r)
		return r;
	if (!WIFEXITED(end.status) || WEXITSTATUS(end.status))
		return fail(&end, e);
	/* other verbs print nothing that counts (cni.md 1.4) */
	return command == CNI_CMD_ADD ? read_result(c, &end, ret, e) : 0;
}

static int find_delegate(const struct cni_call *c, const char *type, char path[static PATH_MAX],
			 struct err *e)
{
	int r = check_type(c, type, e);

	return r ? r : find_program(c->path, type, path, e);
}

int delegate_check(const struct cni_call *c, const char *type, struct err *e)
{
	char path[PATH_MAX];

	return find_delegate(c, type, path, e);
}

int delegate_run(const struct cni_call *c, const char *type, enum cni_command command, cJSON **ret,
		 struct err *e)
{
	char path[PATH_MAX];
	cJSON *result = NULL;
	int r = find_delegate(c, type, path, e);

	if (r)
		return r;
	log_debug("run %s for %s", path, command_text(command));
	r = run_and_read(c, path, command, &result, e);
	/* -ENOENT means "not in CNI_PATH" alone: here it is the script's missing interpreter */
	if (r == -ENOENT)
		e->sys = ENOEXEC;
	if (r)
		return err_wrap(e, "IPAM plugin \"%s\"", type);
	if (ret)
		*ret = result;
	return 0;
}
