// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "txn/record.h"
#include "txn/record_json.h"

enum {
	RECORD_NAME_MAX = NAME_MAX - 8, /* room for file.c's ".NAME.tmp" and our '!' */
};

int store_open(const char *dir, const char *plugin, const struct prop_table *table,
	       struct store *ret, struct err *e)
{
	char path[FILE_PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/sriov-rdma/%s", dir, plugin);

	if (r)
		return err_sys(e, -r, "state directory");
	*ret = (struct store){ .table = table, .plugin = plugin };
	return file_open_dir(path, 0700, &ret->dirfd, e);
}

void store_close(struct store *s)
{
	fd_leave(&s->dirfd);
}

int store_probe(const struct store *s, struct err *e)
{
	return file_probe_at(s->dirfd, e);
}

/* FNV-1a, 64 bits; two bases make 128. The key is compared after loading. */
static uint64_t hash_text(uint64_t h, const char *s)
{
	do {
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	} while (*s++);
	return h;
}

static void record_name(const struct record_key *k, char ret[static NAME_MAX + 1])
{
	static const uint64_t base[] = { UINT64_C(0xcbf29ce484222325),
					 UINT64_C(0x84222325cbf29ce4) };
	uint64_t h[2];

	if (!str_printf(ret, RECORD_NAME_MAX, "%s:%s:%s", k->network, k->container, k->ifname))
		return;
	for (int i = 0; i < 2; i++)
		h[i] = hash_text(hash_text(base[i], k->network), k->container);
	/* '#' begins no network name; interface names have 15 bytes at most */
	if (str_printf(ret, RECORD_NAME_MAX, "#%016" PRIx64 "%016" PRIx64 ":%s", h[0], h[1],
		       k->ifname))
		ret[0] = '\0';
}

static void claim_name(const struct devid *d, char ret[static DEVID_MAX + 1])
{
	ret[0] = '@';
	memcpy(ret + 1, d->name, sizeof(d->name));
}

/* A file that cannot be understood is kept for a person, out of the way. */
static void set_aside(const struct store *s, const char *name, const struct err *why)
{
	char aside[NAME_MAX + 1];

	log_error("record %s: %s; set aside as !%s", name, why->msg, name);
	if (!str_printf(aside, sizeof(aside), "!%s", name))
		(void)renameat(s->dirfd, name, s->dirfd, aside);
}

static int load_name(const struct store *s, const char *name, struct record *ret, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	size_t len;
	int r = file_read_own_at(s->dirfd, name, RECORD_SIZE_MAX, &text, &len, e);

	if (!r)
		r = record_parse(text, len, s->plugin, s->table, ret, e);
	if (r == -EBADMSG)
		set_aside(s, name, e);
	return r && r != -ENOENT ? err_wrap(e, "record %s", name) : r;
}

static bool same_key(const struct record_key *a, const struct record_key *b)
{
	return !strcmp(a->network, b->network) && !strcmp(a->container, b->container) &&
	       !strcmp(a->ifname, b->ifname);
}

int store_load(const struct store *s, const struct record_key *key, struct record *ret,
	       struct err *e)
{
	cleanup(record_done) struct record found = { .doc = NULL };
	char name[NAME_MAX + 1];
	int r;

	record_name(key, name);
	r = load_name(s, name, &found, e);
	if (!r && !same_key(&found.key, key)) {
		r = err_set(e, EBADMSG, "record %s is another attachment's", name);
		set_aside(s, name, e);
	}
	if (!r)
		*ret = record_take(&found);
	return r;
}

/*
 * What cannot be read again can never be undone: a configuration of megabytes, or a
 * delegate's answer as deep as JSON may be. Better that ADD fails while it can. All else is
 * valid before it is in a record.
 */
static int check_readable(const char *text, struct err *e)
{
	int r = json_check_bounds(text, strlen(text), e);

	return r ? err_wrap(e, "record could not be read again") : 0;
}

static int make_text(const struct store *s, const struct record *r, char **ret, struct err *e)
{
	cleanup(str_free) char *text = record_text(r, s->plugin);
	int err = text ? check_readable(text, e) : err_sys(e, ENOMEM, "write record");

	if (!err)
		*ret = take_ptr(text);
	return err;
}

int store_save(const struct store *s, const struct record *r, struct err *e)
{
	char name[NAME_MAX + 1], claim[DEVID_MAX + 1];
	cleanup(str_free) char *text = NULL;
	int err = make_text(s, r, &text, e);

	record_name(&r->key, name);
	claim_name(&r->device, claim);
	if (!err)
		err = file_link_at(s->dirfd, claim, name, e);
	return err ? err : file_save_at(s->dirfd, name, text, strlen(text), 0600, e);
}

int store_update(const struct store *s, const struct record *r, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	char name[NAME_MAX + 1];
	int err = make_text(s, r, &text, e);

	record_name(&r->key, name);
	return err ? err : file_replace_at(s->dirfd, name, text, strlen(text), 0600, e);
}

int store_forget_key(const struct store *s, const struct record_key *key, struct err *e)
{
	char name[NAME_MAX + 1];

	record_name(key, name);
	return file_remove_at(s->dirfd, name, e);
}

static int remove_claim(const struct store *s, const struct devid *device, struct err *e)
{
	char claim[DEVID_MAX + 1];

	claim_name(device, claim);
	return file_remove_at(s->dirfd, claim, e);
}

/*
 * Of a live record and its claim no write can have been killed: the one that made it live came
 * last. Only giving back a lease writes once more.
 */
static bool is_whole(const struct record *r)
{
	return r->phase == PHASE_LIVE && !r->foreign && (!r->ipam || !*r->ipam);
}

int store_unclaim(const struct store *s, const struct record *r, struct err *e)
{
	bool owned;
	int err = store_owns(s, r, &owned, e);

	return err || !owned ? err : remove_claim(s, &r->device, e);
}

int store_forget(const struct store *s, const struct record *r, bool claims, struct err *e)
{
	int (*remove)(int, const char *, struct err *) =
		is_whole(r) ? file_unlink_at : file_remove_at;
	char name[NAME_MAX + 1], claim[DEVID_MAX + 1];
	int err = claims ? 0 : store_owns(s, r, &claims, e);

	record_name(&r->key, name);
	claim_name(&r->device, claim);
	if (!err)
		err = remove(s->dirfd, name, e);
	return err || !claims ? err : remove(s->dirfd, claim, e);
}

bool store_claim_dangles(const struct store *s, const struct devid *device)
{
	char claim[DEVID_MAX + 1];
	struct stat st;

	claim_name(device, claim);
	/* the second one follows the link */
	return !fstatat(s->dirfd, claim, &st, AT_SYMLINK_NOFOLLOW) &&
	       fstatat(s->dirfd, claim, &st, 0) && errno == ENOENT;
}

int store_drop_claim(const struct store *s, const struct devid *device, struct err *e)
{
	char claim[DEVID_MAX + 1], target[NAME_MAX + 1];
	int err;

	if (!store_claim_dangles(s, device))
		return 0;
	claim_name(device, claim);
	err = file_target_at(s->dirfd, claim, target, sizeof(target), e);
	/* ADD may have died while it wrote the record itself */
	if (!err && !strchr(target, '/'))
		err = file_remove_tmp_at(s->dirfd, target, e);
	return err ? err : remove_claim(s, device, e);
}

int store_claimant(const struct store *s, const struct devid *device, struct record *ret,
		   struct err *e)
{
	cleanup(record_done) struct record found = { .doc = NULL };
	char claim[DEVID_MAX + 1], name[NAME_MAX + 1];
	int r;

	claim_name(device, claim);
	r = file_target_at(s->dirfd, claim, name, sizeof(name), e);
	if (!r && strchr(name, '/'))
		r = -ENOENT;
	if (!r)
		r = load_name(s, name, &found, e);
	if (!r && (!devid_equal(&found.device, device) || found.phase == PHASE_LEASE))
		r = -ENOENT;
	if (!r)
		*ret = record_take(&found);
	/* a damaged claimant was set aside: nobody knows any more what it changed */
	return r == -EBADMSG ? -ENOENT : r;
}

int store_owns(const struct store *s, const struct record *r, bool *ret, struct err *e)
{
	char claim[DEVID_MAX + 1], name[NAME_MAX + 1], target[NAME_MAX + 1];
	int err;

	claim_name(&r->device, claim);
	record_name(&r->key, name);
	err = file_target_at(s->dirfd, claim, target, sizeof(target), e);
	/* -EINVAL: no link, so no claim of ours */
	if (err && err != -ENOENT && err != -EINVAL)
		return err;
	*ret = !err && !strcmp(name, target);
	return 0;
}

struct each {
	const struct store *store;
	int (*fn)(const struct record *r, void *arg);
	void *arg;
	struct err unread;
};

/* Set aside, a newer version's, gone meanwhile, or never a record: trying again helps nobody. */
static bool is_final(int err)
{
	return err == -EPROTO || file_is_useless(err);
}

static int each_name(const char *name, void *arg)
{
	struct each *each = arg;
	struct record r = { .doc = NULL };
	struct err e = { 0 };
	int ret;

	/* claims, set-aside records, temporary files */
	if (strchr("@!.", name[0]))
		return 0;
	ret = load_name(each->store, name, &r, &e);
	if (ret) {
		log_warn("skipped: %s", e.msg);
		if (!is_final(ret))
			(void)err_gather(&each->unread, &e);
		return 0;
	}
	ret = each->fn(&r, each->arg);
	record_done(&r);
	return ret;
}

int store_each(const struct store *s, int (*fn)(const struct record *r, void *arg), void *arg,
	       struct err *e)
{
	struct each each = { .store = s, .fn = fn, .arg = arg };
	int r = file_each_at(s->dirfd, each_name, &each, e);

	if (r || !each.unread.sys)
		return r;
	*e = each.unread;
	return -e->sys;
}

/* "!NETWORK:CONTAINER:IFNAME", cut to pieces */
static bool parse_aside(char *name, struct record_key *ret)
{
	char *container = strchr(name, ':');
	char *ifname = container ? strchr(container + 1, ':') : NULL;

	if (name[0] != '!' || name[1] == '#' || !ifname)
		return false;
	*container++ = '\0';
	*ifname++ = '\0';
	*ret = (struct record_key){ name + 1, container, ifname };
	return str_is_id(ret->network) && str_is_id(ret->container) && ifname_valid(ret->ifname);
}

struct each_aside {
	int (*fn)(const struct record_key *key, void *arg);
	void *arg;
};

static int each_aside_name(const char *name, void *arg)
{
	const struct each_aside *each = arg;
	char copy[NAME_MAX + 1];
	struct record_key key;

	if (str_copy(copy, sizeof(copy), name) || !parse_aside(copy, &key))
		return 0;
	return each->fn(&key, each->arg);
}

int store_each_aside(const struct store *s, int (*fn)(const struct record_key *key, void *arg),
		     void *arg, struct err *e)
{
	struct each_aside each = { .fn = fn, .arg = arg };

	return file_each_at(s->dirfd, each_aside_name, &each, e);
}

int store_forget_aside(const struct store *s, const struct record_key *key, struct err *e)
{
	char name[NAME_MAX + 1], aside[NAME_MAX + 1];

	record_name(key, name);
	if (str_printf(aside, sizeof(aside), "!%s", name))
		return 0;
	return file_remove_at(s->dirfd, aside, e);
}

struct each_claim {
	int (*fn)(const struct devid *device, void *arg);
	void *arg;
};

static int each_claim_name(const char *name, void *arg)
{
	const struct each_claim *each = arg;
	struct devid device;

	return name[0] == '@' && !devid_parse(name + 1, &device) ? each->fn(&device, each->arg) : 0;
}

int store_each_claim(const struct store *s, int (*fn)(const struct devid *device, void *arg),
		     void *arg, struct err *e)
{
	struct each_claim each = { .fn = fn, .arg = arg };

	return file_each_at(s->dirfd, each_claim_name, &each, e);
}
