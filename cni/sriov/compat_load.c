// SPDX-License-Identifier: Apache-2.0
/* Reading the Go plugin's state: its "OrigVfState" becomes the `was` of our steps. */
#include <fcntl.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "compat.h"
#include "kernel/node.h"
#include "plugin/mirror.h"
#include "props.h"

/* A step whose `want` nobody compares: only DEL and GC use these records. */
static void was(struct plan *p, const char *prop, struct value v)
{
	plan_want(p, prop_find(&sriov_props, prop), &v);
	if (p->n)
		p->steps[p->n - 1].was = v;
}

static uint32_t number(const cJSON *obj, const char *key)
{
	struct opt_i64 v = { 0 };
	struct err ignored;

	return !json_get_int(obj, key, &v, &ignored) && v.v > 0 && v.v <= UINT32_MAX ?
		       (uint32_t)v.v :
		       0;
}

static const char *text(const cJSON *obj, const char *key)
{
	const char *s = NULL;
	struct err ignored;

	return !json_get_str(obj, key, &s, &ignored) && s ? s : "";
}

static bool is_true(const cJSON *obj, const char *key)
{
	return cJSON_IsTrue(json_find(obj, key));
}

/* 0: unknown to old releases. The last two: written byte-swapped on big-endian nodes. */
static uint16_t vlan_proto(const cJSON *orig)
{
	switch (number(orig, "VlanProto")) {
	case ETH_P_8021AD:
	case 0xa888:
		return ETH_P_8021AD;
	default:
		return ETH_P_8021Q;
	}
}

/* A key that was configured was changed, so it is restored: the Go plugin's own rule. */
static void plan_vf(const cJSON *doc, const cJSON *orig, struct plan *p)
{
	struct mac mac;

	if (*text(orig, "AdminMAC") && !mac_parse(text(orig, "AdminMAC"), &mac))
		was(p, "vf.mac", value_mac(&mac));
	if (json_find(doc, "vlan"))
		was(p, "vf.vlan",
		    value_numbers(number(orig, "Vlan"), number(orig, "VlanQoS"), vlan_proto(orig)));
	if (json_find(doc, "min_tx_rate") || json_find(doc, "max_tx_rate"))
		was(p, "vf.rate",
		    value_numbers(number(orig, "MinTxRate"), number(orig, "MaxTxRate"), 0));
	if (*text(doc, "spoofchk"))
		was(p, "vf.spoofchk", value_bool(is_true(orig, "SpoofChk")));
	if (*text(doc, "trust"))
		was(p, "vf.trust", value_bool(is_true(orig, "Trust")));
	if (*text(doc, "link_state"))
		was(p, "vf.link_state", value_number(number(orig, "LinkState")));
}

static void plan_netdev(const cJSON *orig, struct plan *p)
{
	struct mac mac;

	was(p, "netdev.place", place_home(text(orig, "HostIFName")));
	if (*text(orig, "EffectiveMAC") && !mac_parse(text(orig, "EffectiveMAC"), &mac))
		was(p, "netdev.mac", value_mac(&mac));
	if (number(orig, "MTU"))
		was(p, "netdev.mtu", value_number(number(orig, "MTU")));
}

/*
 * The Go plugin writes the state, and right after it the mark. A mark that is
 * much younger is of a later attachment of the same device.
 */
enum { MARK_DELAY_S = 5 };

static bool is_mark_of(int dir, const char *state, const char *device)
{
	char mark[DEVID_MAX + 8];
	struct stat s, m;

	return !str_printf(mark, sizeof(mark), "pci/%s", device) &&
	       !fstatat(dir, state, &s, AT_SYMLINK_NOFOLLOW) &&
	       !fstatat(dir, mark, &m, AT_SYMLINK_NOFOLLOW) &&
	       m.st_mtime <= s.st_mtime + MARK_DELAY_S && m.st_mtime + MARK_DELAY_S >= s.st_mtime;
}

/*
 * Which namespace the attachment is in, and is the device still its own? Runtimes
 * may call DEL with an empty CNI_NETNS; then the mark tells, if it is of this
 * attachment. Releases up to 2.6 left no mark.
 */
static bool is_owner(const struct cni_call *c, int dir, const char *state, struct record *r,
		     char mark[static PATH_MAX])
{
	int err = compat_read_mark(&r->device, mark, PATH_MAX);

	r->netns = c->netns;
	if (err == -ENOENT)
		return true;
	if (err)
		return false;
	if (*c->netns)
		return !strcmp(mark, c->netns);
	if (!is_mark_of(dir, state, r->device.name) || !json_put_str(r->doc, "netns", mark))
		return false;
	r->netns = text(r->doc, "netns");
	return true;
}

static int identify(struct record *r, struct err *e)
{
	struct pci_fn fn;
	struct err gone;

	/* a device that is gone has no instance; opening it will say so */
	if (!pci_get(&r->device, &fn, &gone))
		r->instance = fn.instance;
	return node_boot_id(r->boot, e);
}

/* The members of a record that world_reopen() reads. */
static int add_facts(cJSON *doc, const cJSON *orig, struct record *r, struct err *e)
{
	cJSON *facts = cJSON_CreateObject();

	if (!facts || !json_put_str(facts, "hostName", text(orig, "HostIFName")) ||
	    !json_put_bool(facts, "userspace", !*text(orig, "HostIFName"))) {
		cJSON_Delete(facts);
		return err_sys(e, ENOMEM, "read state file");
	}
	if (!json_put(doc, "facts", facts))
		return err_sys(e, ENOMEM, "read state file");
	r->facts = json_find(doc, "facts");
	return 0;
}

static int read_state(const struct cni_call *c, int dir, const char *name, cJSON **ret,
		      struct err *e)
{
	cleanup(str_free) char *state = NULL;
	size_t len;
	int r = file_read_at(dir, name, RECORD_SIZE_MAX, &state, &len, e);

	if (!r)
		r = json_parse(state, len, ret, e);
	/* the file's name joins with '-' what may contain '-' */
	if (!r && strcmp(text(*ret, "name"), c->network) != 0)
		r = err_set(e, ENOENT, "state file %s is of network %s", name, text(*ret, "name"));
	return r;
}

static int make_record(const struct cni_call *c, int dir, const char *name, struct record *r,
		       struct err *e)
{
	const cJSON *orig = json_find(r->doc, "OrigVfState");
	char mark[PATH_MAX];
	int err;

	r->key = (struct record_key){ c->network, c->container, c->ifname };
	r->foreign = true;
	r->phase = PHASE_LIVE;
	r->ipam = text(json_find(r->doc, "ipam"), "type");
	r->args = c->args;
	r->config = c->text;
	err = add_facts(r->doc, orig, r, e);
	if (!err)
		err = identify(r, e);
	if (err || !is_owner(c, dir, name, r, mark) || mirror_older_than_boot(dir, name))
		return err;
	plan_vf(r->doc, orig, &r->plan);
	if (*text(orig, "HostIFName"))
		plan_netdev(orig, &r->plan);
	return 0;
}

int compat_load(const struct cni_call *c, struct record *ret, struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err = str_printf(name, sizeof(name), "%s-%s", c->container, c->ifname);

	if (err)
		return err_set(e, ENOENT, "no state file can have such a name");
	err = compat_open_dir("", &dir, e);
	if (!err)
		err = read_state(c, dir, name, &r.doc, e);
	if (!err && devid_parse(text(r.doc, "deviceID"), &r.device))
		err = err_set(e, EBADMSG, "state file %s has no deviceID", name);
	if (!err)
		err = make_record(c, dir, name, &r, e);
	if (err)
		return err;
	*ret = r;
	r.doc = NULL;
	return 0;
}
