/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments: ADD, DEL, CHECK and GC as steps over records and plans. All that
 * differs between programs is in struct attach_ops.
 *
 * The device's lock is held for the whole verb, so a record in PHASE_PREPARED
 * that one finds under the lock was left by a process that died.
 */
#pragma once
#include "txn/record.h"

/** enum hold - what is a record's own, of that which it speaks of */
enum hold {
	HOLD_NOTHING, /* not the device, or it was released since */
	HOLD_DEVICE, /* the device; what was published may be another's, or be missing */
	HOLD_ALL, /* the device and all that was published */
};

/**
 * struct attach_ops - what a program knows of its devices
 * @open:    the device of a record, from the record alone. -ENODEV: it is gone, or its
 *           address now belongs to another instance: nothing to undo
 * @close:   release a world of @open
 * @lock:    lock a device against every other process; closing *ret_fd unlocks
 * @alive:   does the record's namespace still exist; "could not look" is an error, not
 *           "no": a live pod must not be undone because file handles ran out
 * @present: as @alive, of the namespace that @w holds open, for a look just before "live";
 *           NULL: @alive is asked
 * @hold:    asked of live records that claim their device: did someone else (a Go plugin)
 *           release or re-use it since (HOLD_NOTHING); as with @alive, doubt is an error
 * @release_lease: give the IPAM lease back; @ctx is the attach's
 * @publish: write mirrors and indexes, before the record goes live: a live record
 *           without its mirror holds nothing
 * @forget:  the device is home: remove what @publish wrote; tried again if it fails.
 *           @hold: what @hold said a moment ago, and the device is locked; HOLD_ALL: nothing has
 *           to be looked at again
 *
 * The rest concerns attachments that another implementation made (the Go plugins), or
 * that we made and have no readable record of; all NULL if there can be none:
 *
 * @load_foreign: an attachment from its mirror, with foreign set. In PHASE_LEASE: the
 *           device is not its own any more. -ENOENT: none; -EBADMSG: cannot be understood
 * @claim_foreign: the attachment that has a device; -ENOENT: none is known
 * @each_foreign: call @fn with the key of every mirror of a network, ours included
 */
struct attach_ops {
	int (*open)(const struct record *r, struct world **ret, struct err *e);
	void (*close)(struct world *w);
	int (*lock)(const struct devid *device, unsigned timeout_ms, int *ret_fd, struct err *e);
	int (*alive)(const struct record *r, bool *ret, struct err *e);
	int (*present)(const struct world *w, const struct record *r, bool *ret, struct err *e);
	int (*hold)(const struct record *r, enum hold *ret, struct err *e);
	int (*release_lease)(const struct record *r, const void *ctx, struct err *e);
	int (*publish)(struct world *w, const struct record *r, struct err *e);
	int (*forget)(const struct record *r, enum hold hold, struct err *e);
	int (*load_foreign)(const struct record_key *key, const void *ctx, struct record *ret,
			    struct err *e);
	int (*claim_foreign)(const struct devid *device, const void *ctx, struct record *ret,
			     struct err *e);
	int (*each_foreign)(const char *network, int (*fn)(const struct record_key *key, void *arg),
			    void *arg, struct err *e);
};

/** struct attach - a program's attachments; @ctx is for its operations */
struct attach {
	const struct attach_ops *ops;
	const void *ctx;
	struct store store;
};

/**
 * attach_claim() - make sure that nobody holds the device; the device is locked
 *
 * An attachment whose namespace is dead, whose ADD died, or which was made in
 * another boot is undone first.
 *
 * Return: 0; -EADDRINUSE: attached, the error says to whom; -EUCLEAN: a stale attachment
 * could not be undone.
 */
int attach_claim(const struct attach *a, const struct record_key *key, const struct devid *device,
		 struct err *e) must_check;

/**
 * attach_add() - observe, record, apply, provide, mark live; the device is locked and claimed
 * @r: key, device, namespace and plan's wants are set
 * @provide: what comes after the device is in place (addresses); may set r->result;
 *           sets r->leased as soon as the delegate may hold something
 *
 * On failure all is undone before it returns; if that is incomplete the record
 * stays and the error's details say what is stuck.
 */
int attach_add(const struct attach *a, struct record *r, struct world *w,
	       int (*provide)(struct world *w, struct record *r, struct err *e),
	       struct err *e) must_check;

/**
 * attach_find() - lock an attachment's device and load its record, or else its mirror
 * @hint: device to lock when there is no record (an ADD may be under way); NULL: none known
 * @ret_fd: the lock, owned, also when -ENOENT is returned; -EBADF if no device is known
 *
 * Return: 0; -ENOENT: no record; -ETIMEDOUT: locked for too long; as store_load(), but
 * -EPROTO (a newer version's record) only if it has no mirror.
 */
int attach_find(const struct attach *a, const struct record_key *key, const struct devid *hint,
		unsigned timeout_ms, struct record *ret, int *ret_fd, struct err *e) must_check;

/**
 * attach_release() - undo everything a record says, then forget it; the device is locked
 *
 * Device and lease are both tried, whatever happens to the other. With the device
 * home and the lease still held, the record stays in PHASE_LEASE and claims nothing.
 *
 * Return: 0; -EUCLEAN: the device is stuck; -errno of the lease otherwise.
 */
int attach_release(const struct attach *a, struct record *r, struct err *e) must_check;

/** attach_check() - compare the device with what the record wants; all differences in the error */
int attach_check(const struct attach *a, const struct record *r, struct err *e) must_check;

/**
 * attach_clean() - remove what a killed ADD left of an attachment that has no record
 * @device: the locked device; NULL: none known
 */
int attach_clean(const struct attach *a, const struct record_key *key, const struct devid *device,
		 struct err *e) must_check;

/**
 * attach_gc() - release what is left of a network's attachments
 * @valid: is this attachment to be kept; -errno: cannot tell, so it is kept. Of a record
 *         that was set aside only the key is known: its device has no name
 *
 * Records, mirrors without a readable record, records that were set aside, and claims
 * of ADDs that died. Continues after errors, which are gathered.
 */
int attach_gc(const struct attach *a, const char *network,
	      int (*valid)(const struct record *r, void *arg, bool *ret, struct err *e), void *arg,
	      struct err *e) must_check;
