/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every <module>_test.c has in common: it defines unit_suite(), and main.c runs that.
 * How it runs (fork, verbosity, TAP, time limits) comes from libcheck's CK_* variables, which
 * tests/unit/meson.build sets.
 */
#pragma once
#include <check.h>
#include <stdio.h>
#include <string.h>

/* base/attr.h makes "unused" a macro, and START_TEST would spell the attribute that way. */
#undef CK_ATTRIBUTE_UNUSED
#define CK_ATTRIBUTE_UNUSED __attribute__((__unused__))

Suite *unit_suite(void);

/* Adds @word and a space to @list, of @size bytes. */
static inline void add_word(char *list, size_t size, const char *word)
{
	size_t n = strlen(list);

	ck_assert_int_lt(snprintf(list + n, size - n, "%s ", word), (int)(size - n));
}
