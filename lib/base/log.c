// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { LINE_MAX_LEN = 2048, MSG_MAX = 1024 };

static const char *const level_name[] = {
	[LOG_PANIC] = "panic", [LOG_ERROR] = "error", [LOG_WARNING] = "warning",
	[LOG_INFO] = "info",   [LOG_DEBUG] = "debug",
};

static struct {
	int fd;
	enum log_level level;
	const char *name, *container, *netns, *ifname;
} sink = { .fd = STDERR_FILENO, .level = LOG_WARNING, .name = "cni" };

static enum log_level parse_level(const char *s)
{
	for (size_t i = 0; s && i < array_size(level_name); i++)
		if (!strcmp(s, level_name[i]))
			return (enum log_level)i;
	return LOG_INFO;
}

void log_open(const char *name, const char *level, const char *file)
{
	struct stat st;
	int fd;

	sink.name = name;
	sink.level = parse_level(level);
	if (!file || !*file)
		return;
	/* O_NONBLOCK: a FIFO without reader must not stop a pod */
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode)) {
		sink.fd = fd;
		return;
	}
	if (fd >= 0)
		close(fd);
	log_warn("log file %s cannot be written, logging to stderr", file);
}

void log_context(const char *container, const char *netns, const char *ifname)
{
	sink.container = container;
	sink.netns = netns;
	sink.ifname = ifname;
}

/*
 * UTC by our own arithmetic: gmtime_r() reads the host's time zone all the same, some six calls at
 * each start. Years begin in March here, so that the leap day is their last.
 */
static void put_time(const struct timespec *ts, char *buf, size_t size)
{
	enum { DAY = 86400, ERA_YEARS = 400, ERA_DAYS = 146097, MARCH_1_OF_0 = 719468 };
	long days, year, day, month, second;

	second = ts->tv_sec % DAY;
	days = ts->tv_sec / DAY + MARCH_1_OF_0;
	day = days % ERA_DAYS;
	/* leap days before: every 4 years, not every 100, but every 400 */
	year = (day - day / 1460 + day / 36524 - day / (ERA_DAYS - 1)) / 365;
	day -= year * 365 + year / 4 - year / 100;
	/* five months have 153 days, and again, and what is left */
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	month = month < 10 ? month + 3 : month - 9;
	year += days / ERA_DAYS * ERA_YEARS + (month <= 2);
	(void)snprintf(buf, size, "%04ld-%02ld-%02ldT%02ld:%02ld:%02ld.%09ldZ", year, month,
		       day + 1, second / 3600, second / 60 % 60, second % 60, ts->tv_nsec);
}

/* A line under construction; what does not fit is cut. */
struct line {
	char s[LINE_MAX_LEN];
	size_t n;
};

static void put_char(struct line *l, char c)
{
	if (l->n + 2 < sizeof(l->s))
		l->s[l->n++] = c;
}

static void put_field(struct line *l, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	if (l->n)
		put_char(l, ' ');
	for (; *key; key++)
		put_char(l, *key);
	put_char(l, '=');
	put_char(l, '"');
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			put_char(l, '\\');
		put_char(l, (unsigned char)*value < ' ' ? ' ' : *value);
	}
	put_char(l, '"');
}

bool log_shows(enum log_level level)
{
	return level <= sink.level;
}

static void put_line(enum log_level level, const struct timespec *now, const char *msg)
{
	struct line l = { .n = 0 };
	char stamp[64];

	put_time(now, stamp, sizeof(stamp));
	put_field(&l, "time", stamp);
	put_field(&l, "level", level_name[level]);
	put_field(&l, "msg", msg);
	put_field(&l, "cniName", sink.name);
	put_field(&l, "containerID", sink.container);
	put_field(&l, "netns", sink.netns);
	put_field(&l, "ifname", sink.ifname);
	l.s[l.n++] = '\n';
	/* one write, so that lines of parallel processes do not mix; lost if it fails */
	if (write(sink.fd, l.s, l.n) < 0)
		return;
}

/* What the caller said, then how long it took, if @start is not NULL. */
static printf_like(3, 0) void put_message(enum log_level level, const struct timespec *start,
					  const char *fmt, va_list ap)
{
	struct timespec now;
	char msg[MSG_MAX];
	int n;

	if (!log_shows(level))
		return;
	now = clock_read(CLOCK_REALTIME);
	n = vsnprintf(msg, sizeof(msg), fmt, ap);
	if (n < 0)
		msg[0] = '\0';
	else if (start && n < MSG_MAX)
		(void)snprintf(msg + n, sizeof(msg) - (size_t)n, " in %" PRId64 " ms",
			       clock_diff_ms(start, &now));
	put_line(level, &now, msg);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_message(level, NULL, fmt, ap);
	va_end(ap);
}

void log_took(const struct timespec *start, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_message(LOG_INFO, start, fmt, ap);
	va_end(ap);
}
