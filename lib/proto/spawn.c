// SPDX-License-Identifier: Apache-2.0
/*
 * posix_spawn(), since it is vfork() and exec() made safe: no page of ours is
 * copied, however large the plugin is, and signals, process group and
 * descriptors are set up by libc in the child.
 *
 * The hard part is to never hang: the child may not read, may write without
 * end, may leave a process behind that holds the pipes (dhcp's daemon does), or
 * sleep. One poll loop feeds and drains; it ends with the child, or the deadline.
 */
#include "proto/spawn.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

/* The child's descriptors; what it says on its stderr goes on, unchanged, to ours. */
enum { FD_IN, FD_OUT, FD_ERR, FD_FIRST_OTHER };

enum {
	/* As long in all as the Go library tries (cni.md 3.2), in smaller steps. */
	BUSY_TRIES = 50,
	BUSY_WAIT_MS = 100,
	/* What the dead child wrote is in the pipe already; this is for others that hold it. */
	GRACE_MS = 100,
	/* How soon a kernel without pidfd_open() (before 5.3) notices the child's end. */
	TICK_MS = 10,
	/* After SIGKILL; only a task stuck in the kernel takes longer. */
	REAP_WAIT_MS = 5000,
	CHUNK = 16384,
	/* Runtimes keep all of our stderr in memory; one that does not read it must not stop us. */
	STDERR_PASSED_MAX = 1 << 20,
	STDERR_WAIT_MS = 1000,
};

struct run {
	const struct spawn *s;
	pid_t pid;
	int in, out, err, pidfd; /* our ends; -EBADF once closed */
	size_t in_sent, err_passed, out_size;
	bool reaped;
	struct spawn_end end;
};

/* What the child shall not inherit from our own caller, put back by restore_signals(). */
struct signals {
	struct sigaction pipe, child;
};

static void close_run(struct run *r)
{
	fd_close(&r->in);
	fd_close(&r->out);
	fd_close(&r->err);
	fd_close(&r->pidfd);
	spawn_end_done(&r->end);
}

void spawn_end_done(struct spawn_end *end)
{
	free(end->out);
	end->out = NULL;
	end->out_len = 0;
}

static void sleep_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* A child that closes its stdin must not end us, nor an ignored SIGCHLD take its status away. */
static void set_signals(struct signals *saved)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, normal = { .sa_handler = SIG_DFL };

	(void)sigaction(SIGPIPE, &ignore, &saved->pipe);
	(void)sigaction(SIGCHLD, &normal, &saved->child);
}

static void restore_signals(struct signals *saved)
{
	(void)sigaction(SIGPIPE, &saved->pipe, NULL);
	(void)sigaction(SIGCHLD, &saved->child, NULL);
}

/* @ours does not block; the flag is not shared with the other end. */
static int open_pipe(int *ours, int *theirs, bool we_write)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	*ours = fds[we_write];
	*theirs = fds[!we_write];
	return fcntl(*ours, F_SETFL, O_NONBLOCK) ? -errno : 0;
}

static int set_attributes(posix_spawnattr_t *a)
{
	sigset_t none, all;
	int err;

	sigemptyset(&none);
	sigfillset(&all);
	/* its own group, so that a timeout reaches what it started */
	err = posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						  POSIX_SPAWN_SETPGROUP);
	if (!err)
		err = posix_spawnattr_setpgroup(a, 0);
	if (!err)
		err = posix_spawnattr_setsigmask(a, &none);
	if (!err)
		err = posix_spawnattr_setsigdefault(a, &all);
	return err;
}

static int set_actions(posix_spawn_file_actions_t *a, int in, int out, int err_fd)
{
	int err = posix_spawn_file_actions_adddup2(a, in, FD_IN);

	if (!err)
		err = posix_spawn_file_actions_adddup2(a, out, FD_OUT);
	if (!err)
		err = posix_spawn_file_actions_adddup2(a, err_fd, FD_ERR);
	/* Ours are O_CLOEXEC; this is about what our caller left open: an inherited lock would
	 * live as long as a daemon that the plugin starts. */
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(a, FD_FIRST_OTHER);
	return err;
}

/* A binary that is just being replaced cannot be run for a moment. stdin is still untouched. */
static int exec_retrying(const struct spawn *s, const posix_spawn_file_actions_t *actions,
			 const posix_spawnattr_t *attr, pid_t *ret)
{
	char *const argv[] = { (char *)s->path, NULL };
	int err = ETXTBSY;

	for (int i = 0; i < BUSY_TRIES && err == ETXTBSY; i++) {
		if (i)
			sleep_ms(BUSY_WAIT_MS);
		err = posix_spawn(ret, s->path, actions, attr, argv, s->env);
	}
	return err;
}

static int start_with(struct run *r, int in, int out, int err_fd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err;

	err = posix_spawnattr_init(&attr);
	if (err)
		return -err;
	err = posix_spawn_file_actions_init(&actions);
	if (!err) {
		err = set_attributes(&attr);
		if (!err)
			err = set_actions(&actions, in, out, err_fd);
		if (!err)
			err = exec_retrying(r->s, &actions, &attr, &r->pid);
		posix_spawn_file_actions_destroy(&actions);
	}
	posix_spawnattr_destroy(&attr);
	return -err;
}

static int start(struct run *r)
{
	cleanup(fd_close) int in = -EBADF, out = -EBADF, err_fd = -EBADF;
	int n = open_pipe(&r->in, &in, true);

	if (!n)
		n = open_pipe(&r->out, &out, false);
	if (!n)
		n = open_pipe(&r->err, &err_fd, false);
	if (!n)
		n = start_with(r, in, out, err_fd);
	if (!n)
		r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	return n;
}

static void feed(struct run *r)
{
	ssize_t n = 0;

	if (r->in_sent < r->s->in_len)
		n = write(r->in, r->s->in + r->in_sent, r->s->in_len - r->in_sent);
	if (n > 0)
		r->in_sent += (size_t)n;
	/* EPIPE: it does not want more, which is no mistake (cni.md 3.2) */
	if ((n < 0 && errno != EAGAIN && errno != EINTR) || r->in_sent == r->s->in_len)
		fd_close(&r->in);
}

/* Bytes read; 0: nothing just now. Closes at the end. */
static size_t drain(int *fd, char *buf, size_t size)
{
	ssize_t n = read(*fd, buf, size);

	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
		fd_close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* One byte stays free for the NUL; one more than allowed is read to see that it is too much. */
static int drain_out(struct run *r)
{
	struct spawn_end *end = &r->end;

	if (end->out_len + 1 >= r->out_size) {
		size_t size = r->out_size * 2 + CHUNK;
		char *more = realloc(end->out, size);

		if (!more)
			return -ENOMEM;
		end->out = more;
		r->out_size = size;
	}
	end->out_len += drain(&r->out, end->out + end->out_len, r->out_size - 1 - end->out_len);
	end->out[end->out_len] = '\0';
	return end->out_len > r->s->out_max ? -E2BIG : 0;
}

/* The end of what is said is kept: there the reason stands. */
static void keep_tail(struct spawn_end *end, const char *text, size_t n)
{
	size_t have = strlen(end->err), room = sizeof(end->err) - 1;

	if (n > room) {
		text += n - room;
		n = room;
	}
	if (have + n > room) {
		size_t drop = have + n - room;

		memmove(end->err, end->err + drop, have - drop);
		have -= drop;
	}
	memcpy(end->err + have, text, n);
	end->err[have + n] = '\0';
}

static bool can_pass(void)
{
	struct pollfd p = { .fd = FD_ERR, .events = POLLOUT };

	return poll(&p, 1, STDERR_WAIT_MS) == 1 && (p.revents & POLLOUT);
}

/*
 * Not through log.c: the spec wants it on our stderr as it is, and runtimes show
 * it as such. It is lost if it cannot be written, as a log line is.
 */
static void drain_err(struct run *r)
{
	char buf[PIPE_BUF]; /* what a writable pipe takes without blocking */
	size_t n = drain(&r->err, buf, sizeof(buf));

	for (size_t i = 0; i < n; i++)
		if (!buf[i])
			buf[i] = ' ';
	keep_tail(&r->end, buf, n);
	if (!n || r->err_passed >= STDERR_PASSED_MAX)
		return;
	r->err_passed += n;
	if (!can_pass() || write(FD_ERR, buf, n) < 0)
		r->err_passed = STDERR_PASSED_MAX;
}

static void reap(struct run *r)
{
	if (!r->reaped && waitpid(r->pid, &r->end.status, WNOHANG) == r->pid)
		r->reaped = true;
}

static int poll_once(struct run *r, int64_t left)
{
	struct pollfd p[] = {
		{ .fd = r->out, .events = POLLIN },
		{ .fd = r->err, .events = POLLIN },
		{ .fd = r->in, .events = POLLOUT },
		{ .fd = r->reaped ? -1 : r->pidfd, .events = POLLIN },
	};
	int wait = !r->reaped && r->pidfd < 0 && left > TICK_MS ? TICK_MS : (int)left;
	int err = 0;

	if (poll(p, array_size(p), wait) < 0)
		return errno == EINTR ? 0 : -errno;
	if (p[0].revents)
		err = drain_out(r);
	if (p[1].revents)
		drain_err(r);
	if (p[2].revents)
		feed(r);
	reap(r);
	return err;
}

static int converse(struct run *r)
{
	int64_t deadline = clock_now_ms() + r->s->timeout_ms;
	bool grace = false;
	int err = 0;

	while (!err && !(r->reaped && r->out < 0 && r->err < 0)) {
		int64_t left = deadline - clock_now_ms();

		if (left <= 0)
			return grace ? 0 : -ETIMEDOUT;
		err = poll_once(r, left);
		if (r->reaped && !grace) {
			grace = true;
			deadline = clock_now_ms() + GRACE_MS;
			fd_close(&r->in);
		}
	}
	return err;
}

static void kill_all(struct run *r)
{
	int64_t deadline = clock_now_ms() + REAP_WAIT_MS;

	(void)kill(-r->pid, SIGKILL);
	/* it may have left its group */
	(void)kill(r->pid, SIGKILL);
	for (reap(r); !r->reaped && clock_now_ms() < deadline; reap(r))
		sleep_ms(1);
}

static int run(struct run *r, struct err *e)
{
	int err = start(r);

	if (err)
		return err_sys(e, -err, "cannot run %s", r->s->path);
	err = converse(r);
	/* its number is not ours any more once it is reaped */
	if (err && !r->reaped)
		kill_all(r);
	if (err == -ETIMEDOUT)
		return err_set(e, ETIMEDOUT, "no end within %u ms, killed", r->s->timeout_ms);
	if (err == -E2BIG)
		return err_set(e, E2BIG, "more than %zu bytes of output, killed", r->s->out_max);
	return err ? err_sys(e, -err, "talk to %s", r->s->path) : 0;
}

int spawn_run(const struct spawn *s, struct spawn_end *ret, struct err *e)
{
	cleanup(close_run) struct run r = {
		.s = s, .in = -EBADF, .out = -EBADF, .err = -EBADF, .pidfd = -EBADF
	};
	struct signals saved;
	int err;

	set_signals(&saved);
	err = run(&r, e);
	restore_signals(&saved);
	if (err)
		return err;
	/* no output at all: still a string */
	if (!r.end.out) {
		r.end.out = calloc(1, 1);
		if (!r.end.out)
			return err_sys(e, ENOMEM, "talk to %s", s->path);
	}
	*ret = r.end;
	r.end.out = NULL;
	return 0;
}
