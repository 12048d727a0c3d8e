/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network interfaces: look-up, attributes, and the one message that moves,
 * renames and configures.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/types.h"
#include "kernel/nl.h"

enum {
	LINK_ALTNAME_MAX = 128, /* ALTIFNAMSIZ */
	LINK_ALTNAMES_MAX = 16,
	LINK_ALIAS_MAX = 256, /* IFALIASZ */
	LINK_UPPERS_MAX = 64,
};

enum link_attr {
	LINK_TXQLEN = 1 << 0,
	LINK_GROUP = 1 << 1,
	LINK_ALIAS = 1 << 2,
	LINK_BROADCAST = 1 << 3,
	LINK_MODE = 1 << 4,
	LINK_SIZES = 1 << 5,
	LINK_IPV4_SIZES = 1 << 6,
	LINK_ACCEPT_DAD = 1 << 7,
};

/**
 * struct link_attrs - what a user of an interface may set and no change of namespace resets
 * @have:       LINK_* bits: told by the kernel, or to be set
 * @mode:       IF_LINK_MODE_*: a "dormant" interface never gets operational by itself
 * @gso_max_size, @gso_max_segs, @gro_max_size: LINK_SIZES
 * @gso_ipv4_max_size, @gro_ipv4_max_size: LINK_IPV4_SIZES (6.3); they follow a change of LINK_SIZES
 * @accept_dad: of IPv6; told only, to be set by sysctl
 */
struct link_attrs {
	unsigned have;
	uint32_t txqlen, group;
	char alias[LINK_ALIAS_MAX];
	struct mac broadcast;
	uint8_t mode;
	uint32_t gso_max_size, gso_max_segs, gro_max_size;
	uint32_t gso_ipv4_max_size, gro_ipv4_max_size;
	int32_t accept_dad;
};

/**
 * struct link - an interface as RTM_GETLINK shows it (statistics skipped)
 * @mac:      zero unless the address has 6 bytes
 * @addr_len: bytes of the hardware address: 6 Ethernet, 20 InfiniBand
 * @type:     ARPHRD_*
 * @flags:    IFF_*
 * @parent:   IFLA_PARENT_DEV_NAME, the PCI or auxiliary device (5.14); "" if not told
 * @max_mtu:  0: not told
 * @master:   ifindex of bond or bridge, 0: none
 * @lower:    of a VLAN, macvlan, ...: ifindex of the interface it is on, if that is in the same
 *            namespace; 0: none
 */
struct link {
	int ifindex;
	char name[IFNAMSIZ];
	struct mac mac;
	uint8_t addr_len;
	uint16_t type;
	uint32_t flags, mtu, min_mtu, max_mtu;
	uint8_t operstate;
	int master, lower;
	char parent[DEVID_MAX];
	size_t n_altnames;
	char altnames[LINK_ALTNAMES_MAX][LINK_ALTNAME_MAX];
	struct link_attrs attrs;
};

/** link_get() - by ifindex; -ENODEV */
int link_get(struct nl *nl, int ifindex, struct link *ret, struct err *e) must_check;

/** link_find() - by name, which also matches alternative names up to 15 bytes; -ENODEV */
int link_find(struct nl *nl, const char *name, struct link *ret, struct err *e) must_check;

/**
 * link_find_parent() - by parent device, whatever the interface is called now
 *
 * Dumps the namespace; interrupted dumps are repeated. With several (a PF with
 * representors) the one with the lowest ifindex.
 *
 * Return: 0; -ENODEV: none here; other -errno.
 */
int link_find_parent(struct nl *nl, const struct devid *parent, struct link *ret,
		     struct err *e) must_check;

/**
 * struct link_change - what one RTM_SETLINK changes; unset members are left alone
 *
 * The kernel applies in a fixed order (do_setlink()): namespace, MAC, MTU, name,
 * flags. A failure after the namespace step leaves the interface in the new
 * namespace, down, MAC and MTU maybe set, under its old name: the caller looks
 * it up by its parent and goes on from there (rdma-kernel.md 4.3).
 * @netns_fd:   -1: stay
 * @name:       NULL: keep
 * @mac:        NULL: keep
 * @mtu:        0: keep
 * @flags_mask: IFF_UP, IFF_PROMISC, IFF_ALLMULTI: bits of @flags that are meant
 * @arp_notify: the kernel announces IPv4 addresses when the interface comes up
 */
struct link_change {
	int netns_fd;
	const char *name;
	const struct mac *mac;
	uint32_t mtu;
	uint32_t flags_mask, flags;
	bool arp_notify;
};

#define LINK_CHANGE_NONE ((struct link_change){ .netns_fd = -1 })

/**
 * link_set() - apply a change in one message
 *
 * Return: 0; -EEXIST: name or alternative name taken in the target; -ENODEV;
 * -EADDRNOTAVAIL, -EPERM: MAC refused; -EINVAL: MTU; -EBUSY; other driver errnos.
 */
int link_set(struct nl *nl, int ifindex, const struct link_change *c, struct err *e) must_check;

/** link_add_altname(), link_del_altname() - RTM_NEWLINKPROP, RTM_DELLINKPROP (5.5); -EEXIST, -ENOENT */
int link_add_altname(struct nl *nl, int ifindex, const char *altname, struct err *e) must_check;
int link_del_altname(struct nl *nl, int ifindex, const char *altname, struct err *e) must_check;

/** link_set_attrs() - all of @a->have in one message; stops at the first that is refused */
int link_set_attrs(struct nl *nl, int ifindex, const struct link_attrs *a,
		   struct err *e) must_check;

struct link_uppers {
	size_t n;
	int ifindex[LINK_UPPERS_MAX];
};

/**
 * link_find_uppers() - the interfaces of this namespace that are stacked on another one of it
 *
 * VLANs, macvlans, ipvlans: unlike a bond or a bridge they keep an interface that moves to another
 * namespace, and go on using it there. The first LINK_UPPERS_MAX.
 */
int link_find_uppers(struct nl *nl, int ifindex, struct link_uppers *ret, struct err *e) must_check;

/** link_delete() - of a virtual interface; -EOPNOTSUPP: it is of hardware; -ENODEV */
int link_delete(struct nl *nl, int ifindex, struct err *e) must_check;

/**
 * link_wait() - wait by events until an interface is as wanted
 * @in, @home: as in nl_open(): where the interface is
 * @done:    looks at the current state
 * @timeout_ms: deadline from now
 *
 * Subscribes to RTNLGRP_LINK first and reads the state after, so no change is
 * missed and nothing is polled.
 *
 * Return: 0 and the state in *ret; -ETIMEDOUT with the last state in *ret; -ENODEV.
 */
int link_wait(struct netns *in, const struct netns *home, int ifindex,
	      bool (*done)(const struct link *l, const void *arg), const void *arg,
	      unsigned timeout_ms, struct link *ret, struct err *e) must_check;
