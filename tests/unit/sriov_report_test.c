// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include "doc.h"

static struct sriov_conf conf;
static struct cni_call call;
static struct world w;
static cJSON *prev, *ipam, *result;
static unsigned index_of_ours;
static struct err e;

static void set_up(void)
{
	e = (struct err){ 0 };
	conf = (struct sriov_conf){ .has_device = true };
	call = (struct cni_call){ .netns = "/run/netns/x", .version = CNI_NEWEST };
	w = (struct world){ .conf = &conf, .call = &call, .ifname = "net1" };
	w.fn.id = (struct devid){ DEV_BUS_PCI, "0000:81:00.3" };
	w.link.mac = (struct mac){ { 2, 0, 0, 0, 0, 1 } };
	w.link.addr_len = 6;
	w.link.mtu = 1500;
	index_of_ours = 77;
}

static void tear_down(void)
{
	json_free(&prev);
	json_free(&ipam);
	json_free(&result);
}

static void assert_report(const char *want, unsigned index)
{
	json_free(&result);
	ck_assert_msg(!report_make(&w, ipam, &result, &index_of_ours, &e), "%s", e.msg);
	assert_doc_eq(result, want);
	ck_assert_uint_eq(index_of_ours, index);
}

#define OURS                                                                                       \
	"{'name':'net1','mac':'02:00:00:00:00:01','mtu':1500,'sandbox':'/run/netns/x',"            \
	"'pciID':'0000:81:00.3'}"

START_TEST(without_addresses_the_result_is_our_interface)
{
	assert_report("{'cniVersion':'1.1.0','interfaces':[" OURS "]}", 0);
}
END_TEST

START_TEST(the_delegates_addresses_point_to_our_interface)
{
	ipam = doc("{'cniVersion':'1.1.0','ips':[{'address':'10.0.0.2/24','gateway':'10.0.0.1'}],"
		   "'routes':[{'dst':'0.0.0.0/0'}],'dns':{'nameservers':['10.0.0.53']}}");
	assert_report("{'cniVersion':'1.1.0','interfaces':[" OURS "],"
		      "'ips':[{'address':'10.0.0.2/24','gateway':'10.0.0.1','interface':0}],"
		      "'routes':[{'dst':'0.0.0.0/0'}],'dns':{'nameservers':['10.0.0.53']}}",
		      0);
}
END_TEST

START_TEST(earlier_results_of_the_chain_stay_and_ours_comes_behind)
{
	prev = doc("{'cniVersion':'1.1.0','interfaces':[{'name':'eth0'}],'x-unknown':{'a':1},"
		   "'ips':[{'address':'10.1.0.2/24','interface':0}]}");
	call.prev = prev;
	ipam = doc("{'cniVersion':'1.1.0','ips':[{'address':'10.0.0.2/24'}]}");
	assert_report("{'cniVersion':'1.1.0','interfaces':[{'name':'eth0'}," OURS "],"
		      "'x-unknown':{'a':1},'ips':[{'address':'10.1.0.2/24','interface':0},"
		      "{'address':'10.0.0.2/24','interface':1}]}",
		      1);
}
END_TEST

START_TEST(an_earlier_result_that_cannot_be_read_is_an_error)
{
	prev = doc("{'cniVersion':'9.9.9'}");
	call.prev = prev;
	ck_assert_int_lt(report_make(&w, NULL, &result, &index_of_ours, &e), 0);
	ck_assert_ptr_null(result);
	ck_assert_uint_eq(index_of_ours, 77);
}
END_TEST

START_TEST(an_address_of_another_length_is_no_mac)
{
	w.link.addr_len = 20;
	assert_report("{'cniVersion':'1.1.0','interfaces':[{'name':'net1','mtu':1500,"
		      "'sandbox':'/run/netns/x','pciID':'0000:81:00.3'}]}",
		      0);
}
END_TEST

START_TEST(an_interface_name_may_have_15_letters)
{
	w.ifname = "fifteen-letters";
	assert_report("{'cniVersion':'1.1.0','interfaces':[{'name':'fifteen-letters',"
		      "'mac':'02:00:00:00:00:01','mtu':1500,'sandbox':'/run/netns/x',"
		      "'pciID':'0000:81:00.3'}]}",
		      0);
}
END_TEST

#define USERSPACE(mac)                                                                             \
	"{'cniVersion':'1.1.0','interfaces':[{'name':'net1'," mac "'sandbox':'/run/netns/x',"      \
	"'pciID':'0000:81:00.3'}]}"

START_TEST(a_userspace_device_has_the_mac_that_was_asked_for)
{
	w.userspace = true;
	conf.has_mac = true;
	conf.mac = (struct mac){ { 2, 0, 0, 0, 0, 7 } };
	w.vf_known = true;
	w.vf.mac = (struct mac){ { 2, 0, 0, 0, 0, 8 } };
	assert_report(USERSPACE("'mac':'02:00:00:00:00:07',"), 0);
}
END_TEST

START_TEST(a_userspace_device_has_else_the_mac_of_its_pf_unless_that_is_none)
{
	w.userspace = true;
	assert_report(USERSPACE(""), 0);
	w.vf.mac = (struct mac){ { 2, 0, 0, 0, 0, 8 } };
	assert_report(USERSPACE(""), 0);
	w.vf_known = true;
	assert_report(USERSPACE("'mac':'02:00:00:00:00:08',"), 0);
	w.vf.mac = (struct mac){ { 0 } };
	assert_report(USERSPACE(""), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("sriov_report");
	TCase *tc = tcase_create("sriov_report");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, without_addresses_the_result_is_our_interface);
	tcase_add_test(tc, the_delegates_addresses_point_to_our_interface);
	tcase_add_test(tc, earlier_results_of_the_chain_stay_and_ours_comes_behind);
	tcase_add_test(tc, an_earlier_result_that_cannot_be_read_is_an_error);
	tcase_add_test(tc, an_address_of_another_length_is_no_mac);
	tcase_add_test(tc, an_interface_name_may_have_15_letters);
	tcase_add_test(tc, a_userspace_device_has_the_mac_that_was_asked_for);
	tcase_add_test(tc, a_userspace_device_has_else_the_mac_of_its_pf_unless_that_is_none);
	suite_add_tcase(suite, tc);
	return suite;
}
