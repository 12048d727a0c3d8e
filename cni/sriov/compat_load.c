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

static void step(struct plan *p, const char *prop, struct value was, struct value want)
{
	plan_add(p, prop_find(&sriov_props, prop), &was, &want);
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

static struct value wanted_vlan(const cJSON *doc)
{
	bool ad = !strcasecmp(text(doc, "vlanProto"), "802.1ad");

	return value_numbers(number(doc, "vlan"), number(doc, "vlanQoS"),
			     ad ? ETH_P_8021AD : ETH_P_8021Q);
}

static struct value wanted_link_state(const cJSON *doc)
{
	const char *state = text(doc, "link_state");

	return value_number(!strcmp(state, "enable")  ? VF_LINK_ENABLE :
			    !strcmp(state, "disable") ? VF_LINK_DISABLE :
							VF_LINK_AUTO);
}

/* Without a MAC in the configuration the PF's idea of it was not changed. */
static void plan_mac(const cJSON *doc, const cJSON *orig, struct plan *p)
{
	struct mac mac, wanted;

	if (!*text(orig, "AdminMAC") || mac_parse(text(orig, "AdminMAC"), &mac))
		return;
	if (!*text(doc, "MAC") || mac_parse(text(doc, "MAC"), &wanted))
		wanted = mac;
	step(p, "vf.mac", value_mac(&mac), value_mac(&wanted));
}

/* A key that was configured was changed, so it is restored: the Go plugin's own rule. */
static void plan_vf(const cJSON *doc, const cJSON *orig, struct plan *p)
{
	plan_mac(doc, orig, p);
	if (json_find(doc, "vlan"))
		step(p, "vf.vlan",
		     value_numbers(number(orig, "Vlan"), number(orig, "VlanQoS"), vlan_proto(orig)),
		     wanted_vlan(doc));
	if (json_find(doc, "min_tx_rate") || json_find(doc, "max_tx_rate"))
		step(p, "vf.rate",
		     value_numbers(number(orig, "MinTxRate"), number(orig, "MaxTxRate"), 0),
		     value_numbers(number(doc, "min_tx_rate"), number(doc, "max_tx_rate"), 0));
	/* whatever is not "on" is off */
	if (*text(doc, "spoofchk"))
		step(p, "vf.spoofchk", value_bool(is_true(orig, "SpoofChk")),
		     value_bool(!strcmp(text(doc, "spoofchk"), "on")));
	if (*text(doc, "trust"))
		step(p, "vf.trust", value_bool(is_true(orig, "Trust")),
		     value_bool(!strcmp(text(doc, "trust"), "on")));
	if (*text(doc, "link_state"))
		step(p, "vf.link_state", value_number(number(orig, "LinkState")),
		     wanted_link_state(doc));
}

/* CHECK compares the place; of MAC and MTU prevResult says what they should be. */
static int plan_netdev(const struct record *r, const cJSON *orig, struct plan *p, struct err *e)
{
	cleanup(pod_close) struct pod pod = POD_NONE;
	struct mac mac;
	/* of a pod that is gone its place is of no namespace, which nothing equals */
	int err = pod_reopen(r, &pod, e);

	if (err)
		return err;
	step(p, "netdev.place", place_home(text(orig, "HostIFName")),
	     place_pod(&pod, r->key.ifname));
	if (*text(orig, "EffectiveMAC") && !mac_parse(text(orig, "EffectiveMAC"), &mac))
		step(p, "netdev.mac", value_mac(&mac), value_mac(&mac));
	if (number(orig, "MTU"))
		step(p, "netdev.mtu", value_number(number(orig, "MTU")),
		     value_number(number(orig, "MTU")));
	return 0;
}

/*
 * The Go plugin writes the state, and right after it the mark. A mark that is
 * much younger is of a later attachment of the same device.
 */
enum { MARK_DELAY_S = 5 };

int compat_is_marked_with(int dir, const char *state, const char *device, bool *ret, struct err *e)
{
	char mark[DEVID_MAX + 8];
	struct stat s, m;

	*ret = false;
	if (str_printf(mark, sizeof(mark), "pci/%s", device))
		return 0;
	if (fstatat(dir, state, &s, AT_SYMLINK_NOFOLLOW) ||
	    fstatat(dir, mark, &m, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : err_sys(e, errno, "look at the mark of %s", device);
	*ret = m.st_mtime <= s.st_mtime + MARK_DELAY_S && m.st_mtime + MARK_DELAY_S >= s.st_mtime;
	return 0;
}

/*
 * Which namespace the attachment is in, and is the device still its own? Runtimes
 * may call DEL with an empty CNI_NETNS, and GC is about nobody; then the mark tells, if
 * it is of this attachment. Releases up to 2.6 left no mark.
 */
static int find_owner(const char *netns, int dir, const char *state, struct record *r, bool *ret,
		      struct err *e)
{
	cleanup(str_free) char *mark = NULL;
	int err = compat_read_mark(&r->device, &mark, e);

	r->netns = netns;
	*ret = err == -ENOENT || (!err && *netns && !strcmp(mark, netns));
	if (err == -ENOENT || err == -EBADMSG)
		return 0;
	if (err || *netns)
		return err;
	err = compat_is_marked_with(dir, state, r->device.name, ret, e);
	if (err || !*ret)
		return err;
	if (!json_put_str(r->doc, "netns", mark))
		return err_sys(e, ENOMEM, "read state file");
	r->netns = text(r->doc, "netns");
	return 0;
}

/* A file that is older than the boot gets no boot id: its namespace and its VF are gone. */
static int identify(int dir, const char *name, struct record *r, struct err *e)
{
	struct pci_fn fn;
	bool old = false;
	int err = pci_get(&r->device, 0, &fn, e);

	/* a device that is gone has no instance; opening it will say so */
	if (err && err != -ENODEV)
		return err;
	if (!err)
		r->instance = fn.instance;
	err = mirror_older_than_boot(dir, name, &old, e);
	return err || old ? err : node_boot_id(r->boot, e);
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

/* The key is the caller's, and the record may outlive it. */
static int own_key(const struct record_key *key, struct record *r, struct err *e)
{
	cJSON *own = cJSON_AddObjectToObject(r->doc, "key");

	if (!own || !json_put_str(own, "network", key->network) ||
	    !json_put_str(own, "containerID", key->container) ||
	    !json_put_str(own, "ifname", key->ifname))
		return err_sys(e, ENOMEM, "read state file");
	r->key = (struct record_key){ text(own, "network"), text(own, "containerID"),
				      text(own, "ifname") };
	return 0;
}

static int make_record(const struct record_key *key, const struct cni_call *c, int dir,
		       const char *name, struct record *r, struct err *e)
{
	const cJSON *orig = json_find(r->doc, "OrigVfState");
	bool about = is_call_about(c, key), owner = false;
	int err = own_key(key, r, e);

	r->foreign = true;
	r->ipam = text(json_find(r->doc, "ipam"), "type");
	r->args = about ? c->args : "";
	r->config = !strcmp(c->network, key->network) &&
				    !strcmp(text(json_find(c->conf, "ipam"), "type"), r->ipam) ?
			    c->text :
			    "";
	if (!err)
		err = add_facts(r->doc, orig, r, e);
	if (!err)
		err = identify(dir, name, r, e);
	if (!err)
		err = find_owner(about ? c->netns : "", dir, name, r, &owner, e);
	if (err)
		return err;
	r->phase = owner ? PHASE_LIVE : PHASE_LEASE;
	plan_vf(r->doc, orig, &r->plan);
	if (*text(orig, "HostIFName"))
		err = plan_netdev(r, orig, &r->plan, e);
	return err ? err : plan_check(&r->plan, e);
}

int compat_load(const struct record_key *key, const struct cni_call *c, struct record *ret,
		struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	cleanup(fd_close) int dir = -EBADF;
	char name[NAME_MAX + 1];
	int err = str_printf(name, sizeof(name), "%s-%s", key->container, key->ifname);

	if (err)
		return err_set(e, ENOENT, "no state file can have such a name");
	err = compat_open_dir("", &dir, e);
	if (!err)
		err = mirror_load(dir, name, key, &r.doc, e);
	/* the file's name joins with '-' what may contain '-' */
	if (!err && strcmp(text(r.doc, "name"), key->network) != 0)
		err = err_set(e, ENOENT, "state file %s is of network %s", name,
			      text(r.doc, "name"));
	if (!err && devid_parse(text(r.doc, "deviceID"), &r.device))
		err = err_set(e, EBADMSG, "state file %s has no deviceID", name);
	if (!err)
		err = make_record(key, c, dir, name, &r, e);
	if (err)
		return err;
	*ret = record_take(&r);
	return 0;
}
