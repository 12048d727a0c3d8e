// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/vf.h"
#include "kernel/wire.h"
#include "wire.h"

/* What rtnl_fill_vfinfo() writes for a VF, in its order. */
static void put_vf(struct nl_msg *m, uint32_t vf, uint32_t told)
{
	struct ifla_vf_mac mac = { .vf = vf, .mac = { 2, 0, 0, 0, 1, (uint8_t)vf } };
	struct ifla_vf_vlan vlan = { .vf = vf, .vlan = 100 + vf, .qos = 3 };
	struct ifla_vf_vlan_info info = {
		.vf = vf, .vlan = 100 + vf, .qos = 3, .vlan_proto = htons(0x88a8)
	};
	struct ifla_vf_rate rate = { .vf = vf, .min_tx_rate = 10, .max_tx_rate = 1000 };
	struct ifla_vf_tx_rate tx_rate = { .vf = vf, .rate = 1000 };
	struct ifla_vf_spoofchk spoofchk = { .vf = vf, .setting = told };
	struct ifla_vf_link_state state = { .vf = vf, .link_state = IFLA_VF_LINK_STATE_DISABLE };
	struct ifla_vf_trust trust = { .vf = vf, .setting = told };
	struct nlattr *nest = nla_nest_start(m, IFLA_VF_INFO), *list;

	nla_put(m, IFLA_VF_MAC, sizeof(mac), &mac);
	nla_put(m, IFLA_VF_VLAN, sizeof(vlan), &vlan);
	nla_put(m, IFLA_VF_RATE, sizeof(rate), &rate);
	nla_put(m, IFLA_VF_TX_RATE, sizeof(tx_rate), &tx_rate);
	nla_put(m, IFLA_VF_SPOOFCHK, sizeof(spoofchk), &spoofchk);
	nla_put(m, IFLA_VF_LINK_STATE, sizeof(state), &state);
	nla_put(m, IFLA_VF_TRUST, sizeof(trust), &trust);
	list = nla_nest_start(m, IFLA_VF_VLAN_LIST);
	nla_put(m, IFLA_VF_VLAN_INFO, sizeof(info), &info);
	nla_nest_end(m, list);
	nla_nest_end(m, nest);
}

/* VFs 0, 1 and 3: the driver's callback failed for number 2. */
static struct nl_msg *pf_answer(uint32_t told)
{
	struct ifinfomsg ifi = { .ifi_index = 4 };
	struct nl_msg *m = nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	struct nlattr *list;

	nla_put_string(m, IFLA_IFNAME, "ens1f0");
	nla_put_u32(m, IFLA_NUM_VF, 4);
	list = nla_nest_start(m, IFLA_VFINFO_LIST);
	put_vf(m, 0, told);
	put_vf(m, 1, told);
	put_vf(m, 3, told);
	nla_nest_end(m, list);
	return m;
}

static int read_answer(struct nl_msg *m, unsigned vf, struct vf_attrs *ret)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	int r = read_vf(nlmsg_data(h), (size_t)nlmsg_datalen(h), vf, ret);

	nlmsg_free(m);
	return r;
}

START_TEST(vf_is_found_by_number)
{
	struct vf_attrs a;

	ck_assert_int_eq(read_answer(pf_answer(1), 3, &a), 0);
	ck_assert_uint_eq(a.have,
			  VF_MAC | VF_VLAN | VF_RATE | VF_SPOOFCHK | VF_LINK_STATE | VF_TRUST);
	ck_assert_uint_eq(a.mac.b[5], 3);
	ck_assert_uint_eq(a.vlan, 103);
	ck_assert_uint_eq(a.qos, 3);
	ck_assert_uint_eq(a.vlan_proto, 0x88a8);
	ck_assert_uint_eq(a.min_tx_rate, 10);
	ck_assert_uint_eq(a.max_tx_rate, 1000);
	ck_assert(a.spoofchk);
	ck_assert(a.trust);
	ck_assert_int_eq(a.link_state, VF_LINK_DISABLE);
}
END_TEST

START_TEST(vf_left_out_has_nothing)
{
	struct vf_attrs a;

	ck_assert_int_eq(read_answer(pf_answer(1), 2, &a), 0);
	ck_assert_uint_eq(a.have, 0);
	ck_assert_int_eq(read_answer(pf_answer(1), 4, &a), 0);
	ck_assert_uint_eq(a.have, 0);
}
END_TEST

START_TEST(what_the_driver_does_not_tell_is_not_had)
{
	struct vf_attrs a;

	ck_assert_int_eq(read_answer(pf_answer(UINT32_MAX), 0, &a), 0);
	ck_assert_uint_eq(a.have, VF_MAC | VF_VLAN | VF_RATE | VF_LINK_STATE);
	ck_assert_int_eq(read_answer(pf_answer(0), 0, &a), 0);
	ck_assert_uint_eq(a.have & (VF_SPOOFCHK | VF_TRUST), VF_SPOOFCHK | VF_TRUST);
	ck_assert(!a.spoofchk && !a.trust);
}
END_TEST

START_TEST(interface_without_vfs_tells_nothing)
{
	struct ifinfomsg ifi = { .ifi_index = 4 };
	struct vf_attrs a;

	ck_assert_int_eq(read_answer(nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi)), 0, &a), 0);
	ck_assert_uint_eq(a.have, 0);
}
END_TEST

START_TEST(short_struct_is_malformed)
{
	struct ifinfomsg ifi = { .ifi_index = 4 };
	struct nl_msg *m = nl_msg_new(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	struct nlattr *list = nla_nest_start(m, IFLA_VFINFO_LIST);
	struct nlattr *info = nla_nest_start(m, IFLA_VF_INFO);
	struct vf_attrs a;

	nla_put(m, IFLA_VF_MAC, 8, "\0\0\0\0\2\0\0\0");
	nla_nest_end(m, info);
	nla_nest_end(m, list);
	ck_assert_int_eq(read_answer(m, 0, &a), -EBADMSG);
}
END_TEST

static void read_any(const void *data, size_t len)
{
	struct vf_attrs a;

	for (unsigned vf = 0; vf < 4; vf++)
		if (!read_vf(data, len, vf, &a))
			ck_assert_int_le(a.link_state, VF_LINK_DISABLE);
}

START_TEST(no_bytes_are_dangerous)
{
	struct nl_msg *m = pf_answer(1);
	struct nlmsghdr *h = nlmsg_hdr(m);

	read_mangled(nlmsg_data(h), (size_t)nlmsg_datalen(h), read_any);
	nlmsg_free(m);
}
END_TEST

#define SETVF_HEAD(total, list, info)                                                              \
	total "000000130000000000000000000000"                                                     \
	      "00000000040000000000000000000000" list "001680" info "000180"

START_TEST(only_what_is_had_is_sent)
{
	struct vf_attrs a = { .have = VF_TRUST, .trust = true, .vlan = 7 };

	assert_bytes(make_setvf(4, 3, &a), SETVF_HEAD("34", "14", "10") "0c0009000300000001000000");
}
END_TEST

START_TEST(vlan_protocol_is_in_network_order)
{
	struct vf_attrs a = { .have = VF_VLAN, .vlan = 100, .qos = 5, .vlan_proto = 0x8100 };

	assert_bytes(make_setvf(4, 3, &a),
		     SETVF_HEAD("40", "20", "1c") "18000c80"
						  "14000100"
						  "03000000640000000500000081000000");
}
END_TEST

START_TEST(all_attributes_in_one_message)
{
	struct vf_attrs a = { .have = VF_MAC | VF_RATE | VF_SPOOFCHK | VF_LINK_STATE,
			      .mac = { { 2, 0, 0, 0, 0, 9 } },
			      .min_tx_rate = 1,
			      .max_tx_rate = 2,
			      .link_state = VF_LINK_ENABLE };

	assert_bytes(
		make_setvf(4, 3, &a),
		SETVF_HEAD("78", "58", "54") "28000100"
					     "03000000020000000009"
					     "0000000000000000000000000000000000000000000000000000"
					     "100006000300000001000000"
					     "02000000"
					     "0c0004000300000000000000"
					     "0c0005000300000001000000");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("vf");
	TCase *t = tcase_create("wire");

	tcase_add_test(t, vf_is_found_by_number);
	tcase_add_test(t, vf_left_out_has_nothing);
	tcase_add_test(t, what_the_driver_does_not_tell_is_not_had);
	tcase_add_test(t, interface_without_vfs_tells_nothing);
	tcase_add_test(t, short_struct_is_malformed);
	tcase_add_test(t, no_bytes_are_dangerous);
	tcase_add_test(t, only_what_is_had_is_sent);
	tcase_add_test(t, vlan_protocol_is_in_network_order);
	tcase_add_test(t, all_attributes_in_one_message);
	suite_add_tcase(s, t);
	return s;
}
