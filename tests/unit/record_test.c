// SPDX-License-Identifier: Apache-2.0
/* The text of a record; store_test.c has the files. */
#include "txn/record_json.h"

#include <stdio.h>

#include "doc.h"
#include "unit.h"

/* A property of each type: nobody reads or sets them here. */
static const struct prop props[] = {
	{ .name = "number", .type = VALUE_NUMBER }, { .name = "bool", .type = VALUE_BOOL },
	{ .name = "mac", .type = VALUE_MAC },	    { .name = "text", .type = VALUE_TEXT },
	{ .name = "three", .type = VALUE_NUMBERS }, { .name = "place", .type = VALUE_PLACE },
	{ .name = "names", .type = VALUE_NAMES },
};

static const struct prop_table table = { .props = props,
					 .n = array_size(props),
					 .set_group = NULL };

static struct record r, back;
static struct err e;

static void step(size_t prop, struct value was, struct value want)
{
	plan_add(&r.plan, &props[prop], &was, &want);
}

static void set_up(void)
{
	static const struct mac mac = { { 2, 0, 0, 0, 0, 1 } };
	struct value place = { .type = VALUE_PLACE, .place = { 4, 4026532261, 77, "net1" } };
	struct value names = { .type = VALUE_NAMES, .names = { "a\0b" } };

	e = (struct err){ 0 };
	r = (struct record){
		.key = { "net", "c0ffee", "net1" },
		.phase = PHASE_LIVE,
		.device = { DEV_BUS_PCI, "0000:81:00.3" },
		.boot = "0b7e1f02-8b5f-4c0a-9d7e-0c5a7f3e2d11",
		.instance = 31337,
		.netns = "/run/netns/x",
		.netns_id = { .dev = 4, .ino = 4026532261, .cookie = 77 },
		.ipam = "host-local",
		.args = "IgnoreUnknown=1",
		.config = "{\"name\":\"net\"}\n",
	};
	step(0, value_number(1), value_number(2));
	step(1, value_bool(false), value_bool(true));
	step(2, value_mac(&mac), value_mac(&mac));
	step(3, value_text("mlx5_0"), value_text(""));
	step(4, value_numbers(0, 0, 0x8100), value_numbers(100, 3, 0x88a8));
	step(5, (struct value){ .type = VALUE_PLACE }, place);
	step(6, names, (struct value){ .type = VALUE_NAMES });
}

static void tear_down(void)
{
	record_done(&back);
}

static const char full_text[] =
	"{'format':1,'minReader':1,'plugin':'test','phase':'live','network':'net',"
	"'containerID':'c0ffee','ifname':'net1','netns':{'path':'/run/netns/x','dev':4,"
	"'ino':4026532261,'cookie':77},'device':{'bus':'pci','name':'0000:81:00.3',"
	"'instance':31337,'bootID':'0b7e1f02-8b5f-4c0a-9d7e-0c5a7f3e2d11'},"
	"'ipam':{'type':'host-local','args':'IgnoreUnknown=1',"
	"'config':'{\\'name\\':\\'net\\'}\\n'},"
	"'facts':{'hostName':'ens1f0v3'},'steps':["
	"{'prop':'number','was':1,'want':2},{'prop':'bool','was':false,'want':true},"
	"{'prop':'mac','was':'02:00:00:00:00:01','want':'02:00:00:00:00:01'},"
	"{'prop':'text','was':'mlx5_0','want':''},"
	"{'prop':'three','was':[0,0,33024],'want':[100,3,34984]},"
	"{'prop':'place','was':{'dev':0,'ino':0,'cookie':0,'name':''},"
	"'want':{'dev':4,'ino':4026532261,'cookie':77,'name':'net1'}},"
	"{'prop':'names','was':['a','b'],'want':[]}],'result':{'cniVersion':'1.1.0'}}";

static int parse(const char *text)
{
	record_done(&back);
	return record_parse(text, strlen(text), "test", &table, &back, &e);
}

/* @text with ' for ". */
static int parse_doc(const char *text)
{
	cJSON *d = doc(text);
	char *plain = json_text(d);
	int ret = parse(plain);

	free(plain);
	cJSON_Delete(d);
	return ret;
}

/* r to text and back. */
static void pass_through(void)
{
	char *text = record_text(&r, "test");

	ck_assert_ptr_nonnull(text);
	ck_assert_msg(!parse(text), "%s: %s", e.msg, text);
	free(text);
}

static void assert_same_plan(const struct plan *a, const struct plan *b)
{
	ck_assert_uint_eq(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		ck_assert_ptr_eq(a->steps[i].prop, b->steps[i].prop);
		ck_assert(value_equal(&a->steps[i].was, &b->steps[i].was));
		ck_assert(value_equal(&a->steps[i].want, &b->steps[i].want));
	}
}

static void assert_same(void)
{
	ck_assert_str_eq(back.key.network, r.key.network);
	ck_assert_str_eq(back.key.container, r.key.container);
	ck_assert_str_eq(back.key.ifname, r.key.ifname);
	ck_assert_int_eq(back.phase, r.phase);
	ck_assert(devid_equal(&back.device, &r.device));
	ck_assert_str_eq(back.boot, r.boot);
	ck_assert_uint_eq(back.instance, r.instance);
	ck_assert_str_eq(back.netns, r.netns);
	ck_assert_uint_eq(back.netns_id.dev, r.netns_id.dev);
	ck_assert_uint_eq(back.netns_id.ino, r.netns_id.ino);
	ck_assert_uint_eq(back.netns_id.cookie, r.netns_id.cookie);
	ck_assert_str_eq(back.ipam, r.ipam);
	ck_assert_str_eq(back.args, r.args);
	ck_assert_str_eq(back.config, r.config);
	ck_assert(!back.foreign);
	assert_same_plan(&back.plan, &r.plan);
}

/* Records outlive versions of this program: their form is fixed. */
START_TEST(the_form_of_a_record_is_this)
{
	cJSON *facts = doc("{'hostName':'ens1f0v3'}"), *result = doc("{'cniVersion':'1.1.0'}");
	cJSON *have = NULL;
	char *text;

	r.facts = facts;
	r.result = result;
	text = record_text(&r, "test");
	ck_assert_int_eq(json_parse(text, strlen(text), &have, &e), 0);
	assert_doc_eq(have, full_text);
	free(text);
	cJSON_Delete(have);
	cJSON_Delete(facts);
	cJSON_Delete(result);
}
END_TEST

START_TEST(a_record_survives_the_way_through_its_text)
{
	pass_through();
	assert_same();
	ck_assert_ptr_null(back.facts);
	ck_assert_ptr_null(back.result);
}
END_TEST

START_TEST(facts_and_result_come_back_whole)
{
	ck_assert_msg(!parse_doc(full_text), "%s", e.msg);
	assert_same();
	assert_doc_eq(back.facts, "{'hostName':'ens1f0v3'}");
	assert_doc_eq(back.result, "{'cniVersion':'1.1.0'}");
}
END_TEST

/* The phase and the answer are of the moment, the plan is of the time when its text was made. */
START_TEST(a_plan_printed_beforehand_makes_the_same_text)
{
	struct value other = value_text("other");
	char *plain = record_text(&r, "test"), *text;

	record_print_plan(&r);
	record_print_plan(&r);
	text = record_text(&r, "test");
	ck_assert_str_eq(text, plain);
	free(text);

	r.phase = PHASE_LEASE;
	r.plan.steps[0].was = other;
	pass_through();
	ck_assert_int_eq(back.phase, PHASE_LEASE);
	ck_assert_uint_eq(back.plan.n, r.plan.n);
	ck_assert(!value_equal(&back.plan.steps[0].was, &other));
	free(plain);
}
END_TEST

START_TEST(all_phases_and_buses_survive)
{
	for (int phase = PHASE_PREPARED; phase <= PHASE_LEASE; phase++) {
		r.phase = (enum record_phase)phase;
		pass_through();
		ck_assert_int_eq(back.phase, phase);
	}
	r.device = (struct devid){ DEV_BUS_AUX, "mlx5_core.sf.4" };
	pass_through();
	ck_assert(devid_equal(&back.device, &r.device));
}
END_TEST

START_TEST(identities_keep_all_64_bits)
{
	r.instance = UINT64_MAX;
	r.netns_id.dev = UINT64_C(1) << 60;
	r.netns_id.ino = (UINT64_C(1) << 53) + 1;
	r.netns_id.cookie = UINT64_MAX - 1;
	pass_through();
	assert_same();
}
END_TEST

START_TEST(what_there_is_not_comes_back_empty)
{
	r.ipam = NULL;
	r.args = NULL;
	r.config = NULL;
	r.netns = NULL;
	r.plan.n = 0;
	pass_through();
	ck_assert_str_eq(back.ipam, "");
	ck_assert_str_eq(back.args, "");
	ck_assert_str_eq(back.config, "");
	ck_assert_str_eq(back.netns, "");
	ck_assert_uint_eq(back.plan.n, 0);
}
END_TEST

START_TEST(args_and_config_are_kept_for_the_lease_only)
{
	char *text;

	r.ipam = "";
	text = record_text(&r, "test");
	ck_assert_ptr_null(strstr(text, "IgnoreUnknown"));
	free(text);
}
END_TEST

START_TEST(a_plan_as_long_as_allowed_survives_and_a_longer_one_is_refused)
{
	struct value v = value_number(5);
	cJSON *d;
	char *text;

	while (r.plan.n < PLAN_MAX)
		plan_add(&r.plan, &props[0], &v, &v);
	pass_through();
	assert_same();
	d = cJSON_Duplicate(back.doc, true);
	cJSON_AddItemToArray(cJSON_GetObjectItem(d, "steps"),
			     doc("{'prop':'number','was':1,'want':2}"));
	text = json_text(d);
	ck_assert_int_eq(parse(text), -EBADMSG);
	free(text);
	cJSON_Delete(d);
}
END_TEST

/* full_text with one piece replaced. */
static int parse_with(const char *from, const char *to)
{
	const char *at = strstr(full_text, from);
	char text[2 * sizeof(full_text)];

	ck_assert_msg(at, "no %s in the record", from);
	ck_assert_int_lt(snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - full_text), full_text,
				  to, at + strlen(from)),
			 (int)sizeof(text));
	return parse_doc(text);
}

START_TEST(keys_that_a_later_version_may_add_do_not_matter)
{
	ck_assert_int_eq(parse_with("{'format':1,", "{'format':2,'new':{'a':[1]},"), 0);
	assert_same();
	ck_assert_int_eq(parse_with("'bus':'pci',", "'bus':'pci','new':1,"), 0);
	ck_assert_int_eq(parse_with("'prop':'bool',", "'prop':'bool','new':null,"), 0);
	ck_assert_int_eq(parse_with("'path':", "'new':'x','path':"), 0);
	assert_same();
}
END_TEST

START_TEST(properties_of_a_later_version_are_passed_over)
{
	cJSON *d = doc(full_text);
	cJSON *steps = cJSON_GetObjectItem(d, "steps");
	char *text;

	cJSON_AddItemToArray(steps, doc("{'prop':'unheard of','was':[],'want':{}}"));
	text = json_text(d);
	ck_assert_int_eq(parse(text), -EBADMSG);
	free(text);
	cJSON_ReplaceItemInObject(d, "format", cJSON_CreateNumber(2));
	text = json_text(d);
	ck_assert_int_eq(parse(text), 0);
	assert_same();
	free(text);
	cJSON_Delete(d);
}
END_TEST

START_TEST(what_only_a_newer_version_may_read_is_eproto)
{
	static const char want[] = "record was written by a newer version (minReader 2, this one "
				   "reads 1), use that version to release it";

	ck_assert_int_eq(parse_with("'minReader':1", "'minReader':2"), -EPROTO);
	ck_assert_str_eq(e.msg, want);
	/* also if it makes no sense to us */
	ck_assert_int_eq(parse_doc("{'minReader':2,'plugin':'test','device':5}"), -EPROTO);
	ck_assert_str_eq(e.msg, want);
}
END_TEST

static const struct {
	const char *from, *to;
} foreign[] = {
	{ "'minReader':1,", "" },
	{ "'minReader':1", "'minReader':'1'" },
	{ "'plugin':'test',", "" },
	{ "'plugin':'test'", "'plugin':'tes'" },
	{ "'plugin':'test'", "'plugin':7" },
};

START_TEST(what_is_not_a_record_of_this_plugin_is_refused)
{
	ck_assert_int_eq(parse_with(foreign[_i].from, foreign[_i].to), -EBADMSG);
	ck_assert_str_eq(e.msg, "not a record of test");
}
END_TEST

static const struct {
	const char *from, *to;
} damages[] = {
	{ "'phase':'live'", "'phase':'dead'" },
	{ "'phase':'live',", "" },
	{ "'network':'net'", "'network':'../net'" },
	{ "'network':'net',", "" },
	{ "'containerID':'c0ffee'", "'containerID':'a:b'" },
	{ "'containerID':'c0ffee'", "'containerID':''" },
	{ "'ifname':'net1'", "'ifname':'a/b'" },
	{ "'ifname':'net1'", "'ifname':'sixteen-letters-'" },
	{ "'ifname':'net1'", "'ifname':1" },
	{ "'bus':'pci'", "'bus':'usb'" },
	{ "'bus':'pci'", "'bus':'auxiliary'" },
	{ "'bus':'pci',", "" },
	{ "'name':'0000:81:00.3'", "'name':'../../etc'" },
	{ "'instance':31337", "'instance':'x'" },
	{ "'instance':31337,", "" },
	{ "0b7e1f02-8b5f", "0b7e1f02-8b5f-8b5f" },
	{ "'path':'/run/netns/x','dev':4", "'path':'/run/netns/x'" },
	{ "'ino':4026532261,'cookie':77}", "'cookie':77}" },
	{ "'ino':4026532261,'cookie':77}", "'ino':4026532261}" },
	{ "'prop':'number'", "'prop':'unheard of'" },
	{ "'prop':'number',", "" },
	{ "'was':1,'want':2", "'was':1" },
	{ "'was':1,'want':2", "'want':2" },
	{ "'was':1,'want':2", "'was':'1','want':2" },
	{ "'was':false", "'was':0" },
	{ "'steps':[", "'steps':[null," },
	{ "'steps':", "'steps':{},'old':" },
	{ "'steps':", "'old':" },
};

START_TEST(damage_is_found_and_nothing_written)
{
	struct record before = { .phase = PHASE_LEASE };

	back = before;
	ck_assert_msg(parse_with(damages[_i].from, damages[_i].to) == -EBADMSG, "%s accepted",
		      damages[_i].to);
	ck_assert_str_eq(e.msg, "record is damaged");
	ck_assert_mem_eq(&back, &before, sizeof(before));
}
END_TEST

START_TEST(what_is_not_json_is_refused_at_any_length)
{
	cJSON *d = doc(full_text);
	char *text = json_text(d);

	for (size_t len = 0; len < strlen(text); len++)
		ck_assert_int_eq(record_parse(text, len, "test", &table, &back, &e), -EBADMSG);
	free(text);
	cJSON_Delete(d);
	ck_assert_int_eq(parse("[]"), -EBADMSG);
	ck_assert_int_eq(parse("null"), -EBADMSG);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *tc = tcase_create("record");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_form_of_a_record_is_this);
	tcase_add_test(tc, a_record_survives_the_way_through_its_text);
	tcase_add_test(tc, facts_and_result_come_back_whole);
	tcase_add_test(tc, all_phases_and_buses_survive);
	tcase_add_test(tc, a_plan_printed_beforehand_makes_the_same_text);
	tcase_add_test(tc, identities_keep_all_64_bits);
	tcase_add_test(tc, what_there_is_not_comes_back_empty);
	tcase_add_test(tc, args_and_config_are_kept_for_the_lease_only);
	tcase_add_test(tc, a_plan_as_long_as_allowed_survives_and_a_longer_one_is_refused);
	tcase_add_test(tc, keys_that_a_later_version_may_add_do_not_matter);
	tcase_add_test(tc, properties_of_a_later_version_are_passed_over);
	tcase_add_test(tc, what_only_a_newer_version_may_read_is_eproto);
	tcase_add_loop_test(tc, what_is_not_a_record_of_this_plugin_is_refused, 0,
			    (int)array_size(foreign));
	tcase_add_loop_test(tc, damage_is_found_and_nothing_written, 0, (int)array_size(damages));
	tcase_add_test(tc, what_is_not_json_is_refused_at_any_length);
	suite_add_tcase(suite, tc);
	return suite;
}
