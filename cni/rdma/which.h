/* SPDX-License-Identifier: Apache-2.0 */
/* Which device ADD is about. */
#pragma once
#include "conf.h"
#include "plugin/pod.h"

/**
 * which_device() - the configuration's, else the one behind the pod's interface
 * @conf: device and source are set if they were not
 * @pod:  with the namespace that the interface is in
 *
 * Configuration (deviceID, runtimeConfig.deviceID, pciBusID), then pciID of the
 * interface in prevResult, which runtimes of old versions drop, then the parent
 * that the kernel names for the interface itself (5.14).
 *
 * Return: 0; -EINVAL with code 7 and what to configure.
 */
int which_device(const struct cni_call *c, const cJSON *prev, struct pod *pod,
		 struct rdma_conf *conf, struct err *e) must_check;
