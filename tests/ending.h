/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a process that must not flush what it has of its parent's, or that a fault kills. */
#pragma once
#include <unistd.h>
#ifdef COVERAGE
#include <gcov.h>
#endif

/** end_at_once() - _exit(); scripts/coverage counts its lines all the same */
static inline _Noreturn void end_at_once(int status)
{
#ifdef COVERAGE
	__gcov_dump();
#endif
	_exit(status);
}
