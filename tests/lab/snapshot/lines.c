// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fprintf(stderr, "%s: ", program_invocation_short_name);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputs("\n", stderr);
	va_end(ap);
	exit(2);
}

void lines_add(struct lines *l, const char *fmt, ...)
{
	va_list ap;

	if (l->n == l->size) {
		l->size = l->size ? l->size * 2 : 1024;
		l->v = realloc(l->v, l->size * sizeof(*l->v));
		if (!l->v)
			die("out of memory");
	}
	va_start(ap, fmt);
	if (vasprintf(&l->v[l->n++], fmt, ap) < 0)
		die("out of memory");
	va_end(ap);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *lines_take(struct lines *l)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("out of memory");
	qsort(l->v, l->n, sizeof(*l->v), compare);
	for (size_t i = 0; i < l->n; i++) {
		(void)fprintf(f, "%s\n", l->v[i]);
		free(l->v[i]);
	}
	free(l->v);
	*l = (struct lines){ .v = NULL };
	if (fclose(f))
		die("out of memory");
	return text;
}
