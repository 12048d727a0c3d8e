// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/inet.h"
#include "kernel/nl_msg.h"
#include "kernel/wire.h"
#include "wire.h"

static struct cidr cidr(const char *s)
{
	struct cidr c;

	ck_assert_int_eq(cidr_parse(s, &c), 0);
	return c;
}

static struct ip ip(const char *s)
{
	struct ip a;

	ck_assert_int_eq(ip_parse(s, &a), 0);
	return a;
}

static void put_ip(struct nl_msg *m, int type, const char *s)
{
	struct ip a = ip(s);

	ck_assert_int_eq(nla_put(m, type, (int)ip_len(&a), a.b), 0);
}

START_TEST(address_has_a_broadcast)
{
	struct cidr c = cidr("10.9.0.5/20");

	assert_bytes(make_newaddr(3, &c), "30000000140000060000000000000000"
					  "0214000003000000"
					  "080002000a090005"
					  "080001000a090005"
					  "080004000a090fff");
}
END_TEST

START_TEST(address_without_broadcast)
{
	struct cidr p2p = cidr("10.9.0.4/31"), v6 = cidr("fd00::5/64");

	assert_bytes(make_newaddr(3, &p2p), "28000000140000060000000000000000"
					    "021f000003000000"
					    "080002000a090004"
					    "080001000a090004");
	assert_bytes(make_newaddr(3, &v6), "40000000140000060000000000000000"
					   "0a40040003000000" /* IFA_F_OPTIMISTIC */
					   "14000200fd000000000000000000000000000005"
					   "14000100fd000000000000000000000000000005");
}
END_TEST

START_TEST(default_route_has_a_destination)
{
	struct route r = { .dst = cidr("0.0.0.0/0"), .gw = ip("10.9.0.1") };

	assert_bytes(make_newroute(3, &r), "34000000180000040000000000000000"
					   "02000000fe03000100000000"
					   "0800010000000000"
					   "0800040003000000"
					   "080005000a090001");
}
END_TEST

START_TEST(route_with_everything)
{
	struct route r = { .dst = cidr("192.168.0.0/16"),
			   .gw = ip("10.9.0.1"),
			   .mtu = 1300,
			   .advmss = 1200,
			   .priority = 7,
			   .table = { true, 1000 },
			   .scope = { true, RT_SCOPE_SITE } };

	assert_bytes(make_newroute(3, &r), "58000000180000040000000000000000"
					   "021000000003c80100000000"
					   "08000100c0a80000"
					   "0800040003000000"
					   "080005000a090001"
					   "0800060007000000"
					   "08000f00e8030000"
					   "14000880"
					   "0800020014050000"
					   "08000800b0040000");
}
END_TEST

START_TEST(small_table_is_in_the_header)
{
	struct route r = { .dst = cidr("10.1.0.0/16"),
			   .table = { true, 255 },
			   .scope = { true, RT_SCOPE_LINK } };

	assert_bytes(make_newroute(3, &r), "2c000000180000040000000000000000"
					   "02100000ff03fd0100000000"
					   "080001000a010000"
					   "0800040003000000");
}
END_TEST

START_TEST(dumps_are_filtered)
{
	assert_bytes(make_getaddr(3, AF_INET6), "18000000160000000000000000000000"
						"0a00000003000000");
	assert_bytes(make_getroute(3, AF_INET), "240000001a0000000000000000000000"
						"020000000000000000000000"
						"0800040003000000");
}
END_TEST

static struct nl_msg *addr_answer(sa_family_t family, const char *local, const char *address,
				  uint32_t flags)
{
	struct ifaddrmsg ifa = { .ifa_family = (uint8_t)family,
				 .ifa_prefixlen = 24,
				 .ifa_flags = 0x80,
				 .ifa_index = 3 };
	struct nl_msg *m = nl_msg_new(RTM_NEWADDR, 0, &ifa, sizeof(ifa));

	put_ip(m, IFA_ADDRESS, address);
	if (local)
		put_ip(m, IFA_LOCAL, local);
	if (flags)
		nla_put_u32(m, IFA_FLAGS, flags);
	return m;
}

static int read_addr_answer(struct nl_msg *m, struct inet_addr *ret)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	int r = read_addr(nlmsg_data(h), (size_t)nlmsg_datalen(h), ret);

	nlmsg_free(m);
	return r;
}

START_TEST(address_is_the_local_one)
{
	struct cidr own = cidr("10.0.0.1/24"), v6 = cidr("fd00::1/24");
	struct inet_addr a;

	ck_assert_int_eq(read_addr_answer(addr_answer(AF_INET, "10.0.0.1", "10.0.0.2", 0), &a), 0);
	ck_assert(cidr_equal(&a.addr, &own));
	ck_assert_int_eq(a.ifindex, 3);
	ck_assert_uint_eq(a.flags, 0x80);
	/* flags beyond 8 bits only fit the attribute */
	ck_assert_int_eq(read_addr_answer(addr_answer(AF_INET6, NULL, "fd00::1", 0x2c0), &a), 0);
	ck_assert(cidr_equal(&a.addr, &v6));
	ck_assert_uint_eq(a.flags, 0x2c0);
}
END_TEST

START_TEST(address_of_the_wrong_size_is_malformed)
{
	struct inet_addr a;

	ck_assert_int_eq(read_addr_answer(addr_answer(AF_INET6, NULL, "10.0.0.1", 0), &a),
			 -EBADMSG);
	ck_assert_int_eq(read_addr_answer(addr_answer(AF_UNIX, NULL, "10.0.0.1", 0), &a), -EBADMSG);
}
END_TEST

static struct nl_msg *route_answer(struct rtmsg *rtm)
{
	struct nl_msg *m = nl_msg_new(RTM_NEWROUTE, 0, rtm, sizeof(*rtm));
	struct nlattr *nest;

	put_ip(m, RTA_DST, "192.168.0.0");
	put_ip(m, RTA_GATEWAY, "10.9.0.1");
	nla_put_u32(m, RTA_OIF, 3);
	nla_put_u32(m, RTA_TABLE, 1000);
	nla_put_u32(m, RTA_PRIORITY, 7);
	nest = nla_nest_start(m, RTA_METRICS);
	nla_put_u32(m, RTAX_MTU, 1300);
	nla_put_u32(m, RTAX_ADVMSS, 1200);
	nla_nest_end(m, nest);
	return m;
}

static int read_route_answer(struct nl_msg *m, int ifindex, struct route *ret, bool *out)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	int r = read_route(nlmsg_data(h), (size_t)nlmsg_datalen(h), ifindex, ret, out);

	nlmsg_free(m);
	return r;
}

START_TEST(route_is_read)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET, .rtm_dst_len = 16, .rtm_scope = 200, .rtm_type = RTN_UNICAST
	};
	struct cidr dst = cidr("192.168.0.0/16");
	struct ip gw = ip("10.9.0.1");
	struct route r;
	bool out;

	ck_assert_int_eq(read_route_answer(route_answer(&rtm), 3, &r, &out), 0);
	ck_assert(out);
	ck_assert(cidr_equal(&r.dst, &dst));
	ck_assert(ip_equal(&r.gw, &gw));
	ck_assert_uint_eq(r.table.v, 1000);
	ck_assert_uint_eq(r.scope.v, 200);
	ck_assert_uint_eq(r.priority, 7);
	ck_assert_uint_eq(r.mtu, 1300);
	ck_assert_uint_eq(r.advmss, 1200);
	ck_assert_int_eq(read_route_answer(route_answer(&rtm), 4, &r, &out), 0);
	ck_assert(!out);
}
END_TEST

START_TEST(other_kinds_of_route_do_not_count)
{
	struct rtmsg local = { .rtm_family = AF_INET, .rtm_dst_len = 16, .rtm_type = RTN_LOCAL };
	struct rtmsg cached = { .rtm_family = AF_INET,
				.rtm_dst_len = 16,
				.rtm_type = RTN_UNICAST,
				.rtm_flags = RTM_F_CLONED };
	struct route r;
	bool out;

	ck_assert_int_eq(read_route_answer(route_answer(&local), 3, &r, &out), 0);
	ck_assert(!out);
	ck_assert_int_eq(read_route_answer(route_answer(&cached), 3, &r, &out), 0);
	ck_assert(!out);
}
END_TEST

/* An IPv6 default route that the kernel joined from two interfaces. */
static struct nl_msg *paths_answer(void)
{
	struct rtmsg rtm = { .rtm_family = AF_INET6, .rtm_type = RTN_UNICAST };
	struct nl_msg *m = nl_msg_new(RTM_NEWROUTE, 0, &rtm, sizeof(rtm));
	struct nlattr *nest = nla_nest_start(m, RTA_MULTIPATH);

	for (int i = 2; i <= 3; i++) {
		struct rtnexthop hop = { .rtnh_len = sizeof(hop) + 20, .rtnh_ifindex = i };

		ck_assert_int_eq(nlmsg_append(m, &hop, sizeof(hop), 4), 0);
		put_ip(m, RTA_GATEWAY, i == 2 ? "fd00:2::1" : "fd00:3::1");
	}
	nla_nest_end(m, nest);
	return m;
}

START_TEST(one_of_several_paths_is_found)
{
	struct ip gw = ip("fd00:3::1");
	struct route r;
	bool out;

	ck_assert_int_eq(read_route_answer(paths_answer(), 3, &r, &out), 0);
	ck_assert(out);
	ck_assert(ip_equal(&r.gw, &gw));
	ck_assert_int_eq(r.dst.ip.family, AF_INET6);
	ck_assert_int_eq(read_route_answer(paths_answer(), 4, &r, &out), 0);
	ck_assert(!out);
}
END_TEST

static void read_any(const void *data, size_t len)
{
	struct inet_addr a;
	struct route r;
	bool out;

	(void)!read_addr(data, len, &a);
	(void)!read_route(data, len, 3, &r, &out);
}

START_TEST(no_bytes_are_dangerous)
{
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 16, .rtm_type = RTN_UNICAST };
	struct nl_msg *all[] = { addr_answer(AF_INET, "10.0.0.1", "10.0.0.1", 0x80),
				 route_answer(&rtm), paths_answer() };

	for (size_t i = 0; i < array_size(all); i++) {
		struct nlmsghdr *h = nlmsg_hdr(all[i]);

		read_mangled(nlmsg_data(h), (size_t)nlmsg_datalen(h), read_any);
		nlmsg_free(all[i]);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("inet");
	TCase *t = tcase_create("wire");

	tcase_add_test(t, address_has_a_broadcast);
	tcase_add_test(t, address_without_broadcast);
	tcase_add_test(t, default_route_has_a_destination);
	tcase_add_test(t, route_with_everything);
	tcase_add_test(t, small_table_is_in_the_header);
	tcase_add_test(t, dumps_are_filtered);
	tcase_add_test(t, address_is_the_local_one);
	tcase_add_test(t, address_of_the_wrong_size_is_malformed);
	tcase_add_test(t, route_is_read);
	tcase_add_test(t, other_kinds_of_route_do_not_count);
	tcase_add_test(t, one_of_several_paths_is_found);
	tcase_add_test(t, no_bytes_are_dangerous);
	suite_add_tcase(s, t);
	return s;
}
