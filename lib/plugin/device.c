// SPDX-License-Identifier: Apache-2.0
#include "plugin/device.h"

#include <strings.h>

#include "proto/reply.h"

static bool given(const char *s)
{
	return s && *s;
}

int device_parse(const cJSON *conf, struct devid *ret, const char **ret_source, struct err *e)
{
	const char *own, *bus_id, *runtime_id = NULL, *id, *source;
	const cJSON *runtime = NULL;
	int r = json_get_str(conf, "deviceID", &own, e);

	if (!r)
		r = json_get_str(conf, "pciBusID", &bus_id, e);
	if (!r)
		r = json_get_object(conf, "runtimeConfig", &runtime, e);
	if (!r && runtime)
		r = json_get_str(runtime, "deviceID", &runtime_id, e);
	if (r)
		return r;
	if (given(own) && given(runtime_id) && strcasecmp(own, runtime_id) != 0)
		return err_code(e, EINVAL, CNI_ERR_CONFIG,
				"deviceID %.64s and runtimeConfig.deviceID %.64s differ", own,
				runtime_id);
	id = given(own) ? own : given(runtime_id) ? runtime_id : given(bus_id) ? bus_id : NULL;
	source = id == own ? "deviceID" : id == runtime_id ? "runtimeConfig.deviceID" : "pciBusID";
	if (id && devid_parse(id, ret))
		return err_code(
			e, EINVAL, CNI_ERR_CONFIG,
			"%s \"%.64s\" is neither a PCI address (like 0000:81:00.3) nor an auxiliary "
			"device (like mlx5_core.sf.4)",
			source, id);
	*ret_source = id ? source : NULL;
	return 0;
}
