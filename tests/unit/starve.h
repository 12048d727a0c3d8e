/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Out of memory, at each allocation in turn: the answer is -ENOMEM, or all of what it would have
 * been. The linker puts what is here in the place of malloc() and the like (meson.build).
 */
#pragma once
#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

#include "doc.h"

enum { ALLOCATIONS_MAX = 2000 };

/* The names are the linker's. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
int __wrap_asprintf(char **ret, const char *fmt, ...) printf_like(2, 3);

/* 0: all succeed; n: the n-th fails */
static unsigned countdown;

static inline bool fails(void)
{
	if (!countdown || --countdown)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

int __wrap_asprintf(char **ret, const char *fmt, ...)
{
	va_list ap;
	int n = -1;

	va_start(ap, fmt);
	if (!fails())
		n = vasprintf(ret, fmt, ap);
	va_end(ap);
	return n;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* As @run writes its answer when nothing fails, and again with the n-th allocation failing. */
static inline void starve(int (*run)(char **ret, struct err *e))
{
	char *whole = NULL, *text = NULL;
	struct err e = { 0 };
	unsigned n = 0, left = 0;

	ck_assert_msg(!run(&whole, &e), "%s", e.msg);
	while (!left && n < ALLOCATIONS_MAX) {
		int r;

		countdown = ++n;
		e = (struct err){ 0 };
		r = run(&text, &e);
		left = countdown;
		countdown = 0;
		ck_assert_msg(!r || (r == -ENOMEM && e.sys == ENOMEM && *e.msg), "%u: %d, %s", n, r,
			      e.msg);
		ck_assert_msg(r || !strcmp(text, whole), "%u: %s", n, text);
		free(text);
		text = NULL;
	}
	ck_assert_msg(left && n > 1, "%u allocations", n);
	free(whole);
}

static inline int take_text(char *text, char **ret, struct err *e)
{
	*ret = text;
	return text ? 0 : err_sys(e, ENOMEM, "make text");
}

/* cJSON may be a shared library, whose calls the linker does not see. */
static inline void starve_cjson(void)
{
	static cJSON_Hooks hooks = { .malloc_fn = __wrap_malloc, .free_fn = free };

	cJSON_InitHooks(&hooks);
}
