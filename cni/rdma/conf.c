// SPDX-License-Identifier: Apache-2.0
#include "conf.h"

#include <string.h>

#include "base/log.h"
#include "plugin/device.h"
#include "proto/reply.h"

static int parse_choice(const cJSON *conf, const char *key, const char *const names[static 2],
			int *ret, struct err *e)
{
	const char *s;
	int r = json_get_str(conf, key, &s, e);

	*ret = 0;
	if (r || !s || !*s)
		return r;
	for (int i = 0; i < 2; i++)
		if (!strcmp(s, names[i])) {
			*ret = i;
			return 0;
		}
	return err_code(e, EINVAL, CNI_ERR_CONFIG,
			"%s \"%.40s\" invalid: value must be \"%s\" or \"%s\"", key, s, names[0],
			names[1]);
}

static int parse_choices(const cJSON *conf, struct rdma_conf *ret, struct err *e)
{
	static const char *const modes[] = { [MODE_EXCLUSIVE] = "exclusive", [MODE_AUTO] = "auto" };
	static const char *const changes[] = { [CHANGE_REFUSE] = "refuse", [CHANGE_WARN] = "warn" };
	static const char *const counts[] = { "one", "all" };
	int mode, change = 0, all = 0, r = parse_choice(conf, "mode", modes, &mode, e);

	if (!r)
		r = parse_choice(conf, "uverbsChange", changes, &change, e);
	if (!r)
		r = parse_choice(conf, "rdmaDevices", counts, &all, e);
	ret->mode = (enum conf_mode)mode;
	ret->change = (enum conf_change)change;
	ret->all = all;
	return r;
}

static int find_cni_args(const cJSON *conf, const cJSON **ret, struct err *e)
{
	const cJSON *args = NULL;
	int r = json_get_object(conf, "args", &args, e);

	*ret = NULL;
	return r || !args ? r : json_get_object(args, "cni", ret, e);
}

/* args.cni.debug, the Go plugin's way to ask for more log */
static int parse_debug(const cJSON *conf, struct rdma_conf *ret, struct err *e)
{
	struct opt_bool debug = { 0 };
	const cJSON *cni;
	int r = find_cni_args(conf, &cni, e);

	if (!r && cni)
		r = json_get_bool(cni, "debug", &debug, e);
	ret->debug = debug.v;
	return r;
}

/* In args.cni, where NVIDIA's fork of the Go plugin has it, before the configuration's own. */
static int parse_name(const cJSON *conf, struct rdma_conf *ret, struct err *e)
{
	const char *own, *arg = NULL;
	const cJSON *cni = NULL;
	int r = json_get_str(conf, "rdmaDeviceName", &own, e);

	if (!r)
		r = find_cni_args(conf, &cni, e);
	if (!r && cni)
		r = json_get_str(cni, "rdmaDeviceName", &arg, e);
	if (r)
		return r;
	ret->name = arg && *arg ? arg : own ? own : "";
	if (*ret->name && !ibdev_name_valid(ret->name))
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"rdmaDeviceName \"%.80s\" invalid: 1 to 63 letters, digits, '.', '_' "
			"and '-' are possible",
			ret->name);
	return 0;
}

static int parse_log(const cJSON *conf, struct rdma_conf *ret, struct err *e)
{
	int r = json_get_str(conf, "logLevel", &ret->log_level, e);

	return r ? r : json_get_str(conf, "logFile", &ret->log_file, e);
}

/* The Go plugin refuses unknown CNI_ARGS on ADD too. */
static int check_args(const struct cni_call *c, struct err *e)
{
	return call_get_args(c->args, NULL, 0, e);
}

int conf_parse(const struct cni_call *c, struct rdma_conf *ret, struct err *e)
{
	struct rdma_conf v = { .name = "" };
	int r = parse_log(c->conf, &v, e);

	if (!r)
		r = device_parse(c->conf, &v.device, &v.source, e);
	if (!r)
		r = parse_choices(c->conf, &v, e);
	if (!r)
		r = parse_name(c->conf, &v, e);
	if (!r)
		r = parse_debug(c->conf, &v, e);
	if (!r)
		r = check_args(c, e);
	if (r) {
		/* a key of the wrong type is the configuration's fault, not the decoder's */
		if (!e->code)
			e->code = CNI_ERR_CONFIG;
		return r;
	}
	*ret = v;
	return 0;
}

void conf_parse_loose(const struct cni_call *c, struct rdma_conf *ret)
{
	struct err ignored;

	*ret = (struct rdma_conf){ .name = "" };
	if (parse_log(c->conf, ret, &ignored) || parse_debug(c->conf, ret, &ignored))
		log_warn("%s", ignored.msg);
	if (parse_choices(c->conf, ret, &ignored))
		log_warn("%s", ignored.msg);
	if (device_parse(c->conf, &ret->device, &ret->source, &ignored))
		log_warn("%s", ignored.msg);
}
