/* SPDX-License-Identifier: Apache-2.0 */
/* Several texts in one input: each ends at a NUL, the last has the rest. */
#pragma once
#include <string.h>

#include "fuzz.h"

struct fields {
	const uint8_t *at;
	size_t left;
};

struct field {
	const uint8_t *b;
	size_t n;
};

/** take_field() - the next one; beyond the last they are empty */
static inline struct field take_field(struct fields *f)
{
	const uint8_t *nul = f->left ? memchr(f->at, '\0', f->left) : NULL;
	const struct field ret = { f->at, nul ? (size_t)(nul - f->at) : f->left };
	size_t used = ret.n + (nul ? 1 : 0);

	f->at += used;
	f->left -= used;
	return ret;
}

/** take_rest() - the last one, NULs and all */
static inline struct field take_rest(const struct fields *f)
{
	return (struct field){ f->at, f->left };
}

/** field_text() - as a string of exactly its size, for free(): sanitizers see the first byte beyond */
static inline char *field_text(struct field f)
{
	char *text = malloc(f.n + 1);

	MUST(text);
	memcpy(text, f.n ? (const void *)f.b : "", f.n);
	text[f.n] = '\0';
	return text;
}
