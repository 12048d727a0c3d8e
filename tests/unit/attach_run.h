/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attachments in a test: the device of memworld.h, a store on disk, operations that write down that
 * they were called and fail on demand.
 */
#pragma once
#include "base/file.h"
#include "memworld.h"
#include "owns.h"
#include "script.h"
#include "txn/attach.h"

#define NAME  "net:c0ffee:net1"
#define CLAIM "@0000:81:00.3"

static struct world device;
static struct record r, back;
static struct err e;

/**
 * struct fake - the rest of the world
 * @open_fails, @publish_fails, @lease_fails, @forget_fails: errno; 0 none
 * @alive_fails, @hold_fails: errno of not being able to look
 * @busy:     the device with this name is locked by somebody else; NULL none
 * @dead:     the pod's namespace is gone
 * @foreign:  somebody else has taken over
 * @opened:   worlds opened and not closed
 * @trace:    what was called: "lease open close forget "
 * @in_publish, @in_lock: called there, before anything else
 */
static struct fake {
	int open_fails, publish_fails, lease_fails, forget_fails;
	int alive_fails, hold_fails;
	const char *busy;
	bool dead, foreign;
	int opened;
	char trace[512];
	void (*in_publish)(void);
	void (*in_lock)(void);
} fake;

static int locks = -EBADF; /* the directory of the locks */

static inline void called(const char *what)
{
	add_word(fake.trace, sizeof(fake.trace), what);
}

static inline int fake_fail(int sys, struct err *err)
{
	return sys ? err_set(err, sys, "fake fails") : 0;
}

static inline int fake_open(const struct record *rec unused, struct world **ret, struct err *err)
{
	called("open");
	if (fake.open_fails)
		return fake_fail(fake.open_fails, err);
	fake.opened++;
	*ret = &device;
	return 0;
}

static inline void fake_close(struct world *w)
{
	ck_assert_ptr_eq(w, &device);
	called("close");
	fake.opened--;
}

static inline int fake_lock(const struct devid *d, unsigned timeout_ms, int *ret_fd,
			    struct err *err)
{
	called("lock");
	ck_assert_uint_gt(timeout_ms, 0);
	if (fake.in_lock)
		fake.in_lock();
	if (fake.busy && !strcmp(fake.busy, d->name))
		return err_set(err, ETIMEDOUT, "%s is busy", d->name);
	return file_lock_at(locks, d->name, 0, ret_fd, err);
}

static inline int fake_alive(const struct record *rec unused, bool *ret, struct err *err)
{
	*ret = !fake.dead && !fake.alive_fails;
	return fake_fail(fake.alive_fails, err);
}

static inline int fake_hold(const struct record *rec, enum hold *ret, struct err *err)
{
	/* there is no mirror before */
	ck_assert_int_eq(rec->phase, PHASE_LIVE);
	*ret = fake.foreign ? HOLD_NOTHING : HOLD_ALL;
	return fake_fail(fake.hold_fails, err);
}

static inline int fake_release_lease(const struct record *rec, const void *ctx, struct err *err)
{
	ck_assert_ptr_eq(ctx, &fake);
	called("lease");
	ck_assert_str_eq(rec->ipam, "dhcp");
	return fake_fail(fake.lease_fails, err);
}

static inline int fake_publish(struct world *w, const struct record *rec, struct err *err)
{
	ck_assert_ptr_eq(w, &device);
	ck_assert_int_eq(rec->phase, PHASE_PREPARED);
	called("publish");
	if (fake.in_publish)
		fake.in_publish();
	return fake_fail(fake.publish_fails, err);
}

static inline int fake_forget(const struct record *rec unused, enum hold hold unused,
			      struct err *err)
{
	called("forget");
	return fake_fail(fake.forget_fails, err);
}

static const struct attach_ops ops = {
	.open = fake_open,
	.close = fake_close,
	.lock = fake_lock,
	.alive = fake_alive,
	.hold = fake_hold,
	.release_lease = fake_release_lease,
	.publish = fake_publish,
	.forget = fake_forget,
};

static struct attach attach = { .ops = &ops, .ctx = &fake };

static inline bool exists(const char *name)
{
	struct stat st;

	return !fstatat(attach.store.dirfd, name, &st, AT_SYMLINK_NOFOLLOW);
}

/* The record on disk is in this phase, and claims the device as long as it holds more than a lease. */
static inline void assert_on_disk(enum record_phase phase)
{
	record_done(&back);
	ck_assert_msg(!store_load(&attach.store, &r.key, &back, &e), "no record: %s", e.msg);
	ck_assert_int_eq(back.phase, phase);
	ck_assert_int_eq(owns(&attach.store, &r), phase != PHASE_LEASE);
}

static inline void assert_no_trace_on_disk(void)
{
	ck_assert(!exists(NAME));
	ck_assert(!exists("." NAME ".tmp"));
	ck_assert(!exists(CLAIM));
}

/* Nothing is ever changed that is not on disk. */
static inline void see_record(struct world *w unused)
{
	ck_assert_msg(exists(NAME), "the device is changed and no record says so");
	ck_assert_msg(exists(CLAIM), "the device is changed and not claimed");
}

static inline struct record make_record(const char *network, const char *container,
					const char *name)
{
	struct record rec = { .key = { network, container, "net1" },
			      .device = { .bus = DEV_BUS_PCI },
			      .netns = "/run/netns/x",
			      .ipam = "dhcp",
			      .args = "",
			      .config = "{}" };

	ck_assert_int_eq(str_copy(rec.device.name, sizeof(rec.device.name), name), 0);
	mem_plan(&rec.plan);
	for (size_t i = 0; i < rec.plan.n; i++)
		rec.plan.steps[i].was = rec.plan.steps[i].want;
	return rec;
}

/* A healthy device and the record of an ADD to come. */
static inline void fresh(void)
{
	e = (struct err){ 0 };
	fake = (struct fake){ .dead = false };
	mem_reset(&device);
	device.on_set = see_record;
	record_done(&r);
	r = make_record("net", "c0ffee", "0000:81:00.3");
}

static inline void set_up(void)
{
	make_dir();
	ck_assert_msg(!store_open(dir, "test", &mem_table, &attach.store, &e), "%s", e.msg);
	ck_assert_msg(!file_open_dir(in_dir("locks"), 0700, &locks, &e), "%s", e.msg);
	fresh();
}

static inline void tear_down(void)
{
	ck_assert_msg(!fake.opened, "a world was not closed");
	record_done(&back);
	fd_close(&locks);
	store_close(&attach.store);
	remove_dir();
}

static inline int provide(struct world *w, struct record *rec, struct err *err unused)
{
	ck_assert_ptr_eq(w, &device);
	ck_assert_ptr_eq(rec, &r);
	assert_on_disk(PHASE_PREPARED);
	assert_wanted(w, &rec->plan);
	called("provide");
	rec->leased = true;
	return 0;
}

static inline int add(void)
{
	return attach_add(&attach, &r, &device, provide, &e);
}

/* The attachment @r is live, as another process would find it. */
static inline void go_live(void)
{
	ck_assert_msg(!add(), "%s", e.msg);
	fake.trace[0] = '\0';
	forget_trace(&device);
	device.calls = 0;
}
