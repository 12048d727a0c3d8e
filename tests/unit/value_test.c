// SPDX-License-Identifier: Apache-2.0
#include "txn/value.h"

#include <errno.h>
#include <string.h>

#include "doc.h"
#include "unit.h"

static const struct mac mac_a = { { 2, 0, 0, 0, 0, 0xab } };
static const struct mac mac_b = { { 2, 0, 0, 0, 0, 0xac } };

static struct value place(uint64_t dev, uint64_t ino, uint64_t cookie, const char *name)
{
	struct value v = { .type = VALUE_PLACE, .place = { .dev = dev, .ino = ino } };

	v.place.cookie = cookie;
	ck_assert_int_eq(str_copy(v.place.name, sizeof(v.place.name), name), 0);
	return v;
}

/* "a,b" */
static struct value names(const char *list)
{
	struct value v = { .type = VALUE_NAMES };

	for (size_t n; *list; list += n + (list[n] == ',')) {
		char name[VALUE_TEXT_MAX] = "";

		n = strcspn(list, ",");
		memcpy(name, list, n);
		ck_assert(value_add_name(&v, name));
	}
	return v;
}

static bool equal(struct value a, struct value b)
{
	bool ret = value_equal(&a, &b);

	ck_assert_msg(ret == value_equal(&b, &a), "the other way round it is not the same");
	return ret;
}

START_TEST(values_of_different_types_differ)
{
	ck_assert(!equal(value_number(0), value_bool(false)));
	ck_assert(!equal(value_number(1), value_numbers(1, 0, 0)));
	ck_assert(!equal(value_text(""), names("")));
	ck_assert(!equal(value_text("x"), place(0, 0, 0, "x")));
}
END_TEST

START_TEST(plain_values_compare_by_content)
{
	ck_assert(equal(value_number(UINT64_MAX), value_number(UINT64_MAX)));
	ck_assert(!equal(value_number(0), value_number(UINT64_C(1) << 32)));
	ck_assert(equal(value_bool(true), value_bool(true)));
	ck_assert(!equal(value_bool(true), value_bool(false)));
	ck_assert(equal(value_mac(&mac_a), value_mac(&mac_a)));
	ck_assert(!equal(value_mac(&mac_a), value_mac(&mac_b)));
	ck_assert(equal(value_text("mlx5_0"), value_text("mlx5_0")));
	ck_assert(!equal(value_text("mlx5_0"), value_text("mlx5_01")));
	ck_assert(!equal(value_text("a"), value_text("A")));
}
END_TEST

START_TEST(what_is_behind_the_end_of_a_text_does_not_count)
{
	struct value a = value_text("x"), b = value_text("yzzzz");

	memcpy(b.text, "x", 2);
	ck_assert(equal(a, b));
}
END_TEST

START_TEST(each_of_three_numbers_counts)
{
	ck_assert(equal(value_numbers(1, 2, 3), value_numbers(1, 2, 3)));
	ck_assert(!equal(value_numbers(1, 2, 3), value_numbers(9, 2, 3)));
	ck_assert(!equal(value_numbers(1, 2, 3), value_numbers(1, 9, 3)));
	ck_assert(!equal(value_numbers(1, 2, 3), value_numbers(1, 2, 9)));
}
END_TEST

START_TEST(cookie_of_a_place_counts_only_if_both_have_one)
{
	ck_assert(equal(place(1, 2, 3, "e"), place(1, 2, 3, "e")));
	ck_assert(equal(place(1, 2, 0, "e"), place(1, 2, 3, "e")));
	ck_assert(!equal(place(1, 2, 4, "e"), place(1, 2, 3, "e")));
	ck_assert(!equal(place(9, 2, 3, "e"), place(1, 2, 3, "e")));
	ck_assert(!equal(place(1, 9, 3, "e"), place(1, 2, 3, "e")));
	ck_assert(!equal(place(1, 2, 3, "f"), place(1, 2, 3, "e")));
}
END_TEST

static bool same_netns(struct value a, struct value b)
{
	return value_same_netns(&a, &b) && value_same_netns(&b, &a);
}

START_TEST(two_places_in_one_namespace_may_have_different_names)
{
	ck_assert(same_netns(place(1, 2, 3, "e"), place(1, 2, 3, "f")));
	ck_assert(same_netns(place(1, 2, 0, "e"), place(1, 2, 3, "f")));
	ck_assert(!same_netns(place(9, 2, 3, "e"), place(1, 2, 3, "e")));
	ck_assert(!same_netns(place(1, 9, 3, "e"), place(1, 2, 3, "e")));
	ck_assert(!same_netns(place(1, 2, 9, "e"), place(1, 2, 3, "e")));
	ck_assert(!same_netns(value_number(0), place(0, 0, 0, "")));
	ck_assert(!same_netns(value_number(0), value_number(0)));
}
END_TEST

START_TEST(names_compare_as_sets)
{
	ck_assert(equal(names(""), names("")));
	ck_assert(equal(names("a,b,c"), names("c,a,b")));
	ck_assert(!equal(names("a,b"), names("a")));
	ck_assert(!equal(names("a,b"), names("a,c")));
	ck_assert(!equal(names("a,a"), names("a,b")));
	ck_assert(equal(names("a,a"), names("a")));
}
END_TEST

START_TEST(text_that_is_too_long_is_cut)
{
	char s[VALUE_TEXT_MAX + 9] = "";
	struct value v;

	memset(s, 'x', sizeof(s) - 1);
	v = value_text(s);
	ck_assert_uint_eq(strlen(v.text), VALUE_TEXT_MAX - 1);
}
END_TEST

/* With the text, because records are for years. */
static void round_trip(struct value v, const char *want)
{
	cJSON *item = value_to_json(&v), *again = NULL;
	char *text = json_text(item);
	struct value back = { .type = VALUE_BOOL };
	struct err e = { 0 };

	ck_assert_str_eq(text, want);
	ck_assert_msg(!json_parse(text, strlen(text), &again, &e), "%s: %s", text, e.msg);
	ck_assert_msg(!value_from_json(again, v.type, &back), "%s", text);
	ck_assert_msg(equal(v, back), "%s", text);
	free(text);
	cJSON_Delete(item);
	cJSON_Delete(again);
}

START_TEST(numbers_survive_the_way_through_json)
{
	static const struct {
		uint64_t v;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 1500, "1500" },
		{ UINT32_MAX, "4294967295" },
		{ UINT64_C(1000000000000000), "1000000000000000" },
		{ (UINT64_C(1) << 53) + 1, "9007199254740993" },
		{ UINT64_C(1) << 60, "1152921504606846976" },
		{ UINT64_MAX, "18446744073709551615" },
	};

	for (size_t i = 0; i < array_size(rows); i++)
		round_trip(value_number(rows[i].v), rows[i].text);
}
END_TEST

START_TEST(all_other_types_survive_the_way_through_json)
{
	round_trip(value_bool(true), "true");
	round_trip(value_bool(false), "false");
	round_trip(value_mac(&mac_a), "\"02:00:00:00:00:ab\"");
	round_trip(value_text(""), "\"\"");
	round_trip(value_text("a\"\\\n\xc3\xbc"), "\"a\\\"\\\\\\n\xc3\xbc\"");
	round_trip(value_numbers(0, UINT32_MAX, 0x88a8), "[0,4294967295,34984]");
	round_trip(names(""), "[]");
	round_trip(names("b,a"), "[\"b\",\"a\"]");
	round_trip(place(4, 4026532261, 77, "net1"),
		   "{\"dev\":4,\"ino\":4026532261,\"cookie\":77,\"name\":\"net1\"}");
}
END_TEST

/* Cookies of sockets count down from 2^64 where they are taken in an interrupt. */
START_TEST(places_keep_all_64_bits)
{
	round_trip(place(UINT64_MAX, (UINT64_C(1) << 60), UINT64_MAX - 1, ""),
		   "{\"dev\":18446744073709551615,\"ino\":1152921504606846976,"
		   "\"cookie\":18446744073709551614,\"name\":\"\"}");
}
END_TEST

START_TEST(as_many_and_as_long_names_as_there_is_room_for_survive)
{
	struct value v = { .type = VALUE_NAMES }, back;
	char name[128] = "", last[VALUE_NAMES_SIZE - 3 * sizeof(name)] = "";
	const char *at = NULL;
	cJSON *item;

	for (int i = 0; i < 3; i++) {
		memset(name, 'a' + i, sizeof(name) - 1);
		ck_assert(value_add_name(&v, name));
	}
	/* what is left is one byte, for the end, less than this needs */
	memset(last, 'z', sizeof(last) - 1);
	ck_assert(!value_add_name(&v, last));
	ck_assert(value_add_name(&v, last + 1));
	ck_assert(!value_add_name(&v, "x"));
	for (int i = 0; i < 4; i++)
		at = value_next_name(&v, at);
	ck_assert_uint_eq(strlen(at), sizeof(last) - 2);
	ck_assert_ptr_null(value_next_name(&v, at));
	item = value_to_json(&v);
	ck_assert_int_eq(value_from_json(item, VALUE_NAMES, &back), 0);
	ck_assert(equal(v, back));
	cJSON_AddItemToArray(item, cJSON_CreateString("one more"));
	ck_assert_int_eq(value_from_json(item, VALUE_NAMES, &back), 0);
	ck_assert_msg(equal(v, back), "what there is no room for is left off");
	cJSON_Delete(item);
}
END_TEST

START_TEST(more_or_longer_names_are_no_value_of_ours)
{
	struct value v = { .type = VALUE_NAMES }, back;
	char name[VALUE_NAME_MAX + 1] = "";
	cJSON *item;

	for (int i = 0; i < VALUE_NAMES_MAX; i++)
		ck_assert(value_add_name(&v, (char[]){ (char)('a' + i), '\0' }));
	ck_assert(!value_add_name(&v, "one more"));
	item = value_to_json(&v);
	ck_assert_int_eq(value_from_json(item, VALUE_NAMES, &back), 0);
	ck_assert(equal(v, back));
	cJSON_AddItemToArray(item, cJSON_CreateString("one more"));
	ck_assert_int_eq(value_from_json(item, VALUE_NAMES, &back), -EBADMSG);
	cJSON_Delete(item);

	memset(name, 'x', sizeof(name) - 1);
	item = cJSON_CreateStringArray((const char *[]){ name }, 1);
	ck_assert_int_eq(value_from_json(item, VALUE_NAMES, &back), -EBADMSG);
	cJSON_Delete(item);
	v = names("");
	ck_assert(!value_add_name(&v, name));
	ck_assert(value_add_name(&v, name + 1));
}
END_TEST

#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16

static const struct {
	enum value_type type;
	const char *text;
} malformed[] = {
	{ VALUE_NUMBER, "-1" },
	{ VALUE_NUMBER, "1.0" },
	{ VALUE_NUMBER, "1e3" },
	{ VALUE_NUMBER, "18446744073709551616" },
	{ VALUE_NUMBER, "'1'" },
	{ VALUE_NUMBER, "null" },
	{ VALUE_NUMBER, "[1]" },
	{ VALUE_BOOL, "1" },
	{ VALUE_BOOL, "'on'" },
	{ VALUE_BOOL, "null" },
	{ VALUE_MAC, "'02:00:00:00:00'" },
	{ VALUE_MAC, "''" },
	{ VALUE_MAC, "2" },
	{ VALUE_TEXT, "1" },
	{ VALUE_TEXT, "['a']" },
	{ VALUE_TEXT, "'" X64 X64 X64 X64 "'" },
	{ VALUE_NUMBERS, "[]" },
	{ VALUE_NUMBERS, "[1,2]" },
	{ VALUE_NUMBERS, "[1,2,3,4]" },
	{ VALUE_NUMBERS, "[1,2,4294967296]" },
	{ VALUE_NUMBERS, "[1,2,'3']" },
	{ VALUE_NUMBERS, "[1,2,null]" },
	{ VALUE_NUMBERS, "{'a':1,'b':2,'c':3}" },
	{ VALUE_PLACE, "{}" },
	{ VALUE_PLACE, "[]" },
	{ VALUE_PLACE, "{'ino':1,'cookie':1,'name':'x'}" },
	{ VALUE_PLACE, "{'dev':1,'cookie':1,'name':'x'}" },
	{ VALUE_PLACE, "{'dev':1,'ino':1,'name':'x'}" },
	{ VALUE_PLACE, "{'dev':1,'ino':1,'cookie':1}" },
	{ VALUE_PLACE, "{'dev':1,'ino':-1,'cookie':1,'name':'x'}" },
	{ VALUE_PLACE, "{'dev':1,'ino':1,'cookie':1,'name':null}" },
	{ VALUE_NAMES, "'a'" },
	{ VALUE_NAMES, "{'a':'b'}" },
	{ VALUE_NAMES, "['a',1]" },
	{ VALUE_NAMES, "[null]" },
};

START_TEST(what_is_no_value_of_the_type_is_refused_and_nothing_written)
{
	cJSON *item = doc(malformed[_i].text);
	struct value v = value_number(7);

	ck_assert_msg(value_from_json(item, malformed[_i].type, &v) == -EBADMSG, "%s",
		      malformed[_i].text);
	ck_assert_msg(equal(v, value_number(7)), "written on failure");
	cJSON_Delete(item);
}
END_TEST

START_TEST(a_missing_item_is_refused_for_every_type)
{
	struct value v;

	for (int type = VALUE_NUMBER; type <= VALUE_NAMES; type++)
		ck_assert_int_eq(value_from_json(NULL, (enum value_type)type, &v), -EBADMSG);
}
END_TEST

static const char *format(struct value v)
{
	static char buf[160];

	return value_format(&v, buf, sizeof(buf));
}

START_TEST(values_are_shown_to_people)
{
	ck_assert_str_eq(format(value_number(UINT64_MAX)), "18446744073709551615");
	ck_assert_str_eq(format(value_bool(true)), "on");
	ck_assert_str_eq(format(value_bool(false)), "off");
	ck_assert_str_eq(format(value_mac(&mac_a)), "02:00:00:00:00:ab");
	ck_assert_str_eq(format(value_text("mlx5_0")), "mlx5_0");
	ck_assert_str_eq(format(value_numbers(100, 3, 33024)), "100/3/33024");
	ck_assert_str_eq(format(place(4, 4026532261, 1, "net1")), "net1 in netns 4026532261");
	ck_assert_str_eq(format(names("a,b")), "a,b");
	ck_assert_str_eq(format(names("")), "");
}
END_TEST

START_TEST(what_is_shown_is_cut_where_the_room_ends)
{
	struct value many = names("aaaa,bbbb,cccc");
	char buf[8] = "zzzzzzz";

	for (size_t size = 1; size <= sizeof(buf); size++) {
		ck_assert_ptr_eq(value_format(&many, buf, size), buf);
		ck_assert_uint_eq(strlen(buf), size - 1);
		ck_assert_int_eq(strncmp(buf, "aaaa,bbbb", size - 1), 0);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("value");
	TCase *tc = tcase_create("value");

	tcase_add_test(tc, values_of_different_types_differ);
	tcase_add_test(tc, plain_values_compare_by_content);
	tcase_add_test(tc, what_is_behind_the_end_of_a_text_does_not_count);
	tcase_add_test(tc, each_of_three_numbers_counts);
	tcase_add_test(tc, cookie_of_a_place_counts_only_if_both_have_one);
	tcase_add_test(tc, two_places_in_one_namespace_may_have_different_names);
	tcase_add_test(tc, names_compare_as_sets);
	tcase_add_test(tc, text_that_is_too_long_is_cut);
	tcase_add_test(tc, numbers_survive_the_way_through_json);
	tcase_add_test(tc, all_other_types_survive_the_way_through_json);
	tcase_add_test(tc, places_keep_all_64_bits);
	tcase_add_test(tc, as_many_and_as_long_names_as_there_is_room_for_survive);
	tcase_add_test(tc, more_or_longer_names_are_no_value_of_ours);
	tcase_add_loop_test(tc, what_is_no_value_of_the_type_is_refused_and_nothing_written, 0,
			    (int)array_size(malformed));
	tcase_add_test(tc, a_missing_item_is_refused_for_every_type);
	tcase_add_test(tc, values_are_shown_to_people);
	tcase_add_test(tc, what_is_shown_is_cut_where_the_room_ends);
	suite_add_tcase(suite, tc);
	return suite;
}
