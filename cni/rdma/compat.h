/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Go plugin's state file (ecosystem.md 5.3), mirrored for every live
 * attachment so that either plugin can release what the other attached:
 *
 *   <state>/rdma/<network>-<container>-<ifname>
 */
#pragma once
#include "world.h"

/** compat_publish() - write the mirror of a record that is about to go live */
int compat_publish(struct world *w, const struct record *r, struct err *e) must_check;

/** compat_forget() - remove the mirror, if it still is this record's */
int compat_forget(const struct record *r, struct err *e) must_check;

/** compat_superseded() - the mirror is gone or another's: a Go plugin acted since */
int compat_superseded(const struct record *r, bool *ret, struct err *e) must_check;

/**
 * compat_load() - the attachment that the Go plugin made, as a record
 *
 * Return: 0, *ret is foreign and for record_done(); -ENOENT: none; -EBADMSG.
 */
int compat_load(const struct cni_call *c, struct record *ret, struct err *e) must_check;
