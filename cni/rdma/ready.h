/* SPDX-License-Identifier: Apache-2.0 */
/* Before the pod's first application opens the device: is it usable? */
#pragma once
#include "world.h"

/**
 * ready_check() - refuse what cannot work, warn of what will not work well; before any change
 *
 * Return: 0; -EOPNOTSUPP with code 108: InfiniBand.
 */
int ready_check(const struct world *w, struct err *e) must_check;

/**
 * ready_wait() - until the port is active and the pod's addresses have their GIDs
 *
 * The kernel fills the GID table from a work queue, a little after addresses and
 * devices came; an application that is faster finds no GID and gives up. Waits at
 * most half a second, and not at all without addresses. What is missing then is
 * logged as a warning: it cannot fail an attachment.
 */
void ready_wait(struct world *w);
