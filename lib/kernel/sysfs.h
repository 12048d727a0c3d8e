/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to lib/kernel: small files, links and directories of sysfs, by
 * directory descriptor so that a device that is re-created meanwhile gives
 * -ENOENT instead of answers of two devices.
 */
#pragma once
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/** sysfs_open() - a directory, O_PATH; owned by the caller; -ENOENT, other -errno */
int sysfs_open(int dir, const char *path) must_check;

/** sysfs_close() - for cleanup(sysfs_close) on a descriptor; see fd_leave() */
void sysfs_close(int *fd);

/**
 * sysfs_read() - a one-line file without its newline
 *
 * Return: 0; -EFBIG: does not fit; -errno of open() and read(), which is the driver's.
 */
int sysfs_read(int dir, const char *path, char *ret, size_t size) must_check;

/** sysfs_read_u64() - a decimal number; also -EBADMSG */
int sysfs_read_u64(int dir, const char *path, uint64_t *ret) must_check;

/** sysfs_link_name() - last component of what a link points to */
int sysfs_link_name(int dir, const char *path, char *ret, size_t size) must_check;

/**
 * sysfs_list() - call @each with the names in a directory, "." and ".." left out
 *
 * Return: 0; -ENOENT: no such directory; -EFBIG: endless; what @each returned, if not 0.
 */
int sysfs_list(int dir, const char *path, int (*each)(const char *name, void *arg),
	       void *arg) must_check;

/**
 * sysfs_number() - N of a name like "uverbsN"; -EINVAL if it is none of those
 *
 * Not by strtoul(), and inline: a class can have a thousand names, and all are looked at.
 */
static inline int must_check sysfs_number(const char *name, const char *prefix, int *ret)
{
	unsigned v = 0, digit;
	size_t i = 0;

	while (prefix[i] && name[i] == prefix[i])
		i++;
	if (prefix[i])
		return -EINVAL;
	do {
		digit = (unsigned)name[i++] - '0';
		if (digit > 9 || v > INT_MAX / 10)
			return -EINVAL;
		v = v * 10 + digit;
	} while (name[i]);
	if (v > INT_MAX)
		return -EINVAL;
	*ret = (int)v;
	return 0;
}
