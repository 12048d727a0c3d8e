// SPDX-License-Identifier: Apache-2.0
#include "plugin/mirror.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"

enum { MIRROR_SIZE_MAX = 1 << 20 };

static const char stamp_key[] = "x-sriov-rdma";

int mirror_write(const char *path, mode_t dir_mode, cJSON *doc, const struct record *r,
		 struct err *e)
{
	cleanup(str_free) char *text = NULL;
	cJSON *stamp = cJSON_AddObjectToObject(doc, stamp_key);

	if (stamp && json_put_str(stamp, "network", r->key.network) &&
	    json_put_str(stamp, "containerID", r->key.container) &&
	    json_put_str(stamp, "ifname", r->key.ifname))
		text = json_text(doc);
	if (!text)
		return err_sys(e, ENOMEM, "write state file %s", path);
	return file_replace(path, text, strlen(text), 0600, dir_mode, e);
}

/* What is no name must not become part of one: a damaged key is none. */
bool mirror_key(const cJSON *doc, struct record_key *ret)
{
	const cJSON *stamp = json_find(doc, stamp_key);
	struct err ignored;

	return stamp && !json_get_str(stamp, "network", &ret->network, &ignored) && ret->network &&
	       !json_get_str(stamp, "containerID", &ret->container, &ignored) && ret->container &&
	       !json_get_str(stamp, "ifname", &ret->ifname, &ignored) && ret->ifname &&
	       str_is_id(ret->network) && str_is_id(ret->container) && ifname_valid(ret->ifname);
}

static bool same_key(const struct record_key *a, const struct record_key *b)
{
	return !strcmp(a->network, b->network) && !strcmp(a->container, b->container) &&
	       !strcmp(a->ifname, b->ifname);
}

static bool is_text(const cJSON *obj, const char *key, const char *want)
{
	const cJSON *j = json_find(obj, key);

	return cJSON_IsString(j) && !strcmp(j->valuestring, want);
}

enum owner {
	OWNER_RECORD, /* this record */
	OWNER_OTHER, /* another record of ours */
	OWNER_GO, /* a Go plugin */
};

static enum owner owner_of(const cJSON *doc, const struct record *r)
{
	const cJSON *stamp = json_find(doc, stamp_key);

	if (!stamp)
		return OWNER_GO;
	if (is_text(stamp, "network", r->key.network) &&
	    is_text(stamp, "containerID", r->key.container) &&
	    is_text(stamp, "ifname", r->key.ifname))
		return OWNER_RECORD;
	return OWNER_OTHER;
}

static int read_doc(int dirfd, const char *name, cJSON **ret, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	size_t len;
	int r = file_read_own_at(dirfd, name, MIRROR_SIZE_MAX, &text, &len, e);

	return r ? r : json_parse(text, len, ret, e);
}

int mirror_hold(const char *path, const struct record *r, enum hold *ret, struct err *e)
{
	static const enum hold holds[] = {
		[OWNER_RECORD] = HOLD_ALL,
		[OWNER_OTHER] = HOLD_DEVICE,
		[OWNER_GO] = HOLD_NOTHING,
	};
	cleanup(json_free) cJSON *doc = NULL;
	int err = read_doc(AT_FDCWD, path, &doc, e);

	if (err && err != -ENOENT && err != -EBADMSG)
		return err;
	/* what cannot be understood proves nothing */
	*ret = err == -ENOENT ? HOLD_NOTHING : err ? HOLD_DEVICE : holds[owner_of(doc, r)];
	return 0;
}

int mirror_load(int dirfd, const char *name, const struct record_key *key, cJSON **ret,
		struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	struct record_key stamp;
	int r = read_doc(dirfd, name, &doc, e);

	if (!r && mirror_key(doc, &stamp) && !same_key(&stamp, key))
		r = err_set(e, ENOENT, "state file %s is another attachment's", name);
	if (!r)
		*ret = take_ptr(doc);
	return r;
}

struct each {
	int dirfd;
	int (*fn)(const char *name, const cJSON *doc, void *arg);
	void *arg;
	struct err unread;
};

static int each_name(const char *name, void *arg)
{
	cleanup(json_free) cJSON *doc = NULL;
	struct each *each = arg;
	struct err e = { 0 };
	int r;

	if (name[0] == '.')
		return 0;
	r = read_doc(each->dirfd, name, &doc, &e);
	if (r && !file_is_useless(r))
		(void)err_gather(&each->unread, &e);
	return r ? 0 : each->fn(name, doc, each->arg);
}

int mirror_each(int dirfd, int (*fn)(const char *name, const cJSON *doc, void *arg), void *arg,
		struct err *e)
{
	struct each each = { .dirfd = dirfd, .fn = fn, .arg = arg };
	int r = file_each_at(dirfd, each_name, &each, e);

	if (r || !each.unread.sys)
		return r;
	*e = each.unread;
	return err_wrap(e, "state file");
}

bool mirror_split(char *joined, const char *ifname_hint, struct record_key *ret)
{
	size_t len = strlen(joined), hint = ifname_hint ? strlen(ifname_hint) : 0;
	char *dash = strrchr(joined, '-');

	if (hint && len > hint + 1 && joined[len - hint - 1] == '-' &&
	    !strcmp(joined + len - hint, ifname_hint))
		dash = joined + len - hint - 1;
	if (!dash)
		return false;
	*dash = '\0';
	ret->container = joined;
	ret->ifname = dash + 1;
	return str_is_id(ret->container) && ifname_valid(ret->ifname);
}

int mirror_older_than_boot(int dirfd, const char *name, bool *ret, struct err *e)
{
	struct timespec now = clock_read(CLOCK_REALTIME), up = clock_read(CLOCK_BOOTTIME);
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return err_sys(e, errno, "look at state file %s", name);
	*ret = st.st_mtime < now.tv_sec - up.tv_sec;
	return 0;
}

/* A Go plugin's file is the attachment's if it speaks of the same device. */
static bool is_of(const cJSON *doc, const struct record *r)
{
	enum owner owner = owner_of(doc, r);

	return owner == OWNER_RECORD ||
	       (r->foreign && owner == OWNER_GO && is_text(doc, "deviceID", r->device.name));
}

int mirror_remove(int dirfd, const char *name, const struct record *r, struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	int err = read_doc(dirfd, name, &doc, e);

	if (err == -ENOENT || err == -EBADMSG || (!err && !is_of(doc, r)))
		return file_remove_tmp_at(dirfd, name, e);
	return err ? err : file_remove_at(dirfd, name, e);
}
