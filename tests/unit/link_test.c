// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "kernel/link.h"
#include "kernel/nl_msg.h"
#include "kernel/wire.h"
#include "wire.h"

static const struct mac some_mac = { { 2, 0, 0, 0, 0, 0x77 } };

/* An RTM_NEWLINK with everything we read and something that we do not know. */
static struct nl_msg *link_answer(const char *parent)
{
	struct ifinfomsg ifi = { .ifi_index = 42,
				 .ifi_type = 1,
				 .ifi_flags = IFF_UP | IFF_RUNNING };
	struct nl_msg *m = nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	struct nlattr *nest;

	nla_put_string(m, IFLA_IFNAME, "ens1f0v3");
	nla_put(m, IFLA_ADDRESS, 6, some_mac.b);
	nla_put_u32(m, IFLA_MTU, 1500);
	nla_put_u32(m, IFLA_MIN_MTU, 68);
	nla_put_u32(m, IFLA_MAX_MTU, 9978);
	nla_put_u32(m, IFLA_MASTER, 7);
	nla_put_u32(m, IFLA_LINK, 9);
	nla_put_u8(m, IFLA_OPERSTATE, 6);
	nla_put_string(m, IFLA_PARENT_DEV_NAME, parent);
	nla_put_u32(m, 4000, 1);
	nest = nla_nest_start(m, IFLA_PROP_LIST);
	nla_put_string(m, IFLA_ALT_IFNAME, "enp129s0f0v3");
	nla_put_string(m, IFLA_ALT_IFNAME, "a-name-longer-than-fifteen-bytes");
	nla_nest_end(m, nest);
	return m;
}

static int read_answer(struct nl_msg *m, struct link *ret)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	int r = read_link(nlmsg_data(h), (size_t)nlmsg_datalen(h), ret);

	nlmsg_free(m);
	return r;
}

START_TEST(answer_is_read)
{
	struct link l;

	ck_assert_int_eq(read_answer(link_answer("0000:81:01.3"), &l), 0);
	ck_assert_int_eq(l.ifindex, 42);
	ck_assert_str_eq(l.name, "ens1f0v3");
	ck_assert_int_eq(l.addr_len, 6);
	ck_assert(mac_equal(&l.mac, &some_mac));
	ck_assert_uint_eq(l.flags, IFF_UP | IFF_RUNNING);
	ck_assert_uint_eq(l.type, 1);
	ck_assert_uint_eq(l.mtu, 1500);
	ck_assert_uint_eq(l.min_mtu, 68);
	ck_assert_uint_eq(l.max_mtu, 9978);
	ck_assert_int_eq(l.master, 7);
	ck_assert_int_eq(l.lower, 9);
	ck_assert_uint_eq(l.operstate, 6);
	ck_assert_str_eq(l.parent, "0000:81:01.3");
	ck_assert_uint_eq(l.n_altnames, 2);
	ck_assert_str_eq(l.altnames[0], "enp129s0f0v3");
	ck_assert_str_eq(l.altnames[1], "a-name-longer-than-fifteen-bytes");
}
END_TEST

START_TEST(parent_that_is_too_long_is_no_parent)
{
	char parent[100];
	struct link l;

	memset(parent, 'x', sizeof(parent));
	parent[sizeof(parent) - 1] = '\0';
	ck_assert_int_eq(read_answer(link_answer(parent), &l), 0);
	ck_assert_str_eq(l.parent, "");
}
END_TEST

START_TEST(lower_interface_of_another_namespace_is_none)
{
	struct nl_msg *m = link_answer("");
	struct link l;

	nla_put_u32(m, IFLA_LINK_NETNSID, 0);
	ck_assert_int_eq(read_answer(m, &l), 0);
	ck_assert_int_eq(l.lower, 0);
}
END_TEST

static const struct link_attrs some_attrs = {
	.have = LINK_TXQLEN | LINK_GROUP | LINK_ALIAS | LINK_BROADCAST | LINK_MODE | LINK_SIZES |
		LINK_IPV4_SIZES,
	.txqlen = 77,
	.group = 5,
	.alias = "storage",
	.broadcast = { { 1, 2, 3, 4, 5, 6 } },
	.mode = 1,
	.gso_max_size = 0x10000,
	.gso_max_segs = 0xffff,
	.gro_max_size = 0x20000,
	.gso_ipv4_max_size = 0x8000,
	.gro_ipv4_max_size = 0x4000,
};

/* As the kernel tells it: an array of all sysctls, of which one is ours. */
static void put_ipv6_conf(struct nl_msg *m, int32_t accept_dad, size_t n)
{
	int32_t conf[DEVCONF_MAX] = { 0 };
	struct nlattr *spec = nla_nest_start(m, IFLA_AF_SPEC), *inet6;

	conf[DEVCONF_ACCEPT_DAD] = accept_dad;
	inet6 = nla_nest_start(m, AF_INET6);
	nla_put(m, IFLA_INET6_CONF, (int)(n * sizeof(*conf)), conf);
	nla_nest_end(m, inet6);
	nla_nest_end(m, spec);
}

/* What is written is what is read: the same attributes go both ways. */
START_TEST(attributes_come_back_as_they_were_written)
{
	struct nl_msg *m = make_link_attrs(5, &some_attrs);
	struct link_attrs a;
	struct link l;

	nla_put_string(m, IFLA_IFNAME, "ens1f0v3");
	put_ipv6_conf(m, -1, DEVCONF_MAX);
	ck_assert_int_eq(read_answer(m, &l), 0);
	ck_assert_uint_eq(l.attrs.have, some_attrs.have | LINK_ACCEPT_DAD);
	ck_assert_int_eq(l.attrs.accept_dad, -1);
	a = l.attrs;
	a.have = some_attrs.have;
	a.accept_dad = 0;
	ck_assert_mem_eq(&a, &some_attrs, sizeof(a));
}
END_TEST

START_TEST(attributes_that_are_not_told)
{
	struct ifinfomsg ifi = { .ifi_index = 1 };
	struct nl_msg *m = nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	struct link l;

	nla_put_string(m, IFLA_IFNAME, "eth0");
	/* a kernel that knows fewer sysctls, and one attribute of a pair */
	put_ipv6_conf(m, -1, DEVCONF_ACCEPT_DAD);
	nla_put_u32(m, 63, 1);
	nla_put_u32(m, IFLA_GSO_MAX_SIZE, 1);
	ck_assert_int_eq(read_answer(m, &l), 0);
	/* no alias is told by silence */
	ck_assert_uint_eq(l.attrs.have, LINK_ALIAS);
	ck_assert_str_eq(l.attrs.alias, "");
}
END_TEST

START_TEST(an_empty_alias_has_no_bytes)
{
	struct link_attrs a = { .have = LINK_ALIAS };

	assert_bytes(make_link_attrs(5, &a), "24000000130000000000000000000000"
					     "00000000050000000000000000000000"
					     "04001400");
}
END_TEST

START_TEST(infiniband_address_is_not_a_mac)
{
	static const uint8_t lid[20] = { 1, 2, 3 };
	struct ifinfomsg ifi = { .ifi_index = 1, .ifi_type = 32 };
	struct nl_msg *m = nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	struct link l;

	nla_put_string(m, IFLA_IFNAME, "ib0");
	nla_put(m, IFLA_ADDRESS, sizeof(lid), lid);
	ck_assert_int_eq(read_answer(m, &l), 0);
	ck_assert_int_eq(l.addr_len, 20);
	ck_assert(mac_is_zero(&l.mac));
}
END_TEST

START_TEST(altnames_beyond_our_room_are_left_out)
{
	struct ifinfomsg ifi = { .ifi_index = 1 };
	struct nl_msg *m = nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	struct nlattr *nest;
	struct link l;

	nla_put_string(m, IFLA_IFNAME, "eth0");
	nest = nla_nest_start(m, IFLA_PROP_LIST);
	for (int i = 0; i < LINK_ALTNAMES_MAX + 3; i++)
		ck_assert_int_eq(nla_put_string(m, IFLA_ALT_IFNAME, "alternative"), 0);
	nla_nest_end(m, nest);
	ck_assert_int_eq(read_answer(m, &l), 0);
	ck_assert_uint_eq(l.n_altnames, LINK_ALTNAMES_MAX);
}
END_TEST

START_TEST(answer_without_name_is_malformed)
{
	struct ifinfomsg ifi = { .ifi_index = 1 };
	struct link l;

	ck_assert_int_eq(read_answer(nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi)), &l), -EBADMSG);
	ck_assert_int_eq(read_answer(nl_msg_new(RTM_NEWLINK, 0, &ifi, 8), &l), -EBADMSG);
}
END_TEST

static void read_any(const void *data, size_t len)
{
	struct link l;

	if (read_link(data, len, &l))
		return;
	ck_assert_uint_lt(strlen(l.name), sizeof(l.name));
	ck_assert_uint_lt(strlen(l.parent), sizeof(l.parent));
	ck_assert_uint_lt(strlen(l.attrs.alias), sizeof(l.attrs.alias));
	for (size_t i = 0; i < l.n_altnames; i++)
		ck_assert_uint_lt(strlen(l.altnames[i]), LINK_ALTNAME_MAX);
}

START_TEST(no_bytes_are_dangerous)
{
	struct nl_msg *m = link_answer("0000:81:01.3");
	struct nlmsghdr *h = nlmsg_hdr(m);

	read_mangled(nlmsg_data(h), (size_t)nlmsg_datalen(h), read_any);
	nlmsg_free(m);
}
END_TEST

START_TEST(get_asks_for_no_statistics)
{
	/* by index */
	assert_bytes(make_getlink(5, NULL, RTEXT_FILTER_SKIP_STATS),
		     "28000000120000000000000000000000"
		     "00000000050000000000000000000000"
		     "08001d0008000000");
	/* by name */
	assert_bytes(make_getlink(0, "net1", RTEXT_FILTER_SKIP_STATS),
		     "34000000120000000000000000000000"
		     "00000000000000000000000000000000"
		     "08001d0008000000"
		     "090003006e65743100000000");
	/* by a name that only fits an alternative name */
	assert_bytes(make_getlink(0, "sixteen-bytes-ab", RTEXT_FILTER_SKIP_STATS),
		     "40000000120000000000000000000000"
		     "00000000000000000000000000000000"
		     "08001d0008000000"
		     "150035007369787465656e2d62797465732d616200000000");
}
END_TEST

START_TEST(one_message_moves_renames_and_configures)
{
	struct link_change c = { .netns_fd = 9,
				 .name = "net1",
				 .mac = &some_mac,
				 .mtu = 9000,
				 .flags = IFF_UP | IFF_PROMISC,
				 .flags_mask = IFF_UP,
				 .arp_notify = true };

	assert_bytes(make_setlink(5, &c), "5c000000130000000000000000000000"
					  "00000000050000000100000001000000"
					  "08001c0009000000"
					  "090003006e65743100000000"
					  "0a000100020000000077"
					  "0000"
					  "0800040028230000"
					  "14001a80"
					  "10000280"
					  "0c000180"
					  "0800160001000000");
}
END_TEST

START_TEST(unset_members_are_not_sent)
{
	struct link_change c = LINK_CHANGE_NONE;

	assert_bytes(make_setlink(5, &c), "20000000130000000000000000000000"
					  "00000000050000000000000000000000");
	/* 0 is a descriptor */
	c.netns_fd = 0;
	assert_bytes(make_setlink(5, &c), "28000000130000000000000000000000"
					  "00000000050000000000000000000000"
					  "08001c0000000000");
}
END_TEST

START_TEST(altname_and_delete)
{
	assert_bytes(make_altname(RTM_NEWLINKPROP, 5, "alt"), "2c0000006c0000000000000000000000"
							      "00000000050000000000000000000000"
							      "0c003480"
							      "08003500616c7400");
	assert_bytes(make_dellink(5), "20000000110000000000000000000000"
				      "00000000050000000000000000000000");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("link");
	TCase *t = tcase_create("wire");

	tcase_add_test(t, answer_is_read);
	tcase_add_test(t, parent_that_is_too_long_is_no_parent);
	tcase_add_test(t, lower_interface_of_another_namespace_is_none);
	tcase_add_test(t, attributes_come_back_as_they_were_written);
	tcase_add_test(t, attributes_that_are_not_told);
	tcase_add_test(t, an_empty_alias_has_no_bytes);
	tcase_add_test(t, infiniband_address_is_not_a_mac);
	tcase_add_test(t, altnames_beyond_our_room_are_left_out);
	tcase_add_test(t, answer_without_name_is_malformed);
	tcase_add_test(t, no_bytes_are_dangerous);
	tcase_add_test(t, get_asks_for_no_statistics);
	tcase_add_test(t, one_message_moves_renames_and_configures);
	tcase_add_test(t, unset_members_are_not_sent);
	tcase_add_test(t, altname_and_delete);
	suite_add_tcase(s, t);
	return s;
}
