/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Value types of the field: parse, format, compare. Copying is assignment, so
 * nothing here is ever owned or freed.
 */
#pragma once
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum {
	MAC_STR_MAX = 18, /* "02:00:00:00:00:01" */
	IP_STR_MAX = 46, /* INET6_ADDRSTRLEN */
	CIDR_STR_MAX = 50, /* the same and "/128" */
	DEVID_MAX = 64, /* "0000:81:00.3", "mlx5_core.sf.4" */
	IBDEV_NAME_MAX = 64, /* IB_DEVICE_NAME_MAX, with NUL */
};

/** struct mac - an Ethernet address */
struct mac {
	uint8_t b[6];
};

/** mac_parse() - "02:00:..", "02-00-..", "0200.0000.0001", any case, as Go's net.ParseMAC; -EINVAL */
int mac_parse(const char *s, struct mac *ret) must_check;
/** mac_format() - lower-case colon form, as the Go plugins compare MACs as text */
const char *mac_format(const struct mac *m, char buf[static MAC_STR_MAX]);
bool mac_equal(const struct mac *a, const struct mac *b);
bool mac_is_zero(const struct mac *m);
/** mac_is_unicast() - usable as a station address: not multicast, not zero */
bool mac_is_unicast(const struct mac *m);

/** struct ip - an address of either family; v4-mapped IPv6 counts as IPv4, as in Go */
struct ip {
	sa_family_t family; /* AF_INET, AF_INET6; AF_UNSPEC: none */
	uint8_t b[16];
};

/** ip_parse() - no zone, no leading zeros; -EINVAL */
int ip_parse(const char *s, struct ip *ret) must_check;
const char *ip_format(const struct ip *a, char buf[static IP_STR_MAX]);
bool ip_equal(const struct ip *a, const struct ip *b);
/** ip_len() - 4 or 16; 0 for AF_UNSPEC */
unsigned ip_len(const struct ip *a);

/** struct cidr - address with prefix length; host bits are kept */
struct cidr {
	struct ip ip;
	uint8_t prefix;
};

int cidr_parse(const char *s, struct cidr *ret) must_check;
const char *cidr_format(const struct cidr *c, char buf[static CIDR_STR_MAX]);
bool cidr_equal(const struct cidr *a, const struct cidr *b);

/**
 * struct route - one route through the interface
 * @gw:     family AF_UNSPEC: none
 * @table:  unset: main
 * @scope:  RT_SCOPE_*; unset: global, or link without gateway where the kernel demands it
 * @mtu, @advmss, @priority: 0: none
 */
struct route {
	struct cidr dst;
	struct ip gw;
	uint32_t mtu, advmss, priority;
	struct opt_u32 table, scope;
};

/** ifname_valid() - CNI's rule for interface names, plus: no '%', the kernel would expand it */
bool ifname_valid(const char *s);

/** ibdev_name_valid() - [A-Za-z0-9_.-]{1,63}; the kernel itself checks no character (nldev) */
bool ibdev_name_valid(const char *s);

enum dev_bus { DEV_BUS_PCI, DEV_BUS_AUX };

/** struct devid - a device by its bus and address: the only identity that a pod cannot change */
struct devid {
	enum dev_bus bus;
	char name[DEVID_MAX];
};

/**
 * devid_parse() - a PCI address (lower-cased) or the name of an auxiliary device
 *
 * Anything with a '/' or longer than DEVID_MAX is refused: it becomes a path
 * below /sys/bus.
 *
 * Return: 0, or -EINVAL.
 */
int devid_parse(const char *s, struct devid *ret) must_check;
bool devid_equal(const struct devid *a, const struct devid *b);
