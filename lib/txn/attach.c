// SPDX-License-Identifier: Apache-2.0
#include "txn/attach.h"

#include <string.h>

#include "base/file.h"
#include "base/log.h"

enum { STALE_LOCK_MS = 2000, GC_LOCK_MS = 10000 };

static bool is_unclaimed(const struct attach *a, const struct devid *device)
{
	cleanup(record_done) struct record other = { .doc = NULL };
	struct err ignored;

	return store_claimant(&a->store, device, &other, &ignored) == -ENOENT;
}

/*
 * The claim on disk, and the mirror that a Go plugin would have removed. The
 * mirror exists from just before "live" on, so earlier phases do not ask for it.
 */
static bool still_ours(const struct attach *a, const struct record *r)
{
	if (r->foreign)
		return is_unclaimed(a, &r->device);
	return store_owns(&a->store, r) && (r->phase != PHASE_LIVE || !a->ops->superseded(r));
}

/* Undo the device's part of a record; 0 when it is home, gone, or not ours any more. */
static int restore_device(const struct attach *a, const struct record *r, struct err *e)
{
	struct world *w = NULL;
	int err;

	if (r->phase == PHASE_LEASE)
		return 0;
	if (!still_ours(a, r)) {
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

/* What is left of the record on disk, now that the device is home. */
static int settle_record(const struct attach *a, struct record *r, bool lease_held, struct err *e)
{
	int err;

	a->ops->forgotten(r);
	if (r->foreign)
		return 0;
	if (!lease_held)
		return store_forget(&a->store, r, e);
	if (r->phase == PHASE_LEASE)
		return 0;
	r->phase = PHASE_LEASE;
	err = store_update(&a->store, r, e);
	return err ? err : store_unclaim(&a->store, r, e);
}

int attach_release(const struct attach *a, struct record *r, struct err *e)
{
	struct err lease = { 0 }, device = { 0 }, disk = { 0 };
	int err;

	/* before the interface leaves the pod: a DHCP client still needs it */
	if (r->ipam && *r->ipam)
		(void)a->ops->release_lease(r, a->ctx, &lease);
	err = restore_device(a, r, &device);
	if (err) {
		/* whatever errno the driver gave: callers branch on "stuck" */
		device.sys = EUCLEAN;
		(void)err_wrap(&device, "device %s is not home yet", r->device.name);
	} else {
		/* what it says of a device that is gone is no failure */
		device = (struct err){ 0 };
		(void)settle_record(a, r, lease.sys != 0, &disk);
	}
	(void)err_gather(&device, &lease);
	err = err_gather(&device, &disk);
	if (err)
		*e = device;
	return err;
}

static bool is_stale(const struct attach *a, const struct record *r)
{
	return r->phase != PHASE_LIVE || !a->ops->alive(r) || a->ops->superseded(r);
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

/* An earlier attachment under the same key, perhaps on another device. */
static int clear_key(const struct attach *a, const struct record_key *key,
		     const struct devid *device, struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	int err = store_load(&a->store, key, &r, e);

	if (err == -ENOENT || err == -EBADMSG)
		return 0;
	if (err)
		return err;
	if (!is_stale(a, &r))
		return err_set(e, EBUSY,
			       "container %s already has %s on device %s, delete it first",
			       key->container, key->ifname, r.device.name);
	if (!devid_equal(&r.device, device))
		err = a->ops->lock(&r.device, STALE_LOCK_MS, &lock, e);
	return err ? err : release_stale(a, &r, e);
}

int attach_claim(const struct attach *a, const struct record_key *key, const struct devid *device,
		 struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	int err = clear_key(a, key, device, e);

	if (!err)
		err = store_claimant(&a->store, device, &r, e);
	if (err)
		return err == -ENOENT ? 0 : err;
	if (is_stale(a, &r))
		return release_stale(a, &r, e);
	return err_set(
		e, EBUSY,
		"device %s is attached to container %s as %s (network %s), delete that pod first",
		device->name, r.key.container, r.key.ifname, r.key.network);
}

static int go_live(const struct attach *a, struct record *r, struct world *w, struct err *e)
{
	int err;

	/* a runtime that gave up waiting may have removed the pod meanwhile */
	if (!a->ops->alive(r))
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
static void roll_back(const struct attach *a, struct record *r, bool provided, struct err *e)
{
	struct err undo = { 0 };

	/* the delegate was not called: it has nothing to give back */
	if (!provided)
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
	bool provided = false;
	int err = txn_observe(&r->plan, w, e);

	if (err)
		return err;
	r->phase = PHASE_PREPARED;
	err = store_save(&a->store, r, e);
	if (!err)
		err = txn_apply(a->store.table, &r->plan, w, e);
	if (!err) {
		provided = true;
		err = provide(w, r, e);
	}
	if (!err)
		err = go_live(a, r, w, e);
	if (err)
		roll_back(a, r, provided, e);
	return err;
}

int attach_find(const struct attach *a, const struct record_key *key, const struct devid *hint,
		unsigned timeout_ms, struct record *ret, int *ret_fd, struct err *e)
{
	cleanup(record_done) struct record peek = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	int err = store_load(&a->store, key, &peek, e);

	if (err && err != -ENOENT && err != -EBADMSG)
		return err;
	if (!err)
		hint = &peek.device;
	if (hint) {
		err = a->ops->lock(hint, timeout_ms, &lock, e);
		if (err)
			return err;
		/* the one who held the lock may have written or removed it */
		err = store_load(&a->store, key, ret, e);
	}
	*ret_fd = take_fd(lock);
	return err == -EBADMSG ? -ENOENT : err;
}

int attach_check(const struct attach *a, const struct record *r, struct err *e)
{
	struct world *w = NULL;
	int err;

	if (r->phase != PHASE_LIVE)
		return err_set(e, ESTALE, "attachment was never completed, or is being released");
	if (!still_ours(a, r))
		return err_set(e, ESTALE, "device %s belongs to another attachment now",
			       r->device.name);
	err = a->ops->open(r, &w, e);
	if (err)
		return err_wrap(e, "device %s", r->device.name);
	err = txn_verify(&r->plan, w, e);
	a->ops->close(w);
	return err;
}

struct sweep {
	const struct attach *a;
	const char *network;
	bool (*valid)(const struct record *r, void *arg);
	void *arg;
	struct err all;
};

static int sweep_record(const struct record *r, void *arg)
{
	cleanup(record_done) struct record locked = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	struct sweep *s = arg;
	struct err e = { 0 };
	int err;

	if (strcmp(r->key.network, s->network) != 0 || s->valid(r, s->arg))
		return 0;
	err = attach_find(s->a, &r->key, NULL, GC_LOCK_MS, &locked, &lock, &e);
	if (!err)
		err = attach_release(s->a, &locked, &e);
	if (err && err != -ENOENT)
		(void)err_gather(&s->all, &e);
	return 0;
}

int attach_gc(const struct attach *a, const char *network,
	      bool (*valid)(const struct record *r, void *arg), void *arg, struct err *e)
{
	struct sweep s = { .a = a, .network = network, .valid = valid, .arg = arg };
	int err = store_each(&a->store, sweep_record, &s, e);

	if (!err && s.all.sys)
		*e = s.all;
	return err ? err : -s.all.sys;
}
