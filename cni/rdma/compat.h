/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Go plugin's state file (ecosystem.md 5.3), mirrored for every live
 * attachment so that either plugin can release what the other attached:
 *
 *   <state>/rdma/<network>-<container>-<ifname>
 */
#pragma once
#include <limits.h>

#include "txn/attach.h"
#include "world.h"

/** compat_open_dir() - <state>/rdma, created if need be */
int compat_open_dir(int *ret_fd, struct err *e) must_check;

/** compat_state_name() - an attachment's file; false: too long, it has none */
bool compat_state_name(const struct record_key *key, char buf[static NAME_MAX + 1]);

/** compat_publish() - write the mirror of a record that is about to go live */
int compat_publish(struct world *w, const struct record *r, struct err *e) must_check;

/** compat_forget() - remove the mirror, if it still is this record's; @hold as in struct attach_ops */
int compat_forget(const struct record *r, enum hold hold, struct err *e) must_check;

/** compat_hold() - HOLD_NOTHING: the mirror is gone or another's: a Go plugin acted since */
int compat_hold(const struct record *r, enum hold *ret, struct err *e) must_check;

/**
 * compat_load() - the attachment that the Go plugin made, as a record
 * @c: the call that asks; it knows the namespace if it is about this attachment, else
 *     it is looked for
 *
 * Return: 0, *ret is foreign and for record_done(), in PHASE_LEASE if a later attachment
 * has the device; -ENOENT: none; -EBADMSG.
 */
int compat_load(const struct record_key *key, const struct cni_call *c, struct record *ret,
		struct err *e) must_check;

/** compat_read_sriov() - a file of sriov's half of the chain; *ret is for str_free() */
int compat_read_sriov(const char *below, const char *file, char **ret) must_check;

/** compat_is_away() - is one of a function's RDMA devices in another namespace */
bool compat_is_away(const struct pci_rdma_list *list);

/**
 * compat_find_netns() - set the record's netns to a path of where its devices are
 *
 * "": they are home, gone, or where no path leads. It costs a look into every namespace
 * when sriov's mark does not help.
 */
int compat_find_netns(struct record *r, struct err *e) must_check;

/** compat_is_latest() - is state file @name in @dir the youngest that speaks of the device */
int compat_is_latest(int dir, const char *name, const struct devid *device, bool *ret,
		     struct err *e) must_check;

/**
 * compat_each() - call @fn with the key of every state file of a network
 *
 * The Go plugin's files say nothing of the network but in their names, joined with '-'.
 * Where a name could be of several networks, sriov's file for the same pod decides; with
 * none it is left alone.
 */
int compat_each(const char *network, int (*fn)(const struct record_key *key, void *arg), void *arg,
		struct err *e) must_check;

/** compat_alive() - is a foreign attachment alive: its devices are away from home */
int compat_alive(const struct record *r, bool *ret, struct err *e) must_check;
