// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include <linux/if_ether.h>
#include <string.h>

#include "props.h"
#include "unit.h"

static const struct mac wanted = { { 2, 0, 0, 0, 0, 1 } };
static const struct mac own = { { 2, 0, 0, 0, 0, 2 } };

static struct sriov_conf conf;
static struct world w;
static struct plan plan;

/* A VF with an interface, and nothing asked for. */
static void set_up(void)
{
	conf = (struct sriov_conf){ .has_device = true };
	w = (struct world){ .conf = &conf, .ifname = "net1" };
	w.fn.is_vf = true;
	w.link.mac = own;
	w.link.mtu = 1500;
	w.link.flags = IFF_BROADCAST | IFF_MULTICAST;
	w.pod.ns.id.dev = 4;
	w.pod.ns.id.ino = 4026532261;
	w.pod.ns.id.cookie = 77;
}

static void ask_for_all(void)
{
	conf.has_mac = true;
	conf.mac = wanted;
	conf.mtu = 9000;
	conf.promisc = true;
	conf.all_multicast = true;
	conf.vf = (struct vf_attrs){
		.have = VF_MAC | VF_VLAN | VF_RATE | VF_SPOOFCHK | VF_TRUST | VF_LINK_STATE,
		.mac = wanted,
		.vlan = 100,
		.qos = 3,
		.vlan_proto = ETH_P_8021AD,
		.min_tx_rate = 10,
		.max_tx_rate = 20,
		.trust = true,
		.link_state = VF_LINK_ENABLE,
	};
}

/* The names of the plan's steps, joined. */
static const char *names(void)
{
	static char buf[512];

	plan_make(&conf, &w, &plan);
	buf[0] = '\0';
	for (size_t i = 0; i < plan.n; i++)
		add_word(buf, sizeof(buf), plan.steps[i].prop->name);
	return buf;
}

static const struct value *want(const char *name)
{
	plan_make(&conf, &w, &plan);
	for (size_t i = 0; i < plan.n; i++)
		if (!strcmp(plan.steps[i].prop->name, name))
			return &plan.steps[i].want;
	ck_abort_msg("%s is not in the plan", name);
}

static void assert_want(const char *name, struct value v)
{
	ck_assert_msg(value_equal(want(name), &v), "%s", name);
	ck_assert_int_eq(want(name)->type, prop_find(&sriov_props, name)->type);
}

#define MOVED  "netdev.place netdev.mac netdev.mtu netdev.flags "
#define NETDEV "netdev.altnames " MOVED
#define ATTRS                                                                                      \
	"netdev.txqlen netdev.group netdev.alias netdev.broadcast netdev.mode netdev.sizes "       \
	"netdev.ipv4_sizes netdev.accept_dad "
#define ALL_VF "vf.mac vf.vlan vf.rate vf.spoofchk vf.trust vf.link_state "

START_TEST(what_was_not_asked_for_is_not_touched_on_the_pf)
{
	ck_assert_str_eq(names(), NETDEV);
}
END_TEST

START_TEST(all_that_can_be_asked_for_is_planned_in_the_order_of_the_table)
{
	ask_for_all();
	w.link.attrs.have = ~0U;
	ck_assert_str_eq(names(), ALL_VF "netdev.altnames " ATTRS MOVED);
	ck_assert_uint_eq(plan.n, sriov_props.n);
	for (size_t i = 0; i < plan.n; i++)
		ck_assert_ptr_eq(plan.steps[i].prop, &sriov_props.props[i]);
	ck_assert_uint_le(sriov_props.n, PLAN_MAX);
}
END_TEST

static const struct {
	unsigned have;
	const char *name;
} single[] = {
	{ VF_MAC, "vf.mac " },	   { VF_VLAN, "vf.vlan " },
	{ VF_RATE, "vf.rate " },   { VF_SPOOFCHK, "vf.spoofchk " },
	{ VF_TRUST, "vf.trust " }, { VF_LINK_STATE, "vf.link_state " },
};

START_TEST(each_attribute_is_planned_for_itself)
{
	char expected[128];

	conf.vf.have = single[_i].have;
	ck_assert_int_eq(str_printf(expected, sizeof(expected), "%s" NETDEV, single[_i].name), 0);
	ck_assert_str_eq(names(), expected);
}
END_TEST

START_TEST(the_values_are_those_of_the_configuration)
{
	ask_for_all();
	assert_want("vf.mac", value_mac(&wanted));
	assert_want("vf.vlan", value_numbers(100, 3, ETH_P_8021AD));
	assert_want("vf.rate", value_numbers(10, 20, 0));
	assert_want("vf.spoofchk", value_bool(false));
	assert_want("vf.trust", value_bool(true));
	assert_want("vf.link_state", value_number(VF_LINK_ENABLE));
	assert_want("netdev.mac", value_mac(&wanted));
	assert_want("netdev.mtu", value_number(9000));
	assert_want("netdev.flags",
		    value_number(IFF_UP | IFF_MULTICAST | IFF_PROMISC | IFF_ALLMULTI));
}
END_TEST

START_TEST(clearing_is_asking_for_0)
{
	conf.vf.have = VF_VLAN | VF_RATE;
	conf.vf.vlan_proto = ETH_P_8021Q;
	assert_want("vf.vlan", value_numbers(0, 0, ETH_P_8021Q));
	assert_want("vf.rate", value_numbers(0, 0, 0));
}
END_TEST

START_TEST(what_the_pod_could_change_is_planned_as_it_is)
{
	assert_want("netdev.mac", value_mac(&own));
	assert_want("netdev.mtu", value_number(1500));
	assert_want("netdev.flags", value_number(IFF_UP | IFF_MULTICAST));
	assert_want("netdev.altnames", (struct value){ .type = VALUE_NAMES });
}
END_TEST

START_TEST(what_a_pod_could_leave_behind_is_planned_as_it_is)
{
	w.link.attrs = (struct link_attrs){ .have = ~0U,
					    .txqlen = 10,
					    .group = 11,
					    .alias = "a",
					    .broadcast = wanted,
					    .mode = 1,
					    .gso_max_size = 12,
					    .gso_max_segs = 13,
					    .gro_max_size = 14,
					    .gso_ipv4_max_size = 15,
					    .gro_ipv4_max_size = 16,
					    .accept_dad = -1 };
	assert_want("netdev.txqlen", value_number(10));
	assert_want("netdev.group", value_number(11));
	assert_want("netdev.alias", value_text("a"));
	assert_want("netdev.broadcast", value_mac(&wanted));
	assert_want("netdev.mode", value_number(1));
	assert_want("netdev.sizes", value_numbers(12, 13, 14));
	assert_want("netdev.ipv4_sizes", value_numbers(15, 16, 0));
	assert_want("netdev.accept_dad", value_number(UINT32_MAX));
}
END_TEST

START_TEST(flags_that_the_kernel_keeps_for_itself_are_not_planned)
{
	w.link.flags = ~0U;
	assert_want("netdev.flags", value_number(NETDEV_FLAGS));
}
END_TEST

START_TEST(the_interface_goes_to_the_pod_under_its_name_there)
{
	struct value place = { .type = VALUE_PLACE, .place = { 4, 4026532261, 77, "net1" } };

	assert_want("netdev.place", place);
}
END_TEST

START_TEST(a_userspace_device_has_no_interface_to_plan)
{
	w.userspace = true;
	ck_assert_str_eq(names(), "");
	ask_for_all();
	ck_assert_str_eq(names(), ALL_VF);
}
END_TEST

START_TEST(a_device_that_is_no_vf_has_no_pf_to_tell)
{
	ask_for_all();
	w.fn.is_vf = false;
	ck_assert_str_eq(names(), NETDEV);
	assert_want("netdev.mac", value_mac(&wanted));
}
END_TEST

START_TEST(a_plan_is_made_anew)
{
	plan.n = PLAN_MAX;
	plan_make(&conf, &w, &plan);
	ck_assert_uint_eq(plan.n, 5);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("sriov_plan");
	TCase *tc = tcase_create("sriov_plan");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, what_was_not_asked_for_is_not_touched_on_the_pf);
	tcase_add_test(tc, all_that_can_be_asked_for_is_planned_in_the_order_of_the_table);
	tcase_add_loop_test(tc, each_attribute_is_planned_for_itself, 0, (int)array_size(single));
	tcase_add_test(tc, the_values_are_those_of_the_configuration);
	tcase_add_test(tc, clearing_is_asking_for_0);
	tcase_add_test(tc, what_the_pod_could_change_is_planned_as_it_is);
	tcase_add_test(tc, what_a_pod_could_leave_behind_is_planned_as_it_is);
	tcase_add_test(tc, flags_that_the_kernel_keeps_for_itself_are_not_planned);
	tcase_add_test(tc, the_interface_goes_to_the_pod_under_its_name_there);
	tcase_add_test(tc, a_userspace_device_has_no_interface_to_plan);
	tcase_add_test(tc, a_device_that_is_no_vf_has_no_pf_to_tell);
	tcase_add_test(tc, a_plan_is_made_anew);
	suite_add_tcase(suite, tc);
	return suite;
}
