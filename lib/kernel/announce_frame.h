/* SPDX-License-Identifier: Apache-2.0 */
/* Private to lib/kernel: the frames that announce.c sends. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/types.h"

enum { ANNOUNCE_FRAME_MAX = 128 };

/**
 * announce_frame() - a gratuitous ARP request for IPv4, an unsolicited NA for IPv6
 *
 * Return: its length with the Ethernet header, 0 for an address of no family.
 */
size_t announce_frame(const struct mac *mac, const struct ip *ip,
		      uint8_t ret[static ANNOUNCE_FRAME_MAX]);
