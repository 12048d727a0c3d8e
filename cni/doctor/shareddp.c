// SPDX-License-Identifier: Apache-2.0
/*
 * --check-shared-dp: what k8s-rdma-shared-dev-plugin would do with its configuration here.
 *
 * Each selector that is given must match (any of its values); "devices" is an old
 * name for ifNames. A device counts only with uverbs, umad and rdma_cm. With one
 * device or more the node offers rdmaHcaMax of the resource, with none 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "print.h"

enum { CONF_MAX = 1 << 20 };

struct selector {
	const char *key;
	void (*value)(const struct function *f, char buf[static WORD_MAX]);
};

static void vendor_of(const struct function *f, char buf[static WORD_MAX])
{
	(void)snprintf(buf, WORD_MAX, "%04x", f->vendor);
}

static void device_of(const struct function *f, char buf[static WORD_MAX])
{
	(void)snprintf(buf, WORD_MAX, "%04x", f->device);
}

static void driver_of(const struct function *f, char buf[static WORD_MAX])
{
	(void)snprintf(buf, WORD_MAX, "%.63s", f->sys.driver);
}

static void ifname_of(const struct function *f, char buf[static WORD_MAX])
{
	(void)snprintf(buf, WORD_MAX, "%s", f->sys.netdev);
}

static void link_of(const struct function *f, char buf[static WORD_MAX])
{
	(void)snprintf(buf, WORD_MAX, "%s", f->link);
}

static const struct selector selectors[] = {
	{ "vendors", vendor_of }, { "deviceIDs", device_of }, { "drivers", driver_of },
	{ "ifNames", ifname_of }, { "linkTypes", link_of },
};

static bool has_value(const cJSON *list, const char *value)
{
	const cJSON *i;

	cJSON_ArrayForEach(i, list)
		if (cJSON_IsString(i) && !strcmp(i->valuestring, value))
			return true;
	return false;
}

/* Why a function is not taken; "" if it is */
static void reject(const struct report *r, const cJSON *conf, const struct function *f,
		   char why[static LINE_MAX_LEN])
{
	const cJSON *sel = json_find(conf, "selectors"), *old = json_find(conf, "devices");
	char value[WORD_MAX];

	why[0] = '\0';
	for (size_t i = 0; i < array_size(selectors); i++) {
		const cJSON *list = json_find(sel, selectors[i].key);

		if (cJSON_GetArraySize(old) && !strcmp(selectors[i].key, "ifNames"))
			list = old;
		selectors[i].value(f, value);
		if (!cJSON_GetArraySize(list) || has_value(list, value))
			continue;
		(void)snprintf(why, LINE_MAX_LEN, "%s does not have %s", selectors[i].key,
			       value[0] ? value : "\"\"");
		return;
	}
	if (!f->n_rdma)
		(void)snprintf(why, LINE_MAX_LEN, "it has no RDMA device");
	else if (f->rdma[0].sys.uverbs < 0)
		(void)snprintf(why, LINE_MAX_LEN, "no uverbs device; remedy: modprobe ib_uverbs");
	else if (f->rdma[0].sys.umad < 0)
		(void)snprintf(why, LINE_MAX_LEN, "no umad device; remedy: modprobe ib_umad");
	else if (!r->has_rdma_cm)
		(void)snprintf(why, LINE_MAX_LEN, "no rdma_cm device; remedy: modprobe rdma_ucm");
}

/* Returns false when the node offers none. */
static bool check_resource(const struct report *r, const cJSON *conf, FILE *out)
{
	const cJSON *sel = json_find(conf, "selectors"), *old = json_find(conf, "devices");
	const char *name = NULL, *prefix = NULL;
	struct opt_i64 max = { .v = 0 };
	char why[LINE_MAX_LEN];
	struct err e = { 0 };
	size_t n = 0;

	if (json_get_str(conf, "resourceName", &name, &e) || !name ||
	    json_get_str(conf, "resourcePrefix", &prefix, &e) ||
	    json_get_int(conf, "rdmaHcaMax", &max, &e)) {
		fprintf(out, "a resource is wrong: %s\n", e.sys ? e.msg : "it has no resourceName");
		return false;
	}
	fprintf(out, "resource %s/%s\n", prefix ? prefix : "rdma", name);
	if (!cJSON_GetArraySize(old) == !cJSON_GetArraySize(sel)) {
		fprintf(out,
			"  wrong: one of \"selectors\" and \"devices\" must be given, not both\n");
		return false;
	}
	for (size_t i = 0; i < r->functions.n; i++) {
		reject(r, conf, &r->functions.item[i], why);
		fprintf(out, "  %s %s%s\n", r->functions.item[i].sys.id.name,
			why[0] ? "no: " : "yes", why);
		n += !why[0];
	}
	fprintf(out, "  the node offers %lld (%zu device%s, rdmaHcaMax %lld)\n",
		n ? (long long)max.v : 0, n, n == 1 ? "" : "s", (long long)max.v);
	return n && max.v > 0;
}

int shareddp_check(const struct report *r, const char *path, FILE *out, struct err *e)
{
	cleanup(json_free) cJSON *doc = NULL;
	cleanup(str_free) char *text = NULL;
	const cJSON *list, *i;
	bool good = true;
	size_t len;
	int err = file_read_at(AT_FDCWD, path, CONF_MAX, &text, &len, e);

	if (!err)
		err = json_parse(text, len, &doc, e);
	if (!err)
		err = json_get_array(doc, "configList", &list, e);
	if (err)
		return err_wrap(e, "%s", path);
	if (!cJSON_GetArraySize(list))
		return err_set(e, EBADMSG, "%s: configList is missing or empty", path);
	if (r->mode_told && r->mode == RDMA_MODE_EXCLUSIVE) {
		fprintf(out,
			"The plugin does not start: the RDMA subsystem is in exclusive mode\n");
		good = false;
	}
	cJSON_ArrayForEach(i, list)
		good &= check_resource(r, i, out);
	return good ? 0 : 1;
}
