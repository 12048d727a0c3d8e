// SPDX-License-Identifier: Apache-2.0
/*
 * flock() with a deadline. flock() has none of its own, and polling would sleep
 * past the moment the lock is free, so a timer's signal ends the wait. The timer
 * fires again and again: a first signal that comes just before flock() blocks
 * must not be the only one.
 */
#include "base/file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"

enum { REPEAT_US = 100 * 1000, SIGNALS_MAX = 10000 };

static void on_alarm(int signo unused)
{
	/* only there so that flock() returns EINTR */
}

static int wait_lock(int fd, unsigned timeout_ms)
{
	const struct itimerval off = { .it_value = { 0 } };
	const struct itimerval timer = {
		.it_value = { .tv_sec = timeout_ms / 1000,
			      .tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000 + 1 },
		.it_interval = { .tv_usec = REPEAT_US },
	};
	struct sigaction act = { .sa_handler = on_alarm }, old;
	int64_t deadline = clock_now_ms() + timeout_ms;
	sigset_t signals, old_signals;
	int r = -ETIMEDOUT;

	sigemptyset(&signals);
	sigaddset(&signals, SIGALRM);
	/* who started us may have blocked it: that is inherited through exec */
	if (sigaction(SIGALRM, &act, &old) || sigprocmask(SIG_UNBLOCK, &signals, &old_signals) ||
	    setitimer(ITIMER_REAL, &timer, NULL))
		return -errno;
	for (int i = 0; i < SIGNALS_MAX && r == -ETIMEDOUT; i++) {
		r = flock(fd, LOCK_EX) ? -errno : 0;
		if (r == -EINTR)
			r = -ETIMEDOUT;
		if (r == -ETIMEDOUT && clock_now_ms() >= deadline)
			break;
	}
	(void)setitimer(ITIMER_REAL, &off, NULL);
	(void)sigprocmask(SIG_SETMASK, &old_signals, NULL);
	(void)sigaction(SIGALRM, &old, NULL);
	return r;
}

/* "12: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF" */
static int find_holder(int fd)
{
	FILE *f = fopen("/proc/locks", "re");
	unsigned pid, major, minor;
	struct stat st;
	uint64_t ino;
	char line[256];
	int found = 0;

	if (!f)
		return 0;
	if (fstat(fd, &st))
		st.st_ino = 0;
	while (!found && fgets(line, sizeof(line), f))
		/* NOLINTNEXTLINE(cert-err34-c): the kernel's own format */
		if (sscanf(line, "%*u: FLOCK %*s WRITE %u %x:%x:%" SCNu64, &pid, &major, &minor,
			   &ino) == 4 &&
		    ino == st.st_ino && major == major(st.st_dev) && minor == minor(st.st_dev))
			found = (int)pid;
	(void)fclose(f);
	return found;
}

int file_lock_at(int dirfd, const char *name, unsigned timeout_ms, int *ret_fd, struct err *e)
{
	cleanup(fd_close) int fd =
		openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	int r = 0, holder;

	if (fd < 0)
		return err_sys(e, errno, "open lock file %s", name);
	if (flock(fd, LOCK_EX | LOCK_NB))
		r = errno == EWOULDBLOCK ? wait_lock(fd, timeout_ms) : -errno;
	if (r == -ETIMEDOUT) {
		holder = find_holder(fd);
		return err_set(e, ETIMEDOUT, "lock %s is held by process %d for more than %u s",
			       strrchr(name, '/') ? strrchr(name, '/') + 1 : name, holder,
			       timeout_ms / 1000);
	}
	if (r)
		return err_sys(e, -r, "lock %s", name);
	*ret_fd = take_fd(fd);
	return 0;
}

int file_lock(const char *path, mode_t dir_mode, unsigned timeout_ms, int *ret_fd, struct err *e)
{
	int r = file_lock_at(AT_FDCWD, path, timeout_ms, ret_fd, e);

	/* the first time on this node */
	if (r != -ENOENT)
		return r;
	r = file_make_parent(path, dir_mode, e);
	return r ? r : file_lock_at(AT_FDCWD, path, timeout_ms, ret_fd, e);
}
