/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files in a directory given by descriptor: bounded reads, atomic writes,
 * locks with a deadline, directory walks. Symbolic links, FIFOs and devices are
 * never followed, opened for long, or written.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Of our own files: a short directory and a name of NAME_MAX. Each page of the stack that a process
 * touches is given to it by a fault, so buffers of PATH_MAX are for what other people chose.
 */
enum { FILE_PATH_MAX = 512 };

/** fd_close() - for cleanup(fd_close) on an int; negative: nothing */
void fd_close(int *fd);

/**
 * fd_leave() - as fd_close(), of a file that nobody waits for
 *
 * A process lives for one call, and its end closes what is open at no cost: so files stay open
 * as long as they are few. Not sockets and namespaces, which keep a pod's from going away, nor
 * locks, unless they are held to the end.
 */
void fd_leave(int *fd);

/**
 * file_open_dir() - open a directory, creating what is missing of @path
 * @mode: of the directories that are created, whatever the umask
 *
 * Return: 0 and an owned descriptor; -errno.
 */
int file_open_dir(const char *path, mode_t mode, int *ret_fd, struct err *e) must_check;

/** file_make_parent() - create what is missing of the directories above @path */
int file_make_parent(const char *path, mode_t mode, struct err *e) must_check;

/**
 * file_read_at() - all of a regular file, NUL appended
 * @max: larger files are refused
 *
 * Return: 0, *ret malloc()ed; -ENOENT; -E2BIG; -EINVAL: not a regular file; -errno.
 */
int file_read_at(int dirfd, const char *name, size_t max, char **ret, size_t *ret_len,
		 struct err *e) must_check;

/** file_read_own_at() - as file_read_at(); -EBADMSG for a file of anybody but root and the caller */
int file_read_own_at(int dirfd, const char *name, size_t max, char **ret, size_t *ret_len,
		     struct err *e) must_check;

/**
 * file_is_useless() - says @err that a file is not there, or will not be read by another try either
 *
 * Any other error leaves in doubt what the file says.
 */
bool file_is_useless(int err);

/**
 * file_save_at() - write a file so that it survives a power cut
 *
 * A temporary file (file_tmp_name()) is written, synced and renamed, then the
 * directory is synced: readers see the old or the new content, never a part.
 */
int file_save_at(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		 struct err *e) must_check;

/** file_replace_at() - as file_save_at() without the syncs: survives SIGKILL only */
int file_replace_at(int dirfd, const char *name, const void *data, size_t len, mode_t mode,
		    struct err *e) must_check;

/**
 * file_probe_at() - can a file be written in this directory now
 *
 * Leaves nothing behind, not even when the process is killed. On a file system
 * without nameless files (O_TMPFILE) a full disk is not noticed.
 *
 * Return: 0; -ENOSPC, -EROFS, -EACCES, -EDQUOT or what else open() and write() fail with.
 */
int file_probe_at(int dirfd, struct err *e) must_check;

/**
 * file_replace() - file_replace_at() by path
 * @dir_mode: of the directories above it, which are created if need be
 */
int file_replace(const char *path, const void *data, size_t len, mode_t mode, mode_t dir_mode,
		 struct err *e) must_check;

/** file_remove_at() - remove @name and what a killed write may have left of it; absent is fine */
int file_remove_at(int dirfd, const char *name, struct err *e) must_check;

/** file_unlink_at() - remove @name alone; absent is fine */
int file_unlink_at(int dirfd, const char *name, struct err *e) must_check;

/** file_remove_tmp_at() - remove only what a killed write of @name may have left */
int file_remove_tmp_at(int dirfd, const char *name, struct err *e) must_check;

/** file_link_at() - make @name a symbolic link to @target, replacing what was there */
int file_link_at(int dirfd, const char *name, const char *target, struct err *e) must_check;

/** file_target_at() - what the link @name points to; -ENOENT, -EINVAL: not a link */
int file_target_at(int dirfd, const char *name, char *buf, size_t size, struct err *e) must_check;

/**
 * file_lock_at() - take an exclusive flock() on a file, which is created if need be
 * @timeout_ms: then -ETIMEDOUT, with the holder's process in the error
 *
 * Return: 0 and an owned descriptor: closing it gives the lock back, as the
 * process's end does.
 */
int file_lock_at(int dirfd, const char *name, unsigned timeout_ms, int *ret_fd,
		 struct err *e) must_check;

/**
 * file_lock() - file_lock_at() by path
 * @dir_mode: of the directories above it, which are created if need be
 */
int file_lock(const char *path, mode_t dir_mode, unsigned timeout_ms, int *ret_fd,
	      struct err *e) must_check;

/**
 * file_each_at() - call @fn for every entry of a directory but "." and ".."
 *
 * Entries are read before the first call, so @fn may remove them. Return: 0,
 * the first non-zero value of @fn, or -errno.
 */
int file_each_at(int dirfd, int (*fn)(const char *name, void *arg), void *arg,
		 struct err *e) must_check;

/** file_read_attr() - a one-line file of sysfs or procfs without its newline; -ENAMETOOLONG if it fills @buf */
int file_read_attr(int dirfd, const char *name, char *buf, size_t size) must_check;
