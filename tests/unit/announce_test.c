// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "kernel/announce_frame.h"

static void assert_frame(const char *addr, const char *want)
{
	static const struct mac mac = { { 2, 0, 0, 0, 0, 0x77 } };
	uint8_t frame[ANNOUNCE_FRAME_MAX];
	char got[2 * ANNOUNCE_FRAME_MAX + 1] = "";
	struct ip ip;
	size_t len;

	ck_assert_int_eq(ip_parse(addr, &ip), 0);
	len = announce_frame(&mac, &ip, frame);
	for (size_t i = 0; i < len; i++)
		sprintf(got + 2 * i, "%02x", frame[i]);
	ck_assert_str_eq(got, want);
}

START_TEST(arp_asks_for_its_own_address)
{
	assert_frame("10.9.0.5", "ffffffffffff020000000077"
				 "0806"
				 "0001080006040001"
				 "0200000000770a090005"
				 "0000000000000a090005");
}
END_TEST

/* The bytes, checksum included, are those that Linux 6.18 sends itself with ndisc_notify. */
START_TEST(advertisement_is_the_kernels_own)
{
	assert_frame("fd00:9::5", "333300000001020000000077"
				  "86dd"
				  "6000000000203aff"
				  "fd000009000000000000000000000005"
				  "ff020000000000000000000000000001"
				  "88005a0b20000000"
				  "fd000009000000000000000000000005"
				  "0201020000000077");
}
END_TEST

START_TEST(no_family_no_frame)
{
	uint8_t frame[ANNOUNCE_FRAME_MAX];

	ck_assert_uint_eq(announce_frame(&(struct mac){ 0 }, &(struct ip){ 0 }, frame), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("announce");
	TCase *t = tcase_create("frame");

	tcase_add_test(t, arp_asks_for_its_own_address);
	tcase_add_test(t, advertisement_is_the_kernels_own);
	tcase_add_test(t, no_family_no_frame);
	suite_add_tcase(s, t);
	return s;
}
