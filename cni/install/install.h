/* SPDX-License-Identifier: Apache-2.0 */
/* Installing and rolling back both plugins. */
#pragma once
#include "opts.h"
#include "place.h"

/**
 * install_all() - make both plugins what their sources are
 * @ret_changed: files replaced
 *
 * Both are staged before the first is replaced, so that a full disk changes nothing.
 */
int install_all(const struct opts *o, const struct place *p, enum place_keep how,
		unsigned *ret_changed, struct err *e) must_check;

/** install_rollback() - what is kept aside is put back; nothing kept aside is no error */
int install_rollback(const struct opts *o, struct err *e) must_check;
