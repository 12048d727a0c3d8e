/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual function as its PF sees it: RTM_GETLINK with RTEXT_FILTER_VF, and
 * RTM_SETLINK with IFLA_VFINFO_LIST on the PF's netdev.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/types.h"
#include "kernel/link.h"
#include "kernel/nl.h"

/* One bit for each attribute, in the order the kernel applies them (do_setvfinfo()). */
enum vf_attr {
	VF_MAC = 1 << 0,
	VF_VLAN = 1 << 1, /* id, QoS and protocol go together */
	VF_RATE = 1 << 2, /* min and max go together */
	VF_SPOOFCHK = 1 << 3,
	VF_LINK_STATE = 1 << 4,
	VF_TRUST = 1 << 5,
};

/* IFLA_VF_LINK_STATE_* */
enum vf_link_state { VF_LINK_AUTO, VF_LINK_ENABLE, VF_LINK_DISABLE };

/**
 * struct vf_attrs - attributes of one VF
 * @have:       VF_* bits that are valid; reading: a bit is missing when the driver does not tell
 * @mac:        administrative MAC; zero: none
 * @vlan:       0-4094, 0: none; @qos 0-7
 * @vlan_proto: EtherType in host order: 0x8100 or 0x88a8
 * @min_tx_rate, @max_tx_rate: Mbit/s, 0: none
 */
struct vf_attrs {
	unsigned have;
	struct mac mac;
	uint16_t vlan, vlan_proto;
	uint8_t qos;
	bool spoofchk, trust;
	uint32_t min_tx_rate, max_tx_rate;
	enum vf_link_state link_state;
};

/**
 * vf_get() - one query of the PF, statistics skipped, room for 256 VFs
 * @pf: ifindex of the PF's netdev
 *
 * Found by number, not by position: the kernel leaves out a VF whose driver
 * callback fails.
 *
 * Return: 0; -ENODATA: the PF tells nothing about this VF; -ENODEV: no such PF.
 */
int vf_get(struct nl *nl, int pf, unsigned vf, struct vf_attrs *ret, struct err *e) must_check;

/**
 * vf_find() - the same, and the PF's interface itself, by name
 * @ret_vf: its have is 0 when the PF tells nothing about this VF
 *
 * Return: 0; -ENODEV: no such interface.
 */
int vf_find(struct nl *nl, const char *pf, unsigned vf, struct link *ret, struct vf_attrs *ret_vf,
	    struct err *e) must_check;

/**
 * vf_set() - set the attributes in @a->have in one message
 *
 * The kernel stops at the first attribute the driver refuses, keeps what it
 * applied and does not say which: on error the caller sets one by one to find
 * out. -EOPNOTSUPP, -EINVAL, -EPROTONOSUPPORT (VLAN protocol), -EPERM; -EAGAIN
 * and -EBUSY: the VF is being reset, try again.
 */
int vf_set(struct nl *nl, int pf, unsigned vf, const struct vf_attrs *a, struct err *e) must_check;
