/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and routes of an interface, in the namespace of the socket. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/types.h"
#include "kernel/nl.h"

/**
 * inet_add_addrs() - add addresses, pipelined in one send
 *
 * Return: 0; -EEXIST; the error names the address; those before it are added.
 */
int inet_add_addrs(struct nl *nl, int ifindex, const struct cidr *addrs, size_t n,
		   struct err *e) must_check;

/** inet_add_routes() - as above for routes; -EEXIST, -ENETUNREACH: gateway not on a link */
int inet_add_routes(struct nl *nl, int ifindex, const struct route *routes, size_t n,
		    struct err *e) must_check;

/**
 * inet_wait_dad() - wait by events until duplicate address detection of @addrs is over
 *
 * IPv4 addresses are skipped. An optimistic address counts as done.
 *
 * Return: 0; -EADDRINUSE: an address is in use elsewhere ("dadfailed"), named;
 * -ETIMEDOUT: still tentative.
 */
int inet_wait_dad(struct netns *in, const struct netns *home, int ifindex, const struct cidr *addrs,
		  size_t n, unsigned timeout_ms, struct err *e) must_check;

/** inet_has_addr() - is this address with this prefix on the interface; 0 and *ret, or -errno */
int inet_has_addr(struct nl *nl, int ifindex, const struct cidr *addr, bool *ret,
		  struct err *e) must_check;

/** inet_has_route() - is a route with these properties (those set) out of the interface */
int inet_has_route(struct nl *nl, int ifindex, const struct route *r, bool *ret,
		   struct err *e) must_check;
