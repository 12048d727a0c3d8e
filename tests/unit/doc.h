/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents in tests: written with ' for ", compared whole. */
#pragma once
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "unit.h"

/* Owned by the caller; the test fails if @text is no JSON. */
static inline cJSON *doc(const char *text)
{
	struct err e = { 0 };
	cJSON *ret = NULL;
	char *copy = strdup(text);

	ck_assert_ptr_nonnull(copy);
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	ck_assert_msg(!json_parse(copy, strlen(copy), &ret, &e), "%s: %s", copy, e.msg);
	free(copy);
	return ret;
}

/* Keys in any order, all values equal, nothing more and nothing less; as a reader sees them. */
static inline void assert_doc_eq(const cJSON *have, const char *want)
{
	cJSON *w = doc(want), *again = NULL;
	char *have_text = json_text(have), *want_text = json_text(w);
	struct err e = { 0 };

	ck_assert_msg(!json_parse(have_text, strlen(have_text), &again, &e), "%s: %s", have_text,
		      e.msg);
	ck_assert_msg(cJSON_Compare(again, w, true), "have %s\nwant %s", have_text, want_text);
	free(have_text);
	free(want_text);
	cJSON_Delete(again);
	cJSON_Delete(w);
}
