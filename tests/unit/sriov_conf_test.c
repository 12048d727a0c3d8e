// SPDX-License-Identifier: Apache-2.0
/* Keys and their values; sriov_conf_more_test.c has sources, habits of Go and the loose parser. */
#include "conf.h"

#include <linux/if_ether.h>

#define CONF sriov_conf
#include "conf_run.inc"

START_TEST(a_device_alone_leaves_everything_untouched)
{
	accepts("");
	ck_assert(conf.has_device);
	ck_assert_str_eq(conf.device.name, "0000:81:00.3");
	ck_assert_uint_eq(conf.vf.have, 0);
	ck_assert(!conf.has_mac && !conf.all_multicast && !conf.promisc);
	ck_assert_uint_eq(conf.mtu, 0);
	ck_assert_str_eq(conf.ipam, "");
	ck_assert_ptr_null(conf.device_info);
	ck_assert_ptr_null(conf.log_level);
	ck_assert_ptr_null(conf.log_file);
	assert_nothing_logged();
}
END_TEST

START_TEST(every_key_arrives_in_its_place)
{
	accepts(",'vlan':100,'vlanQoS':3,'vlanProto':'802.1ad','mac':'02:00:00:00:00:01',"
		"'min_tx_rate':10,'max_tx_rate':20,'spoofchk':'off','trust':'on',"
		"'link_state':'enable','mtu':9000,'allMulticast':true,'promisc':true,"
		"'ipam':{'type':'host-local','x':1},'logLevel':'debug','logFile':'/l',"
		"'runtimeConfig':{'CNIDeviceInfoFile':'/f'}");
	ck_assert_uint_eq(conf.vf.have,
			  VF_MAC | VF_VLAN | VF_RATE | VF_SPOOFCHK | VF_LINK_STATE | VF_TRUST);
	ck_assert_uint_eq(conf.vf.vlan, 100);
	ck_assert_uint_eq(conf.vf.qos, 3);
	ck_assert_uint_eq(conf.vf.vlan_proto, ETH_P_8021AD);
	ck_assert_uint_eq(conf.vf.min_tx_rate, 10);
	ck_assert_uint_eq(conf.vf.max_tx_rate, 20);
	ck_assert(!conf.vf.spoofchk && conf.vf.trust);
	ck_assert_int_eq(conf.vf.link_state, VF_LINK_ENABLE);
	ck_assert(conf.has_mac && mac_equal(&conf.mac, &conf.vf.mac));
	ck_assert_uint_eq(conf.mac.b[5], 1);
	ck_assert_uint_eq(conf.mtu, 9000);
	ck_assert(conf.all_multicast && conf.promisc);
	ck_assert_str_eq(conf.ipam, "host-local");
	ck_assert_str_eq(conf.device_info, "/f");
	ck_assert_str_eq(conf.log_level, "debug");
	ck_assert_str_eq(conf.log_file, "/l");
	assert_nothing_logged();
}
END_TEST

static const struct {
	const char *keys;
	unsigned vlan, qos, proto;
} vlans[] = {
	{ ",'vlan':0", 0, 0, ETH_P_8021Q },
	{ ",'vlan':4094", 4094, 0, ETH_P_8021Q },
	{ ",'vlan':0,'vlanQoS':0", 0, 0, ETH_P_8021Q },
	{ ",'vlan':1,'vlanQoS':7", 1, 7, ETH_P_8021Q },
	{ ",'vlan':1,'vlanQoS':null", 1, 0, ETH_P_8021Q },
	{ ",'vlan':0,'vlanProto':'802.1q'", 0, 0, ETH_P_8021Q },
	{ ",'vlan':1,'vlanProto':'802.1Q'", 1, 0, ETH_P_8021Q },
	{ ",'vlan':1,'vlanProto':'802.1AD'", 1, 0, ETH_P_8021AD },
	{ ",'vlan':1,'vlanProto':null", 1, 0, ETH_P_8021Q },
	{ ",'vlan':1,'vlanProto':''", 1, 0, ETH_P_8021Q },
};

START_TEST(vlans_that_work)
{
	accepts(vlans[_i].keys);
	ck_assert_uint_eq(conf.vf.have, VF_VLAN);
	ck_assert_uint_eq(conf.vf.vlan, vlans[_i].vlan);
	ck_assert_uint_eq(conf.vf.qos, vlans[_i].qos);
	ck_assert_uint_eq(conf.vf.vlan_proto, vlans[_i].proto);
}
END_TEST

static const struct {
	const char *keys;
	unsigned min, max;
} rates[] = {
	{ ",'min_tx_rate':0", 0, 0 },
	{ ",'max_tx_rate':0", 0, 0 },
	{ ",'min_tx_rate':10", 10, 0 },
	{ ",'max_tx_rate':10", 0, 10 },
	{ ",'min_tx_rate':10,'max_tx_rate':10", 10, 10 },
	{ ",'min_tx_rate':null,'max_tx_rate':10", 0, 10 },
	/* 0 is no limit */
	{ ",'min_tx_rate':10,'max_tx_rate':0", 10, 0 },
	{ ",'min_tx_rate':4294967295,'max_tx_rate':4294967295", UINT32_MAX, UINT32_MAX },
};

START_TEST(rates_that_work)
{
	accepts(rates[_i].keys);
	ck_assert_uint_eq(conf.vf.have, VF_RATE);
	ck_assert_uint_eq(conf.vf.min_tx_rate, rates[_i].min);
	ck_assert_uint_eq(conf.vf.max_tx_rate, rates[_i].max);
}
END_TEST

START_TEST(switches_are_on_or_off_in_any_case)
{
	accepts(",'spoofchk':'ON','trust':'Off'");
	ck_assert_uint_eq(conf.vf.have, VF_SPOOFCHK | VF_TRUST);
	ck_assert(conf.vf.spoofchk && !conf.vf.trust);
	accepts(",'spoofchk':'off','trust':'on'");
	ck_assert(!conf.vf.spoofchk && conf.vf.trust);
	accepts(",'spoofchk':'','trust':null");
	ck_assert_uint_eq(conf.vf.have, 0);
}
END_TEST

START_TEST(link_states_are_three)
{
	accepts(",'link_state':'auto'");
	ck_assert_int_eq(conf.vf.link_state, VF_LINK_AUTO);
	ck_assert_uint_eq(conf.vf.have, VF_LINK_STATE);
	accepts(",'link_state':'disable'");
	ck_assert_int_eq(conf.vf.link_state, VF_LINK_DISABLE);
	accepts(",'link_state':''");
	ck_assert_uint_eq(conf.vf.have, 0);
}
END_TEST

START_TEST(an_mtu_is_within_what_ipv4_needs_and_what_fits_0_leaves_it)
{
	accepts(",'mtu':68");
	ck_assert_uint_eq(conf.mtu, 68);
	accepts(",'mtu':65535");
	ck_assert_uint_eq(conf.mtu, 65535);
	accepts(",'mtu':0");
	ck_assert_uint_eq(conf.mtu, 0);
}
END_TEST

#define RANGE	 " invalid: value must be in the range "
#define MAC_HINT " invalid: want a unicast address like 02:00:00:00:00:01"

static const struct {
	const char *keys, *msg;
} bad[] = {
	{ ",'vlan':4095", "vlan 4095" RANGE "0-4094" },
	{ ",'vlan':-1", "vlan -1" RANGE "0-4094" },
	{ ",'vlan':9223372036854775807", "vlan 9223372036854775807" RANGE "0-4094" },
	{ ",'vlan':1,'vlanQoS':8", "vlanQoS 8" RANGE "0-7" },
	{ ",'vlan':1,'vlanQoS':-1", "vlanQoS -1" RANGE "0-7" },
	{ ",'vlanQoS':0", "vlanQoS is set without vlan: set vlan too (0 clears it)" },
	{ ",'vlan':null,'vlanQoS':3", "vlanQoS is set without vlan: set vlan too (0 clears it)" },
	{ ",'vlanProto':'802.1q'", "vlanProto is set without vlan: set vlan too (0 clears it)" },
	{ ",'vlan':0,'vlanQoS':1", "non-zero vlan must be configured to set a non-zero vlanQoS" },
	{ ",'vlan':0,'vlanProto':'802.1ad'",
	  "non-zero vlan must be configured to set vlanProto 802.1ad" },
	{ ",'vlan':1,'vlanProto':'802.1'",
	  "vlanProto 802.1 invalid: value must be '802.1Q' or '802.1ad'" },
	{ ",'min_tx_rate':-1", "min_tx_rate -1" RANGE "0-4294967295" },
	{ ",'max_tx_rate':4294967296", "max_tx_rate 4294967296" RANGE "0-4294967295" },
	{ ",'min_tx_rate':11,'max_tx_rate':10", "min_tx_rate 11 is greater than max_tx_rate 10" },
	{ ",'spoofchk':'yes'", "spoofchk \"yes\" invalid: value must be \"on\" or \"off\"" },
	{ ",'trust':'true'", "trust \"true\" invalid: value must be \"on\" or \"off\"" },
	{ ",'link_state':'up'", "invalid link_state value \"up\": use auto, enable or disable" },
	{ ",'link_state':'Auto'",
	  "invalid link_state value \"Auto\": use auto, enable or disable" },
	{ ",'mtu':67", "mtu 67" RANGE "68-65535" },
	{ ",'mtu':65536", "mtu 65536" RANGE "0-65535" },
	{ ",'mac':'02:00'", "mac \"02:00\"" MAC_HINT },
	{ ",'mac':'01:00:5e:00:00:01'", "mac \"01:00:5e:00:00:01\"" MAC_HINT },
	{ ",'mac':'00:00:00:00:00:00'", "mac \"00:00:00:00:00:00\"" MAC_HINT },
	{ ",'mac':'ff:ff:ff:ff:ff:ff'", "mac \"ff:ff:ff:ff:ff:ff\"" MAC_HINT },
	{ ",'mac':'02:00:00:00:00:01:02:03:04:05:06:07:08:09:0a'",
	  "mac \"02:00:00:00:00:01:02:03:04:05:06:07:08:0\"" MAC_HINT },
};

START_TEST(what_cannot_be_done_is_refused_with_the_remedy)
{
	refuses(bad[_i].keys, bad[_i].msg);
}
END_TEST

static const struct {
	const char *keys, *msg;
} wrong_types[] = {
	{ ",'vlan':'100'", "\"vlan\" must be a whole number, not a string" },
	{ ",'vlan':5.0", "\"vlan\" must be a whole number, not 5.0" },
	{ ",'vlan':1e2", "\"vlan\" must be a whole number, not 1e2" },
	{ ",'vlan':true", "\"vlan\" must be a whole number, not true or false" },
	{ ",'vlan':1,'vlanQoS':[]", "\"vlanQoS\" must be a whole number, not a list" },
	{ ",'vlan':1,'vlanProto':1", "\"vlanProto\" must be a string, not a number" },
	{ ",'mac':1", "\"mac\" must be a string, not a number" },
	{ ",'min_tx_rate':'1'", "\"min_tx_rate\" must be a whole number, not a string" },
	{ ",'max_tx_rate':{}", "\"max_tx_rate\" must be a whole number, not an object" },
	{ ",'spoofchk':true", "\"spoofchk\" must be a string, not true or false" },
	{ ",'trust':1", "\"trust\" must be a string, not a number" },
	{ ",'link_state':[]", "\"link_state\" must be a string, not a list" },
	{ ",'mtu':'1500'", "\"mtu\" must be a whole number, not a string" },
	{ ",'allMulticast':'on'", "\"allMulticast\" must be true or false, not a string" },
	{ ",'promisc':1", "\"promisc\" must be true or false, not a number" },
	{ ",'ipam':'dhcp'", "\"ipam\" must be an object, not a string" },
	{ ",'ipam':[]", "\"ipam\" must be an object, not a list" },
	{ ",'ipam':{'type':1}", "\"type\" must be a string, not a number" },
	{ ",'logLevel':1", "\"logLevel\" must be a string, not a number" },
	{ ",'logFile':{}", "\"logFile\" must be a string, not an object" },
	{ ",'runtimeConfig':'x'", "\"runtimeConfig\" must be an object, not a string" },
	{ ",'runtimeConfig':{'mac':1}", "\"mac\" must be a string, not a number" },
	{ ",'runtimeConfig':{'CNIDeviceInfoFile':1}",
	  "\"CNIDeviceInfoFile\" must be a string, not a number" },
	{ ",'deviceID':1", "\"deviceID\" must be a string, not a number" },
};

START_TEST(a_value_of_the_wrong_type_is_refused_and_nothing_written)
{
	static const struct sriov_conf nothing;

	refuses(wrong_types[_i].keys, wrong_types[_i].msg);
	ck_assert_mem_eq(&conf, &nothing, sizeof(conf));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("sriov_conf");
	TCase *tc = tcase_create("sriov_conf");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_device_alone_leaves_everything_untouched);
	tcase_add_test(tc, every_key_arrives_in_its_place);
	tcase_add_loop_test(tc, vlans_that_work, 0, (int)array_size(vlans));
	tcase_add_loop_test(tc, rates_that_work, 0, (int)array_size(rates));
	tcase_add_test(tc, switches_are_on_or_off_in_any_case);
	tcase_add_test(tc, link_states_are_three);
	tcase_add_test(tc, an_mtu_is_within_what_ipv4_needs_and_what_fits_0_leaves_it);
	tcase_add_loop_test(tc, what_cannot_be_done_is_refused_with_the_remedy, 0,
			    (int)array_size(bad));
	tcase_add_loop_test(tc, a_value_of_the_wrong_type_is_refused_and_nothing_written, 0,
			    (int)array_size(wrong_types));
	suite_add_tcase(suite, tc);
	return suite;
}
