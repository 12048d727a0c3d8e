// SPDX-License-Identifier: Apache-2.0
/*
 * The directory of records as found: where the claim on a device leads, what a file is called, and
 * what is in it. Nothing is lost: what cannot be understood is set aside.
 */
#include "props.h"
#include "tree.h"
#include "txn/peek.h"
#include "txn/record.h"

#define DEVICE "0000:03:00.3"

static const struct devid device = { DEV_BUS_PCI, DEVICE };

/* It becomes names of files. */
static bool is_key(const struct record_key *key)
{
	return str_is_id(key->network) && str_is_id(key->container) && ifname_valid(key->ifname);
}

static int see_record(const struct record *r, void *arg)
{
	MUST(is_key(&r->key) && r->plan.n <= PLAN_MAX);
	++*(int *)arg;
	return 0;
}

static int see_device(const struct devid *id, void *arg unused)
{
	MUST(*id->name);
	return 0;
}

static int see_key(const struct record_key *key, void *arg unused)
{
	MUST(is_key(key));
	return 0;
}

static int see_file(const struct peek *p, void *arg)
{
	MUST(*p->file && (p->kind != PEEK_RECORD) == !p->record);
	++*(int *)arg;
	return 0;
}

static int count(const char *name, void *arg)
{
	*(int *)arg += name[0] != '@' && name[0] != '.';
	return 0;
}

static int files(int dir)
{
	struct err e = { 0 };
	int n = 0;

	MUST(!file_each_at(dir, count, &n, &e));
	return n;
}

/* A name that no file can have, or that the claim has: none */
static void put_record(int dir, struct field name, struct field content)
{
	char *text = field_text(name);

	if (*text && strcmp(text, ".") != 0 && strcmp(text, "..") != 0 && !strchr(text, '/') &&
	    strcmp(text, "@" DEVICE) != 0 && strlen(text) <= NAME_MAX)
		tree_put(dir, text, content);
	free(text);
}

static void look(const struct store *s)
{
	cleanup(record_done) struct record claimant = { .doc = NULL };
	int before = files(s->dirfd), n = 0, seen = 0;
	struct err e = { 0 };
	bool owns = false;
	int r;

	MUST(!store_peek(tree_root, "sriov", see_file, &seen, &e));
	r = store_claimant(s, &device, &claimant, &e);
	MUST(!r || r == -ENOENT || (r == -e.sys && *e.msg));
	MUST(r || (!store_owns(s, &claimant, &owns, &e) && !claimant.foreign));
	(void)store_claim_dangles(s, &device);
	r = store_each(s, see_record, &n, &e);
	MUST(n <= 1 && (!r || (r == -e.sys && *e.msg)));
	MUST(!store_each_claim(s, see_device, NULL, &e));
	MUST(!store_each_aside(s, see_key, NULL, &e));
	r = store_drop_claim(s, &device, &e);
	MUST(!r || (r == -e.sys && *e.msg));
	/* a claim or a temporary file that is set aside becomes one more */
	MUST(files(s->dirfd) >= before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fields in = { data, len };
	struct field target, name;
	struct err e = { 0 };
	struct store s;

	(void)tree_make();
	MUST(!store_open(tree_root, "sriov", &sriov_props, &s, &e));
	tree_empty(s.dirfd);
	target = take_field(&in);
	tree_link(s.dirfd, "@" DEVICE, target);
	name = take_field(&in);
	put_record(s.dirfd, name, take_rest(&in));
	look(&s);
	store_close(&s);
	return 0;
}
