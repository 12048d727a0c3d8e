/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of one call, typed and validated. Pure: reads nothing but
 * the call. The rules are the Go plugin's (ecosystem.md 6.1): absent leaves an
 * attribute untouched, 0 clears it.
 */
#pragma once
#include "kernel/vf.h"
#include "proto/call.h"

/**
 * struct sriov_conf - strings are borrowed from the call
 * @device: PCI address of the VF, or name of an auxiliary device
 * @vf:     attributes asked for (vf.have); its MAC is @mac
 * @mac:    runtimeConfig.mac, else CNI_ARGS MAC, else "mac"
 * @mtu:    of the interface; 0: leave it
 * @all_multicast, @promisc: receive what is not addressed to the VF; needs trust
 * @ipam:   type of the delegate; "" none
 * @device_info: file that tells Multus about the device (device-info-spec); NULL: none
 */
struct sriov_conf {
	bool has_device, has_mac;
	struct devid device;
	struct vf_attrs vf;
	struct mac mac;
	uint32_t mtu;
	bool all_multicast, promisc;
	const char *ipam;
	const char *device_info;
	const char *log_level, *log_file;
};

/** conf_parse() - for ADD and CHECK: everything must be right; code 7, 6 or 4 */
int conf_parse(const struct cni_call *c, struct sriov_conf *ret, struct err *e) must_check;

/**
 * conf_parse_loose() - for DEL, GC and STATUS: what can be understood
 *
 * The configuration may have been edited since ADD, and the record knows better.
 */
void conf_parse_loose(const struct cni_call *c, struct sriov_conf *ret);
