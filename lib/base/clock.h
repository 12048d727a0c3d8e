/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time it is, asked of the kernel by a call. The C library would read it from the vDSO without
 * one; but that is two pages which a process has to be given when it first looks, and our processes
 * end after a few looks.
 */
#pragma once
#include <stdint.h>
#include <time.h>

#include "base/attr.h"

/** clock_read() - as clock_gettime(2); a clock that the kernel does not have is at zero */
struct timespec clock_read(clockid_t id) must_check;

/** clock_now_ms() - monotonic milliseconds, for deadlines and durations */
int64_t clock_now_ms(void) must_check;

/** clock_diff_ms() - milliseconds from @start to @end; 0 if the clock was set back meanwhile */
int64_t clock_diff_ms(const struct timespec *start, const struct timespec *end) must_check;
