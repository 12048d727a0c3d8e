// SPDX-License-Identifier: Apache-2.0
#include "compat.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <string.h>

#include "base/file.h"
#include "kernel/node.h"
#include "plugin/mirror.h"

enum { DIR_MODE = 0700, MARK_MAX = PATH_MAX };

int compat_open_dir(const char *below, int *ret_fd, struct err *e)
{
	char path[FILE_PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/sriov%s", node_dir(NODE_STATE), below);

	return r ? err_sys(e, -r, "state directory") : file_open_dir(path, DIR_MODE, ret_fd, e);
}

/* <state>/sriov/@name: a name for the *_at() functions that needs no descriptor */
static int state_path(const char *name, char buf[static FILE_PATH_MAX])
{
	return str_printf(buf, FILE_PATH_MAX, "%s/sriov/%s", node_dir(NODE_STATE), name);
}

static int mark_path(const struct devid *device, char buf[static FILE_PATH_MAX])
{
	return str_printf(buf, FILE_PATH_MAX, "%s/sriov/pci/%s", node_dir(NODE_STATE),
			  device->name);
}

int compat_lock(const struct devid *device, unsigned timeout_ms, int *ret_fd, struct err *e)
{
	char path[FILE_PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/sriov/pci/vf_lock/%s.lock", node_dir(NODE_STATE),
			   device->name);

	if (r)
		return err_sys(e, -r, "lock of %s", device->name);
	r = file_lock(path, DIR_MODE, timeout_ms, ret_fd, e);
	if (r == -ETIMEDOUT)
		e->code = CNI_ERR_AGAIN;
	return r;
}

int compat_read_mark(const struct devid *device, char **ret, struct err *e)
{
	char path[FILE_PATH_MAX];
	size_t len;
	int r = mark_path(device, path);

	if (r)
		return err_set(e, ENOENT, "no mark can have such a name");
	r = file_read_at(AT_FDCWD, path, MARK_MAX, ret, &len, e);
	if (r == -ENOENT)
		return r;
	if (file_is_useless(r))
		return err_set(e, EBADMSG, "%s is no allocation mark", path);
	return r ? err_wrap(e, "allocation mark of %s", device->name) : 0;
}

int compat_check_free(const struct devid *device, struct err *e)
{
	cleanup(str_free) char *path = NULL;
	struct netns ns = NETNS_NONE;
	int r = compat_read_mark(device, &path, e);

	if (r)
		return r == -ENOENT || r == -EBADMSG ? 0 : r;
	r = netns_open(path, &ns, e);
	/* -EINVAL: something else is there now */
	if (r)
		return r == -ENOENT || r == -ENOTDIR || r == -EINVAL ? 0 : r;
	netns_close(&ns);
	return err_code(
		e, EBUSY, CNI_ERR_IN_USE,
		"pci address %s is already allocated to the pod with netns %s (by another sriov "
		"plugin), delete that pod first",
		device->name, path);
}

static const struct step *find_step(const struct record *r, const char *prop)
{
	for (size_t i = 0; i < r->plan.n; i++)
		if (!strcmp(r->plan.steps[i].prop->name, prop))
			return &r->plan.steps[i];
	return NULL;
}

/* "was" of a property in the plan, else what the PF says now: it was not changed. */
static void original_vf(struct world *w, const struct record *r, struct vf_attrs *ret)
{
	const struct step *mac = find_step(r, "vf.mac"), *vlan = find_step(r, "vf.vlan"),
			  *rate = find_step(r, "vf.rate"), *spoof = find_step(r, "vf.spoofchk"),
			  *trust = find_step(r, "vf.trust"), *state = find_step(r, "vf.link_state");
	struct err ignored;

	*ret = world_get_vf(w, &ignored) ? (struct vf_attrs){ 0 } : w->vf;
	if (mac) {
		ret->mac = mac->was.mac;
		ret->have |= VF_MAC;
	}
	if (vlan) {
		ret->vlan = (uint16_t)vlan->was.numbers[0];
		ret->qos = (uint8_t)vlan->was.numbers[1];
		ret->vlan_proto = (uint16_t)vlan->was.numbers[2];
	}
	if (rate) {
		ret->min_tx_rate = rate->was.numbers[0];
		ret->max_tx_rate = rate->was.numbers[1];
	}
	if (spoof)
		ret->spoofchk = spoof->was.yes;
	if (trust)
		ret->trust = trust->was.yes;
	if (state)
		ret->link_state = (enum vf_link_state)state->was.number;
}

static bool put_original(cJSON *doc, struct world *w, const struct record *r)
{
	const struct step *mac = find_step(r, "netdev.mac"), *mtu = find_step(r, "netdev.mtu");
	cJSON *o = cJSON_AddObjectToObject(doc, "OrigVfState");
	char text[MAC_STR_MAX];
	struct vf_attrs vf;

	original_vf(w, r, &vf);
	return o && json_put_str(o, "HostIFName", w->host_name) &&
	       json_put_bool(o, "SpoofChk", vf.spoofchk) && json_put_bool(o, "Trust", vf.trust) &&
	       /* not known is not zero, to which a MAC could be set */
	       json_put_str(o, "AdminMAC", vf.have & VF_MAC ? mac_format(&vf.mac, text) : "") &&
	       json_put_str(o, "EffectiveMAC", mac ? mac_format(&mac->was.mac, text) : "") &&
	       json_put_int(o, "Vlan", vf.vlan) && json_put_int(o, "VlanQoS", vf.qos) &&
	       json_put_int(o, "VlanProto", vf.vlan_proto) &&
	       json_put_int(o, "MinTxRate", vf.min_tx_rate) &&
	       json_put_int(o, "MaxTxRate", vf.max_tx_rate) &&
	       json_put_int(o, "LinkState", (int64_t)vf.link_state) &&
	       json_put_int(o, "MTU", mtu ? (int64_t)mtu->was.number : 0);
}

static bool put_number(cJSON *doc, const char *key, bool set, int64_t v)
{
	return set ? json_put_int(doc, key, v) : json_put(doc, key, cJSON_CreateNull());
}

/* What was asked for: a key that is there makes the Go plugin restore that attribute. */
static bool put_wanted(cJSON *doc, const struct vf_attrs *vf)
{
	static const char *const states[] = { "auto", "enable", "disable" };
	bool vlan = vf->have & VF_VLAN, rate = vf->have & VF_RATE;

	return put_number(doc, "vlan", vlan, vf->vlan) &&
	       put_number(doc, "vlanQoS", vlan, vf->qos) &&
	       json_put(doc, "vlanProto",
			!vlan ? cJSON_CreateNull() :
				cJSON_CreateString(vf->vlan_proto == ETH_P_8021AD ? "802.1ad" :
										    "802.1q")) &&
	       put_number(doc, "min_tx_rate", rate, vf->min_tx_rate) &&
	       put_number(doc, "max_tx_rate", rate, vf->max_tx_rate) &&
	       (!(vf->have & VF_SPOOFCHK) ||
		json_put_str(doc, "spoofchk", vf->spoofchk ? "on" : "off")) &&
	       (!(vf->have & VF_TRUST) || json_put_str(doc, "trust", vf->trust ? "on" : "off")) &&
	       (!(vf->have & VF_LINK_STATE) ||
		json_put_str(doc, "link_state", states[vf->link_state]));
}

static bool put_ipam(cJSON *doc, const struct record *r)
{
	cJSON *ipam = cJSON_AddObjectToObject(doc, "ipam");

	return ipam && (!r->ipam || !*r->ipam || json_put_str(ipam, "type", r->ipam));
}

static cJSON *make_state(struct world *w, const struct record *r)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();
	char mac[MAC_STR_MAX] = "";

	if (w->conf->has_mac)
		mac_format(&w->conf->mac, mac);
	if (!doc || !json_put_str(doc, "name", r->key.network) ||
	    !json_put_str(doc, "type", "sriov") ||
	    !json_put_str(doc, "cniVersion", version_text(w->call->version)) || !put_ipam(doc, r) ||
	    !json_put_str(doc, "deviceID", r->device.name) ||
	    !json_put_str(doc, "Master", w->pf_name) || !json_put_int(doc, "VFID", w->fn.vf) ||
	    !json_put_str(doc, "MAC", mac) || !put_number(doc, "MTU", w->link_known, w->link.mtu) ||
	    !put_wanted(doc, &w->conf->vf) || !put_original(doc, w, r) ||
	    !json_put(doc, "runtimeConfig", cJSON_CreateObject()) ||
	    /* releases up to 2.7 cannot delete without these two */
	    !json_put_str(doc, "ContIFNames", r->key.ifname) ||
	    !json_put_bool(doc, "DPDKMode", w->userspace))
		return NULL;
	return take_ptr(doc);
}

/* A name that is too long has no state file in Go either: it could not be created. */
static bool state_name(const struct record *r, char buf[static NAME_MAX + 1])
{
	return !str_printf(buf, NAME_MAX - sizeof("..tmp"), "%s-%s", r->key.container,
			   r->key.ifname);
}

int compat_publish(struct world *w, const struct record *r, struct err *e)
{
	cleanup(json_free) cJSON *doc = make_state(w, r);
	char name[NAME_MAX + 1], path[FILE_PATH_MAX], mark[FILE_PATH_MAX];
	int err;

	if (!doc)
		return err_sys(e, ENOMEM, "write state file");
	if (!state_name(r, name) || state_path(name, path) || mark_path(&r->device, mark))
		return 0;
	err = mirror_write(path, DIR_MODE, doc, r, e);
	return err ? err : file_replace(mark, r->netns, strlen(r->netns), 0600, DIR_MODE, e);
}

/* Does the device's mark name this record's namespace? */
static int is_marked(const struct record *r, bool *ret, struct err *e)
{
	cleanup(str_free) char *path = NULL;
	int err = compat_read_mark(&r->device, &path, e);

	if (err && err != -ENOENT)
		return err;
	*ret = !err && !strcmp(path, r->netns);
	return 0;
}

static int forget_mark(const struct record *r, enum hold hold, struct err *e)
{
	bool marked = false;
	char path[FILE_PATH_MAX];
	int err;

	if (mark_path(&r->device, path))
		return 0;
	if (hold == HOLD_ALL)
		return file_unlink_at(AT_FDCWD, path, e);
	err = is_marked(r, &marked, e);
	if (err)
		return err;
	return marked ? file_remove_at(AT_FDCWD, path, e) : file_remove_tmp_at(AT_FDCWD, path, e);
}

int compat_forget(const struct record *r, enum hold hold, struct err *e)
{
	char name[NAME_MAX + 1], path[FILE_PATH_MAX];
	int err = forget_mark(r, hold, e);

	if (err || !state_name(r, name) || state_path(name, path))
		return err;
	return hold == HOLD_ALL ? file_unlink_at(AT_FDCWD, path, e) :
				  mirror_remove(AT_FDCWD, path, r, e);
}

int compat_hold(const struct record *r, enum hold *ret, struct err *e)
{
	char name[NAME_MAX + 1], path[FILE_PATH_MAX];
	bool marked = true;
	int err;

	*ret = HOLD_DEVICE;
	if (!state_name(r, name) || state_path(name, path))
		return 0;
	err = mirror_hold(path, r, ret, e);
	if (!err)
		err = is_marked(r, &marked, e);
	if (!marked)
		*ret = HOLD_NOTHING;
	return err;
}
