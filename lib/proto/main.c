// SPDX-License-Identifier: Apache-2.0
#include "proto/main.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "proto/reply.h"
#include "proto/result.h"

enum { FD_STDERR = 2 };

char *_dl_get_origin(void);

/*
 * In place of glibc's own, which reads /proc/self/exe at the start of each static program: where it
 * lies would matter to the libraries that it loads. It loads none, and the kernel has to make a
 * directory of /proc for the question. (char *)-1 is "not known".
 */
char *_dl_get_origin(void) /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
{
	return (char *)-1; /* NOLINT(performance-no-int-to-ptr) */
}

/* Formats the about or help text. */
static int put_text(const struct cni_plugin *p, const char *more, char *buf, size_t size)
{
	return str_printf(buf, size,
			  "CNI plugin %s v%s: %s\n"
			  "CNI protocol versions supported: %s, %s, %s, %s, %s, %s, %s\n%s",
			  p->name, p->version, p->about, version_text(CNI_0_1_0),
			  version_text(CNI_0_2_0), version_text(CNI_0_3_0), version_text(CNI_0_3_1),
			  version_text(CNI_0_4_0), version_text(CNI_1_0_0), version_text(CNI_1_1_0),
			  more);
}

static int put_help(const struct cni_plugin *p, char *buf, size_t size)
{
	char more[1024];
	int r = str_printf(
		more, sizeof(more),
		"\n"
		"usage: CNI_COMMAND=VERB %s < CONFIG    container runtimes run it so\n"
		"       %s --version | --help\n"
		"\n"
		"CONFIG is a network configuration in JSON; the answer is JSON on standard output.\n"
		"\n"
		"  CNI_COMMAND         ADD, DEL, CHECK, GC, STATUS or VERSION\n"
		"  CNI_CONTAINERID     the container (ADD, DEL, CHECK)\n"
		"  CNI_NETNS           path of its network namespace (ADD, CHECK; DEL if it exists)\n"
		"  CNI_IFNAME          name of the interface in the container (ADD, DEL, CHECK)\n"
		"  CNI_ARGS            KEY=VALUE;KEY=VALUE\n"
		"  CNI_PATH            where IPAM plugins are looked for\n"
		"  CNI_NETNS_OVERRIDE  1: CNI_NETNS may be the plugin's own namespace\n"
		"\n"
		"The manual page %s(8) has the keys of CONFIG.\n",
		p->name, p->name, p->name);

	return r ? r : put_text(p, more, buf, size);
}

static bool is_option(const char *arg, const char *name)
{
	/* Go's flag package takes one dash or two */
	return arg && (!strcmp(arg, name) || !strcmp(arg, name + 1));
}

/*
 * Run by a person, not by a runtime; standard input is left alone (cni.md 1.5). Kept apart so that
 * its texts are no part of the stack of a call.
 */
static kept_apart int run_by_hand(const struct cni_plugin *p, const char *arg)
{
	char text[2048] = "";
	struct err e = { 0 };
	short input;
	int fd = FD_STDERR, r = 0, out = reply_open(&input);

	if (is_option(arg, "--version")) {
		fd = out;
		r = str_printf(text, sizeof(text), "%s (sriov-rdma-cni) %s\n", p->name, p->version);
	} else if (is_option(arg, "--help")) {
		fd = out;
		r = put_help(p, text, sizeof(text));
	} else {
		/* to stderr: a runtime that forgot the command must not take it for a result */
		r = put_text(p, "", text, sizeof(text));
	}
	return r || reply_text(fd, text, &e) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int not_there(const struct cni_plugin *p, const struct cni_call *c, struct err *e)
{
	return err_code(e, ENOSYS, CNI_ERR_FIELD, "CNI_COMMAND %s is not implemented by %s",
			command_text(c->command), p->name);
}

/* *ret_doc: the answer; it stays NULL for verbs that print nothing. */
static int run_add(const struct cni_plugin *p, const struct cni_call *c, cJSON **ret_doc,
		   struct err *e)
{
	cleanup(json_free) cJSON *result = NULL;
	int r = p->add ? p->add(c, &result, e) : not_there(p, c, e);

	return r ? r : result_format(result, c->version, ret_doc, e);
}

static int run_status(const struct cni_plugin *p, const struct cni_call *c, struct err *e)
{
	int r = p->status ? p->status(c, e) : not_there(p, c, e);

	/* whatever it is, ADD would meet it, too: that is what 50 says */
	if (r && !e->code)
		e->code = CNI_ERR_STATUS;
	return r;
}

static int run_verb(const struct cni_plugin *p, const struct cni_call *c, cJSON **ret_doc,
		    struct err *e)
{
	switch (c->command) {
	case CNI_CMD_ADD:
		return run_add(p, c, ret_doc, e);
	case CNI_CMD_DEL:
		return p->del ? p->del(c, e) : not_there(p, c, e);
	case CNI_CMD_CHECK:
		return p->check ? p->check(c, e) : not_there(p, c, e);
	case CNI_CMD_GC:
		return p->gc ? p->gc(c, e) : not_there(p, c, e);
	case CNI_CMD_STATUS:
		return run_status(p, c, e);
	case CNI_CMD_VERSION:
	case CNI_COMMANDS:
		break;
	}
	return not_there(p, c, e);
}

/* One document or none, whatever happens: nothing follows an answer that was begun. */
static int answer(const struct cni_plugin *p, int out, const struct cni_call *c, struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	int r;

	if (c->command == CNI_CMD_VERSION) {
		r = reply_version(out, c->version, e);
	} else {
		log_context(c->container, c->netns, c->ifname);
		r = run_verb(p, c, &doc, e);
		if (r) {
			log_error("%s: %s%s%s", command_text(c->command), e->msg,
				  e->details[0] ? "; " : "", e->details);
			(void)reply_error(out, c->version, e);
			return r;
		}
		r = doc ? reply_json(out, doc, e) : 0;
	}
	if (r)
		log_error("%s", e->msg);
	return r;
}

static void confine(const struct cni_plugin *p, const char *command)
{
	struct err e;

	if (p->confine && strcmp(command, command_text(CNI_CMD_VERSION)) != 0 && p->confine(&e))
		log_warn("%s: %s", p->name, e.msg);
}

int cni_main(const struct cni_plugin *p, int argc, char **argv)
{
	cleanup(call_done) struct cni_call call = { 0 };
	const char *command = getenv("CNI_COMMAND");
	struct err e = { 0 };
	short input;
	int out;

	if (!command || !*command)
		return run_by_hand(p, argc > 1 ? argv[1] : NULL);
	/* until the plugin has read how its user wants it */
	log_open(p->name, "warning", NULL);
	confine(p, command);
	/* a caller that is gone must not kill us half way through */
	(void)signal(SIGPIPE, SIG_IGN);
	out = reply_open(&input);
	if (out < 0) {
		log_error("%s: cannot keep standard output", p->name);
		return EXIT_FAILURE;
	}
	if (call_read(STDIN_FILENO, input, &call, &e)) {
		(void)reply_error(out, call.version, &e);
		return EXIT_FAILURE;
	}
	return answer(p, out, &call, &e) ? EXIT_FAILURE : EXIT_SUCCESS;
}
