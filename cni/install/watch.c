// SPDX-License-Identifier: Apache-2.0
/*
 * inotify tells at once; a slow timer covers what it cannot see (another host's
 * change on a network file system) and a directory that was removed under a
 * bind mount, for which there is no event: such a directory has no links.
 */
#include "watch.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "install.h"

enum {
	RECHECK_MS = 60 * 1000,
	/* Another installer that also insists gets the processor back, and the log stays readable. */
	PAUSE_MS = 1000,
	EVENTS_SIZE = 4096,
};

struct watch {
	const struct opts *opts;
	int signals, events;
	int lock; /* place_watch() */
	bool warned; /* of a check that fails again and again, once */
};

static void watch_close(struct watch *w)
{
	fd_close(&w->signals);
	fd_close(&w->events);
	fd_close(&w->lock);
}

/* As process 1 of a container this one has no default actions: signals must be asked for. */
static int open_signals(int *ret_fd, struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return err_sys(e, errno, "block signals");
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open signalfd");
	*ret_fd = fd;
	return 0;
}

static int open_events(const char *dir, int *ret_fd, struct err *e)
{
	static const uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE |
				     IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
	cleanup(fd_close) int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0 || inotify_add_watch(fd, dir, mask) < 0)
		return err_sys(e, errno, "watch %s", dir);
	*ret_fd = take_fd(fd);
	return 0;
}

/* Is it about one of our files, or about the directory itself? */
static bool concerns_us(const struct inotify_event *event)
{
	for (int i = 0; event->len && i < PLUGINS; i++)
		if (!strcmp(event->name, plugin_name[i]))
			return true;
	return !event->len;
}

static bool read_events(int fd)
{
	_Alignas(struct inotify_event) char buf[EVENTS_SIZE];
	ssize_t n = read(fd, buf, sizeof(buf));
	bool ours = false;

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *event = (const void *)(buf + at);

		ours |= concerns_us(event);
		at += (ssize_t)(sizeof(*event) + event->len);
	}
	return ours;
}

static bool is_gone(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && !st.st_nlink;
}

/* Takes the watcher's lock, again when the file was wiped with the rest. */
static int hold_lock(struct watch *w, const struct place *p, struct err *e)
{
	if (w->lock >= 0 && !is_gone(w->lock))
		return 0;
	fd_close(&w->lock);
	return place_watch(p, &w->lock, e);
}

/* Removed before the look, or under our hands: no event tells while its lock file is open. */
static bool was_removed(const struct place *p, int r)
{
	return p->dir < 0 ? r == -ENOENT : is_gone(p->dir);
}

static int check(struct watch *w, enum place_keep how, unsigned *ret_changed, struct err *e)
{
	cleanup(place_close) struct place p = { .dir = -EBADF, .lock = -EBADF };
	int r = place_open(w->opts->dir, &p, e);

	if (!r)
		r = hold_lock(w, &p, e);
	if (!r)
		r = install_all(w->opts, &p, how, ret_changed, e);
	if (was_removed(&p, r))
		return err_set(
			e, ESTALE,
			"directory %s was removed; ending, so that a restart sees the new one",
			w->opts->dir);
	return r;
}

/* A full disk may have room later; a directory that is gone does not come back here. */
static int check_again(struct watch *w, unsigned *changed, struct err *e)
{
	int r = check(w, KEEP_FIRST, changed, e);

	if (r && r != -ESTALE) {
		if (!w->warned)
			log_error("%s", e->msg);
		w->warned = true;
		return 0;
	}
	w->warned = false;
	return r;
}

/* True: a signal asks for the end. */
static bool pause_for(const struct watch *w, int ms)
{
	struct pollfd fd = { .fd = w->signals, .events = POLLIN };

	return poll(&fd, 1, ms) > 0;
}

static int look_after(struct watch *w, struct err *e)
{
	struct pollfd fds[] = { { .fd = w->signals, .events = POLLIN },
				{ .fd = w->events, .events = POLLIN } };
	int r = 0;

	while (!r) {
		unsigned changed = 0;
		int n = poll(fds, array_size(fds), RECHECK_MS);

		if (n < 0 && errno != EINTR)
			return err_sys(e, errno, "wait for events");
		if (n > 0 && fds[0].revents)
			return 0;
		if (n > 0 && !read_events(w->events))
			continue;
		r = check_again(w, &changed, e);
		if (!r && changed && pause_for(w, PAUSE_MS))
			return 0;
	}
	return r;
}

int watch_install(const struct opts *o, struct err *e)
{
	cleanup(watch_close) struct watch w = {
		.opts = o, .signals = -EBADF, .events = -EBADF, .lock = -EBADF
	};
	unsigned changed;
	int r = open_signals(&w.signals, e);

	/* before the first look: what happens after it must not be missed */
	if (!r)
		r = open_events(o->dir, &w.events, e);
	if (!r)
		r = check(&w, KEEP_LATEST, &changed, e);
	if (r)
		return r;
	log_info("watching %s", o->dir);
	return look_after(&w, e);
}
