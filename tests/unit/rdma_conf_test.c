// SPDX-License-Identifier: Apache-2.0
#include "conf.h"

#define CONF rdma_conf
#include "conf_run.inc"

START_TEST(a_device_alone_means_the_defaults)
{
	accepts("");
	ck_assert_str_eq(conf.device.name, "0000:81:00.3");
	ck_assert_str_eq(conf.source, "deviceID");
	ck_assert(!conf.all && !conf.debug);
	ck_assert_str_eq(conf.name, "");
	ck_assert_int_eq(conf.mode, MODE_EXCLUSIVE);
	ck_assert_int_eq(conf.change, CHANGE_REFUSE);
	ck_assert_ptr_null(conf.log_level);
	ck_assert_ptr_null(conf.log_file);
}
END_TEST

START_TEST(every_key_arrives_in_its_place)
{
	accepts(",'mode':'auto','uverbsChange':'warn','rdmaDevices':'all','rdmaDeviceName':'roce0',"
		"'logLevel':'debug','logFile':'/l','args':{'cni':{'debug':true}}");
	ck_assert_int_eq(conf.mode, MODE_AUTO);
	ck_assert_int_eq(conf.change, CHANGE_WARN);
	ck_assert(conf.all && conf.debug);
	ck_assert_str_eq(conf.name, "roce0");
	ck_assert_str_eq(conf.log_level, "debug");
	ck_assert_str_eq(conf.log_file, "/l");
	assert_nothing_logged();
}
END_TEST

START_TEST(no_device_is_no_error_here_for_prevresult_may_tell_it)
{
	ck_assert_int_eq(parse_all("{'name':'net','type':'rdma'}"), 0);
	ck_assert_ptr_null(conf.source);
}
END_TEST

START_TEST(the_defaults_can_be_said)
{
	accepts(",'mode':'exclusive','uverbsChange':'refuse','rdmaDevices':'one',"
		"'rdmaDeviceName':'','args':{'cni':{'debug':false}}");
	ck_assert_int_eq(conf.mode, MODE_EXCLUSIVE);
	ck_assert_int_eq(conf.change, CHANGE_REFUSE);
	ck_assert(!conf.all && !conf.debug);
}
END_TEST

START_TEST(null_and_nothing_are_the_defaults)
{
	accepts(",'mode':null,'uverbsChange':'','rdmaDevices':null,'rdmaDeviceName':null,"
		"'args':null,'logLevel':null,'logFile':null,'runtimeConfig':null");
	ck_assert_int_eq(conf.mode, MODE_EXCLUSIVE);
	ck_assert_int_eq(conf.change, CHANGE_REFUSE);
	ck_assert(!conf.all);
	ck_assert_str_eq(conf.name, "");
	accepts(",'args':{'cni':null}");
	accepts(",'args':{'cni':{'debug':null,'rdmaDeviceName':null}},'mode':'','rdmaDevices':''");
	ck_assert(!conf.debug);
}
END_TEST

START_TEST(keys_match_in_any_case_and_the_last_wins)
{
	accepts(",'MODE':'auto','uverbschange':'refuse','UverbsChange':'warn'");
	ck_assert_int_eq(conf.mode, MODE_AUTO);
	ck_assert_int_eq(conf.change, CHANGE_WARN);
}
END_TEST

START_TEST(the_name_in_args_goes_before_the_configurations)
{
	accepts(",'rdmaDeviceName':'own','args':{'cni':{'rdmaDeviceName':'arg'}}");
	ck_assert_str_eq(conf.name, "arg");
	accepts(",'rdmaDeviceName':'own','args':{'cni':{'rdmaDeviceName':''}}");
	ck_assert_str_eq(conf.name, "own");
	accepts(",'args':{'cni':{'rdmaDeviceName':'arg'}}");
	ck_assert_str_eq(conf.name, "arg");
}
END_TEST

START_TEST(unknown_args_need_permission_as_in_go)
{
	call.args = "K8S_POD_NAME=x";
	ck_assert_int_eq(parse(""), -EINVAL);
	ck_assert_uint_eq(e.code, CNI_ERR_ENV);
	call.args = "K8S_POD_NAME=x;IgnoreUnknown=true";
	accepts("");
}
END_TEST

#define NAME_HINT " invalid: 1 to 63 letters, digits, '.', '_' and '-' are possible"

static const struct {
	const char *keys, *msg;
} bad[] = {
	{ ",'mode':'shared'", "mode \"shared\" invalid: value must be \"exclusive\" or \"auto\"" },
	{ ",'mode':'Auto'", "mode \"Auto\" invalid: value must be \"exclusive\" or \"auto\"" },
	{ ",'uverbsChange':'ignore'",
	  "uverbsChange \"ignore\" invalid: value must be \"refuse\" or \"warn\"" },
	{ ",'rdmaDevices':'two'", "rdmaDevices \"two\" invalid: value must be \"one\" or \"all\"" },
	{ ",'rdmaDeviceName':'a/b'", "rdmaDeviceName \"a/b\"" NAME_HINT },
	{ ",'args':{'cni':{'rdmaDeviceName':'a b'}}", "rdmaDeviceName \"a b\"" NAME_HINT },
	{ ",'rdmaDeviceName':"
	  "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
	  "rdmaDeviceName \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"" NAME_HINT },
	{ ",'mode':1", "\"mode\" must be a string, not a number" },
	{ ",'uverbsChange':true", "\"uverbsChange\" must be a string, not true or false" },
	{ ",'rdmaDevices':[]", "\"rdmaDevices\" must be a string, not a list" },
	{ ",'rdmaDeviceName':1", "\"rdmaDeviceName\" must be a string, not a number" },
	{ ",'args':{'cni':{'rdmaDeviceName':{}}}",
	  "\"rdmaDeviceName\" must be a string, not an object" },
	{ ",'args':[]", "\"args\" must be an object, not a list" },
	{ ",'args':{'cni':'x'}", "\"cni\" must be an object, not a string" },
	{ ",'args':{'cni':{'debug':'yes'}}", "\"debug\" must be true or false, not a string" },
	{ ",'logLevel':1", "\"logLevel\" must be a string, not a number" },
	{ ",'logFile':1", "\"logFile\" must be a string, not a number" },
	{ ",'deviceID':7", "\"deviceID\" must be a string, not a number" },
};

START_TEST(what_makes_no_sense_is_refused_and_nothing_written)
{
	static const struct rdma_conf nothing;

	refuses(bad[_i].keys, bad[_i].msg);
	ck_assert_mem_eq(&conf, &nothing, sizeof(conf));
}
END_TEST

static void parse_loosely(const char *text)
{
	set_conf(text);
	memset(&conf, 0xff, sizeof(conf));
	conf_parse_loose(&call, &conf);
}

START_TEST(the_loose_parser_takes_what_del_needs)
{
	call.args = "nonsense";
	parse_loosely("{'deviceID':'0000:81:00.3','mode':'auto','rdmaDeviceName':'a/b',"
		      "'logLevel':'debug','logFile':'/l','args':{'cni':{'debug':true}}}");
	ck_assert_str_eq(conf.device.name, "0000:81:00.3");
	ck_assert_str_eq(conf.source, "deviceID");
	ck_assert(conf.debug);
	ck_assert_int_eq(conf.mode, MODE_AUTO);
	ck_assert_str_eq(conf.name, "");
	ck_assert_str_eq(conf.log_level, "debug");
	ck_assert_str_eq(conf.log_file, "/l");
	assert_nothing_logged();
}
END_TEST

START_TEST(the_loose_parser_does_without_what_makes_no_sense_and_says_so)
{
	parse_loosely("{'deviceID':'nonsense','args':[],'mode':'nonsense'}");
	ck_assert_ptr_null(conf.source);
	ck_assert(!conf.debug);
	ck_assert_str_eq(conf.name, "");
	assert_logged("deviceID \\\"nonsense\\\" is neither a PCI address");
	ck_assert_int_eq(conf.mode, MODE_EXCLUSIVE);
	assert_logged("\\\"args\\\" must be an object, not a list");
	assert_logged("mode \\\"nonsense\\\" invalid");
	parse_loosely("{'logLevel':1}");
	ck_assert_ptr_null(conf.log_level);
	assert_logged("\\\"logLevel\\\" must be a string, not a number");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("rdma_conf");
	TCase *tc = tcase_create("rdma_conf");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_device_alone_means_the_defaults);
	tcase_add_test(tc, every_key_arrives_in_its_place);
	tcase_add_test(tc, no_device_is_no_error_here_for_prevresult_may_tell_it);
	tcase_add_test(tc, the_defaults_can_be_said);
	tcase_add_test(tc, null_and_nothing_are_the_defaults);
	tcase_add_test(tc, keys_match_in_any_case_and_the_last_wins);
	tcase_add_test(tc, the_name_in_args_goes_before_the_configurations);
	tcase_add_test(tc, unknown_args_need_permission_as_in_go);
	tcase_add_loop_test(tc, what_makes_no_sense_is_refused_and_nothing_written, 0,
			    (int)array_size(bad));
	tcase_add_test(tc, the_loose_parser_takes_what_del_needs);
	tcase_add_test(tc, the_loose_parser_does_without_what_makes_no_sense_and_says_so);
	suite_add_tcase(suite, tc);
	return suite;
}
