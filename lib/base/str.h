/* SPDX-License-Identifier: Apache-2.0 */
/* Strings and numbers with bounds: the only place that converts text to numbers. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Optional values: a sentinel could not say "set it back to 0". */
struct opt_u32 {
	bool set;
	uint32_t v;
};

struct opt_i64 {
	bool set;
	int64_t v;
};

struct opt_bool {
	bool set, v;
};

/** str_to_u64() - all of @s as a number in @base, no sign, no space; -EINVAL or -ERANGE */
int str_to_u64(const char *s, int base, uint64_t max, uint64_t *ret) must_check;

/** str_copy() - copy with a bound; -ENAMETOOLONG and @dst empty when it does not fit */
int str_copy(char *dst, size_t size, const char *src) must_check;

/** str_printf() - snprintf() where truncation is -ENAMETOOLONG */
int str_printf(char *dst, size_t size, const char *fmt, ...) printf_like(3, 4) must_check;

/** str_is_id() - CNI's alphabet of container ids and network names: [a-zA-Z0-9][a-zA-Z0-9_.-]* */
bool str_is_id(const char *s);

/** str_lower() - ASCII lower case in place */
void str_lower(char *s);

/** str_distance() - edits (insert, drop, replace, any case) from @a to @b; for "did you mean" */
unsigned str_distance(const char *a, const char *b);

/** str_free() - for cleanup(str_free) on a char * */
void str_free(char **s);
