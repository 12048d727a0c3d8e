/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities: what we need, and what is missing, in words. */
#pragma once
#include <stddef.h>

#include "base/err.h"

/**
 * caps_check() - are CAP_NET_ADMIN and CAP_SYS_ADMIN effective
 *
 * Return: 0, or -EPERM with an error that names the missing ones.
 */
int caps_check(struct err *e) must_check;
