/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory of CNI plugins, in which one is replaced while runtimes start it.
 *
 * A plugin's file is never written to: a new one is made beside it, complete and
 * synced, and takes its name by rename. So at any moment, killed or not, the name
 * leads to the whole old or the whole new program, and a program that runs keeps
 * the file it was started from. What was there before keeps a second name,
 * .NAME.old, from before the new one takes over until rollback.
 */
#pragma once
#include "base/err.h"

/**
 * struct place - the directory, locked against others who install
 * @path: borrowed, for messages
 */
struct place {
	const char *path;
	int dir, lock;
};

/** enum place_keep - what happens with what is replaced */
enum place_keep {
	KEEP_LATEST, /* it is kept aside */
	KEEP_FIRST, /* only if nothing is kept aside: after the start, others' files are nobody's old ones */
};

/** place_open() - -ENOENT: no such directory; it is not created, it is the host's */
int place_open(const char *path, struct place *ret, struct err *e) must_check;

/** place_close() - for cleanup(place_close) */
void place_close(struct place *p);

/** enum place_state - what an installed file is, compared with its source */
enum place_state {
	PLACE_ABSENT,
	PLACE_OTHER,
	PLACE_UNUSABLE /* same, not executable */,
	PLACE_SAME
};

/** place_compare() - by content; -ENOENT when @source is missing */
int place_compare(const struct place *p, const char *name, const char *source,
		  enum place_state *ret, struct err *e) must_check;

/**
 * place_stage() - make the new file, complete, beside the old one
 *
 * It has the old one's mode, owner and SELinux label; without an old one mode 0755 and what the
 * directory gives. -EPERM, -EACCES: the label cannot be given, and the runtime might not be
 * allowed to run a file without it.
 */
int place_stage(const struct place *p, const char *name, const char *source,
		struct err *e) must_check;

/** place_unstage() - remove what place_stage() made or a killed one left */
void place_unstage(const struct place *p, const char *name);

/** place_keep() - give what is called @name the second name .NAME.old; absent: nothing */
int place_keep(const struct place *p, const char *name, enum place_keep how,
	       struct err *e) must_check;

/** place_commit() - the staged file becomes @name */
int place_commit(const struct place *p, const char *name, struct err *e) must_check;

/** place_restore() - .NAME.old becomes @name again; -ENOENT: none is kept aside */
int place_restore(const struct place *p, const char *name, struct err *e) must_check;

/** place_sync() - what was renamed survives a power cut */
int place_sync(const struct place *p, struct err *e) must_check;

/*
 * Who watches the directory holds a lock that says so: a rollback under its eyes would not last.
 */
/** place_watch() - say that this process watches; *ret_fd: owned, closing it ends that */
int place_watch(const struct place *p, int *ret_fd, struct err *e) must_check;
/** place_unwatched() - -EBUSY if somebody watches */
int place_unwatched(const struct place *p, struct err *e) must_check;
