/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network namespaces: identity, and a scoped visit of the calling thread.
 *
 * The inode number of a namespace is reused at once when it dies; the socket
 * cookie (SO_NETNS_COOKIE, 5.14) never is. Both together are an identity.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/**
 * struct netns_id - which namespace, for as long as this boot lasts
 * @dev, @ino: of the nsfs file
 * @cookie:    SO_NETNS_COOKIE; 0: this kernel has none, or not asked for
 */
struct netns_id {
	uint64_t dev, ino, cookie;
};

/** netns_id_equal() - a cookie that only one side has is not compared */
bool netns_id_equal(const struct netns_id *a, const struct netns_id *b);

/** struct netns - an open namespace; @fd is owned, see netns_close() */
struct netns {
	int fd;
	struct netns_id id;
};

#define NETNS_NONE ((struct netns){ .fd = -EBADF })

/**
 * netns_open() - open a namespace by path, O_CLOEXEC; id.cookie is 0 until nl_open() fills it
 *
 * Return: 0; -ENOENT: nothing at @path; -EINVAL: not a network namespace
 * (regular file, other namespace type); other -errno of open().
 */
int netns_open(const char *path, struct netns *ret, struct err *e) must_check;

/** netns_open_self() - the calling thread's own: "home", where devices come back to */
int netns_open_self(struct netns *ret, struct err *e) must_check;

/**
 * netns_is_at() - does @path still lead to the open namespace @ns
 *
 * The open descriptor keeps its inode number from being reused: no cookie is needed.
 *
 * Return: 0; -errno: cannot tell.
 */
int netns_is_at(const struct netns *ns, const char *path, bool *ret, struct err *e) must_check;

/** netns_close() - also for cleanup(netns_close); NETNS_NONE is fine */
void netns_close(struct netns *ns);

/**
 * netns_enter() - the calling thread visits @ns; every path must end in netns_leave()
 *
 * Return: 0, or -errno of setns() (-EPERM without CAP_SYS_ADMIN).
 */
int netns_enter(const struct netns *ns, struct err *e) must_check;

/**
 * netns_leave() - back to @home
 *
 * Does not return when that fails: a process in the wrong namespace would run
 * the delegate there and move devices to the wrong place.
 */
void netns_leave(const struct netns *home);
