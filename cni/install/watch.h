/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staying: what was installed is installed again when a package upgrade wipes
 * the directory or another installer puts its own file there.
 */
#pragma once
#include "opts.h"

/** watch_install() - install, then look after it until SIGTERM or SIGINT; -ESTALE: the directory is gone */
int watch_install(const struct opts *o, struct err *e) must_check;
