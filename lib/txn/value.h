/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small tagged value: what a property was and what it shall be. Plain data,
 * so that plans are compared, copied and written to disk without code per
 * property.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/types.h"

enum {
	VALUE_TEXT_MAX = 256, /* an alias of an interface */
	VALUE_NAMES_MAX = 16,
	VALUE_NAME_MAX = 128, /* with NUL */
	/* Of all together: a dozen of udev's; what a plan takes of the heap is mostly this. */
	VALUE_NAMES_SIZE = 512,
};

enum value_type {
	VALUE_NUMBER,
	VALUE_BOOL,
	VALUE_MAC,
	VALUE_TEXT,
	VALUE_NUMBERS, /* a few numbers that only make sense together */
	VALUE_PLACE, /* a namespace and a name in it */
	VALUE_NAMES, /* a set of names */
};

/** struct value_place - @dev, @ino, @cookie: the namespace (kernel/netns.h) */
struct value_place {
	uint64_t dev, ino, cookie;
	char name[VALUE_TEXT_MAX];
};

/** struct value_names - @list: one behind the other, each with its NUL; an empty one is the end */
struct value_names {
	char list[VALUE_NAMES_SIZE];
};

struct value {
	enum value_type type;
	union {
		uint64_t number;
		bool yes;
		struct mac mac;
		char text[VALUE_TEXT_MAX];
		uint32_t numbers[3];
		struct value_place place;
		struct value_names names;
	};
};

/* Values are made with these, so that the type is never forgotten. */
struct value value_number(uint64_t v);
struct value value_bool(bool v);
struct value value_mac(const struct mac *m);
struct value value_text(const char *s);
struct value value_numbers(uint32_t a, uint32_t b, uint32_t c);

/** value_add_name() - to one of VALUE_NAMES; false: there is no room, it is too long, or empty */
bool value_add_name(struct value *v, const char *name);

/** value_has_name() - is it one of @v's, of VALUE_NAMES */
bool value_has_name(const struct value *v, const char *name);

/** value_next_name() - the one behind @name, the first if that is NULL; NULL: there is none */
const char *value_next_name(const struct value *v, const char *name);

/** value_equal() - names compare as sets; a place's cookie only if both sides have one */
bool value_equal(const struct value *a, const struct value *b);

/** value_same_netns() - two places in one namespace, whatever their names */
bool value_same_netns(const struct value *a, const struct value *b);

/** value_to_json() - a new item, NULL when out of memory */
cJSON *value_to_json(const struct value *v);

/**
 * value_from_json() - read back what value_to_json() wrote; -EBADMSG
 *
 * Of VALUE_NAMES_MAX names those that there is no room for are left off and said: an earlier
 * version's record, which had room for the longest ones, must not be lost for one.
 */
int value_from_json(const cJSON *j, enum value_type type, struct value *ret) must_check;

/** value_format() - for messages: "100 3 33024", "net1 in netns 4026532261" */
const char *value_format(const struct value *v, char *buf, size_t size);
