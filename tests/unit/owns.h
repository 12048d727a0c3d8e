/* SPDX-License-Identifier: Apache-2.0 */
/* store_owns() for checks that expect an answer. */
#pragma once
#include <check.h>

#include "txn/record.h"

static inline bool owns(const struct store *s, const struct record *r)
{
	struct err e = { 0 };
	bool ret = false;

	ck_assert_msg(!store_owns(s, r, &ret, &e), "%s", e.msg);
	return ret;
}
