/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a record; for store.c, tests and fuzzing. */
#pragma once
#include "txn/record.h"

/** record_text() - malloc()ed JSON; NULL when out of memory */
char *record_text(const struct record *r, const char *plugin) must_check;

/**
 * record_parse() - read what record_text() wrote, maybe another version of it
 * @t: NULL: all but the steps, for programs that only look
 *
 * Return: 0, *ret is for record_done(); -EBADMSG: damaged or not ours; -EPROTO: too new.
 */
int record_parse(const char *text, size_t len, const char *plugin, const struct prop_table *t,
		 struct record *ret, struct err *e) must_check;
