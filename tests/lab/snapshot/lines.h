/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/** struct lines - text to be sorted */
struct lines {
	char **v;
	size_t n, size;
};

void lines_add(struct lines *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** lines_take() - all of them sorted, one text; malloc()ed. @l is empty afterwards */
char *lines_take(struct lines *l);

/** die() - the program itself cannot go on */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
