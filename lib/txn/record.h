/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records: what an attachment changed, on disk before it is changed.
 *
 * One JSON file per attachment, named "<network>:<container>:<ifname>" (none of
 * the three can hold a ':'; names too long for a file are hashed), and one
 * symbolic link "@<device>" to it: the claim on the device. A claim that points
 * to no record claims nothing, so the order of writing (claim, then record,
 * synced together) and of forgetting (record, then claim) needs no journal.
 */
#pragma once
#include <limits.h>

#include "base/types.h"
#include "txn/txn.h"

enum {
	RECORD_FORMAT = 1, /* what this code writes */
	RECORD_MIN_READER = 1, /* the oldest reader that can still release what we write */
	RECORD_SIZE_MAX = 16 << 20,
	RECORD_BOOT_MAX = 40,
};

/** struct record_key - which attachment; strings are borrowed */
struct record_key {
	const char *network, *container, *ifname;
};

enum record_phase {
	PHASE_PREPARED, /* changes may have begun */
	PHASE_LIVE, /* ADD answered success */
	PHASE_LEASE, /* the device is home and unclaimed; only the IPAM lease is left */
};

/**
 * struct record - an attachment; strings are borrowed from @doc or from the caller
 * @device, @boot, @instance: the device: its address is its identity only together
 *     with the boot and the inode of its sysfs directory
 * @netns:      path as the runtime gave it
 * @netns_id:   the namespace; its name member is not used
 * @ipam:       type of the delegate that holds a lease; "" none
 * @args, @config: CNI_ARGS and stdin of ADD: what releasing the lease needs
 * @facts:      what the program needs to open the device without configuration; its own format
 * @result:     answer of ADD, newest shape; NULL until live
 * @leased:     the delegate was run for it; not written: on disk @ipam means "perhaps"
 * @foreign:    read from another implementation's state file: the store knows nothing of it
 * @plan:       owned
 * @plan_text:  owned; see record_print_plan()
 * @doc:        owned; NULL for a record that was not loaded
 */
struct record {
	struct record_key key;
	enum record_phase phase;
	struct devid device;
	char boot[RECORD_BOOT_MAX];
	uint64_t instance;
	const char *netns;
	struct value_place netns_id;
	const char *ipam, *args, *config;
	const cJSON *facts, *result;
	bool foreign, leased;
	struct plan plan;
	char *plan_text;
	cJSON *doc;
};

/** record_done() - frees the document, the plan and its text; also for cleanup(record_done) */
void record_done(struct record *r);

/**
 * record_print_plan() - make the plan's text once, of a record that will be written twice
 *
 * It is most of a record. The plan must not change any more. Without memory there is no text,
 * and whoever writes the record makes it, or says so.
 */
void record_print_plan(struct record *r);

/** record_take() - move a record out: record_done() then finds nothing to free in @r */
struct record record_take(struct record *r);

/**
 * struct store - the records of one program
 * @dirfd: owned, see store_close()
 */
struct store {
	int dirfd;
	const struct prop_table *table;
	const char *plugin;
};

/** store_open() - open DIR/sriov-rdma/PLUGIN, creating what is missing (0700) */
int store_open(const char *dir, const char *plugin, const struct prop_table *table,
	       struct store *ret, struct err *e) must_check;
void store_close(struct store *s);

/** store_probe() - can a file be written there now; leaves nothing behind */
int store_probe(const struct store *s, struct err *e) must_check;

/**
 * store_load() - read a record by its key
 *
 * Return: 0; -ENOENT: none; -EBADMSG: not a record of ours or another key's: it is
 * set aside under "!<name>" for a person to look at, and the next call says -ENOENT;
 * -EPROTO: written by a newer version that this one must not guess at; -errno.
 */
int store_load(const struct store *s, const struct record_key *key, struct record *ret,
	       struct err *e) must_check;

/**
 * store_save() - write and sync a new record and its claim, before the first change
 *
 * Nothing is written that could not be loaded again: -E2BIG, -EBADMSG.
 */
int store_save(const struct store *s, const struct record *r, struct err *e) must_check;

/** store_update() - rewrite a record after its phase changed: rename only, see design.md 4 */
int store_update(const struct store *s, const struct record *r, struct err *e) must_check;

/**
 * store_forget() - remove the record, then its claim; absent is fine
 * @claims: it is known that the claim is the record's; else it is looked at
 */
int store_forget(const struct store *s, const struct record *r, bool claims,
		 struct err *e) must_check;

/** store_forget_key() - remove what a killed write may have left under this key */
int store_forget_key(const struct store *s, const struct record_key *key, struct err *e) must_check;

/** store_unclaim() - give up the claim, keep the record (only its lease is left) */
int store_unclaim(const struct store *s, const struct record *r, struct err *e) must_check;

/**
 * store_claimant() - the record that claims a device
 *
 * Return: 0; -ENOENT: nobody does (or the claim points to nothing); else as store_load().
 */
int store_claimant(const struct store *s, const struct devid *device, struct record *ret,
		   struct err *e) must_check;

/** store_owns() - does the claim on the record's device point to this record; -errno: cannot tell */
int store_owns(const struct store *s, const struct record *r, bool *ret, struct err *e) must_check;

/** store_claim_dangles() - does the claim on a device point to a record that is not there */
bool store_claim_dangles(const struct store *s, const struct devid *device);

/** store_drop_claim() - remove the claim on a device if it points to a record that is not there */
int store_drop_claim(const struct store *s, const struct devid *device, struct err *e) must_check;

/** store_each_claim() - call @fn for the device of every claim */
int store_each_claim(const struct store *s, int (*fn)(const struct devid *device, void *arg),
		     void *arg, struct err *e) must_check;

/**
 * store_each_aside() - call @fn for every record that was set aside
 *
 * Of which only the key is known, from the file's name. Those with a hashed name, and what
 * never was a record's, are passed over: nobody knows whose they are.
 */
int store_each_aside(const struct store *s, int (*fn)(const struct record_key *key, void *arg),
		     void *arg, struct err *e) must_check;

/** store_forget_aside() - remove what was set aside under a key */
int store_forget_aside(const struct store *s, const struct record_key *key,
		       struct err *e) must_check;

/**
 * store_each() - call @fn for every record
 *
 * Damaged ones are set aside, a newer version's are passed over; both are logged.
 *
 * Return: 0, the first non-zero value of @fn, or -errno: records could not be
 * listed, or, after all others were visited, one could not be read this time.
 */
int store_each(const struct store *s, int (*fn)(const struct record *r, void *arg), void *arg,
	       struct err *e) must_check;
