/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One invocation: environment and standard input, validated in the order that
 * callers of the Go plugins know (CNI spec "Parameters"; cni.md 1.1-1.4).
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "proto/version.h"

enum cni_command {
	CNI_CMD_ADD,
	CNI_CMD_DEL,
	CNI_CMD_CHECK,
	CNI_CMD_GC,
	CNI_CMD_STATUS,
	CNI_CMD_VERSION,
	CNI_COMMANDS,
};

const char *command_text(enum cni_command c);

/**
 * struct cni_call - the call, valid until call_done()
 * @container, @netns, @ifname, @args, @path: CNI_* variables, borrowed from the
 *     environment; "" when unset, never NULL
 * @netns_override: CNI_NETNS_OVERRIDE says that our own namespace as target is meant
 * @text, @text_len: standard input as it came: delegates get these very bytes; a NUL follows
 * @conf:    the same parsed
 * @network: "name"
 * @version: "cniVersion"
 * @prev:    "prevResult" as it came, borrowed from @conf; NULL: absent or null
 */
struct cni_call {
	enum cni_command command;
	const char *container, *netns, *ifname, *args, *path;
	bool netns_override;
	char *text;
	size_t text_len;
	cJSON *conf;
	const char *network;
	enum cni_version version;
	const cJSON *prev;
};

/**
 * call_read() - read and validate everything but the plugin's own keys
 * @fd: standard input
 * @polled: what poll() has said of @fd already, see reply_open(); 0: nothing
 *
 * Return: 0, or -errno with the CNI code set in the error. *ret is valid for
 * call_done() in both cases, and ret->version for the error reply.
 */
int call_read(int fd, short polled, struct cni_call *ret, struct err *e) must_check;

/** call_done() - also for cleanup(call_done) */
void call_done(struct cni_call *c);

/** struct call_arg - one key of CNI_ARGS a plugin knows; @value is "" when not @set */
struct call_arg {
	const char *key;
	char value[256];
	bool set;
};

/**
 * call_get_args() - pick known keys out of CNI_ARGS
 *
 * ';' between pairs, exactly one '=' in each, the last of duplicates wins, empty
 * values are legal, keys are case-sensitive. IgnoreUnknown (1, 0, true, false in
 * any case) allows keys that are not in @args; its place does not matter.
 *
 * Return: 0, or -EINVAL with code 4.
 */
int call_get_args(const char *text, struct call_arg *args, size_t n, struct err *e) must_check;

/** struct call_attachment - an entry of GC's list, borrowed from the configuration */
struct call_attachment {
	const char *container, *ifname;
};

/**
 * call_get_valid() - GC's list of attachments that still exist
 * @ret_n: entries; the list is malloc()ed
 * @ret_given: the key was there (null and [] count as given and empty)
 *
 * "cni.dev/valid-attachments", else "cni.dev/attachments" (spec-v1.1.0 as tagged).
 */
int call_get_valid(const struct cni_call *c, struct call_attachment **ret, size_t *ret_n,
		   bool *ret_given, struct err *e) must_check;
