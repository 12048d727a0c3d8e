// SPDX-License-Identifier: Apache-2.0
#include "plugin/device.h"

#include "doc.h"
#include "proto/reply.h"
#include "unit.h"

static struct devid device;
static const char *source;
static struct err e;

static int parse(const char *text)
{
	cJSON *conf = doc(text);
	int r;

	e = (struct err){ 0 };
	device = (struct devid){ DEV_BUS_AUX, "untouched" };
	source = "untouched";
	r = device_parse(conf, &device, &source, &e);
	cJSON_Delete(conf);
	return r;
}

#define A "0000:81:00.3"
#define B "0000:81:00.4"

static const struct {
	const char *text, *device, *source;
} rows[] = {
	{ "{'deviceID':'" A "'}", A, "deviceID" },
	{ "{'runtimeConfig':{'deviceID':'" A "'}}", A, "runtimeConfig.deviceID" },
	{ "{'pciBusID':'" A "'}", A, "pciBusID" },
	/* what Multus sends */
	{ "{'deviceID':'" A "','pciBusID':'" A "','runtimeConfig':{'deviceID':'" A "'}}", A,
	  "deviceID" },
	{ "{'pciBusID':'" B "','runtimeConfig':{'deviceID':'" A "'}}", A,
	  "runtimeConfig.deviceID" },
	{ "{'deviceID':'" A "','pciBusID':'" B "'}", A, "deviceID" },
	{ "{'deviceID':'','pciBusID':'" B "'}", B, "pciBusID" },
	{ "{'deviceID':null,'runtimeConfig':{'deviceID':''},'pciBusID':'" B "'}", B, "pciBusID" },
	{ "{'deviceid':'" A "','RUNTIMECONFIG':{'DEVICEID':'" A "'}}", A, "deviceID" },
	/* the same in other letters; sysfs has small ones */
	{ "{'deviceID':'0000:AF:00.3','runtimeConfig':{'deviceID':'0000:af:00.3'}}", "0000:af:00.3",
	  "deviceID" },
	{ "{'deviceID':'mlx5_core.sf.4'}", "mlx5_core.sf.4", "deviceID" },
};

START_TEST(the_device_is_found_where_it_is_named)
{
	ck_assert_msg(!parse(rows[_i].text), "%s: %s", rows[_i].text, e.msg);
	ck_assert_str_eq(device.name, rows[_i].device);
	ck_assert_str_eq(source, rows[_i].source);
	ck_assert_int_eq(device.bus, strchr(device.name, ':') ? DEV_BUS_PCI : DEV_BUS_AUX);
}
END_TEST

static const char *const nothing[] = {
	"{}",
	"{'deviceID':null,'pciBusID':null,'runtimeConfig':null}",
	"{'deviceID':'','pciBusID':'','runtimeConfig':{'deviceID':''}}",
	"{'runtimeConfig':{}}",
};

START_TEST(no_device_is_no_error_and_leaves_the_result_alone)
{
	ck_assert_int_eq(parse(nothing[_i]), 0);
	ck_assert_ptr_null(source);
	ck_assert_str_eq(device.name, "untouched");
}
END_TEST

#define HINT                                                                                       \
	" is neither a PCI address (like 0000:81:00.3) nor an auxiliary device (like "             \
	"mlx5_core.sf.4)"

static const struct {
	const char *text, *msg;
} bad[] = {
	{ "{'deviceID':'" A "','runtimeConfig':{'deviceID':'" B "'}}",
	  "deviceID " A " and runtimeConfig.deviceID " B " differ" },
	{ "{'deviceID':'81:00.3'}", "deviceID \"81:00.3\"" HINT },
	{ "{'deviceID':'7'}", "deviceID \"7\"" HINT },
	{ "{'deviceID':'../../etc'}", "deviceID \"../../etc\"" HINT },
	{ "{'deviceID':'0000:81:00.8'}", "deviceID \"0000:81:00.8\"" HINT },
	{ "{'deviceID':'a.b/c'}", "deviceID \"a.b/c\"" HINT },
	{ "{'pciBusID':'x'}", "pciBusID \"x\"" HINT },
	{ "{'runtimeConfig':{'deviceID':'x'}}", "runtimeConfig.deviceID \"x\"" HINT },
};

START_TEST(what_names_no_device_or_two_is_refused)
{
	ck_assert_int_eq(parse(bad[_i].text), -EINVAL);
	ck_assert_str_eq(e.msg, bad[_i].msg);
	ck_assert_uint_eq(e.code, CNI_ERR_CONFIG);
	ck_assert_str_eq(source, "untouched");
}
END_TEST

static const char *const wrong_types[] = {
	"{'deviceID':1}",
	"{'pciBusID':{}}",
	"{'runtimeConfig':[]}",
	"{'runtimeConfig':{'deviceID':true}}",
	/* although it would not be used */
	("{'deviceID':'" A "','pciBusID':5}"),
};

START_TEST(wrong_types_are_refused)
{
	ck_assert_int_eq(parse(wrong_types[_i]), -EBADMSG);
	ck_assert_str_eq(source, "untouched");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("plugin_device");
	TCase *tc = tcase_create("plugin_device");

	tcase_add_loop_test(tc, the_device_is_found_where_it_is_named, 0, (int)array_size(rows));
	tcase_add_loop_test(tc, no_device_is_no_error_and_leaves_the_result_alone, 0,
			    (int)array_size(nothing));
	tcase_add_loop_test(tc, what_names_no_device_or_two_is_refused, 0, (int)array_size(bad));
	tcase_add_loop_test(tc, wrong_types_are_refused, 0, (int)array_size(wrong_types));
	suite_add_tcase(suite, tc);
	return suite;
}
