/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities: what we need, what is missing, in words, and how the rest is given up. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CAPS_NAMES_MAX = 64 };

/**
 * caps_missing() - what nothing can be attached without
 * @have: a set as the kernel's masks have it: bit N is capability N
 *
 * Return: @buf, with the names of those that @have lacks; "" none.
 */
const char *caps_missing(uint64_t have, char buf[static CAPS_NAMES_MAX]);

/** caps_used() - all that a verb does anything with, as such a mask */
uint64_t caps_used(void);

/**
 * caps_check() - are CAP_NET_ADMIN and CAP_SYS_ADMIN effective
 *
 * The kernel is asked once in the life of a process: only this file changes what it has.
 *
 * Return: 0, or -EPERM with an error that names the missing ones.
 */
int caps_check(struct err *e) must_check;

/**
 * caps_lower() - from here on use only what caps_used() says
 *
 * For a process that runs another program, which gets what we were started with: the rest is not
 * effective any more, but stays permitted. Under no_new_privs a program gets no more than its
 * parent's permitted set, and ambient capabilities end with the permitted ones.
 *
 * Return: 0, or -errno: all is as before.
 */
int caps_lower(struct err *e) must_check;

/** caps_drop() - the same for ever: not permitted either. For a process that runs no other program */
int caps_drop(struct err *e) must_check;
