/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Go plugin's state files (ecosystem.md 5.2): its lock is our lock, its
 * allocation mark is respected, and every live attachment is mirrored, so that
 * either plugin can release what the other attached.
 *
 *   <state>/sriov/<container>-<ifname>      the attachment, JSON
 *   <state>/sriov/pci/<device>              text: the pod's CNI_NETNS
 *   <state>/sriov/pci/vf_lock/<device>.lock flock()ed for the whole verb
 */
#pragma once
#include "world.h"

/** compat_lock() - the per-device lock that both implementations take */
int compat_lock(const struct devid *device, unsigned timeout_ms, int *ret_fd,
		struct err *e) must_check;

/**
 * compat_check_free() - is the device allocated by a Go plugin
 * @ours: we hold no live record of it; a mark of ours is never passed here
 *
 * Return: 0; -EBUSY with code 102 when the mark's namespace still exists.
 */
int compat_check_free(const struct devid *device, struct err *e) must_check;

/** compat_publish() - write the mirror of a record that is about to go live */
int compat_publish(struct world *w, const struct record *r, struct err *e) must_check;

/** compat_forget() - remove the mirror, if it still is this record's */
void compat_forget(const struct record *r);

/** compat_superseded() - the mirror is gone or another's: a Go plugin acted since */
bool compat_superseded(const struct record *r);
