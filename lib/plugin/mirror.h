/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mirrors: the Go plugins' state files, written by us for their sake.
 *
 * Their names join ids with '-', which ids may contain, so two attachments can
 * share one file. Ours carry the record's key under a member that Go ignores: only
 * a file without it was written by a Go plugin.
 */
#pragma once
#include "base/json.h"
#include "txn/attach.h"

/** mirror_write() - stamp @doc with the record's key and write it; @dir_mode as in file_replace() */
int mirror_write(const char *path, mode_t dir_mode, cJSON *doc, const struct record *r,
		 struct err *e) must_check;

/** mirror_hold() - what the file says of a live record; -errno: could not be read, so nobody knows */
int mirror_hold(const char *path, const struct record *r, enum hold *ret, struct err *e) must_check;

/**
 * mirror_load() - read an attachment's file, whoever wrote it
 *
 * Return: 0, *ret is for json_free(); -ENOENT: none, or it carries another attachment's
 * key; -EBADMSG; -errno.
 */
int mirror_load(int dirfd, const char *name, const struct record_key *key, cJSON **ret,
		struct err *e) must_check;

/** mirror_key() - the key that a file of ours carries, borrowed; false: a Go plugin wrote it */
bool mirror_key(const cJSON *doc, struct record_key *ret);

/**
 * mirror_each() - call @fn for every file that can be read as JSON
 *
 * Return: 0, the first non-zero value of @fn, or -errno: the files could not be listed, or,
 * after all others were visited, one could not be read this time.
 */
int mirror_each(int dirfd, int (*fn)(const char *name, const cJSON *doc, void *arg), void *arg,
		struct err *e) must_check;

/**
 * mirror_split() - cut "<container>-<ifname>" in two
 * @ifname_hint: a name to be cut off if it fits; NULL: none
 * @ret: points into @joined, which is cut at the dash
 *
 * Both may contain dashes; the last one is taken, as interface names rarely do. Whatever
 * the cut, the two name the same file again.
 */
bool mirror_split(char *joined, const char *ifname_hint, struct record_key *ret);

/** mirror_older_than_boot() - was the file written before this boot: its device was created anew since */
int mirror_older_than_boot(int dirfd, const char *name, bool *ret, struct err *e) must_check;

/** mirror_remove() - remove the record's file, and what a killed write left of it */
int mirror_remove(int dirfd, const char *name, const struct record *r, struct err *e) must_check;
