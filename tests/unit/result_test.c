// SPDX-License-Identifier: Apache-2.0
#include "proto/result.h"

#include "doc.h"
#include "proto/reply.h"

static struct err error;

static void reset(void)
{
	error = (struct err){ 0 };
}

START_TEST(new_result_is_empty)
{
	cJSON *r = result_new();

	assert_doc_eq(r, "{'cniVersion':'1.1.0'}");
	cJSON_Delete(r);
}
END_TEST

START_TEST(interface_is_appended_with_its_index)
{
	struct result_iface i = { .name = "net1",
				  .mac = { { 2, 0, 0, 0, 0xab, 1 } },
				  .has_mac = true,
				  .mtu = 1500,
				  .sandbox = "/run/netns/x",
				  .pci_id = "0000:03:02.0" };
	cJSON *r = doc("{'cniVersion':'1.1.0','interfaces':[{'name':'a'},{'name':'b'}]}");
	unsigned index = 7;

	ck_assert_int_eq(result_add_iface(r, &i, &index, &error), 0);
	ck_assert_uint_eq(index, 2);
	assert_doc_eq(r, "{'cniVersion':'1.1.0','interfaces':[{'name':'a'},{'name':'b'},"
			 "{'name':'net1','mac':'02:00:00:00:ab:01','mtu':1500,"
			 "'sandbox':'/run/netns/x','pciID':'0000:03:02.0'}]}");
	cJSON_Delete(r);
}
END_TEST

START_TEST(unset_members_of_an_interface_are_left_out)
{
	struct result_iface i = { .name = "net1", .sandbox = "" };
	cJSON *r = doc("{'interfaces':null}");
	unsigned index = 7;

	ck_assert_int_eq(result_add_iface(r, &i, &index, &error), 0);
	ck_assert_uint_eq(index, 0);
	assert_doc_eq(r, "{'interfaces':[{'name':'net1'}]}");
	cJSON_Delete(r);
}
END_TEST

static void assert_merged(const char *result, const char *ipam, const char *want)
{
	cJSON *r = doc(result), *i = doc(ipam);

	ck_assert_msg(!result_merge_ipam(r, i, 3, &error), "%s", error.msg);
	assert_doc_eq(r, want);
	assert_doc_eq(i, ipam);
	cJSON_Delete(r);
	cJSON_Delete(i);
}

START_TEST(addresses_of_ipam_point_at_our_interface)
{
	assert_merged("{'ips':[{'address':'10.0.0.1/24','interface':0}]}",
		      "{'interfaces':[{'name':'theirs'}],'ips':[{'address':'10.0.0.2/24',"
		      "'interface':9},{'address':'10.0.0.3/24','gateway':'10.0.0.1','x':1}]}",
		      "{'ips':[{'address':'10.0.0.1/24','interface':0},{'address':'10.0.0.2/24',"
		      "'interface':3},{'address':'10.0.0.3/24','gateway':'10.0.0.1','x':1,"
		      "'interface':3}]}");
}
END_TEST

START_TEST(routes_of_ipam_are_appended)
{
	assert_merged("{'ips':[],'routes':[{'dst':'10.0.0.0/8'}]}",
		      "{'routes':[{'dst':'0.0.0.0/0','table':0}]}",
		      "{'ips':[],'routes':[{'dst':'10.0.0.0/8'},{'dst':'0.0.0.0/0','table':0}]}");
	assert_merged("{}", "{'routes':[{'dst':'0.0.0.0/0'}]}",
		      "{'ips':[],'routes':[{'dst':'0.0.0.0/0'}]}");
}
END_TEST

START_TEST(dns_of_ipam_is_merged)
{
	assert_merged("{'ips':[],'dns':{'nameservers':['1.1.1.1'],'domain':'ours'}}",
		      "{'dns':{'nameservers':['2.2.2.2'],'domain':'theirs','search':['s'],"
		      "'options':['o']}}",
		      "{'ips':[],'dns':{'nameservers':['1.1.1.1','2.2.2.2'],'domain':'ours',"
		      "'search':['s'],'options':['o']}}");
	assert_merged("{'ips':[],'dns':{'domain':''}}", "{'dns':{'domain':'theirs'}}",
		      "{'ips':[],'dns':{'domain':'theirs'}}");
	assert_merged("{'ips':[]}", "{'dns':{'domain':'theirs'}}",
		      "{'ips':[],'dns':{'domain':'theirs'}}");
	assert_merged("{'ips':[]}", "{'dns':{}}", "{'ips':[]}");
}
END_TEST

START_TEST(ips_are_read_with_their_types)
{
	cJSON *r = doc("{'IPS':[{'Address':'10.0.0.2/24','gateway':'10.0.0.1','interface':0},"
		       "{'address':'2001:db8::2/64','gateway':'','interface':null}]}");
	struct result_ip ips[RESULT_IPS_MAX];
	char text[CIDR_STR_MAX];
	size_t n = 0;

	ck_assert_int_eq(result_get_ips(r, ips, &n, &error), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(cidr_format(&ips[0].address, text), "10.0.0.2/24");
	ck_assert_str_eq(ip_format(&ips[0].gateway, text), "10.0.0.1");
	ck_assert(ips[0].interface.set && !ips[0].interface.v);
	ck_assert_str_eq(cidr_format(&ips[1].address, text), "2001:db8::2/64");
	ck_assert_int_eq(ips[1].gateway.family, AF_UNSPEC);
	ck_assert(!ips[1].interface.set);
	cJSON_Delete(r);
}
END_TEST

START_TEST(routes_are_read_with_their_types)
{
	cJSON *r = doc("{'routes':[{'dst':'10.1.2.3/16','gw':'10.0.0.1','mtu':1400,'advmss':1360,"
		       "'priority':5,'table':0,'scope':253},{'dst':'::/0','gw':''},"
		       "{'dst':'10.0.0.0/8','scope':255,'table':4294967295}]}");
	struct route routes[RESULT_ROUTES_MAX];
	char text[CIDR_STR_MAX];
	size_t n = 0;

	ck_assert_int_eq(result_get_routes(r, routes, &n, &error), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert(routes[2].scope.v == 255 && routes[2].table.v == UINT32_MAX);
	ck_assert_str_eq(cidr_format(&routes[0].dst, text), "10.1.2.3/16");
	ck_assert_str_eq(ip_format(&routes[0].gw, text), "10.0.0.1");
	ck_assert_uint_eq(routes[0].mtu, 1400);
	ck_assert_uint_eq(routes[0].advmss, 1360);
	ck_assert_uint_eq(routes[0].priority, 5);
	ck_assert(routes[0].table.set && !routes[0].table.v);
	ck_assert(routes[0].scope.set && routes[0].scope.v == 253);
	ck_assert_int_eq(routes[1].gw.family, AF_UNSPEC);
	ck_assert(!routes[1].table.set && !routes[1].scope.set && !routes[1].mtu);
	cJSON_Delete(r);
}
END_TEST

START_TEST(absent_lists_are_empty)
{
	struct route routes[RESULT_ROUTES_MAX];
	struct result_ip ips[RESULT_IPS_MAX];
	cJSON *r = doc("{'ips':null}");
	size_t n = 7;

	ck_assert_int_eq(result_get_ips(r, ips, &n, &error), 0);
	ck_assert_uint_eq(n, 0);
	n = 7;
	ck_assert_int_eq(result_get_routes(r, routes, &n, &error), 0);
	ck_assert_uint_eq(n, 0);
	cJSON_Delete(r);
}
END_TEST

/* {"ips":[..n entries..],"routes":[..n..]} */
static cJSON *many(int n)
{
	cJSON *r = cJSON_CreateObject(), *ips = cJSON_AddArrayToObject(r, "ips"),
	      *routes = cJSON_AddArrayToObject(r, "routes");

	for (int i = 0; i < n; i++) {
		cJSON_AddItemToArray(ips, doc("{'address':'10.0.0.2/24'}"));
		cJSON_AddItemToArray(routes, doc("{'dst':'10.0.0.0/8'}"));
	}
	return r;
}

START_TEST(lists_have_a_bound)
{
	struct route routes[RESULT_ROUTES_MAX];
	struct result_ip ips[RESULT_IPS_MAX];
	size_t n = 0;
	cJSON *r = many(RESULT_IPS_MAX);

	ck_assert_int_eq(result_get_ips(r, ips, &n, &error), 0);
	ck_assert_uint_eq(n, RESULT_IPS_MAX);
	cJSON_Delete(r);
	r = many(RESULT_IPS_MAX + 1);
	ck_assert_int_eq(result_get_ips(r, ips, &n, &error), -E2BIG);
	ck_assert_uint_eq(error.code, CNI_ERR_DECODE);
	ck_assert_msg(n == RESULT_IPS_MAX, "written on failure");
	cJSON_Delete(r);
	r = many(RESULT_ROUTES_MAX);
	ck_assert_int_eq(result_get_routes(r, routes, &n, &error), 0);
	ck_assert_uint_eq(n, RESULT_ROUTES_MAX);
	cJSON_Delete(r);
	r = many(RESULT_ROUTES_MAX + 1);
	ck_assert_int_eq(result_get_routes(r, routes, &n, &error), -E2BIG);
	cJSON_Delete(r);
}
END_TEST

START_TEST(wrong_entries_are_refused)
{
	struct route routes[RESULT_ROUTES_MAX];
	struct result_ip ips[RESULT_IPS_MAX];
	cJSON *r = doc("{'ips':[{'address':'10.0.0.2/24'},{'address':'10.0.0.2'}],'routes':5}");
	size_t n = 7;

	ck_assert_int_eq(result_get_ips(r, ips, &n, &error), -EBADMSG);
	ck_assert_uint_eq(error.code, CNI_ERR_DECODE);
	reset();
	ck_assert_int_eq(result_get_routes(r, routes, &n, &error), -EBADMSG);
	ck_assert_uint_eq(error.code, CNI_ERR_DECODE);
	ck_assert_uint_eq(n, 7);
	cJSON_Delete(r);
}
END_TEST

START_TEST(interface_is_found_by_name_and_sandbox)
{
	cJSON *r = doc("{'interfaces':[{'name':'net1'},{'name':'net1','sandbox':'/other'},"
		       "{'name':'net1','sandbox':'/n','mac':'02-00-00-00-00-0A','mtu':1500,"
		       "'pciID':'p'},{'name':'net2','sandbox':'/n','mac':'x','mtu':'y'},5]}");
	struct result_iface i = { .mtu = 7 };

	ck_assert_int_eq(result_find_iface(r, "net1", "/n", &i), 2);
	ck_assert_str_eq(i.name, "net1");
	ck_assert(i.has_mac);
	ck_assert(mac_equal(&i.mac, &(struct mac){ { 2, 0, 0, 0, 0, 10 } }));
	ck_assert_uint_eq(i.mtu, 1500);
	ck_assert_str_eq(i.sandbox, "/n");
	ck_assert_str_eq(i.pci_id, "p");
	ck_assert_int_eq(result_find_iface(r, "net1", "", &i), 0);
	ck_assert(!i.has_mac && !i.mtu);
	/* what cannot be read is not there */
	ck_assert_int_eq(result_find_iface(r, "net2", "/n", &i), 3);
	ck_assert(!i.has_mac && !i.mtu);
	ck_assert_str_eq(i.pci_id, "");
	cJSON_Delete(r);
}
END_TEST

START_TEST(interface_that_is_not_there_is_not_found)
{
	cJSON *r = doc("{'interfaces':[{'name':'net1','sandbox':'/n'}]}"), *empty = doc("{}");
	struct result_iface i = { .mtu = 7 };

	ck_assert_int_eq(result_find_iface(r, "net", "/n", &i), -ENOENT);
	ck_assert_int_eq(result_find_iface(r, "net1", "/", &i), -ENOENT);
	ck_assert_int_eq(result_find_iface(empty, "net1", "/n", &i), -ENOENT);
	ck_assert_msg(i.mtu == 7, "written on failure");
	cJSON_Delete(r);
	cJSON_Delete(empty);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("result");
	TCase *tc = tcase_create("result");

	tcase_add_checked_fixture(tc, reset, NULL);
	tcase_add_test(tc, new_result_is_empty);
	tcase_add_test(tc, interface_is_appended_with_its_index);
	tcase_add_test(tc, unset_members_of_an_interface_are_left_out);
	tcase_add_test(tc, addresses_of_ipam_point_at_our_interface);
	tcase_add_test(tc, routes_of_ipam_are_appended);
	tcase_add_test(tc, dns_of_ipam_is_merged);
	tcase_add_test(tc, ips_are_read_with_their_types);
	tcase_add_test(tc, routes_are_read_with_their_types);
	tcase_add_test(tc, absent_lists_are_empty);
	tcase_add_test(tc, lists_have_a_bound);
	tcase_add_test(tc, wrong_entries_are_refused);
	tcase_add_test(tc, interface_is_found_by_name_and_sandbox);
	tcase_add_test(tc, interface_that_is_not_there_is_not_found);
	suite_add_tcase(suite, tc);
	return suite;
}
