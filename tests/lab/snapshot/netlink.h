/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells in dumps, and attributes as text.
 */
#pragma once
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

#include "lines.h"

enum { NAME_SIZE = 96, DEVICES_MAX = 256 };

/* NOLINTBEGIN(bugprone-macro-parentheses): a variable's name */
#define each_attr(a, first, len)                                                                   \
	for (const struct rtattr *a = (first); RTA_OK(a, len); a = RTA_NEXT(a, len))
/* NOLINTEND(bugprone-macro-parentheses) */

/** struct dump - what is asked for, and what is done with each message of the answer */
struct dump {
	struct lines *out;
	void (*each)(struct dump *d, const struct nlmsghdr *h);
	int fd;
	uint32_t indexes[DEVICES_MAX]; /* RDMA devices */
	size_t n;
};

/** netlink_open() - a socket; it dies if there is none */
int netlink_open(int protocol);
/** netlink_ask() - one dump, message by message to @d's function */
void netlink_ask(struct dump *d, int type, const void *body, size_t len);

/** enum form - how an attribute is read best */
enum form {
	FORM_GUESS, /* text if it looks like text, else bytes */
	FORM_NUMBERS, /* one of 1, 2 or 4 bytes, or several of 4 */
	FORM_DEVICE, /* an interface's index; told by name, as a return may change it */
	FORM_SKIP, /* counters, times, and what is said elsewhere */
};

/** struct attr_form - a table of these ends with a form that has no name */
struct attr_form {
	const char *name;
	unsigned type;
	enum form form;
	size_t skip; /* bytes in front */
};

/** attr_put() - a line for this attribute; one that no row of @forms (or NULL) has is told by number */
void attr_put(struct lines *out, const char *what, const struct attr_form *forms,
	      const struct rtattr *a);
/** device_name() - of an interface; "?" if it is gone */
const char *device_name(uint32_t index);

/** lines_of_links() - links and VFs */
void lines_of_links(struct lines *out);
/** lines_of_netlink() - links, VFs, addresses, routes, RDMA devices and ports */
void lines_of_netlink(struct lines *out);
