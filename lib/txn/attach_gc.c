// SPDX-License-Identifier: Apache-2.0
/* GC: everything that is left of attachments which are not valid any more. */
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "txn/attach.h"

enum { GC_LOCK_MS = 10000, CLAIM_LOCK_MS = 1 };

struct sweep {
	const struct attach *a;
	const char *network;
	int (*valid)(const struct record *r, void *arg, bool *ret, struct err *e);
	void *arg;
	struct err all;
};

static int release(const struct sweep *s, const struct record_key *key, struct err *e)
{
	cleanup(record_done) struct record locked = { .doc = NULL };
	cleanup(fd_close) int lock = -EBADF;
	int err = attach_find(s->a, key, NULL, GC_LOCK_MS, &locked, &lock, e);

	if (!err)
		err = attach_release(s->a, &locked, e);
	return err == -ENOENT ? 0 : err;
}

static void sweep_one(struct sweep *s, const struct record *r,
		      int (*remove)(const struct sweep *s, const struct record_key *key,
				    struct err *e))
{
	struct err e = { 0 };
	bool keep = true;
	int err = s->valid(r, s->arg, &keep, &e);

	if (!err && !keep)
		err = remove(s, &r->key, &e);
	if (err) {
		(void)err_wrap(&e, "container %s %s", r->key.container, r->key.ifname);
		(void)err_gather(&s->all, &e);
	}
}

static int sweep_record(const struct record *r, void *arg)
{
	struct sweep *s = arg;

	if (!strcmp(r->key.network, s->network))
		sweep_one(s, r, release);
	return 0;
}

/* A Go plugin's attachment, or one of ours whose record cannot be read. */
static int sweep_foreign(const struct record_key *key, void *arg)
{
	cleanup(record_done) struct record own = { .doc = NULL }, r = { .doc = NULL };
	struct sweep *s = arg;
	struct err e = { 0 };
	int err;

	err = store_load(&s->a->store, key, &own, &e);
	if (!err)
		return 0;
	if (err == -ENOENT || err == -EBADMSG || err == -EPROTO)
		err = s->a->ops->load_foreign(key, s->a->ctx, &r, &e);
	if (!err)
		sweep_one(s, &r, release);
	else if (err == -EBADMSG)
		log_warn("left alone: %s", e.msg);
	else if (err != -ENOENT)
		(void)err_gather(&s->all, &e);
	return 0;
}

static int forget_aside(const struct sweep *s, const struct record_key *key, struct err *e)
{
	log_warn("removing the damaged record of container %s %s: that attachment is gone",
		 key->container, key->ifname);
	return store_forget_aside(&s->a->store, key, e);
}

/* While there is a mirror the device is not home, and the damaged file may help a person. */
static int sweep_aside(const struct record_key *key, void *arg)
{
	cleanup(record_done) struct record mirror = { .doc = NULL };
	const struct record r = { .key = *key };
	struct sweep *s = arg;
	struct err e;

	if (strcmp(key->network, s->network) != 0)
		return 0;
	if (!s->a->ops->load_foreign ||
	    s->a->ops->load_foreign(key, s->a->ctx, &mirror, &e) == -ENOENT)
		sweep_one(s, &r, forget_aside);
	return 0;
}

/* A claim without record: its ADD died in between. Locked, as one may be under way. */
static int sweep_claim(const struct devid *device, void *arg)
{
	cleanup(fd_close) int lock = -EBADF;
	struct sweep *s = arg;
	struct err e;

	if (!store_claim_dangles(&s->a->store, device))
		return 0;
	if (!s->a->ops->lock(device, CLAIM_LOCK_MS, &lock, &e) &&
	    store_drop_claim(&s->a->store, device, &e))
		log_warn("%s", e.msg);
	return 0;
}

int attach_gc(const struct attach *a, const char *network,
	      int (*valid)(const struct record *r, void *arg, bool *ret, struct err *e), void *arg,
	      struct err *e)
{
	struct sweep s = { .a = a, .network = network, .valid = valid, .arg = arg };
	/* first: what is set aside in this run stays until the next one, for a person to see */
	int err = store_each_aside(&a->store, sweep_aside, &s, e);

	if (!err && store_each(&a->store, sweep_record, &s, e))
		(void)err_gather(&s.all, e);
	if (!err && a->ops->each_foreign && a->ops->each_foreign(network, sweep_foreign, &s, e))
		(void)err_gather(&s.all, e);
	if (!err)
		err = store_each_claim(&a->store, sweep_claim, &s, e);
	if (!err && s.all.sys)
		*e = s.all;
	return err ? err : -s.all.sys;
}
