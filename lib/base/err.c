// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A text that does not fit ends in "...", never in the middle of nothing. */
static void printf_like(3, 0) put_text(char *dst, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(dst, size, fmt, ap);

	if (n < 0)
		dst[0] = '\0';
	else if ((size_t)n >= size)
		memcpy(dst + size - 4, "...", 4);
	for (char *c = dst; *c; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
}

static void printf_like(4, 0)
	err_fill(struct err *e, int sys, unsigned code, const char *fmt, va_list ap)
{
	char msg[ERR_MSG_MAX];

	/* Formatted aside first: an argument may point into *e. */
	put_text(msg, sizeof(msg), fmt, ap);
	*e = (struct err){ .sys = sys, .code = code };
	memcpy(e->msg, msg, sizeof(msg));
}

int err_set(struct err *e, int sys, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_fill(e, sys, 0, fmt, ap);
	va_end(ap);
	return -sys;
}

const char *err_text(int sys)
{
	const char *text = strerrordesc_np(sys);

	return text ? text : strerror(sys);
}

int err_sys(struct err *e, int sys, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	err_fill(e, sys, 0, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	(void)snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", err_text(sys));
	return -sys;
}

int err_code(struct err *e, int sys, unsigned code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_fill(e, sys, code, fmt, ap);
	va_end(ap);
	return -sys;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char head[ERR_MSG_MAX], old[ERR_MSG_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	put_text(head, sizeof(head), fmt, ap);
	va_end(ap);
	memcpy(old, e->msg, sizeof(old));
	n = snprintf(e->msg, sizeof(e->msg), "%s: %s", head, old);
	if (n < 0 || (size_t)n >= sizeof(e->msg))
		memcpy(e->msg + sizeof(e->msg) - 4, "...", 4);
	return -e->sys;
}

void err_detail(struct err *e, const char *fmt, ...)
{
	size_t n = strlen(e->details);
	va_list ap;

	/* the separator, and room for put_text()'s "..." */
	if (n + sizeof("; ...") > sizeof(e->details))
		return;
	if (n) {
		memcpy(e->details + n, "; ", 3);
		n += 2;
	}
	va_start(ap, fmt);
	put_text(e->details + n, sizeof(e->details) - n, fmt, ap);
	va_end(ap);
}

int err_gather(struct err *e, const struct err *other)
{
	if (!other->sys)
		return -e->sys;
	if (!e->sys) {
		*e = *other;
		return -e->sys;
	}
	err_detail(e, "%s", other->msg);
	if (other->details[0])
		err_detail(e, "%s", other->details);
	return -e->sys;
}
