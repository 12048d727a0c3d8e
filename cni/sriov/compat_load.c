// SPDX-License-Identifier: Apache-2.0
/* Reading the Go plugin's state: its "OrigVfState" becomes the `was` of our steps. */
#include <fcntl.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "compat.h"
#include "kernel/node.h"
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

/* Written in an earlier boot: the VF was created anew since. */
static bool is_older_than_boot(int dir, const char *name)
{
	struct timespec now, up;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || st.st_mtime < now.tv_sec - up.tv_sec;
}

/* Somebody's mark, but for another namespace than this attachment's. */
static bool has_other_owner(const struct cni_call *c, const struct devid *device)
{
	char mark[PATH_MAX];

	return *c->netns && !compat_read_mark(device, mark, sizeof(mark)) &&
	       strcmp(mark, c->netns) != 0;
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

static int make_record(const struct cni_call *c, cJSON *doc, bool has_steps, struct record *r,
		       struct err *e)
{
	const cJSON *orig = json_find(doc, "OrigVfState");
	int err;

	r->key = (struct record_key){ c->network, c->container, c->ifname };
	r->foreign = true;
	r->phase = PHASE_LIVE;
	r->netns = c->netns;
	r->ipam = text(json_find(doc, "ipam"), "type");
	r->args = c->args;
	r->config = c->text;
	err = add_facts(doc, orig, r, e);
	if (!err)
		err = identify(r, e);
	if (err || !has_steps || has_other_owner(c, &r->device))
		return err;
	plan_vf(doc, orig, &r->plan);
	if (*text(orig, "HostIFName"))
		plan_netdev(orig, &r->plan);
	return 0;
}

int compat_load(const struct cni_call *c, struct record *ret, struct err *e)
{
	cleanup(fd_close) int dir = -EBADF;
	cleanup(json_free) cJSON *doc = NULL;
	struct record r = { .doc = NULL };
	char name[NAME_MAX + 1];
	int err = str_printf(name, sizeof(name), "%s-%s", c->container, c->ifname);

	if (err)
		return err_set(e, ENOENT, "no state file can have such a name");
	err = compat_open_dir("", &dir, e);
	if (!err)
		err = read_state(c, dir, name, &doc, e);
	if (err)
		return err;
	if (devid_parse(text(doc, "deviceID"), &r.device))
		return err_set(e, EBADMSG, "state file %s has no deviceID", name);
	err = make_record(c, doc, !is_older_than_boot(dir, name), &r, e);
	if (err)
		return err;
	r.doc = take_ptr(doc);
	*ret = r;
	return 0;
}
