/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiler attributes and the few macros every file may use.
 *
 * Owned locals are declared with cleanup() and leave a function only through
 * take_ptr() or take_fd(), so that no error path has anything to remember.
 */
#pragma once
#include <errno.h>
#include <stddef.h>

#define must_check	       __attribute__((warn_unused_result))
#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define cleanup(fn)	       __attribute__((cleanup(fn)))
#define unused		       __attribute__((unused))
#define kept_apart	       __attribute__((noinline)) /* what it needs of the stack */

#define array_size(a) (sizeof(a) / sizeof((a)[0]))

/* Hands an owned pointer on: the local is NULL afterwards. */
#define take_ptr(p)                                                                                \
	({                                                                                         \
		__typeof__(p) *take_from = &(p);                                                   \
		__typeof__(p) taken = *take_from;                                                  \
		*take_from = NULL;                                                                 \
		taken;                                                                             \
	})

/* Hands an owned file descriptor on: the local is -EBADF afterwards. */
#define take_fd(fd)                                                                                \
	({                                                                                         \
		int *take_from = &(fd);                                                            \
		int taken = *take_from;                                                            \
		*take_from = -EBADF;                                                               \
		taken;                                                                             \
	})
