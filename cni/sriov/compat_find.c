// SPDX-License-Identifier: Apache-2.0
/* Which attachments the Go plugin's state files speak of. */
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "compat.h"
#include "plugin/mirror.h"

static const char *text(const cJSON *obj, const char *key)
{
	const cJSON *j = json_find(obj, key);

	return cJSON_IsString(j) ? j->valuestring : "";
}

/* From the key that a file of ours carries; else from its name. @buf holds the strings. */
static bool find_key(const char *name, const cJSON *doc, char buf[static NAME_MAX + 1],
		     struct record_key *ret)
{
	if (mirror_key(doc, ret))
		return true;
	ret->network = text(doc, "name");
	/* releases up to 2.7 wrote the interface's name, too */
	return str_is_id(ret->network) && !str_copy(buf, NAME_MAX + 1, name) &&
	       mirror_split(buf, text(doc, "ContIFNames"), ret);
}

struct each {
	const char *network;
	int (*fn)(const struct record_key *key, void *arg);
	void *arg;
};

static int each_state(const char *name, const cJSON *doc, void *arg)
{
	const struct each *each = arg;
	char buf[NAME_MAX + 1];
	struct record_key key;

	if (!find_key(name, doc, buf, &key) || strcmp(key.network, each->network) != 0)
		return 0;
	return each->fn(&key, each->arg);
}

int compat_each(const char *network, int (*fn)(const struct record_key *key, void *arg), void *arg,
		struct err *e)
{
	struct each each = { .network = network, .fn = fn, .arg = arg };
	cleanup(fd_close) int dir = -EBADF;
	int r = compat_open_dir("", &dir, e);

	return r ? r : mirror_each(dir, each_state, &each, e);
}

struct claim {
	int dir;
	const struct devid *device;
	const struct cni_call *call;
	struct record *ret;
	struct err *e;
};

enum { CLAIM_FOUND = 1 };

static int match_claim(const char *name, const cJSON *doc, void *arg)
{
	const struct claim *claim = arg;
	char buf[NAME_MAX + 1];
	struct record_key key;
	bool marked = false;
	int r = 0;

	if (!strcmp(text(doc, "deviceID"), claim->device->name))
		r = compat_is_marked_with(claim->dir, name, claim->device->name, &marked, claim->e);
	if (r || !marked || !find_key(name, doc, buf, &key))
		return r;
	r = compat_load(&key, claim->call, claim->ret, claim->e);
	return r ? r : CLAIM_FOUND;
}

int compat_claimant(const struct devid *device, const struct cni_call *c, struct record *ret,
		    struct err *e)
{
	cleanup(fd_close) int dir = -EBADF;
	struct claim claim = { .device = device, .call = c, .ret = ret, .e = e };
	cleanup(str_free) char *mark = NULL;
	/* a device that nobody has costs no walk */
	int r = compat_read_mark(device, &mark, e);

	if (r && r != -EBADMSG)
		return r;
	r = compat_open_dir("", &dir, e);
	claim.dir = dir;
	if (!r)
		r = mirror_each(dir, match_claim, &claim, e);
	if (r == CLAIM_FOUND)
		return 0;
	return r ? r : err_set(e, ENOENT, "no state file of device %s", device->name);
}

int compat_alive(const struct record *r, bool *ret, struct err *e)
{
	struct pci_fn fn;
	int err = 0;

	*ret = false;
	if (r->phase != PHASE_LIVE || !*r->boot)
		return 0;
	err = pci_get(&r->device, PCI_NETDEV, &fn, e);
	*ret = !err && !*fn.netdev;
	return err == -ENODEV ? 0 : err;
}
