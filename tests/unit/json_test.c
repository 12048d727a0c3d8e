// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include "doc.h"

static struct err error;

static int parse(const char *text, size_t len, cJSON **ret)
{
	/* without NUL behind it: ASan sees what reads too far */
	char *copy = malloc(len ? len : 1);
	int r;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	error = (struct err){ 0 };
	r = json_parse(copy, len, ret, &error);
	free(copy);
	return r;
}

START_TEST(documents_are_read)
{
	static const char *const good[] = {
		"{}",
		"[]",
		"null",
		"true",
		"\"\"",
		"0",
		"-0",
		"-1.5e+3",
		"1E5",
		" { } \n",
		"[1,2]",
		"\t[\r\n]",
		"0.0",
		"{\"a\":{\"b\":[]}}",
		"\"\\u00e4\\ud83d\\ude00\"",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		"\"\\\\\"",
		"[\"\\\\\",\"[\"]",
		"123456789012345678901234567890",
	};

	for (size_t i = 0; i < array_size(good); i++) {
		cJSON *d = NULL;

		ck_assert_msg(!parse(good[i], strlen(good[i]), &d), "%s: %s", good[i], error.msg);
		cJSON_Delete(d);
	}
}
END_TEST

START_TEST(what_is_no_json_is_refused)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"}",
		"{]",
		"[1,]",
		"{\"a\":1,}",
		"{a:1}",
		"{'a':1}",
		"{\"a\"}",
		"{\"a\" 1}",
		"[1 2]",
		"{} x",
		"{}{}",
		"01",
		"-",
		"1.",
		".5",
		"+1",
		"1e",
		"0x10",
		"-01",
		"00",
		"1e+",
		"NaN",
		"Infinity",
		"nul",
		"True",
		"tru",
		"nullx",
		"\"",
		"\"\\\"",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\u0000\"",
		"\"a\nb\"",
		"\"\t\"",
		"// x\n{}",
		"/**/{}",
		"\xef\xbb\xbf{}",
		"{\"a\":\"b\\u0000\"}",
		"\"\\ud83d\"",
		"{\"a\\u0000\":1}",
		"[1]]",
		",",
		"[,1]",
		"{,}",
		"{\"a\":}",
	};

	for (size_t i = 0; i < array_size(bad); i++) {
		cJSON *d = NULL;

		ck_assert_msg(parse(bad[i], strlen(bad[i]), &d) == -EBADMSG, "row %zu: %s", i,
			      bad[i]);
		ck_assert_int_eq(error.sys, EBADMSG);
		ck_assert_ptr_null(d);
	}
}
END_TEST

START_TEST(nul_bytes_are_refused)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = { { "{}\0", 3 }, { "\0{}", 3 }, { "{\0}", 3 }, { "\"a\0b\"", 5 }, { "1\0", 2 } };

	for (size_t i = 0; i < array_size(rows); i++) {
		cJSON *d = NULL;

		ck_assert_msg(parse(rows[i].text, rows[i].len, &d) == -EBADMSG, "row %zu", i);
	}
}
END_TEST

START_TEST(error_tells_the_place)
{
	cJSON *d = NULL;

	ck_assert_int_eq(parse("{\"a\":1} x", 9, &d), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error.msg, "byte 8"));
}
END_TEST

START_TEST(depth_has_a_bound)
{
	char text[2 * JSON_DEPTH_MAX + 2];
	cJSON *d = NULL;

	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	ck_assert_msg(!parse(text, 2UL * JSON_DEPTH_MAX, &d), "%s", error.msg);
	json_free(&d);
	ck_assert_ptr_null(d);
	/* a value in the innermost is no depth */
	text[JSON_DEPTH_MAX] = '1';
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX);
	ck_assert_msg(!parse(text, 2UL * JSON_DEPTH_MAX + 1, &d), "%s", error.msg);
	json_free(&d);
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	ck_assert_int_eq(parse(text, sizeof(text), &d), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error.msg, "deep"));
}
END_TEST

/* Brackets in strings are no depth, and a backslash before the quote does not hide the end. */
START_TEST(depth_is_not_counted_in_strings)
{
	char text[256] = "[\"\\\\\",\"";
	size_t n = strlen(text);
	cJSON *d = NULL;

	memset(text + n, '[', 100);
	memcpy(text + n + 100, "\"]", 3);
	ck_assert_msg(!parse(text, strlen(text), &d), "%s", error.msg);
	json_free(&d);
	memset(text, '[', 200);
	ck_assert_int_eq(parse(text, 200, &d), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error.msg, "deep"));
}
END_TEST

START_TEST(length_has_a_bound)
{
	size_t n = (size_t)JSON_TEXT_MAX + 1;
	char *text = malloc(n);
	cJSON *d = NULL;

	ck_assert_ptr_nonnull(text);
	memset(text, ' ', n);
	text[0] = '1';
	ck_assert_int_eq(json_parse(text, n, &d, &error), -E2BIG);
	ck_assert_int_eq(json_parse(text, n - 1, &d, &error), 0);
	json_free(&d);
	free(text);
}
END_TEST

START_TEST(keys_match_in_any_case_and_the_last_wins)
{
	cJSON *d = doc("{'DeviceID':1,'deviceid':2,'Name':'x','null':1,'NULL':null}");

	ck_assert_int_eq(json_find(d, "deviceID")->valueint, 2);
	ck_assert_ptr_nonnull(json_find(d, "name"));
	ck_assert_ptr_null(json_find(d, "nam"));
	ck_assert_ptr_null(json_find(d, "names"));
	ck_assert_msg(!json_find(d, "null"), "null is absent");
	ck_assert_ptr_null(json_find(json_find(d, "name"), "x"));
	ck_assert_ptr_null(json_find(NULL, "x"));
	cJSON_Delete(d);
}
END_TEST

START_TEST(typed_members_are_read)
{
	cJSON *d = doc("{'s':'x','i':-5,'b':true,'o':{},'a':[],'f':false}");
	const cJSON *o = NULL, *a = NULL;
	struct opt_bool b = { 0 };
	struct opt_i64 i = { 0 };
	const char *s = NULL;

	ck_assert_int_eq(json_get_str(d, "s", &s, &error), 0);
	ck_assert_str_eq(s, "x");
	ck_assert_int_eq(json_get_int(d, "i", &i, &error), 0);
	ck_assert(i.set && i.v == -5);
	ck_assert_int_eq(json_get_bool(d, "b", &b, &error), 0);
	ck_assert(b.set && b.v);
	ck_assert_int_eq(json_get_bool(d, "f", &b, &error), 0);
	ck_assert(b.set && !b.v);
	ck_assert_int_eq(json_get_object(d, "o", &o, &error), 0);
	ck_assert(cJSON_IsObject(o));
	ck_assert_int_eq(json_get_array(d, "a", &a, &error), 0);
	ck_assert(cJSON_IsArray(a));
	cJSON_Delete(d);
}
END_TEST

START_TEST(absent_and_null_are_unset)
{
	static const char *const texts[] = { "{}", "{'k':null}", "{'k':5,'K':null}" };

	for (size_t n = 0; n < array_size(texts); n++) {
		cJSON *d = doc(texts[n]);
		const cJSON *o = d, *a = d;
		struct opt_bool b = { true, true };
		struct opt_i64 i = { true, 1 };
		const char *s = "x";

		ck_assert_int_eq(json_get_str(d, "k", &s, &error), 0);
		ck_assert_ptr_null(s);
		ck_assert_int_eq(json_get_int(d, "k", &i, &error), 0);
		ck_assert(!i.set);
		ck_assert_int_eq(json_get_bool(d, "k", &b, &error), 0);
		ck_assert(!b.set);
		ck_assert_int_eq(json_get_object(d, "k", &o, &error), 0);
		ck_assert_ptr_null(o);
		ck_assert_int_eq(json_get_array(d, "k", &a, &error), 0);
		ck_assert_ptr_null(a);
		cJSON_Delete(d);
	}
}
END_TEST

START_TEST(wrong_type_names_key_and_kind)
{
	cJSON *d = doc("{'s':'x','i':5,'o':{},'a':[],'b':true}");
	const cJSON *j = NULL;
	struct opt_bool b = { 0 };
	struct opt_i64 i = { 0 };
	const char *s = NULL;

	ck_assert_int_eq(json_get_str(d, "i", &s, &error), -EBADMSG);
	ck_assert_str_eq(error.msg, "\"i\" must be a string, not a number");
	ck_assert_int_eq(json_get_int(d, "s", &i, &error), -EBADMSG);
	ck_assert_str_eq(error.msg, "\"s\" must be a whole number, not a string");
	ck_assert_int_eq(json_get_bool(d, "i", &b, &error), -EBADMSG);
	ck_assert_int_eq(json_get_object(d, "a", &j, &error), -EBADMSG);
	ck_assert_str_eq(error.msg, "\"a\" must be an object, not a list");
	ck_assert_int_eq(json_get_array(d, "o", &j, &error), -EBADMSG);
	ck_assert_str_eq(error.msg, "\"o\" must be a list, not an object");
	ck_assert_int_eq(json_get_array(d, "b", &j, &error), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error.msg, "true or false"));
	ck_assert_msg(!s && !j && !i.set && !b.set, "written on failure");
	cJSON_Delete(d);
}
END_TEST

START_TEST(integers_are_written_as_such)
{
	static const struct {
		const char *text;
		int64_t v;
		bool ok;
	} rows[] = {
		{ "{'k':0}", 0, true },
		{ "{'k':-0}", 0, true },
		{ "{'k':9223372036854775807}", INT64_MAX, true },
		{ "{'k':-9223372036854775808}", INT64_MIN, true },
		{ "{'k':9007199254740993}", 9007199254740993, true },
		{ "{'k':9223372036854775808}", 0, false },
		{ "{'k':5.0}", 0, false },
		{ "{'k':5.5}", 0, false },
		{ "{'k':1e2}", 0, false },
		{ "{'k':'5'}", 0, false },
		{ "{'k':true}", 0, false },
	};

	for (size_t n = 0; n < array_size(rows); n++) {
		cJSON *d = doc(rows[n].text);
		struct opt_i64 i = { 0 };
		int r = json_get_int(d, "k", &i, &error);

		ck_assert_msg(r == (rows[n].ok ? 0 : -EBADMSG), "%s", rows[n].text);
		ck_assert_msg(i.set == rows[n].ok && i.v == rows[n].v, "%s", rows[n].text);
		cJSON_Delete(d);
	}
}
END_TEST

START_TEST(kinds_have_names)
{
	cJSON *d = doc("[{},[],'',0,true,false,null]");

	ck_assert_str_eq(json_kind(cJSON_GetArrayItem(d, 0)), "an object");
	ck_assert_str_eq(json_kind(cJSON_GetArrayItem(d, 1)), "a list");
	ck_assert_str_eq(json_kind(cJSON_GetArrayItem(d, 2)), "a string");
	ck_assert_str_eq(json_kind(cJSON_GetArrayItem(d, 3)), "a number");
	ck_assert_str_eq(json_kind(cJSON_GetArrayItem(d, 4)), "true or false");
	ck_assert_str_eq(json_kind(cJSON_GetArrayItem(d, 5)), "true or false");
	ck_assert_str_eq(json_kind(cJSON_GetArrayItem(d, 6)), "null");
	ck_assert_str_eq(json_kind(NULL), "null");
	cJSON_Delete(d);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_test(tc, documents_are_read);
	tcase_add_test(tc, what_is_no_json_is_refused);
	tcase_add_test(tc, nul_bytes_are_refused);
	tcase_add_test(tc, error_tells_the_place);
	tcase_add_test(tc, depth_has_a_bound);
	tcase_add_test(tc, depth_is_not_counted_in_strings);
	tcase_add_test(tc, length_has_a_bound);
	tcase_add_test(tc, keys_match_in_any_case_and_the_last_wins);
	tcase_add_test(tc, typed_members_are_read);
	tcase_add_test(tc, absent_and_null_are_unset);
	tcase_add_test(tc, wrong_type_names_key_and_kind);
	tcase_add_test(tc, integers_are_written_as_such);
	tcase_add_test(tc, kinds_have_names);
	suite_add_tcase(suite, tc);
	return suite;
}
