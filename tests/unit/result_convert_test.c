// SPDX-License-Identifier: Apache-2.0
#include "doc.h"
#include "proto/reply.h"
#include "proto/result.h"

/* One result in the shape of each family, with all that the family can say. */
#define OLD                                                                                        \
	"'ip4':{'ip':'10.0.0.2/24','gateway':'10.0.0.1','routes':[{'dst':'0.0.0.0/0'},"            \
	"{'dst':'10.9.0.0/16','gw':'10.0.0.9'}]},"                                                 \
	"'ip6':{'ip':'2001:db8::2/64','routes':[{'dst':'::/0','gw':'fe80::1'}]}"
#define ROUTES                                                                                     \
	"'routes':[{'dst':'0.0.0.0/0'},{'dst':'10.9.0.0/16','gw':'10.0.0.9'},"                     \
	"{'dst':'::/0','gw':'fe80::1'}]"
#define IPS "'ips':[{'address':'10.0.0.2/24','gateway':'10.0.0.1'},{'address':'2001:db8::2/64'}]"
#define IPS_VERSION                                                                                \
	"'ips':[{'version':'4','address':'10.0.0.2/24','gateway':'10.0.0.1'},"                     \
	"{'version':'6','address':'2001:db8::2/64'}]"
#define DNS "'dns':{'nameservers':['10.0.0.53'],'domain':'d','search':['s'],'options':['o']}"

static struct err error;

static cJSON *parse(const char *text, enum cni_version assumed)
{
	cJSON *d = doc(text), *ret = NULL;

	error = (struct err){ 0 };
	ck_assert_msg(!result_parse(d, assumed, &ret, &error), "%s: %s", text, error.msg);
	cJSON_Delete(d);
	return ret;
}

static void assert_parsed(const char *text, enum cni_version assumed, const char *want)
{
	cJSON *r = parse(text, assumed);

	assert_doc_eq(r, want);
	cJSON_Delete(r);
}

static void assert_formatted(const char *newest, enum cni_version v, const char *want)
{
	cJSON *r = doc(newest), *ret = NULL;

	error = (struct err){ 0 };
	ck_assert_msg(!result_format(r, v, &ret, &error), "%s: %s", newest, error.msg);
	assert_doc_eq(ret, want);
	cJSON_Delete(ret);
	/* a new document: the one that came in is as it was */
	assert_doc_eq(r, newest);
	cJSON_Delete(r);
}

static void assert_refused(const char *text, enum cni_version assumed, const char *msg)
{
	cJSON *d = doc(text), *ret = NULL;

	error = (struct err){ 0 };
	ck_assert_msg(result_parse(d, assumed, &ret, &error) == -EBADMSG, "%s", text);
	ck_assert_uint_eq(error.code, CNI_ERR_DECODE);
	ck_assert_msg(strstr(error.msg, msg), "\"%s\" does not say \"%s\"", error.msg, msg);
	ck_assert_msg(!ret, "written on failure");
	cJSON_Delete(d);
}

/* The document @in says that it is of @version. */
static const char *with_version(enum cni_version v, const char *in, char *buf, size_t size)
{
	ck_assert_int_eq(str_printf(buf, size, "{'cniVersion':'%s',%s}", version_text(v), in), 0);
	return buf;
}

/* 0.1.0, 0.2.0 */
START_TEST(ip4_and_ip6_become_ips)
{
	char buf[1024];

	assert_parsed(with_version((enum cni_version)_i, OLD "," DNS, buf, sizeof(buf)), CNI_1_1_0,
		      "{'cniVersion':'1.1.0'," IPS "," ROUTES "," DNS "}");
}
END_TEST

START_TEST(one_old_family_is_enough)
{
	assert_parsed("{'cniVersion':'0.2.0','ip6':{'ip':'2001:db8::2/64','gateway':''}}",
		      CNI_1_1_0,
		      "{'cniVersion':'1.1.0','ips':[{'address':'2001:db8::2/64'}],'routes':[]}");
	assert_parsed("{'cniVersion':'0.2.0','ip4':null}", CNI_1_1_0,
		      "{'cniVersion':'1.1.0','ips':[],'routes':[]}");
}
END_TEST

/* A rich result that nobody declared as such has no addresses at 0.2.0, as in Go. */
START_TEST(later_keys_mean_nothing_to_old_versions)
{
	assert_parsed("{" IPS ",'interfaces':[{'name':'x'}]}", CNI_0_2_0,
		      "{'cniVersion':'1.1.0','ips':[],'routes':[]}");
}
END_TEST

/* 0.3.0 .. 0.4.0 */
START_TEST(ips_lose_their_version)
{
	char buf[1024];

	assert_parsed(with_version((enum cni_version)_i, IPS_VERSION "," ROUTES "," DNS, buf,
				   sizeof(buf)),
		      CNI_1_1_0, "{'cniVersion':'1.1.0'," IPS "," ROUTES "," DNS "}");
}
END_TEST

START_TEST(newest_family_stays_as_it_is)
{
	char buf[1024];

	assert_parsed(with_version((enum cni_version)_i,
				   IPS ",'interfaces':[{'name':'a','mtu':9,"
				       "'socketPath':'/s'}],'x':{'y':1}",
				   buf, sizeof(buf)),
		      CNI_0_1_0,
		      "{'cniVersion':'1.1.0'," IPS
		      ",'interfaces':[{'name':'a','mtu':9,'socketPath':'/s'}],'x':{'y':1}}");
}
END_TEST

START_TEST(result_without_version_has_the_assumed_one)
{
	assert_parsed("{" OLD "}", CNI_0_2_0, "{'cniVersion':'1.1.0'," IPS "," ROUTES "}");
	assert_parsed("{'cniVersion':''," OLD "}", CNI_0_1_0,
		      "{'cniVersion':'1.1.0'," IPS "," ROUTES "}");
	assert_parsed("{'cniVersion':null," IPS "}", CNI_1_0_0, "{'cniVersion':'1.1.0'," IPS "}");
	assert_parsed("{}", CNI_0_4_0, "{'cniVersion':'1.1.0'}");
}
END_TEST

START_TEST(own_version_beats_the_assumed_one)
{
	assert_parsed("{'cniVersion':'0.2.0'," OLD "}", CNI_1_1_0,
		      "{'cniVersion':'1.1.0'," IPS "," ROUTES "}");
}
END_TEST

START_TEST(unknown_keys_survive)
{
	assert_parsed("{'cniVersion':'0.4.0','vendor':[1,{'a':null}],'ips':[{'address':'10.0.0.2/"
		      "24','x':1}]}",
		      CNI_0_4_0,
		      "{'cniVersion':'1.1.0','vendor':[1,{'a':null}],'ips':[{'address':'10.0.0.2/"
		      "24','x':1}]}");
}
END_TEST

START_TEST(what_is_no_result_is_refused)
{
	static const struct {
		const char *text, *msg;
	} rows[] = {
		{ "[]", "object" },
		{ "null", "object" },
		{ "'x'", "object" },
		{ "{'cniVersion':1}", "cniVersion" },
		{ "{'cniVersion':'2.0.0'}", "unsupported CNI result version \"2.0.0\"" },
		{ "{'cniVersion':'1.0'}", "unsupported CNI result version" },
		{ "{'ips':{}}", "\"ips\" must be a list" },
		{ "{'ips':['10.0.0.1/24']}", "object" },
		{ "{'ips':[{}]}", "\"address\" is missing" },
		{ "{'ips':[{'address':'10.0.0.1'}]}", "prefix" },
		{ "{'ips':[{'address':'10.0.0.1/33'}]}", "prefix" },
		{ "{'ips':[{'address':'010.0.0.1/24'}]}", "prefix" },
		{ "{'ips':[{'address':'2001:db8::1/129'}]}", "prefix" },
		{ "{'ips':[{'address':'fe80::1%eth0/64'}]}", "prefix" },
		{ "{'ips':[{'address':5}]}", "address" },
		{ "{'ips':[{'address':'10.0.0.1/24','gateway':'10.0.0.1/24'}]}", "gateway" },
		{ "{'ips':[{'address':'10.0.0.1/24','interface':-1}]}", "out of range" },
		{ "{'ips':[{'address':'10.0.0.1/24','interface':'0'}]}", "whole number" },
		{ "{'ips':[{'address':'10.0.0.1/24','interface':0.5}]}", "whole number" },
		{ "{'ips':[{'address':'10.0.0.1/24','interface':4294967296}]}", "out of range" },
		{ "{'routes':{}}", "\"routes\" must be a list" },
		{ "{'routes':[{}]}", "\"dst\" is missing" },
		{ "{'routes':[{'dst':'10.0.0.1'}]}", "prefix" },
		{ "{'routes':[{'dst':'0.0.0.0/0','gw':'x'}]}", "not an IP address" },
		{ "{'routes':[{'dst':'0.0.0.0/0','mtu':-1}]}", "out of range" },
		{ "{'routes':[{'dst':'0.0.0.0/0','scope':256}]}", "out of range" },
		{ "{'interfaces':{}}", "\"interfaces\" must be a list" },
		{ "{'interfaces':['a']}", "object" },
		{ "{'interfaces':[{'name':1}]}", "name" },
		{ "{'interfaces':[{'name':'a','sandbox':1}]}", "sandbox" },
		{ "{'interfaces':[{'name':1},{'name':'a'}]}", "name" },
		{ "{'dns':[]}", "\"dns\" must be an object" },
		{ "{'dns':{'search':'s'}}", "\"search\" must be a list" },
		{ "{'dns':{'domain':[]}}", "\"domain\" must be a string" },
	};
	static const struct {
		const char *text, *msg;
	} old[] = {
		{ "{'ip4':[]}", "\"ip4\" must be an object" },
		{ "{'ip4':{}}", "\"ip4\" lacks \"ip\"" },
		{ "{'ip6':{'ip':'2001:db8::1'}}", "prefix" },
		{ "{'ip4':{'ip':'10.0.0.1/8','gateway':'x'}}", "gateway" },
		{ "{'ip4':{'ip':'10.0.0.1/8','routes':[{}]}}", "dst" },
		{ "{'ip4':{'ip':'10.0.0.1/8','routes':{}}}", "routes" },
	};

	for (size_t i = 0; i < array_size(rows); i++)
		assert_refused(rows[i].text, CNI_1_1_0, rows[i].msg);
	for (size_t i = 0; i < array_size(old); i++)
		assert_refused(old[i].text, CNI_0_2_0, old[i].msg);
}
END_TEST

#define FULL                                                                                       \
	"{'cniVersion':'1.1.0','interfaces':[{'name':'net1','mac':'02:00:00:00:00:01',"            \
	"'sandbox':'/n','mtu':1500,'socketPath':'/s','pciID':'0000:03:02.0'}],"                    \
	"'ips':[{'address':'10.0.0.2/24','gateway':'10.0.0.1','interface':0},"                     \
	"{'address':'2001:db8::2/64','interface':0}],"                                             \
	"'routes':[{'dst':'0.0.0.0/0','mtu':1400,'advmss':1360,'priority':5,'table':0,'scope':0}," \
	"{'dst':'::/0','gw':'fe80::1'}]}"

START_TEST(newest_version_says_everything)
{
	assert_formatted(FULL, CNI_1_1_0, FULL);
}
END_TEST

START_TEST(before_the_newest_its_keys_are_left_out)
{
	assert_formatted(FULL, CNI_1_0_0,
			 "{'cniVersion':'1.0.0','interfaces':[{'name':'net1',"
			 "'mac':'02:00:00:00:00:01','sandbox':'/n'}],"
			 "'ips':[{'address':'10.0.0.2/24','gateway':'10.0.0.1','interface':0},"
			 "{'address':'2001:db8::2/64','interface':0}],"
			 "'routes':[{'dst':'0.0.0.0/0'},{'dst':'::/0','gw':'fe80::1'}]}");
}
END_TEST

/* 0.3.0 .. 0.4.0 */
START_TEST(middle_versions_tell_the_family_and_always_dns)
{
	char want[1024];

	with_version((enum cni_version)_i,
		     "'interfaces':[{'name':'net1','mac':'02:00:00:00:00:01','sandbox':'/n'}],"
		     "'ips':[{'version':'4','address':'10.0.0.2/24','gateway':'10.0.0.1',"
		     "'interface':0},{'version':'6','address':'2001:db8::2/64','interface':0}],"
		     "'routes':[{'dst':'0.0.0.0/0'},{'dst':'::/0','gw':'fe80::1'}],'dns':{}",
		     want, sizeof(want));
	assert_formatted(FULL, (enum cni_version)_i, want);
}
END_TEST

START_TEST(family_of_an_address_is_not_taken_over)
{
	assert_formatted("{'cniVersion':'1.1.0','ips':[{'version':'6','address':'10.0.0.2/24'},"
			 "{'address':'::ffff:10.0.0.3/120'}]}",
			 CNI_0_4_0,
			 "{'cniVersion':'0.4.0','ips':[{'version':'4','address':'10.0.0.2/24'},"
			 "{'version':'4','address':'::ffff:10.0.0.3/120'}],'dns':{}}");
}
END_TEST

/* 0.1.0, 0.2.0 */
START_TEST(old_versions_take_the_first_of_each_family)
{
	char want[1024];

	with_version((enum cni_version)_i,
		     "'ip4':{'ip':'10.0.0.2/24','gateway':'10.0.0.1','routes':[{'dst':'0.0.0.0/0'}"
		     "]},'ip6':{'ip':'2001:db8::2/64','routes':[{'dst':'::/0','gw':'fe80::1'}]},"
		     "'dns':{}",
		     want, sizeof(want));
	assert_formatted(FULL, (enum cni_version)_i, want);
	with_version((enum cni_version)_i, "'ip4':{'ip':'10.0.0.2/24'},'dns':{}", want,
		     sizeof(want));
	/* the second address and the other family's route have no place */
	assert_formatted("{'cniVersion':'1.1.0','ips':[{'address':'10.0.0.2/24'},"
			 "{'address':'10.0.0.3/24'}],'routes':[{'dst':'::/0'}]}",
			 (enum cni_version)_i, want);
}
END_TEST

START_TEST(old_versions_need_an_address)
{
	static const char *const texts[] = {
		"{'cniVersion':'1.1.0'}",
		"{'cniVersion':'1.1.0','interfaces':[{'name':'a'}],'ips':[]}",
	};

	for (size_t i = 0; i < array_size(texts); i++) {
		cJSON *r = doc(texts[i]), *ret = NULL;

		error = (struct err){ 0 };
		ck_assert_int_eq(result_format(r, (enum cni_version)_i, &ret, &error), -ENOTSUP);
		ck_assert_ptr_nonnull(strstr(error.msg, "cannot convert: no valid IP addresses"));
		ck_assert_uint_eq(error.code, CNI_ERR_CONFIG);
		ck_assert_ptr_null(ret);
		cJSON_Delete(r);
	}
}
END_TEST

START_TEST(dns_is_kept_in_every_version)
{
	for (enum cni_version v = 0; v < CNI_VERSIONS; v++) {
		cJSON *r = doc("{'cniVersion':'1.1.0'," IPS "," DNS "}"), *ret = NULL;
		cJSON *want = doc("{" DNS "}");

		ck_assert_int_eq(result_format(r, v, &ret, &error), 0);
		ck_assert(cJSON_Compare(json_find(ret, "dns"), json_find(want, "dns"), true));
		cJSON_Delete(r);
		cJSON_Delete(ret);
		cJSON_Delete(want);
	}
}
END_TEST

START_TEST(empty_lists_and_dns_are_left_out)
{
	static const char text[] = "{'cniVersion':'1.1.0','interfaces':[],'ips':null,'routes':[],"
				   "'dns':{'nameservers':[],'domain':'','search':null}}";

	assert_formatted(text, CNI_1_1_0, "{'cniVersion':'1.1.0'}");
	assert_formatted(text, CNI_1_0_0, "{'cniVersion':'1.0.0'}");
	assert_formatted(text, CNI_0_3_1, "{'cniVersion':'0.3.1','dns':{}}");
}
END_TEST

START_TEST(zero_is_a_value)
{
	static const char text[] = "{'cniVersion':'1.1.0','ips':[{'address':'10.0.0.2/24',"
				   "'interface':0}],'routes':[{'dst':'0.0.0.0/0','table':0,"
				   "'scope':0}]}";

	assert_parsed(text, CNI_0_1_0, text);
	assert_formatted(text, CNI_1_1_0, text);
}
END_TEST

START_TEST(version_stands_in_front)
{
	cJSON *r = parse("{'ips':[],'CNIVERSION':'0.4.0','x':1}", CNI_1_1_0), *ret = NULL;
	char *text;

	ck_assert_int_eq(result_format(r, CNI_0_4_0, &ret, &error), 0);
	text = json_text(ret);
	ck_assert_str_eq(text, "{\"cniVersion\":\"0.4.0\",\"x\":1,\"dns\":{}}");
	free(text);
	cJSON_Delete(r);
	cJSON_Delete(ret);
}
END_TEST

/* There and back: what a version can say, survives. */
START_TEST(every_version_survives_the_way_through)
{
	char buf[1024];
	const char *body = _i <= CNI_0_2_0 ? OLD "," DNS :
			   _i <= CNI_0_4_0 ? IPS_VERSION "," ROUTES "," DNS :
					     IPS "," ROUTES "," DNS;
	cJSON *r, *ret = NULL;

	with_version((enum cni_version)_i, body, buf, sizeof(buf));
	r = parse(buf, CNI_1_1_0);
	ck_assert_int_eq(result_format(r, (enum cni_version)_i, &ret, &error), 0);
	assert_doc_eq(ret, buf);
	cJSON_Delete(r);
	cJSON_Delete(ret);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("result_convert");
	TCase *tc = tcase_create("result_convert");

	tcase_add_loop_test(tc, ip4_and_ip6_become_ips, CNI_0_1_0, CNI_0_3_0);
	tcase_add_test(tc, one_old_family_is_enough);
	tcase_add_test(tc, later_keys_mean_nothing_to_old_versions);
	tcase_add_loop_test(tc, ips_lose_their_version, CNI_0_3_0, CNI_1_0_0);
	tcase_add_loop_test(tc, newest_family_stays_as_it_is, CNI_1_0_0, CNI_VERSIONS);
	tcase_add_test(tc, result_without_version_has_the_assumed_one);
	tcase_add_test(tc, own_version_beats_the_assumed_one);
	tcase_add_test(tc, unknown_keys_survive);
	tcase_add_test(tc, what_is_no_result_is_refused);
	tcase_add_test(tc, newest_version_says_everything);
	tcase_add_test(tc, before_the_newest_its_keys_are_left_out);
	tcase_add_loop_test(tc, middle_versions_tell_the_family_and_always_dns, CNI_0_3_0,
			    CNI_1_0_0);
	tcase_add_test(tc, family_of_an_address_is_not_taken_over);
	tcase_add_loop_test(tc, old_versions_take_the_first_of_each_family, CNI_0_1_0, CNI_0_3_0);
	tcase_add_loop_test(tc, old_versions_need_an_address, CNI_0_1_0, CNI_0_3_0);
	tcase_add_test(tc, dns_is_kept_in_every_version);
	tcase_add_test(tc, empty_lists_and_dns_are_left_out);
	tcase_add_test(tc, zero_is_a_value);
	tcase_add_test(tc, version_stands_in_front);
	tcase_add_loop_test(tc, every_version_survives_the_way_through, 0, CNI_VERSIONS);
	suite_add_tcase(suite, tc);
	return suite;
}
