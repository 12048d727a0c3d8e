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
 * delegate_run() - run an IPAM plugin and read its answer
 * @type:    "ipam.type"; no '/'
 * @command: ADD, DEL, CHECK, GC or STATUS, whatever our own is
 * @ret:     ADD: its result in the newest shape, for json_free(); else NULL
 *
 * Looks in CNI_PATH (empty elements are skipped), feeds stdin, drains stdout and
 * stderr (the latter goes to ours), retries ETXTBSY, bounds output and time. The
 * child gets default signals and no descriptor but 0-2.
 *
 * Return: 0; -ENOENT: not in CNI_PATH, code 4 or 7; other -errno with the
 * delegate's own code, message and details (code 105 if it gave none, 6 if its
 * output cannot be understood, 11 if it stays "text busy").
 */
int delegate_run(const struct cni_call *c, const char *type, enum cni_command command,
		 cJSON **ret, struct err *e) must_check;
