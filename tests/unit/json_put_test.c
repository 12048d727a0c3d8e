// SPDX-License-Identifier: Apache-2.0
/* Building documents with lib/base/json.h; json_test.c is about reading. */
#include "doc.h"

static struct err error;

START_TEST(documents_are_built)
{
	cJSON *d = cJSON_CreateObject();
	char *text;

	ck_assert(json_put_str(d, "s", "a\"\n"));
	ck_assert(json_put_int(d, "i", -5));
	ck_assert(json_put_bool(d, "b", false));
	ck_assert(json_put(d, "a", cJSON_CreateArray()));
	ck_assert_msg(!json_put(d, "x", NULL), "NULL is out of memory");
	text = json_text(d);
	ck_assert_str_eq(text, "{\"s\":\"a\\\"\\n\",\"i\":-5,\"b\":false,\"a\":[]}");
	free(text);
	cJSON_Delete(d);
}
END_TEST

START_TEST(replace_takes_every_spelling_away)
{
	cJSON *d = doc("{'Key':1,'x':2,'KEY':3,'key':null}");

	ck_assert(json_replace(d, "key", cJSON_CreateTrue()));
	assert_doc_eq(d, "{'x':2,'key':true}");
	ck_assert(json_replace(d, "new", cJSON_CreateTrue()));
	ck_assert(!json_replace(d, "x", NULL));
	assert_doc_eq(d, "{'x':2,'key':true,'new':true}");
	cJSON_Delete(d);
}
END_TEST

static const int64_t numbers[] = { 0,
				   1,
				   -1,
				   INT32_MAX,
				   INT32_MIN,
				   4026531840,
				   1000000000000000,
				   1000000000000000000,
				   9007199254740991,
				   9007199254740993,
				   -9007199254740993,
				   INT64_MAX,
				   INT64_MAX - 1,
				   INT64_MIN };

START_TEST(whole_numbers_survive_text_exactly)
{
	cJSON *d = cJSON_CreateObject(), *again = NULL;
	struct opt_i64 v = { 0 };
	char *text;

	ck_assert(json_put_int(d, "k", numbers[_i]));
	text = json_text(d);
	ck_assert_int_eq(json_parse(text, strlen(text), &again, &error), 0);
	ck_assert_msg(!json_get_int(again, "k", &v, &error), "%s: %s", text, error.msg);
	ck_assert_msg(v.set && v.v == numbers[_i], "%s", text);
	free(text);
	cJSON_Delete(d);
	cJSON_Delete(again);
}
END_TEST

START_TEST(whole_numbers_can_be_read_where_they_were_put)
{
	cJSON *d = cJSON_CreateObject();
	struct opt_i64 v = { 0 };

	ck_assert(json_put_int(d, "k", numbers[_i]));
	ck_assert_msg(!json_get_int(d, "k", &v, &error), "%s", error.msg);
	ck_assert(v.set && v.v == numbers[_i]);
	cJSON_Delete(d);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("json_put");
	TCase *tc = tcase_create("json_put");

	tcase_add_test(tc, documents_are_built);
	tcase_add_test(tc, replace_takes_every_spelling_away);
	tcase_add_loop_test(tc, whole_numbers_survive_text_exactly, 0, array_size(numbers));
	tcase_add_loop_test(tc, whole_numbers_can_be_read_where_they_were_put, 0,
			    array_size(numbers));
	suite_add_tcase(suite, tc);
	return suite;
}
