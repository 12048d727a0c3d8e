/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPAM plugins, run as the CNI spec says ("Delegated plugins"): our stdin bytes
 * and environment with CNI_COMMAND replaced, in the namespace of the caller (so
 * never from inside the pod: their own-namespace check would fail them).
 */
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "proto/call.h"

/**
 * delegate_check() - can this plugin be run: a name without '/', found in CNI_PATH, executable
 *
 * Return: 0; -errno as delegate_run() would answer.
 */
int delegate_check(const struct cni_call *c, const char *type, struct err *e) must_check;

/**
 * delegate_run() - run an IPAM plugin and read its answer
 * @type:    "ipam.type"; no '/'
 * @command: ADD, DEL, CHECK, GC or STATUS, whatever our own is
 * @ret:     ADD: its result in the newest shape, with one address or more, for
 *           json_free(); else NULL. May be NULL for other verbs than ADD
 *
 * Looks in CNI_PATH (empty elements are skipped), feeds stdin, drains stdout and
 * stderr (the latter goes to ours), retries ETXTBSY, bounds output and time. The
 * child gets default signals and no descriptor but 0-2.
 *
 * Return: 0; -ENOENT: not in CNI_PATH (code 7), or there is none (code 4);
 * -EREMOTEIO: the delegate failed, with its own code, message and details (code
 * 105 if it gave none); -EBADMSG: its result cannot be understood (code 6); other
 * -errno: it could not be run, or did not end in time (11 if it stays "text busy").
 * After a failed ADD the delegate may hold an address: run it with DEL.
 */
int delegate_run(const struct cni_call *c, const char *type, enum cni_command command, cJSON **ret,
		 struct err *e) must_check;
