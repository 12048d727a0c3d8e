/* SPDX-License-Identifier: Apache-2.0 */
/* Which device a configuration names. */
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "base/types.h"

/**
 * device_parse() - deviceID, else runtimeConfig.deviceID, else pciBusID
 * @ret_source: the key it came from; NULL: none of them is there, *ret is untouched
 *
 * Multus puts deviceID and pciBusID into every plugin of a list, and offers the
 * former as a capability too; two that name different devices are an error.
 *
 * Return: 0; -EINVAL with code 7; -EBADMSG: wrong type.
 */
int device_parse(const cJSON *conf, struct devid *ret, const char **ret_source,
		 struct err *e) must_check;
