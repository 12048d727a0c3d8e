// SPDX-License-Identifier: Apache-2.0
#include "base/types.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

static const struct mac mac1 = { { 2, 0, 0, 0, 0xab, 1 } };

START_TEST(mac_is_read_in_all_forms_of_go)
{
	static const char *const good[] = { "02:00:00:00:ab:01", "02-00-00-00-AB-01",
					    "0200.0000.ab01", "0200.0000.AB01" };
	struct mac m;

	for (size_t i = 0; i < array_size(good); i++) {
		memset(&m, 0, sizeof(m));
		ck_assert_msg(!mac_parse(good[i], &m), "%s", good[i]);
		ck_assert_msg(mac_equal(&m, &mac1), "%s", good[i]);
	}
}
END_TEST

START_TEST(what_is_no_mac_is_refused)
{
	static const char *const bad[] = {
		"",
		"0",
		"02",
		"02:00:00:00:ab",
		"02:00:00:00:ab:01:00",
		"02:00:00:00:ab:0g",
		"02:00:00-00:ab:01",
		"2:0:0:0:ab:1",
		"0200000000ab01",
		"02:00:00:00:ab:01 ",
		" 2:00:00:00:ab:01",
		"02:00:00:00:00:00:ab:01",
		"0200.0000:ab01",
		"02.00.00.00.ab.01",
		"02000.000.ab01",
		"02:00:00:00:ab:0",
		"02::00:00:00:ab:1",
	};
	struct mac m = mac1;

	for (size_t i = 0; i < array_size(bad); i++)
		ck_assert_msg(mac_parse(bad[i], &m) == -EINVAL, "\"%s\"", bad[i]);
	ck_assert_msg(mac_equal(&m, &mac1), "written on failure");
}
END_TEST

START_TEST(mac_is_written_in_lower_case)
{
	char buf[MAC_STR_MAX];

	ck_assert_str_eq(mac_format(&mac1, buf), "02:00:00:00:ab:01");
}
END_TEST

START_TEST(mac_of_a_station_is_neither_group_nor_zero)
{
	ck_assert(mac_is_unicast(&mac1));
	ck_assert(!mac_is_unicast(&(struct mac){ { 0 } }));
	ck_assert(!mac_is_unicast(&(struct mac){ { 1, 0, 0x5e, 0, 0, 1 } }));
	ck_assert(!mac_is_unicast(&(struct mac){ { 255, 255, 255, 255, 255, 255 } }));
	ck_assert(mac_is_zero(&(struct mac){ { 0 } }));
	ck_assert(!mac_is_zero(&mac1));
	ck_assert(!mac_equal(&mac1, &(struct mac){ { 2, 0, 0, 0, 0xab, 2 } }));
}
END_TEST

START_TEST(ip_is_read_and_written_as_go_does)
{
	static const struct {
		const char *in, *out;
		int family;
	} rows[] = {
		{ "10.0.0.1", "10.0.0.1", AF_INET },
		{ "0.0.0.0", "0.0.0.0", AF_INET },
		{ "255.255.255.255", "255.255.255.255", AF_INET },
		{ "::", "::", AF_INET6 },
		{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1", AF_INET6 },
		{ "fe80::1", "fe80::1", AF_INET6 },
		/* v4-mapped counts as v4 */
		{ "::ffff:10.0.0.1", "10.0.0.1", AF_INET },
		{ "::ffff:0a00:0001", "10.0.0.1", AF_INET },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		char buf[IP_STR_MAX];
		struct ip a;

		ck_assert_msg(!ip_parse(rows[i].in, &a), "%s", rows[i].in);
		ck_assert_int_eq(a.family, rows[i].family);
		ck_assert_str_eq(ip_format(&a, buf), rows[i].out);
		ck_assert_uint_eq(ip_len(&a), rows[i].family == AF_INET ? 4 : 16);
	}
}
END_TEST

START_TEST(what_is_no_ip_is_refused)
{
	static const char *const bad[] = {
		"",	      "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", "fe80::1%eth0",
		"10.0.0.1/8", "1:2",	":::",	      "x",	   "10.0.0.01", "0x0a.0.0.1"
	};
	struct ip a = { .family = AF_INET, .b = { 1, 2, 3, 4 } };

	for (size_t i = 0; i < array_size(bad); i++)
		ck_assert_msg(ip_parse(bad[i], &a) == -EINVAL, "\"%s\"", bad[i]);
	ck_assert_msg(a.b[3] == 4, "written on failure");
}
END_TEST

START_TEST(no_address_is_an_empty_text)
{
	struct ip none = { .family = AF_UNSPEC }, other = none, zero = { .family = AF_INET };
	char buf[IP_STR_MAX];

	ck_assert_str_eq(ip_format(&none, buf), "");
	ck_assert_uint_eq(ip_len(&none), 0);
	ck_assert(ip_equal(&none, &other));
	ck_assert(!ip_equal(&none, &zero));
}
END_TEST

START_TEST(ips_of_two_families_differ)
{
	struct ip a, b;

	ck_assert_int_eq(ip_parse("0.0.0.0", &a), 0);
	ck_assert_int_eq(ip_parse("::", &b), 0);
	ck_assert(!ip_equal(&a, &b));
	ck_assert_int_eq(ip_parse("::1", &a), 0);
	ck_assert(!ip_equal(&a, &b));
	ck_assert_int_eq(ip_parse("::", &a), 0);
	ck_assert(ip_equal(&a, &b));
}
END_TEST

START_TEST(cidr_keeps_the_host_bits)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "10.1.2.3/8", "10.1.2.3/8" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "10.0.0.1/32", "10.0.0.1/32" },
		{ "2001:db8::5/64", "2001:db8::5/64" },
		{ "::/0", "::/0" },
		{ "::1/128", "::1/128" },
		{ "::ffff:10.0.0.3/120", "10.0.0.3/24" },
	};

	for (size_t i = 0; i < array_size(rows); i++) {
		char buf[CIDR_STR_MAX];
		struct cidr c;

		ck_assert_msg(!cidr_parse(rows[i].in, &c), "%s", rows[i].in);
		ck_assert_str_eq(cidr_format(&c, buf), rows[i].out);
	}
}
END_TEST

START_TEST(what_is_no_cidr_is_refused)
{
	static const char *const bad[] = { "",
					   "10.0.0.1",
					   "10.0.0.1/",
					   "10.0.0.1/33",
					   "::/129",
					   "/8",
					   "10.0.0.1/-1",
					   "10.0.0.1/8/8",
					   "10.0.0.1/ 8",
					   "10.0.0.1/x",
					   "10.0.0.1/0x8",
					   "::ffff:10.0.0.1/24",
					   "10.0.0.1/4294967304" };
	struct cidr c = { .prefix = 5 };

	for (size_t i = 0; i < array_size(bad); i++)
		ck_assert_msg(cidr_parse(bad[i], &c) == -EINVAL, "\"%s\"", bad[i]);
	ck_assert_msg(c.prefix == 5, "written on failure");
}
END_TEST

START_TEST(cidr_is_equal_in_address_and_prefix)
{
	struct cidr a, b;

	ck_assert_int_eq(cidr_parse("10.0.0.1/8", &a), 0);
	ck_assert_int_eq(cidr_parse("10.0.0.1/9", &b), 0);
	ck_assert(!cidr_equal(&a, &b));
	ck_assert_int_eq(cidr_parse("10.0.0.2/8", &b), 0);
	ck_assert(!cidr_equal(&a, &b));
	ck_assert_int_eq(cidr_parse("10.0.0.1/8", &b), 0);
	ck_assert(cidr_equal(&a, &b));
}
END_TEST

START_TEST(interface_names_follow_cni_and_the_kernel)
{
	static const char *const good[] = { "eth0", "a",       "0123456789abcde", "a.b",
					    "...",  "net-1_x", "\xc3\xa4" };
	static const char *const bad[] = {
		"",
		".",
		"..",
		"0123456789abcdef",
		"a/b",
		"a:b",
		"a b",
		"a\n",
		"\t",
		"net%d",
		"a\x0b",
		"a\xc2\x85",
		"a\xc2\xa0",
		"\xe1\x9a\x80",
		"\xe2\x80\x80",
		"\xe2\x80\x8a",
		"\xe2\x80\xa8",
		"\xe2\x80\xaf",
		"\xe2\x81\x9f",
		"\xe3\x80\x80",
	};

	for (size_t i = 0; i < array_size(good); i++)
		ck_assert_msg(ifname_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < array_size(bad); i++)
		ck_assert_msg(!ifname_valid(bad[i]), "row %zu: \"%s\"", i, bad[i]);
	/* beside U+200A, a zero width space is none for Go */
	ck_assert(ifname_valid("\xe2\x80\x8b"));
}
END_TEST

START_TEST(rdma_device_names_are_plain)
{
	char name[IBDEV_NAME_MAX + 1];

	ck_assert(ibdev_name_valid("mlx5_0"));
	ck_assert(ibdev_name_valid("rocep3s0f0v1"));
	ck_assert(!ibdev_name_valid(""));
	ck_assert(!ibdev_name_valid("a/b"));
	ck_assert(!ibdev_name_valid("a b"));
	ck_assert(!ibdev_name_valid("."));
	ck_assert(!ibdev_name_valid(".."));
	memset(name, 'x', sizeof(name));
	name[IBDEV_NAME_MAX] = '\0';
	ck_assert(!ibdev_name_valid(name));
	name[IBDEV_NAME_MAX - 1] = '\0';
	ck_assert(ibdev_name_valid(name));
}
END_TEST

START_TEST(device_is_a_pci_address_or_an_auxiliary_name)
{
	struct devid d, other;

	ck_assert_int_eq(devid_parse("0000:AF:06.1", &d), 0);
	ck_assert_int_eq(d.bus, DEV_BUS_PCI);
	ck_assert_str_eq(d.name, "0000:af:06.1");
	ck_assert_int_eq(devid_parse("0000:af:06.1", &other), 0);
	ck_assert(devid_equal(&d, &other));
	ck_assert_int_eq(devid_parse("mlx5_core.sf.4", &d), 0);
	ck_assert_int_eq(d.bus, DEV_BUS_AUX);
	ck_assert_str_eq(d.name, "mlx5_core.sf.4");
	ck_assert(!devid_equal(&d, &other));
}
END_TEST

START_TEST(what_is_no_device_is_refused)
{
	static const char *const bad[] = {
		"",
		"17",
		"eth0",
		"af:06.1",
		"0000:af:06.8",
		"0000:af:06",
		"0000:ag:06.1",
		"0000:af:06.1 ",
		"../x.y",
		"a/b.c",
		"..",
		".x",
		"0000:af:06.1/..",
		"mlx5_core.sf.0123456789012345678901234567890123456789012345678901",
	};
	struct devid d = { .name = "kept" };

	for (size_t i = 0; i < array_size(bad); i++)
		ck_assert_msg(devid_parse(bad[i], &d) == -EINVAL, "\"%s\"", bad[i]);
	ck_assert_str_eq(d.name, "kept");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("types");
	TCase *tc = tcase_create("types");

	tcase_add_test(tc, mac_is_read_in_all_forms_of_go);
	tcase_add_test(tc, what_is_no_mac_is_refused);
	tcase_add_test(tc, mac_is_written_in_lower_case);
	tcase_add_test(tc, mac_of_a_station_is_neither_group_nor_zero);
	tcase_add_test(tc, ip_is_read_and_written_as_go_does);
	tcase_add_test(tc, what_is_no_ip_is_refused);
	tcase_add_test(tc, no_address_is_an_empty_text);
	tcase_add_test(tc, ips_of_two_families_differ);
	tcase_add_test(tc, cidr_keeps_the_host_bits);
	tcase_add_test(tc, what_is_no_cidr_is_refused);
	tcase_add_test(tc, cidr_is_equal_in_address_and_prefix);
	tcase_add_test(tc, interface_names_follow_cni_and_the_kernel);
	tcase_add_test(tc, rdma_device_names_are_plain);
	tcase_add_test(tc, device_is_a_pci_address_or_an_auxiliary_name);
	tcase_add_test(tc, what_is_no_device_is_refused);
	suite_add_tcase(suite, tc);
	return suite;
}
