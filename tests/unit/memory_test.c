// SPDX-License-Identifier: Apache-2.0
/* Results, records and directories without memory: a record that could not be read stays. */
#include "base/file.h"
#include "proto/result.h"
#include "script.h"
#include "starve.h"
#include "txn/record.h"
#include "txn/record_json.h"

static const char newest[] =
	"{'cniVersion':'1.1.0','interfaces':[{'name':'net1','mac':'02:00:00:00:00:01','mtu':1500,"
	"'sandbox':'/run/netns/x','pciID':'0000:81:00.3'}],'ips':[{'address':'10.0.0.5/24',"
	"'gateway':'10.0.0.1','interface':0},{'address':'fd00::5/64'}],'routes':[{'dst':'0.0.0.0/0',"
	"'gw':'10.0.0.1','mtu':1400},{'dst':'::/0'}],'dns':{'nameservers':['10.0.0.1'],'domain':'a',"
	"'search':['b'],'options':['c']}}";
static const char oldest[] =
	"{'cniVersion':'0.2.0','ip4':{'ip':'10.0.0.5/24','gateway':'10.0.0.1','routes':[{'dst':"
	"'0.0.0.0/0'}]},'ip6':{'ip':'fd00::5/64'},'dns':{}}";

static cJSON *given;

static void give(const char *text)
{
	cJSON_Delete(given);
	given = text ? doc(text) : NULL;
}

static enum cni_version wanted;

static int convert(char **ret, struct err *e)
{
	cleanup(json_free) cJSON *result = NULL, *out = NULL;
	int r = result_parse(given, CNI_NEWEST, &result, e);

	if (!r)
		r = result_format(result, wanted, &out, e);
	return r ? r : take_text(json_text(out), ret, e);
}

START_TEST(a_result_is_converted_wholly_or_not)
{
	static const char *const texts[] = { newest, oldest };

	wanted = (enum cni_version)_i;
	for (size_t i = 0; i < array_size(texts); i++) {
		give(texts[i]);
		starve(convert);
	}
}
END_TEST

static int merge(char **ret, struct err *e)
{
	const struct result_iface iface = { .name = "net1",
					    .mac = { { 2, 0, 0, 0, 0, 1 } },
					    .has_mac = true,
					    .mtu = 1500,
					    .sandbox = "/run/netns/x",
					    .pci_id = "0000:81:00.3" };
	cleanup(json_free) cJSON *result = result_new();
	unsigned index;
	int r = result ? 0 : err_sys(e, ENOMEM, "make result");

	if (!r)
		r = result_add_iface(result, &iface, &index, e);
	if (!r)
		r = result_merge_ipam(result, given, index, e);
	return r ? r : take_text(json_text(result), ret, e);
}

START_TEST(a_delegates_answer_is_merged_wholly_or_not)
{
	give(newest);
	starve(merge);
}
END_TEST

static const struct prop props[] = {
	{ .name = "number", .type = VALUE_NUMBER }, { .name = "mac", .type = VALUE_MAC },
	{ .name = "text", .type = VALUE_TEXT },	    { .name = "three", .type = VALUE_NUMBERS },
	{ .name = "place", .type = VALUE_PLACE },   { .name = "names", .type = VALUE_NAMES },
};

static const struct prop_table table = { .props = props, .n = array_size(props) };

static struct record record(void)
{
	const struct value wants[] = {
		value_number(UINT64_MAX),
		value_mac(&(struct mac){ { 2, 0, 0, 0, 0, 1 } }),
		value_text("net1"),
		value_numbers(100, 3, 0x8100),
		{ .type = VALUE_PLACE, .place = { 4, 4026532261, 77, "net1" } },
		{ .type = VALUE_NAMES, .names = { "a\0b" } },
	};
	struct record r = { .key = { "net", "c0ffee", "net1" },
			    .phase = PHASE_LIVE,
			    .device = { DEV_BUS_PCI, "0000:81:00.3" },
			    .boot = "boot",
			    .netns = "/run/netns/x",
			    .ipam = "host-local",
			    .config = "{}",
			    .facts = given,
			    .result = given };

	for (size_t i = 0; i < array_size(wants); i++)
		plan_add(&r.plan, &props[i], &wants[i], &wants[i]);
	return r;
}

static int write_and_read(char **ret, struct err *e)
{
	cleanup(record_done) struct record again = { .doc = NULL };
	cleanup(record_done) struct record r = record();
	cleanup(str_free) char *text = NULL;
	int err = plan_check(&r.plan, e);

	record_print_plan(&r);
	text = record_text(&r, "test");
	if (!err)
		err = text ? record_parse(text, strlen(text), "test", &table, &again, e) :
			     err_sys(e, ENOMEM, "write record");
	return err ? err : take_text(record_text(&again, "test"), ret, e);
}

START_TEST(a_record_is_written_and_read_wholly_or_not)
{
	give(newest);
	starve(write_and_read);
}
END_TEST

static struct store store;

static int load(char **ret, struct err *e)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	int err = store_load(&store, &(struct record_key){ "net", "c0ffee", "net1" }, &r, e);

	return err ? err : take_text(record_text(&r, "test"), ret, e);
}

START_TEST(a_record_that_was_not_read_for_want_of_memory_stays)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	struct err e = { 0 };

	make_dir();
	give(newest);
	r = record();
	ck_assert_int_eq(store_open(dir, "test", &table, &store, &e), 0);
	ck_assert_msg(!store_save(&store, &r, &e), "%s", e.msg);
	starve(load);
	store_close(&store);
	remove_dir();
}
END_TEST

static int add_name(const char *name, void *arg)
{
	/* nothing of libcheck's: it allocates */
	(void)strncat(arg, name, 1);
	return 0;
}

static int list_dir(char **ret, struct err *e)
{
	char names[256] = "";
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = file_each_at(fd, add_name, names, e);

	close(fd);
	return r ? r : take_text(strdup(names), ret, e);
}

START_TEST(a_directory_is_listed_wholly_or_not)
{
	make_dir();
	write_file("a", "", 0600);
	write_file("b", "", 0600);
	starve(list_dir);
	remove_dir();
}
END_TEST

static void tear_down(void)
{
	give(NULL);
}

Suite *unit_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *t = tcase_create("memory");

	starve_cjson();
	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_add_loop_test(t, a_result_is_converted_wholly_or_not, 0, CNI_VERSIONS);
	tcase_add_test(t, a_delegates_answer_is_merged_wholly_or_not);
	tcase_add_test(t, a_record_is_written_and_read_wholly_or_not);
	tcase_add_test(t, a_record_that_was_not_read_for_want_of_memory_stays);
	tcase_add_test(t, a_directory_is_listed_wholly_or_not);
	suite_add_tcase(s, t);
	return s;
}
