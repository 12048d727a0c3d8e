// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <time.h>

#include "base/clock.h"

static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };

START_TEST(it_is_as_late_as_the_c_library_says)
{
	struct timespec before, now, after;

	clock_gettime(clocks[_i], &before);
	now = clock_read(clocks[_i]);
	clock_gettime(clocks[_i], &after);
	ck_assert_int_ge(now.tv_sec, before.tv_sec);
	ck_assert_int_le(now.tv_sec, after.tv_sec);
	ck_assert(now.tv_sec > before.tv_sec || now.tv_nsec >= before.tv_nsec);
	ck_assert(now.tv_sec < after.tv_sec || now.tv_nsec <= after.tv_nsec);
}
END_TEST

START_TEST(milliseconds_are_those_of_the_monotonic_clock)
{
	struct timespec before = clock_read(CLOCK_MONOTONIC), after;
	int64_t now = clock_now_ms();

	after = clock_read(CLOCK_MONOTONIC);
	ck_assert_int_ge(now, before.tv_sec * INT64_C(1000) + before.tv_nsec / 1000000);
	ck_assert_int_le(now, after.tv_sec * INT64_C(1000) + after.tv_nsec / 1000000);
}
END_TEST

START_TEST(a_clock_that_does_not_exist_is_at_zero)
{
	struct timespec t = clock_read((clockid_t)1234);

	ck_assert_int_eq(t.tv_sec, 0);
	ck_assert_int_eq(t.tv_nsec, 0);
}
END_TEST

START_TEST(a_difference_is_never_negative)
{
	const struct timespec early = { .tv_sec = 7, .tv_nsec = 999999999 },
			      late = { .tv_sec = 9, .tv_nsec = 1000000 };

	ck_assert_int_eq(clock_diff_ms(&early, &late), 1002);
	ck_assert_int_eq(clock_diff_ms(&late, &late), 0);
	ck_assert_int_eq(clock_diff_ms(&late, &early), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");

	tcase_add_loop_test(t, it_is_as_late_as_the_c_library_says, 0, (int)array_size(clocks));
	tcase_add_test(t, milliseconds_are_those_of_the_monotonic_clock);
	tcase_add_test(t, a_clock_that_does_not_exist_is_at_zero);
	tcase_add_test(t, a_difference_is_never_negative);
	suite_add_tcase(s, t);
	return s;
}
