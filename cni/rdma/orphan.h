/* SPDX-License-Identifier: Apache-2.0 */
/* DEL without any record: a device may be in the pod all the same. */
#pragma once
#include "run.h"

/**
 * orphan_find() - the configured device, if it is in the pod of this call and nobody claims it
 *
 * A record that was damaged or lost must not leave the device in the pod until its
 * last process ends. The device is locked by the caller.
 *
 * Return: 0, *ret is foreign and for record_done(); -ENOENT: there is nothing of the
 * kind; it is no error when that cannot be told.
 */
int orphan_find(const struct run *run, struct record *ret, struct err *e) must_check;
