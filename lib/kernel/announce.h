/* SPDX-License-Identifier: Apache-2.0 */
/* Gratuitous ARP and unsolicited neighbour advertisements: a courtesy to switches and peers. */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/types.h"
#include "kernel/netns.h"

/**
 * announce_addrs() - one gratuitous ARP per IPv4, one unsolicited NA per IPv6 address
 *
 * Sent from packet sockets bound to the interface, so it leaves there whatever
 * the routes say. RFC 5227 3, RFC 4861 7.2.6.
 *
 * Return: 0, or -errno of the first that could not be sent; all are tried.
 */
int announce_addrs(const struct netns *in, const struct netns *home, int ifindex,
		   const struct mac *mac, const struct cidr *addrs, size_t n,
		   struct err *e) must_check;
