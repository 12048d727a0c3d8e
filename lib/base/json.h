/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cJSON made strict, read the way Go's encoding/json reads it.
 *
 * The Go plugins' users rely on that decoder's habits: keys match in any case,
 * of duplicates the last one wins, null means absent, unknown keys are ignored,
 * an integer must be written as one ("5.0" is an error). cJSON by itself is
 * laxer about grammar; json_parse() checks the text again, and bounds it.
 */
#pragma once
#include <cjson/cJSON.h>

#include "base/err.h"
#include "base/str.h"

enum {
	JSON_TEXT_MAX = 8 << 20, /* bytes; a conflist with a large prevResult is a few kB */
	JSON_DEPTH_MAX = 64,
};

/**
 * json_parse() - one JSON document, all of @text
 * @text: need not be NUL-terminated
 * @len:  at most JSON_TEXT_MAX
 * @ret:  owned by the caller, see json_free(). Number items carry their literal in
 *        valuestring, so that no digit is lost.
 *
 * Return: 0, or -EBADMSG with the reason and its byte offset, -E2BIG, -ENOMEM.
 */
int json_parse(const char *text, size_t len, cJSON **ret, struct err *e) must_check;

/** json_check_bounds() - does json_parse() take a text of this size and depth; -E2BIG, -EBADMSG */
int json_check_bounds(const char *text, size_t len, struct err *e) must_check;

/** json_free() - for cleanup(json_free) on a cJSON * */
void json_free(cJSON **j);

/** json_find() - the last member named @key in any case; NULL if there is none or it is null */
const cJSON *json_find(const cJSON *obj, const char *key);

/*
 * Typed members. Absent or null: 0, and *ret is NULL or unset. Wrong type:
 * -EBADMSG with a message that names the key and what was found.
 */
int json_get_str(const cJSON *obj, const char *key, const char **ret, struct err *e) must_check;
int json_get_int(const cJSON *obj, const char *key, struct opt_i64 *ret, struct err *e) must_check;
int json_get_bool(const cJSON *obj, const char *key, struct opt_bool *ret,
		  struct err *e) must_check;
int json_get_object(const cJSON *obj, const char *key, const cJSON **ret, struct err *e) must_check;
int json_get_array(const cJSON *obj, const char *key, const cJSON **ret, struct err *e) must_check;

/** json_kind() - "a string", "an object", ... for messages */
const char *json_kind(const cJSON *j);

/** json_text() - compact text, malloc()ed; NULL when out of memory */
char *json_text(const cJSON *j) must_check;

/*
 * Building. Each adds to @obj and returns true, or false when out of memory;
 * json_put_int() writes whole numbers of any size exactly. @key is kept, not
 * copied: a literal.
 */
bool json_put_str(cJSON *obj, const char *key, const char *s);
bool json_put_int(cJSON *obj, const char *key, int64_t v);
bool json_put_bool(cJSON *obj, const char *key, bool v);
/** json_new_uint() - a new item; NULL when out of memory */
cJSON *json_new_uint(uint64_t v);
/** json_put() - takes ownership of @item, also when it fails; @item NULL is a failure */
bool json_put(cJSON *obj, const char *key, cJSON *item);
/** json_replace() - as json_put(), instead of every member of that name in any case, whose key @key is not */
bool json_replace(cJSON *obj, const char *key, cJSON *item);
