/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Go plugin's state files (ecosystem.md 5.2): its lock is our lock, its
 * allocation mark is respected, and every live attachment is mirrored, so that
 * either plugin can release what the other attached.
 *
 *   <state>/sriov/<container>-<ifname>      the attachment, JSON
 *   <state>/sriov/pci/<device>              text: the pod's CNI_NETNS
 *   <state>/sriov/pci/vf_lock/<device>.lock flock()ed for the whole verb
 */
#pragma once
#include "txn/attach.h"
#include "world.h"

/** compat_open_dir() - <state>/sriov@below, created if need be */
int compat_open_dir(const char *below, int *ret_fd, struct err *e) must_check;

/**
 * compat_read_mark() - the CNI_NETNS of whoever has the device
 *
 * Return: 0, *ret malloc()ed; -ENOENT: nobody; -EBADMSG: no mark; -errno.
 */
int compat_read_mark(const struct devid *device, char **ret, struct err *e) must_check;

/** compat_lock() - the per-device lock that both implementations take */
int compat_lock(const struct devid *device, unsigned timeout_ms, int *ret_fd,
		struct err *e) must_check;

/**
 * compat_check_free() - is the device allocated by a Go plugin
 * @ours: we hold no live record of it; a mark of ours is never passed here
 *
 * Return: 0; -EBUSY with code 102 when the mark's namespace still exists; -errno: cannot tell.
 */
int compat_check_free(const struct devid *device, struct err *e) must_check;

/** compat_publish() - write the mirror of a record that is about to go live */
int compat_publish(struct world *w, const struct record *r, struct err *e) must_check;

/** compat_forget() - remove mark and mirror, if they still are this record's; @hold as in struct attach_ops */
int compat_forget(const struct record *r, enum hold hold, struct err *e) must_check;

/** compat_hold() - HOLD_NOTHING: mark or mirror is gone or another's: a Go plugin acted since */
int compat_hold(const struct record *r, enum hold *ret, struct err *e) must_check;

/**
 * compat_load() - the attachment that a Go plugin made, as a record
 * @c: the call that asks; it knows the namespace if it is about this attachment, and the
 *     delegate's configuration if it is of this network
 *
 * Understands the files of all releases (ecosystem.md 5.2): absent members are not
 * restored. Of a device that has another owner now only lease and files are left
 * (PHASE_LEASE); a file from before this boot is of a device that is gone (no boot id).
 *
 * Return: 0, *ret is foreign and for record_done(); -ENOENT: none; -EBADMSG.
 */
int compat_load(const struct record_key *key, const struct cni_call *c, struct record *ret,
		struct err *e) must_check;

/** compat_claimant() - the attachment whose mark is on a device, as compat_load(); -ENOENT */
int compat_claimant(const struct devid *device, const struct cni_call *c, struct record *ret,
		    struct err *e) must_check;

/** compat_each() - call @fn with the key of every state file of a network */
int compat_each(const char *network, int (*fn)(const struct record_key *key, void *arg), void *arg,
		struct err *e) must_check;

/**
 * compat_alive() - is a foreign attachment alive of which the namespace is not known
 *
 * The interface tells: a dead namespace's comes home. Without one nobody can tell, and
 * it is kept.
 */
int compat_alive(const struct record *r, bool *ret, struct err *e) must_check;

/** compat_is_marked_with() - is the device's mark of the same time as state file @state in @dir */
int compat_is_marked_with(int dir, const char *state, const char *device, bool *ret,
			  struct err *e) must_check;
