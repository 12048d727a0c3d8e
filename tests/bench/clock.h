/* SPDX-License-Identifier: Apache-2.0 */
/* Times in microseconds. */
#pragma once
#include <sys/time.h>
#include <time.h>

static inline long now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline long us(struct timeval t)
{
	return t.tv_sec * 1000000 + t.tv_usec;
}
