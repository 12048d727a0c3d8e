// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <sys/syscall.h>
#include <unistd.h>

static int64_t to_ms(const struct timespec *t)
{
	return t->tv_sec * INT64_C(1000) + t->tv_nsec / 1000000;
}

struct timespec clock_read(clockid_t id)
{
	struct timespec t = { .tv_sec = 0 };

	/* where long has 32 bits this call has another struct */
	if (sizeof(long) < sizeof(int64_t))
		(void)clock_gettime(id, &t);
	else
		(void)syscall(SYS_clock_gettime, id, &t);
	return t;
}

int64_t clock_now_ms(void)
{
	struct timespec t = clock_read(CLOCK_MONOTONIC);

	return to_ms(&t);
}

int64_t clock_diff_ms(const struct timespec *start, const struct timespec *end)
{
	int64_t ms = to_ms(end) - to_ms(start);

	return ms > 0 ? ms : 0;
}
