/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: from the IPAM delegate to the interface, and to the neighbours. */
#pragma once
#include "world.h"

/** addrs_configure() - put a result's addresses and routes with interface @index on the VF */
int addrs_configure(struct world *w, const cJSON *result, unsigned index, struct err *e) must_check;

/** addrs_announce() - gratuitous ARP and unsolicited NA when the carrier is there; cannot fail */
void addrs_announce(struct world *w, const cJSON *result);
