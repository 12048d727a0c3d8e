// SPDX-License-Identifier: Apache-2.0
#include "txn/attach.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"

enum { STALE_LOCK_MS = 2000, HINT_LOCK_MS = 1 };

/* A device that no other attachment of ours claims. */
static int is_unclaimed(const struct attach *a, const struct record *r, bool *ret, struct err *e)
{
	cleanup(record_done) struct record other = { .doc = NULL };
	int err = store_owns(&a->store, r, ret, e);

	/* its own record may be there and unreadable: too new, or damaged */
	if (err || *ret)
		return err;
	err = store_claimant(&a->store, &r->device, &other, e);
	*ret = err == -ENOENT;
	return err == -ENOENT ? 0 : err;
}

/*
 * The claim on disk, and the mirror that a Go plugin would have removed. The
 * mirror exists from just before "live" on, so earlier phases do not ask for it.
 */
static int find_hold(const struct attach *a, const struct record *r, enum hold *ret, struct err *e)
{
	bool ours = false;
	int err = r->foreign ? is_unclaimed(a, r, &ours, e) : store_owns(&a->store, r, &ours, e);

	*ret = !err && ours ? HOLD_DEVICE : HOLD_NOTHING;
	if (!err && ours && !r->foreign && r->phase == PHASE_LIVE)
		err = a->ops->hold(r, ret, e);
	return err;
}

/* Undo the device's part of a record; 0 when it is home, gone, or not ours any more. */
static int restore_device(const struct attach *a, const struct record *r, enum hold *ret_hold,
			  struct err *e)
{
	struct world *w = NULL;
	int err;

	*ret_hold = HOLD_NOTHING;
	if (r->phase == PHASE_LEASE)
		return 0;
	err = find_hold(a, r, ret_hold, e);
	if (err)
		return err;
	if (*ret_hold == HOLD_NOTHING) {
		log_warn("device %s belongs to someone else now, leaving it alone", r->device.name);
		return 0;
	}
	err = a->ops->open(r, &w, e);
	if (err == -ENODEV) {
		log_info("device %s is gone: %s", r->device.name, e->msg);
		return 0;
	}
	if (!err) {
		err = txn_undo(a->store.table, &r->plan, w, e);
		a->ops->close(w);
	}
	return err;
}

/*
 * What is left of the record on disk, now that the device is home. Since it was looked whose it
 * is, nobody can have taken the device: we hold its lock.
 */
static int settle_record(const struct attach *a, struct record *r, enum hold hold, bool lease_held,
			 struct err *e)
{
	bool only_lease = r->phase == PHASE_LEASE && !r->foreign;
	/* What the Go plugins are told was taken back before: by now it may be the next pod's, which
	 * can have a namespace of the same path. */
	int err = only_lease ? 0 : a->ops->forget(r, hold, e);

	if (err)
		return err;
	if (!lease_held)
		return store_forget(&a->store, r, hold != HOLD_NOTHING && !r->foreign, e);
	if (only_lease)
		return 0;
	/* the lease is ours to give back from here on, whoever made the attachment */
	r->phase = PHASE_LEASE;
	err = store_update(&a->store, r, e);
	return err ? err : store_unclaim(&a->store, r, e);
}

int attach_release(const struct attach *a, struct record *r, struct err *e)
{
	struct err all = { 0 }, one = { 0 };
	bool lease_held = false;
	enum hold hold;

	/* before the interface leaves the pod: a DHCP client still needs it */
	if (r->ipam && *r->ipam)
		lease_held = a->ops->release_lease(r, a->ctx, &one);
	if (lease_held)
		(void)err_gather(&all, &one);
	if (restore_device(a, r, &hold, &one)) {
		/* whatever errno the driver gave: callers branch on "stuck" */
		one.sys = EUCLEAN;
		(void)err_wrap(&one, "device %s is not home yet", r->device.name);
		/* the one that matters most stands first */
		(void)err_gather(&one, &all);
		all = one;
	} else if (settle_record(a, r, hold, lease_held, &one)) {
		(void)err_gather(&all, &one);
	}
	if (all.sys)
		*e = all;
	return -all.sys;
}

static int is_stale(const struct attach *a, const struct record *r, bool *ret, struct err *e)
{
	enum hold hold = HOLD_DEVICE;
	bool alive = false;
	int err = 0;

	if (r->phase == PHASE_LIVE)
		err = a->ops->alive(r, &alive, e);
	/* a mirror that is not of ours says nothing about itself */
	if (!err && alive && !r->foreign)
		err = a->ops->hold(r, &hold, e);
	*ret = !alive || hold == HOLD_NOTHING;
	return err;
}

static int release_stale(const struct attach *a, struct record *r, struct err *e)
{
	int err;

	log_warn("finishing off the stale attachment of %s to container %s %s", r->device.name,
		 r->key.container, r->key.ifname);
	err = attach_release(a, r, e);
	/* a lease that cannot be given back must not block the next pod */
	if (err && err != -EUCLEAN) {
		log_warn("stale attachment of container %s: %s", r->key.container, e->msg);
		return 0;
	}
	return err ? err_wrap(e, "stale attachment to container %s", r->key.container) : 0;
}

/*
 * An earlier attachment under the same key, on another device than the one that
 * is locked already.
 */
static int lock_and_reload(const struct attach *a, const struct record_key *key, struct record *r,
			   int *lock, struct err *e)
{
	struct devid device = r->device;
	int err = a->ops->lock(&device, STALE_LOCK_MS, lock, e);

	record_done(r);
	if (!err)
		err = store_load(&a->store, key, r, e);
	if (!err && !devid_equal(&r->device, &device))
		err = err_set(e, EAGAIN, "container %s is being attached elsewhere at this moment",
			      key->container);
	return err;
}

static int clear_key(const struct attach *a, const struct record_key *key,
		     const struct devid *device, struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	bool stale = false;
	int err = store_load(&a->store, key, &r, e);

	if (!err && !devid_equal(&r.device, device))
		err = lock_and_reload(a, key, &r, &lock, e);
	if (err == -ENOENT || err == -EBADMSG)
		return 0;
	if (!err)
		err = is_stale(a, &r, &stale, e);
	if (err)
		return err;
	if (!stale)
		return err_set(e, EADDRINUSE,
			       "container %s already has %s on device %s, delete it first",
			       key->container, key->ifname, r.device.name);
	return release_stale(a, &r, e);
}

/* Our record of who has the device, or else another implementation's. */
static int find_claimant(const struct attach *a, const struct devid *device, struct record *ret,
			 struct err *e)
{
	int err = store_claimant(&a->store, device, ret, e);

	if (err != -ENOENT || !a->ops->claim_foreign)
		return err;
	return a->ops->claim_foreign(device, a->ctx, ret, e);
}

int attach_claim(const struct attach *a, const struct record_key *key, const struct devid *device,
		 struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	bool stale = false;
	int err = clear_key(a, key, device, e);

	if (!err)
		err = find_claimant(a, device, &r, e);
	if (err)
		return err == -ENOENT ? 0 : err;
	err = is_stale(a, &r, &stale, e);
	if (err)
		return err;
	if (stale)
		return release_stale(a, &r, e);
	return err_set(
		e, EADDRINUSE,
		"device %s is attached to container %s as %s (network %s), delete that pod first",
		device->name, r.key.container, r.key.ifname, r.key.network);
}

static int go_live(const struct attach *a, struct record *r, struct world *w, struct err *e)
{
	bool alive = false;
	int err = a->ops->present ? a->ops->present(w, r, &alive, e) : a->ops->alive(r, &alive, e);

	if (err)
		return err;
	/* a runtime that gave up waiting may have removed the pod meanwhile */
	if (!alive)
		return err_set(e, ECANCELED, "network namespace %s went away during ADD", r->netns);
	err = a->ops->publish(w, r, e);
	if (err)
		return err;
	r->phase = PHASE_LIVE;
	err = store_update(&a->store, r, e);
	if (err)
		r->phase = PHASE_PREPARED;
	return err;
}

/* Roll back; the first error stays, what could not be undone goes to its details. */
static void roll_back(const struct attach *a, struct record *r, struct err *e)
{
	struct err undo = { 0 };

	/* the delegate was not run: it has nothing to give back */
	if (!r->leased)
		r->ipam = "";
	if (!attach_release(a, r, &undo))
		return;
	err_detail(e, "not undone: %s", undo.msg);
	if (undo.details[0])
		err_detail(e, "%s", undo.details);
}

int attach_add(const struct attach *a, struct record *r, struct world *w,
	       int (*provide)(struct world *w, struct record *r, struct err *e), struct err *e)
{
	int err = txn_observe(&r->plan, w, e);

	if (err)
		return err;
	r->phase = PHASE_PREPARED;
	record_print_plan(r);
	err = store_save(&a->store, r, e);
	if (!err)
		err = txn_apply(a->store.table, &r->plan, w, e);
	if (!err)
		err = provide(w, r, e);
	if (!err)
		err = go_live(a, r, w, e);
	if (err)
		roll_back(a, r, e);
	return err;
}

int attach_clean(const struct attach *a, const struct record_key *key, const struct devid *device,
		 struct err *e)
{
	int err = store_forget_key(&a->store, key, e);

	return err || !device ? err : store_drop_claim(&a->store, device, e);
}

/* The record, or else the mirror: of a Go plugin's attachment, or of a record that is no use. */
static int load_any(const struct attach *a, const struct record_key *key, struct record *ret,
		    struct err *e)
{
	int err = store_load(&a->store, key, ret, e), foreign;
	struct err why;

	if (err != -ENOENT && err != -EBADMSG && err != -EPROTO)
		return err;
	foreign = a->ops->load_foreign ? a->ops->load_foreign(key, a->ctx, ret, &why) : -ENOENT;
	if (foreign == -EBADMSG)
		log_warn("%s", why.msg);
	else if (foreign != -ENOENT)
		err = foreign ? err_code(e, why.sys, why.code, "%s", why.msg) : 0;
	return err == -EBADMSG ? -ENOENT : err;
}

/*
 * The device that the call names is nearly always the right one, and free. 0 and a lock, or
 * nothing: then the record has to say which device to lock, before it can be read for good.
 */
static int try_hint(const struct attach *a, const struct record_key *key, const struct devid *hint,
		    struct record *ret, int *ret_fd)
{
	cleanup(record_done) struct record found = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	struct err ignored;
	int err = a->ops->lock(hint, HINT_LOCK_MS, &lock, &ignored);

	if (!err)
		err = store_load(&a->store, key, &found, &ignored);
	if (!err && !devid_equal(&found.device, hint))
		err = -EAGAIN;
	if (err)
		return err;
	*ret = record_take(&found);
	*ret_fd = take_fd(lock);
	return 0;
}

int attach_find(const struct attach *a, const struct record_key *key, const struct devid *hint,
		unsigned timeout_ms, struct record *ret, int *ret_fd, struct err *e)
{
	cleanup(record_done) struct record peek = { .doc = NULL };
	cleanup(record_done) struct record found = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	int err;

	if (hint && !try_hint(a, key, hint, ret, ret_fd))
		return 0;
	err = load_any(a, key, &peek, e);

	if (err && err != -ENOENT)
		return err;
	if (!err)
		hint = &peek.device;
	if (hint) {
		err = a->ops->lock(hint, timeout_ms, &lock, e);
		if (err)
			return err;
		/* the one who held the lock may have written or removed it */
		err = load_any(a, key, &found, e);
	}
	if (!err && !devid_equal(&found.device, hint))
		return err_set(e, EAGAIN,
			       "container %s is being attached to device %s at this moment",
			       key->container, found.device.name);
	if (!err)
		*ret = record_take(&found);
	*ret_fd = take_fd(lock);
	return err;
}

int attach_check(const struct attach *a, const struct record *r, struct err *e)
{
	struct world *w = NULL;
	enum hold hold;
	int err;

	if (r->phase != PHASE_LIVE)
		return err_set(e, ESTALE, "attachment was never completed, or is being released");
	err = find_hold(a, r, &hold, e);
	if (err)
		return err;
	if (hold == HOLD_NOTHING)
		return err_set(e, ESTALE, "device %s belongs to another attachment now",
			       r->device.name);
	err = a->ops->open(r, &w, e);
	if (err)
		return err_wrap(e, "device %s", r->device.name);
	err = txn_verify(&r->plan, w, e);
	a->ops->close(w);
	return err;
}
