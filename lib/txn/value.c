// SPDX-License-Identifier: Apache-2.0
#include "txn/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

struct value value_number(uint64_t v)
{
	return (struct value){ .type = VALUE_NUMBER, .number = v };
}

struct value value_bool(bool v)
{
	return (struct value){ .type = VALUE_BOOL, .yes = v };
}

struct value value_mac(const struct mac *m)
{
	return (struct value){ .type = VALUE_MAC, .mac = *m };
}

struct value value_text(const char *s)
{
	struct value v = { .type = VALUE_TEXT };

	/* callers pass names that the kernel bounds below this */
	(void)snprintf(v.text, sizeof(v.text), "%s", s);
	return v;
}

struct value value_numbers(uint32_t a, uint32_t b, uint32_t c)
{
	return (struct value){ .type = VALUE_NUMBERS, .numbers = { a, b, c } };
}

static bool same_netns(const struct value_place *a, const struct value_place *b)
{
	return a->dev == b->dev && a->ino == b->ino &&
	       (!a->cookie || !b->cookie || a->cookie == b->cookie);
}

static bool places_equal(const struct value_place *a, const struct value_place *b)
{
	return same_netns(a, b) && !strcmp(a->name, b->name);
}

bool value_same_netns(const struct value *a, const struct value *b)
{
	return a->type == VALUE_PLACE && b->type == VALUE_PLACE && same_netns(&a->place, &b->place);
}

const char *value_next_name(const struct value *v, const char *name)
{
	const char *next = name ? name + strlen(name) + 1 : v->names.list;

	return *next ? next : NULL;
}

bool value_add_name(struct value *v, const char *name)
{
	size_t n = 0, at = 0, size = strlen(name) + 1;

	for (const char *i = NULL; (i = value_next_name(v, i)); n++)
		at += strlen(i) + 1;
	/* and the empty one at the end */
	if (size == 1 || size > VALUE_NAME_MAX || n == VALUE_NAMES_MAX ||
	    size >= sizeof(v->names.list) - at)
		return false;
	memcpy(v->names.list + at, name, size);
	v->names.list[at + size] = '\0';
	return true;
}

bool value_has_name(const struct value *v, const char *name)
{
	for (const char *i = NULL; (i = value_next_name(v, i));)
		if (!strcmp(i, name))
			return true;
	return false;
}

static bool has_names(const struct value *set, const struct value *subset)
{
	for (const char *i = NULL; (i = value_next_name(subset, i));)
		if (!value_has_name(set, i))
			return false;
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case VALUE_NUMBER:
		return a->number == b->number;
	case VALUE_BOOL:
		return a->yes == b->yes;
	case VALUE_MAC:
		return mac_equal(&a->mac, &b->mac);
	case VALUE_TEXT:
		return !strcmp(a->text, b->text);
	case VALUE_NUMBERS:
		return !memcmp(a->numbers, b->numbers, sizeof(a->numbers));
	case VALUE_PLACE:
		return places_equal(&a->place, &b->place);
	case VALUE_NAMES:
		return has_names(a, b) && has_names(b, a);
	}
	return false;
}

static cJSON *numbers_to_json(const struct value *v)
{
	cleanup(json_free) cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; list && i < array_size(v->numbers); i++)
		if (!cJSON_AddItemToArray(list, json_new_uint(v->numbers[i])))
			return NULL;
	return take_ptr(list);
}

static cJSON *names_to_json(const struct value *v)
{
	cleanup(json_free) cJSON *list = cJSON_CreateArray();

	for (const char *i = NULL; list && (i = value_next_name(v, i));)
		if (!cJSON_AddItemToArray(list, cJSON_CreateString(i)))
			return NULL;
	return take_ptr(list);
}

static cJSON *place_to_json(const struct value_place *p)
{
	cleanup(json_free) cJSON *obj = cJSON_CreateObject();

	if (!obj || !json_put(obj, "dev", json_new_uint(p->dev)) ||
	    !json_put(obj, "ino", json_new_uint(p->ino)) ||
	    !json_put(obj, "cookie", json_new_uint(p->cookie)) ||
	    !json_put_str(obj, "name", p->name))
		return NULL;
	return take_ptr(obj);
}

cJSON *value_to_json(const struct value *v)
{
	char mac[MAC_STR_MAX];

	switch (v->type) {
	case VALUE_NUMBER:
		return json_new_uint(v->number);
	case VALUE_BOOL:
		return cJSON_CreateBool(v->yes);
	case VALUE_MAC:
		return cJSON_CreateString(mac_format(&v->mac, mac));
	case VALUE_TEXT:
		return cJSON_CreateString(v->text);
	case VALUE_NUMBERS:
		return numbers_to_json(v);
	case VALUE_PLACE:
		return place_to_json(&v->place);
	case VALUE_NAMES:
		return names_to_json(v);
	}
	return NULL;
}

static bool read_number(const cJSON *j, uint64_t max, uint64_t *ret)
{
	/* raw: not read but made by json_new_uint() */
	return (cJSON_IsNumber(j) || cJSON_IsRaw(j)) && j->valuestring &&
	       !str_to_u64(j->valuestring, 10, max, ret);
}

static bool read_text(const cJSON *j, char *dst, size_t size)
{
	return cJSON_IsString(j) && !str_copy(dst, size, j->valuestring);
}

static bool read_numbers(const cJSON *j, struct value *v)
{
	uint64_t n;

	if (!cJSON_IsArray(j) || cJSON_GetArraySize(j) != (int)array_size(v->numbers))
		return false;
	for (size_t i = 0; i < array_size(v->numbers); i++) {
		if (!read_number(cJSON_GetArrayItem(j, (int)i), UINT32_MAX, &n))
			return false;
		v->numbers[i] = (uint32_t)n;
	}
	return true;
}

static bool read_place(const cJSON *j, struct value_place *p)
{
	return read_number(json_find(j, "dev"), UINT64_MAX, &p->dev) &&
	       read_number(json_find(j, "ino"), UINT64_MAX, &p->ino) &&
	       read_number(json_find(j, "cookie"), UINT64_MAX, &p->cookie) &&
	       read_text(json_find(j, "name"), p->name, sizeof(p->name));
}

static bool read_names(const cJSON *j, struct value *v)
{
	const cJSON *i;

	if (!cJSON_IsArray(j) || cJSON_GetArraySize(j) > VALUE_NAMES_MAX)
		return false;
	cJSON_ArrayForEach(i, j) {
		if (!cJSON_IsString(i) || strlen(i->valuestring) >= VALUE_NAME_MAX)
			return false;
		if (!value_add_name(v, i->valuestring))
			log_warn("name \"%s\" of a record is left off, there is no room for it",
				 i->valuestring);
	}
	return true;
}

int value_from_json(const cJSON *j, enum value_type type, struct value *ret)
{
	struct value v = { .type = type };
	bool ok = false;

	switch (type) {
	case VALUE_NUMBER:
		ok = read_number(j, UINT64_MAX, &v.number);
		break;
	case VALUE_BOOL:
		ok = cJSON_IsBool(j);
		v.yes = cJSON_IsTrue(j);
		break;
	case VALUE_MAC:
		ok = cJSON_IsString(j) && !mac_parse(j->valuestring, &v.mac);
		break;
	case VALUE_TEXT:
		ok = read_text(j, v.text, sizeof(v.text));
		break;
	case VALUE_NUMBERS:
		ok = read_numbers(j, &v);
		break;
	case VALUE_PLACE:
		ok = read_place(j, &v.place);
		break;
	case VALUE_NAMES:
		ok = read_names(j, &v);
		break;
	}
	if (!ok)
		return -EBADMSG;
	*ret = v;
	return 0;
}

const char *value_format(const struct value *v, char *buf, size_t size)
{
	char mac[MAC_STR_MAX];
	size_t at = 0;

	buf[0] = '\0';
	switch (v->type) {
	case VALUE_NUMBER:
		(void)snprintf(buf, size, "%" PRIu64, v->number);
		break;
	case VALUE_BOOL:
		(void)snprintf(buf, size, "%s", v->yes ? "on" : "off");
		break;
	case VALUE_MAC:
		(void)snprintf(buf, size, "%s", mac_format(&v->mac, mac));
		break;
	case VALUE_TEXT:
		(void)snprintf(buf, size, "%s", v->text);
		break;
	case VALUE_NUMBERS:
		(void)snprintf(buf, size, "%u/%u/%u", v->numbers[0], v->numbers[1], v->numbers[2]);
		break;
	case VALUE_PLACE:
		if (v->place.ino)
			(void)snprintf(buf, size, "%s in netns %" PRIu64, v->place.name,
				       v->place.ino);
		else
			(void)snprintf(buf, size, "%s on the host", v->place.name);
		break;
	case VALUE_NAMES:
		for (const char *i = NULL; at < size && (i = value_next_name(v, i));)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? "," : "", i);
		break;
	}
	return buf;
}
