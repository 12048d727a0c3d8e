// SPDX-License-Identifier: Apache-2.0
/* Where values come from, what Go's decoder accepts, misspelt keys, and the loose parser. */
#include "conf.h"

#define CONF sriov_conf
#include "conf_run.inc"

#define CONFIG_MAC  ",'mac':'02:00:00:00:00:01'"
#define ARGS_MAC    "MAC=02:00:00:00:00:02"
#define RUNTIME_MAC ",'runtimeConfig':{'mac':'02:00:00:00:00:03'}"

static const struct {
	const char *keys, *args;
	int want; /* last byte of the MAC; 0: none */
} macs[] = {
	{ "", "", 0 },
	{ CONFIG_MAC, "", 1 },
	{ "", ARGS_MAC, 2 },
	{ "", ARGS_MAC ";MAC=02:00:00:00:00:09", 9 },
	{ RUNTIME_MAC, "", 3 },
	{ CONFIG_MAC, ARGS_MAC, 2 },
	{ CONFIG_MAC, "MAC=", 1 },
	{ CONFIG_MAC RUNTIME_MAC, ARGS_MAC, 3 },
	{ CONFIG_MAC ",'runtimeConfig':{'mac':''}", ARGS_MAC, 2 },
	{ CONFIG_MAC ",'runtimeConfig':{'mac':null}", "", 1 },
	{ CONFIG_MAC ",'runtimeConfig':{}", "", 1 },
	{ CONFIG_MAC ",'runtimeConfig':null", "", 1 },
	{ ",'mac':''", "", 0 },
	{ ",'mac':null", "", 0 },
	{ ",'mac':'0200.0000.000a'", "", 10 },
	{ ",'mac':'02-00-00-00-00-0A'", "", 10 },
	/* keys of CNI_ARGS are case-sensitive */
	{ "", "IgnoreUnknown=1;mac=02:00:00:00:00:02", 0 },
	{ "", "K8S_POD_NAME=x;IgnoreUnknown=1;" ARGS_MAC, 2 },
	/* what is not used is not looked at */
	{ ",'mac':'nonsense'" RUNTIME_MAC, "MAC=nonsense", 3 },
};

START_TEST(the_runtime_knows_the_mac_best_then_the_args_then_the_configuration)
{
	call.args = macs[_i].args;
	accepts(macs[_i].keys);
	ck_assert_int_eq(conf.has_mac, macs[_i].want != 0);
	ck_assert_uint_eq(conf.vf.have, macs[_i].want ? VF_MAC : 0);
	if (macs[_i].want) {
		ck_assert_int_eq(conf.mac.b[5], macs[_i].want);
		ck_assert(mac_equal(&conf.mac, &conf.vf.mac));
	}
}
END_TEST

START_TEST(args_that_are_wrong_are_the_environments_fault)
{
	call.args = "MAC";
	ck_assert_int_eq(parse(""), -EINVAL);
	ck_assert_uint_eq(e.code, CNI_ERR_ENV);
	call.args = "FOO=1";
	ck_assert_int_eq(parse(""), -EINVAL);
	ck_assert_uint_eq(e.code, CNI_ERR_ENV);
	call.args = "MAC=02:00";
	ck_assert_int_eq(parse(""), -EINVAL);
	ck_assert_uint_eq(e.code, CNI_ERR_CONFIG);
}
END_TEST

START_TEST(without_a_device_the_place_to_look_is_told)
{
	ck_assert_int_eq(parse_all("{'name':'net','type':'sriov'}"), -EINVAL);
	ck_assert_uint_eq(e.code, CNI_ERR_CONFIG);
	ck_assert_str_eq(e.msg,
			 "VF pci addr is required: deviceID is missing; with Multus, check the "
			 "network's k8s.v1.cni.cncf.io/resourceName annotation and that the pod "
			 "requests that resource");
	ck_assert_int_eq(parse_all("{'deviceID':null}"), -EINVAL);
	ck_assert_int_eq(parse_all("{'deviceID':''}"), -EINVAL);
	ck_assert_int_eq(parse_all("{}"), -EINVAL);
}
END_TEST

START_TEST(keys_match_in_any_case)
{
	accepts(",'VLAN':7,'VlanQos':1,'SpoofChk':'on','MAC':'02:00:00:00:00:01',"
		"'RuntimeConfig':{'cniDeviceInfoFILE':'/f'}");
	ck_assert_uint_eq(conf.vf.vlan, 7);
	ck_assert_uint_eq(conf.vf.qos, 1);
	ck_assert(conf.vf.spoofchk && conf.has_mac);
	ck_assert_str_eq(conf.device_info, "/f");
	ck_assert_int_eq(parse_all("{'DeviceID':'0000:81:00.3'}"), 0);
	assert_nothing_logged();
}
END_TEST

START_TEST(of_keys_that_are_there_twice_the_last_wins)
{
	accepts(",'vlan':1,'vlan':2");
	ck_assert_uint_eq(conf.vf.vlan, 2);
	accepts(",'vlan':1,'VLAN':3");
	ck_assert_uint_eq(conf.vf.vlan, 3);
	accepts(",'vlan':1,'vlan':null");
	ck_assert_uint_eq(conf.vf.have, 0);
	accepts(",'vlan':'nonsense','vlan':4");
	ck_assert_uint_eq(conf.vf.vlan, 4);
}
END_TEST

START_TEST(null_is_absent_for_every_key)
{
	accepts(",'vlan':null,'vlanQoS':null,'vlanProto':null,'mac':null,'min_tx_rate':null,"
		"'max_tx_rate':null,'spoofchk':null,'trust':null,'link_state':null,'mtu':null,"
		"'allMulticast':null,'promisc':null,'ipam':null,'dns':null,'logLevel':null,"
		"'logFile':null,'runtimeConfig':null,'prevResult':null,'args':null");
	ck_assert_uint_eq(conf.vf.have, 0);
	ck_assert(!conf.has_mac && !conf.all_multicast && !conf.promisc);
	ck_assert_str_eq(conf.ipam, "");
	assert_nothing_logged();
}
END_TEST

START_TEST(an_ipam_without_type_is_none)
{
	accepts(",'ipam':{}");
	ck_assert_str_eq(conf.ipam, "");
	accepts(",'ipam':{'type':''}");
	ck_assert_str_eq(conf.ipam, "");
	accepts(",'ipam':{'type':null,'subnet':'10.0.0.0/24'}");
	ck_assert_str_eq(conf.ipam, "");
}
END_TEST

START_TEST(keys_of_the_go_plugins_innards_are_taken_without_a_word_and_without_effect)
{
	accepts(",'Master':'ens1f0','VFID':7,'OrigVfState':{'HostIFName':'x'},'dns':{},"
		"'capabilities':{'mac':true},'cniVersions':['1.0.0'],'disableCheck':true,"
		"'disableGC':false,'pciBusID':'0000:81:00.3','args':{'cni':{}},'prevResult':{},"
		"'cni.dev/valid-attachments':[],'cni.dev/attachments':[]");
	ck_assert_uint_eq(conf.vf.have, 0);
	assert_nothing_logged();
}
END_TEST

START_TEST(a_key_that_nobody_knows_is_told_with_the_nearest)
{
	accepts(",'vlanId':100,'spoof_check':'on','minTxRate':1,'comment':'hands off'");
	ck_assert_uint_eq(conf.vf.have, 0);
	assert_logged("level=\"warning\" msg=\"unknown key \\\"vlanId\\\" is ignored, did you "
		      "mean \\\"vlan\\\"?\"");
	assert_logged("unknown key \\\"spoof_check\\\" is ignored, did you mean "
		      "\\\"spoofchk\\\"?\"");
	assert_logged("unknown key \\\"minTxRate\\\" is ignored, did you mean "
		      "\\\"min_tx_rate\\\"?\"");
	assert_logged("unknown key \\\"comment\\\" is ignored\"");
}
END_TEST

START_TEST(what_is_refused_is_not_also_warned_of)
{
	ck_assert_int_lt(parse(",'vlan':4095,'vlann':1"), 0);
	assert_nothing_logged();
}
END_TEST

static void parse_loosely(const char *text)
{
	set_conf(text);
	memset(&conf, 0xff, sizeof(conf));
	conf_parse_loose(&call, &conf);
}

START_TEST(the_loose_parser_takes_what_del_needs_and_nothing_else)
{
	parse_loosely("{'deviceID':'0000:81:00.3','vlan':'nonsense','mac':7,'ipam':{'type':'x'},"
		      "'logLevel':'debug','logFile':'/l','unknown':1}");
	ck_assert(conf.has_device);
	ck_assert_str_eq(conf.device.name, "0000:81:00.3");
	ck_assert_str_eq(conf.ipam, "x");
	ck_assert_str_eq(conf.log_level, "debug");
	ck_assert_str_eq(conf.log_file, "/l");
	ck_assert_uint_eq(conf.vf.have, 0);
	ck_assert(!conf.has_mac);
	assert_nothing_logged();
}
END_TEST

START_TEST(the_loose_parser_does_without_what_makes_no_sense_and_says_so)
{
	parse_loosely("{'deviceID':'nonsense','ipam':[],'logLevel':1}");
	ck_assert(!conf.has_device);
	ck_assert_str_eq(conf.ipam, "");
	ck_assert_ptr_null(conf.log_level);
	ck_assert_ptr_null(conf.log_file);
	assert_logged("log settings: \\\"logLevel\\\" must be a string, not a number");
	assert_logged("deviceID \\\"nonsense\\\" is neither a PCI address");
	assert_logged("\\\"ipam\\\" must be an object, not a list");
	parse_loosely("{}");
	ck_assert(!conf.has_device);
	ck_assert_str_eq(conf.ipam, "");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("sriov_conf_more");
	TCase *tc = tcase_create("sriov_conf_more");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, the_runtime_knows_the_mac_best_then_the_args_then_the_configuration,
			    0, (int)array_size(macs));
	tcase_add_test(tc, args_that_are_wrong_are_the_environments_fault);
	tcase_add_test(tc, without_a_device_the_place_to_look_is_told);
	tcase_add_test(tc, keys_match_in_any_case);
	tcase_add_test(tc, of_keys_that_are_there_twice_the_last_wins);
	tcase_add_test(tc, null_is_absent_for_every_key);
	tcase_add_test(tc, an_ipam_without_type_is_none);
	tcase_add_test(tc,
		       keys_of_the_go_plugins_innards_are_taken_without_a_word_and_without_effect);
	tcase_add_test(tc, a_key_that_nobody_knows_is_told_with_the_nearest);
	tcase_add_test(tc, what_is_refused_is_not_also_warned_of);
	tcase_add_test(tc, the_loose_parser_takes_what_del_needs_and_nothing_else);
	tcase_add_test(tc, the_loose_parser_does_without_what_makes_no_sense_and_says_so);
	suite_add_tcase(suite, tc);
	return suite;
}
