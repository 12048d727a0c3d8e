/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of lib/kernel's wire functions: bytes to compare with, and answers gone wrong. */
#pragma once
#include <check.h>
#include <netlink/msg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The message without its sequence number and port, as hexadecimal digits. */
static inline void assert_bytes(struct nl_msg *m, const char *want)
{
	const struct nlmsghdr *h;
	char got[4096] = "";

	ck_assert_ptr_nonnull(m);
	h = nlmsg_hdr(m);
	ck_assert_uint_lt(h->nlmsg_len, sizeof(got) / 2);
	for (size_t i = 0; i < h->nlmsg_len; i++)
		sprintf(got + 2 * i, "%02x", ((const uint8_t *)h)[i]);
	/* nlmsg_seq and nlmsg_pid are the socket's */
	memset(got + 16, '0', 16);
	ck_assert_str_eq(got, want);
	nlmsg_free(m);
}

/* @read gets a copy of exactly @len bytes, so that sanitizers see the first byte too many. */
static inline void read_copy(const void *data, size_t len,
			     void (*read)(const void *data, size_t len))
{
	void *copy = malloc(len ? len : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, data, len);
	read(copy, len);
	free(copy);
}

/* Cut at every length, and with every byte in turn at a few other values. */
static inline void read_mangled(const void *data, size_t len,
				void (*read)(const void *data, size_t len))
{
	static const uint8_t values[] = { 0, 1, 3, 5, 0x7f, 0x80, 0xfe, 0xff };
	uint8_t *copy = malloc(len);

	ck_assert_ptr_nonnull(copy);
	for (size_t cut = 0; cut <= len; cut++)
		read_copy(data, cut, read);
	for (size_t i = 0; i < len; i++)
		for (size_t v = 0; v < sizeof(values); v++) {
			memcpy(copy, data, len);
			copy[i] = values[v];
			read_copy(copy, len, read);
		}
	free(copy);
}
