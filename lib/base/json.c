// SPDX-License-Identifier: Apache-2.0
/*
 * cJSON parses; a second pass over the text, in step with cJSON's tree, checks
 * what cJSON lets pass (control characters, "01", a BOM, NUL by escape) and
 * keeps each number's literal.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct scan {
	const char *start, *at, *end;
	const char *why; /* set when the text is refused */
	bool oom;
};

static bool refuse(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return false;
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
		s->at++;
}

static bool next_is(struct scan *s, char c)
{
	skip_space(s);
	if (s->at >= s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/*
 * After the opening quote; returns behind the closing one. cJSON decoded the
 * text already, so only what it is too lax about is looked at.
 */
static bool scan_string(struct scan *s)
{
	if (!next_is(s, '"'))
		return refuse(s, "want a string");
	for (; s->at < s->end; s->at++) {
		unsigned char c = (unsigned char)*s->at;

		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < ' ')
			return refuse(s, "control character in a string");
		if (c != '\\')
			continue;
		if (s->end - s->at >= 6 && !memcmp(s->at, "\\u0000", 6))
			return refuse(s, "NUL in a string");
		s->at++;
	}
	return refuse(s, "string without end");
}

static size_t scan_digits(struct scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

/* RFC 8259: [-] int [frac] [exp], no leading zero */
static bool scan_number(struct scan *s, cJSON *node)
{
	const char *from, *digits;

	skip_space(s);
	from = s->at;
	if (s->at < s->end && *s->at == '-')
		s->at++;
	digits = s->at;
	if (!scan_digits(s) || (s->at - digits > 1 && *digits == '0'))
		return refuse(s, "malformed number");
	if (s->at < s->end && *s->at == '.') {
		s->at++;
		if (!scan_digits(s))
			return refuse(s, "malformed number");
	}
	if (s->at < s->end && (*s->at | 0x20) == 'e') {
		s->at++;
		if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
		if (!scan_digits(s))
			return refuse(s, "malformed number");
	}
	/* cJSON_Delete() frees valuestring of any item that is not a reference */
	node->valuestring = strndup(from, (size_t)(s->at - from));
	if (!node->valuestring)
		s->oom = true;
	return !s->oom;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	skip_space(s);
	if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
		return refuse(s, "unknown word");
	s->at += n;
	return true;
}

static bool scan_value(struct scan *s, cJSON *node);

static bool scan_members(struct scan *s, cJSON *node, char open, char close)
{
	if (!next_is(s, open))
		return refuse(s, "value of another kind than it looked like");
	for (cJSON *i = node->child; i; i = i->next) {
		if (open == '{' && (!scan_string(s) || !next_is(s, ':')))
			return refuse(s, "want a key and ':'");
		if (!scan_value(s, i))
			return false;
		if (i->next && !next_is(s, ','))
			return refuse(s, "want ','");
	}
	return next_is(s, close) || refuse(s, "want the closing bracket");
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by too_deep()
static bool scan_value(struct scan *s, cJSON *node)
{
	bool ok;

	switch (node->type & 0xff) {
	case cJSON_Object:
		ok = scan_members(s, node, '{', '}');
		break;
	case cJSON_Array:
		ok = scan_members(s, node, '[', ']');
		break;
	case cJSON_String:
		ok = scan_string(s);
		break;
	case cJSON_Number:
		ok = scan_number(s, node);
		break;
	case cJSON_True:
		ok = scan_word(s, "true");
		break;
	case cJSON_False:
		ok = scan_word(s, "false");
		break;
	default: /* cJSON's type is an int, not an enum of ours */
		ok = scan_word(s, "null");
		break;
	}
	return ok;
}

/* From behind the opening quote to the closing one. */
static size_t string_end(const char *text, size_t len, size_t at)
{
	for (; at < len && text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at;
}

/* How deep brackets nest, without parsing: cJSON itself recurses to 1000. */
static bool too_deep(const char *text, size_t len)
{
	unsigned depth = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"') {
			i = string_end(text, len, i + 1);
		} else if (text[i] == '{' || text[i] == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if ((text[i] == '}' || text[i] == ']') && depth) {
			depth--;
		}
	}
	return false;
}

int json_check_bounds(const char *text, size_t len, struct err *e)
{
	if (len > JSON_TEXT_MAX)
		return err_set(e, E2BIG, "JSON text has %zu bytes, at most %d are read", len,
			       JSON_TEXT_MAX);
	if (too_deep(text, len))
		return err_set(e, EBADMSG, "JSON nested more than %d deep", JSON_DEPTH_MAX);
	return 0;
}

int json_parse(const char *text, size_t len, cJSON **ret, struct err *e)
{
	struct scan s = { .start = text, .at = text, .end = text + len };
	cleanup(json_free) cJSON *doc = NULL;
	const char *end = NULL;
	int r = json_check_bounds(text, len, e);

	if (r)
		return r;
	skip_space(&s);
	if (s.at == s.end)
		return err_set(e, EBADMSG, "JSON text is empty");
	errno = 0;
	doc = cJSON_ParseWithLengthOpts(text, len, &end, 0);
	/* cJSON does not say why, malloc() does: want of memory must not make a file a damaged one */
	if (!doc && errno == ENOMEM)
		return err_sys(e, ENOMEM, "read JSON");
	if (!doc)
		return err_set(e, EBADMSG, "not JSON: syntax error near byte %td",
			       end ? end - text : 0);
	if (!scan_value(&s, doc)) {
		if (s.oom)
			return err_sys(e, ENOMEM, "read JSON");
		return err_set(e, EBADMSG, "not JSON: %s near byte %td", s.why, s.at - text);
	}
	skip_space(&s);
	if (s.at != s.end)
		return err_set(e, EBADMSG, "not JSON: text after the document at byte %td",
			       s.at - text);
	*ret = take_ptr(doc);
	return 0;
}

void json_free(cJSON **j)
{
	cJSON_Delete(*j);
	*j = NULL;
}

const cJSON *json_find(const cJSON *obj, const char *key)
{
	const cJSON *found = NULL;

	if (!cJSON_IsObject(obj))
		return NULL;
	for (const cJSON *i = obj->child; i; i = i->next)
		if (i->string && !strcasecmp(i->string, key))
			found = i;
	return cJSON_IsNull(found) ? NULL : found;
}

const char *json_kind(const cJSON *j)
{
	if (cJSON_IsObject(j))
		return "an object";
	if (cJSON_IsArray(j))
		return "a list";
	if (cJSON_IsString(j))
		return "a string";
	if (cJSON_IsNumber(j) || cJSON_IsRaw(j)) /* raw: json_put_int() */
		return "a number";
	if (cJSON_IsBool(j))
		return "true or false";
	return "null";
}

static int wrong_kind(const char *key, const char *want, const cJSON *found, struct err *e)
{
	return err_set(e, EBADMSG, "\"%s\" must be %s, not %s", key, want, json_kind(found));
}

int json_get_str(const cJSON *obj, const char *key, const char **ret, struct err *e)
{
	const cJSON *j = json_find(obj, key);

	if (j && !cJSON_IsString(j))
		return wrong_kind(key, "a string", j, e);
	*ret = j ? j->valuestring : NULL;
	return 0;
}

int json_get_int(const cJSON *obj, const char *key, struct opt_i64 *ret, struct err *e)
{
	const cJSON *j = json_find(obj, key);
	struct opt_i64 v = { .set = j };
	char *end = NULL;

	if (!j) {
		*ret = v;
		return 0;
	}
	if (!cJSON_IsNumber(j) && !cJSON_IsRaw(j))
		return wrong_kind(key, "a whole number", j, e);
	if (j->valuestring) {
		errno = 0;
		v.v = strtoll(j->valuestring, &end, 10);
		if (*end || errno)
			return err_set(e, EBADMSG, "\"%s\" must be a whole number, not %.40s", key,
				       j->valuestring);
	} else {
		/* made by our own code, not read */
		v.v = (int64_t)j->valuedouble;
	}
	*ret = v;
	return 0;
}

int json_get_bool(const cJSON *obj, const char *key, struct opt_bool *ret, struct err *e)
{
	const cJSON *j = json_find(obj, key);

	if (j && !cJSON_IsBool(j))
		return wrong_kind(key, "true or false", j, e);
	*ret = (struct opt_bool){ .set = j, .v = cJSON_IsTrue(j) };
	return 0;
}

int json_get_object(const cJSON *obj, const char *key, const cJSON **ret, struct err *e)
{
	const cJSON *j = json_find(obj, key);

	if (j && !cJSON_IsObject(j))
		return wrong_kind(key, "an object", j, e);
	*ret = j;
	return 0;
}

int json_get_array(const cJSON *obj, const char *key, const cJSON **ret, struct err *e)
{
	const cJSON *j = json_find(obj, key);

	if (j && !cJSON_IsArray(j))
		return wrong_kind(key, "a list", j, e);
	*ret = j;
	return 0;
}

char *json_text(const cJSON *j)
{
	return cJSON_PrintUnformatted(j);
}

bool json_put(cJSON *obj, const char *key, cJSON *item)
{
	if (item && cJSON_AddItemToObjectCS(obj, key, item))
		return true;
	cJSON_Delete(item);
	return false;
}

bool json_put_str(cJSON *obj, const char *key, const char *s)
{
	return json_put(obj, key, cJSON_CreateString(s));
}

/*
 * In digits: cJSON's own numbers are doubles, which have 53 bits and print 10^15 as 1e+15. A record has
 * dozens of numbers: one by snprintf() would take ten times as long.
 */
static cJSON *new_number(uint64_t v, bool negative)
{
	char text[24], *at = text + sizeof(text) - 1;

	*at = '\0';
	do
		*--at = (char)('0' + v % 10);
	while (v /= 10);
	if (negative)
		*--at = '-';
	return cJSON_CreateRaw(at);
}

cJSON *json_new_uint(uint64_t v)
{
	return new_number(v, false);
}

bool json_put_int(cJSON *obj, const char *key, int64_t v)
{
	return json_put(obj, key, new_number(v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0));
}

bool json_put_bool(cJSON *obj, const char *key, bool v)
{
	return json_put(obj, key, cJSON_CreateBool(v));
}

bool json_replace(cJSON *obj, const char *key, cJSON *item)
{
	if (item)
		while (cJSON_HasObjectItem(obj, key))
			cJSON_DeleteItemFromObject(obj, key);
	return json_put(obj, key, item);
}
