// SPDX-License-Identifier: Apache-2.0
#include "conf.h"

#include <inttypes.h>
#include <linux/if_ether.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "plugin/device.h"
#include "proto/reply.h"

enum { MTU_MIN = 68, MTU_MAX = 65535 };

#define bad(e, ...) err_code(e, EINVAL, CNI_ERR_CONFIG, __VA_ARGS__)

/* Keys that mean something to us, the runtime or libcni; others are probably misspelt. */
static const char *const known_keys[] = {
	"cniVersion",  "name",	       "type",		"ipam",	       "dns",
	"prevResult",  "capabilities", "runtimeConfig", "args",	       "deviceID",
	"pciBusID",    "vlan",	       "vlanQoS",	"vlanProto",   "mac",
	"min_tx_rate", "max_tx_rate",  "spoofchk",	"trust",       "link_state",
	"logLevel",    "logFile",      "mtu",		"master",      "VFID",
	"OrigVfState", "allMulticast", "promisc",	"cniVersions", "disableCheck",
	"disableGC",
};

static const char *nearest_key(const char *key)
{
	const char *nearest = NULL;
	unsigned best = 4; /* more than three edits away is another word */

	for (size_t i = 0; i < array_size(known_keys); i++) {
		unsigned d = str_distance(key, known_keys[i]);

		if (d < best) {
			best = d;
			nearest = known_keys[i];
		}
	}
	return nearest;
}

static bool is_known(const char *key)
{
	for (size_t i = 0; i < array_size(known_keys); i++)
		if (!strcasecmp(key, known_keys[i]))
			return true;
	return !strncmp(key, "cni.dev/", 8);
}

static void warn_unknown(const char *key)
{
	const char *nearest;

	if (is_known(key))
		return;
	nearest = nearest_key(key);
	if (nearest)
		log_warn("unknown key \"%s\" is ignored, did you mean \"%s\"?", key, nearest);
	else
		log_warn("unknown key \"%s\" is ignored", key);
}

/* An integer within a range; *ret_set says whether it was there. */
static int get_ranged(const cJSON *conf, const char *key, int64_t max, uint32_t *ret, bool *ret_set,
		      struct err *e)
{
	struct opt_i64 v;
	int r = json_get_int(conf, key, &v, e);

	if (r)
		return r;
	if (v.set && (v.v < 0 || v.v > max))
		return bad(e, "%s %" PRId64 " invalid: value must be in the range 0-%" PRId64, key,
			   v.v, max);
	*ret_set = v.set;
	*ret = v.set ? (uint32_t)v.v : 0;
	return 0;
}

static int parse_proto(const char *s, uint16_t *ret, struct err *e)
{
	if (!s || !*s || !strcasecmp(s, "802.1q"))
		*ret = ETH_P_8021Q;
	else if (!strcasecmp(s, "802.1ad"))
		*ret = ETH_P_8021AD;
	else
		return bad(e, "vlanProto %.40s invalid: value must be '802.1Q' or '802.1ad'", s);
	return 0;
}

static int parse_vlan(const cJSON *conf, struct vf_attrs *vf, struct err *e)
{
	uint32_t vlan = 0, qos = 0;
	bool has_vlan, has_qos;
	const char *proto;
	int r = get_ranged(conf, "vlan", 4094, &vlan, &has_vlan, e);

	if (!r)
		r = get_ranged(conf, "vlanQoS", 7, &qos, &has_qos, e);
	if (!r)
		r = json_get_str(conf, "vlanProto", &proto, e);
	if (!r)
		r = parse_proto(proto, &vf->vlan_proto, e);
	if (r)
		return r;
	if (!has_vlan && (has_qos || proto))
		return bad(e, "%s is set without vlan: set vlan too (0 clears it)",
			   has_qos ? "vlanQoS" : "vlanProto");
	if (!vlan && (qos || vf->vlan_proto == ETH_P_8021AD))
		return bad(e, "non-zero vlan must be configured to set %s",
			   qos ? "a non-zero vlanQoS" : "vlanProto 802.1ad");
	if (!has_vlan)
		return 0;
	vf->vlan = (uint16_t)vlan;
	vf->qos = (uint8_t)qos;
	vf->have |= VF_VLAN;
	return 0;
}

static int parse_rates(const cJSON *conf, struct vf_attrs *vf, struct err *e)
{
	bool has_min, has_max;
	int r = get_ranged(conf, "min_tx_rate", UINT32_MAX, &vf->min_tx_rate, &has_min, e);

	if (!r)
		r = get_ranged(conf, "max_tx_rate", UINT32_MAX, &vf->max_tx_rate, &has_max, e);
	if (r)
		return r;
	if (vf->max_tx_rate && vf->min_tx_rate > vf->max_tx_rate)
		return bad(e, "min_tx_rate %u is greater than max_tx_rate %u", vf->min_tx_rate,
			   vf->max_tx_rate);
	/* the kernel takes both at once: a missing one is 0, as in the Go plugin */
	if (has_min || has_max)
		vf->have |= VF_RATE;
	return 0;
}

static int parse_switch(const cJSON *conf, const char *key, enum vf_attr bit, bool *ret,
			struct vf_attrs *vf, struct err *e)
{
	const char *s;
	int r = json_get_str(conf, key, &s, e);

	if (r || !s || !*s)
		return r;
	if (strcasecmp(s, "on") != 0 && strcasecmp(s, "off") != 0)
		return bad(e, "%s \"%.40s\" invalid: value must be \"on\" or \"off\"", key, s);
	*ret = !strcasecmp(s, "on");
	vf->have |= bit;
	return 0;
}

static int parse_link_state(const cJSON *conf, struct vf_attrs *vf, struct err *e)
{
	static const char *const names[] = {
		[VF_LINK_AUTO] = "auto",
		[VF_LINK_ENABLE] = "enable",
		[VF_LINK_DISABLE] = "disable",
	};
	const char *s;
	int r = json_get_str(conf, "link_state", &s, e);

	if (r || !s || !*s)
		return r;
	for (size_t i = 0; i < array_size(names); i++)
		if (!strcmp(s, names[i])) {
			vf->link_state = (enum vf_link_state)i;
			vf->have |= VF_LINK_STATE;
			return 0;
		}
	return bad(e, "invalid link_state value \"%.40s\": use auto, enable or disable", s);
}

static int parse_vf(const cJSON *conf, struct vf_attrs *vf, struct err *e)
{
	int r = parse_vlan(conf, vf, e);

	if (!r)
		r = parse_rates(conf, vf, e);
	if (!r)
		r = parse_switch(conf, "spoofchk", VF_SPOOFCHK, &vf->spoofchk, vf, e);
	if (!r)
		r = parse_switch(conf, "trust", VF_TRUST, &vf->trust, vf, e);
	if (!r)
		r = parse_link_state(conf, vf, e);
	return r;
}

static int parse_device(const cJSON *conf, struct sriov_conf *ret, struct err *e)
{
	const char *source;
	int r = device_parse(conf, &ret->device, &source, e);

	ret->has_device = !r && source;
	return r;
}

static int parse_netdev(const cJSON *conf, struct sriov_conf *ret, struct err *e)
{
	struct opt_bool all_multicast = { 0 }, promisc = { 0 };
	bool has_mtu;
	int r = get_ranged(conf, "mtu", MTU_MAX, &ret->mtu, &has_mtu, e);

	if (!r)
		r = json_get_bool(conf, "allMulticast", &all_multicast, e);
	if (!r)
		r = json_get_bool(conf, "promisc", &promisc, e);
	if (r)
		return r;
	/* 68 is what IPv4 needs (RFC 791); 0 means "leave it", as in other plugins */
	if (ret->mtu && ret->mtu < MTU_MIN)
		return bad(e, "mtu %u invalid: value must be in the range %d-%d", ret->mtu, MTU_MIN,
			   MTU_MAX);
	ret->all_multicast = all_multicast.v;
	ret->promisc = promisc.v;
	return 0;
}

static int get_runtime_text(const cJSON *conf, const char *key, const char **ret, struct err *e)
{
	const cJSON *runtime = NULL;
	int r = json_get_object(conf, "runtimeConfig", &runtime, e);

	*ret = NULL;
	return r || !runtime ? r : json_get_str(runtime, key, ret, e);
}

static int parse_mac(const struct cni_call *c, struct sriov_conf *ret, struct err *e)
{
	struct call_arg arg = { .key = "MAC" };
	const char *own, *runtime, *mac;
	int r = call_get_args(c->args, &arg, 1, e);

	if (!r)
		r = json_get_str(c->conf, "mac", &own, e);
	if (!r)
		r = get_runtime_text(c->conf, "mac", &runtime, e);
	if (r)
		return r;
	mac = runtime && *runtime ? runtime : arg.set && *arg.value ? arg.value : own;
	if (!mac || !*mac)
		return 0;
	if (mac_parse(mac, &ret->mac) || !mac_is_unicast(&ret->mac))
		return bad(e,
			   "mac \"%.40s\" invalid: want a unicast address like 02:00:00:00:00:01",
			   mac);
	ret->has_mac = true;
	ret->vf.mac = ret->mac;
	ret->vf.have |= VF_MAC;
	return 0;
}

static int parse_ipam(const cJSON *conf, struct sriov_conf *ret, struct err *e)
{
	const cJSON *ipam = NULL;
	const char *type = NULL;
	int r = json_get_object(conf, "ipam", &ipam, e);

	if (!r && ipam)
		r = json_get_str(ipam, "type", &type, e);
	if (!r)
		ret->ipam = type ? type : "";
	return r;
}

static int parse_log(const cJSON *conf, struct sriov_conf *ret, struct err *e)
{
	int r = json_get_str(conf, "logLevel", &ret->log_level, e);

	return r ? r : json_get_str(conf, "logFile", &ret->log_file, e);
}

/* A key of the wrong type is the configuration's fault, not the decoder's. */
static int as_config_error(int r, struct err *e)
{
	if (r && !e->code)
		e->code = CNI_ERR_CONFIG;
	return r;
}

int conf_parse(const struct cni_call *c, struct sriov_conf *ret, struct err *e)
{
	struct sriov_conf v = { .ipam = "" };
	int r = parse_log(c->conf, &v, e);

	if (!r)
		r = parse_device(c->conf, &v, e);
	if (!r)
		r = parse_vf(c->conf, &v.vf, e);
	if (!r)
		r = parse_netdev(c->conf, &v, e);
	if (!r)
		r = parse_mac(c, &v, e);
	if (!r)
		r = get_runtime_text(c->conf, "CNIDeviceInfoFile", &v.device_info, e);
	if (!r)
		r = parse_ipam(c->conf, &v, e);
	if (r)
		return as_config_error(r, e);
	if (!v.has_device)
		return bad(e,
			   "VF pci addr is required: deviceID is missing; with Multus, check the "
			   "network's k8s.v1.cni.cncf.io/resourceName annotation and that the pod "
			   "requests that resource");
	for (const cJSON *i = c->conf->child; i; i = i->next)
		warn_unknown(i->string);
	*ret = v;
	return 0;
}

void conf_parse_loose(const struct cni_call *c, struct sriov_conf *ret)
{
	struct err ignored;

	*ret = (struct sriov_conf){ .ipam = "" };
	if (parse_log(c->conf, ret, &ignored))
		log_warn("log settings: %s", ignored.msg);
	if (parse_device(c->conf, ret, &ignored)) {
		log_warn("%s", ignored.msg);
		ret->has_device = false;
	}
	if (parse_ipam(c->conf, ret, &ignored))
		log_warn("%s", ignored.msg);
}
