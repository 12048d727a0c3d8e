/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is besides its name: content, mode, owner, SELinux label. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

enum { LABEL_MAX = 256 };

/**
 * struct look - how a file looks to those who may run it
 * @is_new: there was no file: mode and the rest are the defaults
 * @label:  security.selinux, @label_len bytes; 0: none
 */
struct look {
	bool is_new;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	char label[LABEL_MAX];
	size_t label_len;
};

/** look_of() - of a regular file; absent or a symbolic link: 0755 and no label. -EINVAL: something else */
int look_of(int dirfd, const char *name, struct look *ret, struct err *e) must_check;

/** look_give() - an owner that cannot be given is a warning; a label that cannot is an error */
int look_give(int fd, const struct look *look, struct err *e) must_check;

/** look_copy() - all of @from after @to's offset; -errno, -EFBIG: larger than any plugin */
int look_copy(int from, int to) must_check;

/** look_same() - do both have the same content? */
int look_same(int a, int b, bool *ret) must_check;
