// SPDX-License-Identifier: Apache-2.0
#include "plugin/mirror.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"

enum { MIRROR_SIZE_MAX = 1 << 20 };

static const char stamp_key[] = "x-sriov-rdma";

int mirror_write(int dirfd, const char *name, cJSON *doc, const struct record *r, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	cJSON *stamp = cJSON_AddObjectToObject(doc, stamp_key);

	if (stamp && json_put_str(stamp, "network", r->key.network) &&
	    json_put_str(stamp, "containerID", r->key.container) &&
	    json_put_str(stamp, "ifname", r->key.ifname))
		text = json_text(doc);
	if (!text)
		return err_sys(e, ENOMEM, "write state file %s", name);
	return file_replace_at(dirfd, name, text, strlen(text), 0600, e);
}

static bool is_text(const cJSON *obj, const char *key, const char *want)
{
	const cJSON *j = json_find(obj, key);

	return cJSON_IsString(j) && !strcmp(j->valuestring, want);
}

static enum mirror_owner owner_of(const cJSON *doc, const struct record *r)
{
	const cJSON *stamp = json_find(doc, stamp_key);

	if (!stamp)
		return MIRROR_GO;
	if (is_text(stamp, "network", r->key.network) &&
	    is_text(stamp, "containerID", r->key.container) &&
	    is_text(stamp, "ifname", r->key.ifname))
		return MIRROR_OURS;
	return MIRROR_SHARED;
}

static int read_doc(int dirfd, const char *name, cJSON **ret, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	size_t len;
	int r = file_read_at(dirfd, name, MIRROR_SIZE_MAX, &text, &len, e);

	return r ? r : json_parse(text, len, ret, e);
}

int mirror_read(int dirfd, const char *name, const struct record *r, enum mirror_owner *ret,
		struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	int err = read_doc(dirfd, name, &doc, e);

	if (err && err != -ENOENT && err != -EBADMSG)
		return err;
	*ret = err == -ENOENT ? MIRROR_NONE : err ? MIRROR_SHARED : owner_of(doc, r);
	return 0;
}

bool mirror_older_than_boot(int dirfd, const char *name)
{
	struct timespec now, up;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) ||
	       st.st_mtime < now.tv_sec - up.tv_sec;
}

/* A Go plugin's file is the attachment's if it speaks of the same device. */
static bool is_of(const cJSON *doc, const struct record *r)
{
	return owner_of(doc, r) == MIRROR_OURS || (r->foreign && owner_of(doc, r) == MIRROR_GO &&
						   is_text(doc, "deviceID", r->device.name));
}

int mirror_remove(int dirfd, const char *name, const struct record *r, struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	int err = read_doc(dirfd, name, &doc, e);

	if (err == -ENOENT || err == -EBADMSG || (!err && !is_of(doc, r)))
		return file_remove_tmp_at(dirfd, name, e);
	return err ? err : file_remove_at(dirfd, name, e);
}
