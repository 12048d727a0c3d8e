/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a power cut would leave: $FAKE_DURABLE is kept as a disk that gets only what was synced.
 *
 *   ino/<inode>   a file's content when it was last synced
 *   root/<path>   a directory's files when it was last synced, each with its content of ino/; one that
 *                 was never synced is empty
 *
 * The test fills both with what is there already, and takes root/ as the state after the power cut.
 */
#pragma once

/** fake_durable() - @fd, @name below $FAKE_ROOT, has just been synced; without $FAKE_DURABLE nothing */
void fake_durable(int fd, const char *name);
