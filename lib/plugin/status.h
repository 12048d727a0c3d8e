/* SPDX-License-Identifier: Apache-2.0 */
/* STATUS: what every plugin needs of the node before it looks at a device. */
#pragma once
#include "proto/reply.h"
#include "txn/attach.h"

/**
 * status_check_node() - state can be written, privileges are there, sysfs is mounted
 *
 * Return: 0; -errno with code 50, the cause and its remedy.
 */
int status_check_node(const struct store *s, struct err *e) must_check;

/** status_no_state() - the state directory could not even be opened: say so, with code 50 */
int status_no_state(struct err *e);

/**
 * status_degrade() - 50 or 51 for an error that existing attachments feel, too
 *
 * 51 if there are any: live records whose pod is alive. Return: -e->sys.
 */
int status_degrade(const struct attach *a, struct err *e);
