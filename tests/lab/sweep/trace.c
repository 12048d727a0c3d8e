// SPDX-License-Identifier: Apache-2.0
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <rdma/rdma_netlink.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../snapshot/lines.h"

enum { TASKS_MAX = 64, SYSCALL_STOP = SIGTRAP | 0x80 };

/* When a call changes something outside of its process */
enum changes {
	ALWAYS,
	IF_CREATES, /* flags are the last argument */
	IF_SENDS, /* a buffer: whatever is no netlink request to tell something */
	IF_SENDS_MSG,
};

static const struct syscall {
	long nr;
	const char *name;
	enum changes changes;
	unsigned flags_at;
} syscalls[] = {
	{ SYS_write, "write", ALWAYS, 0 },	     { SYS_writev, "writev", ALWAYS, 0 },
	{ SYS_pwrite64, "pwrite64", ALWAYS, 0 },     { SYS_sendto, "sendto", IF_SENDS, 0 },
	{ SYS_sendmsg, "sendmsg", IF_SENDS_MSG, 0 }, { SYS_open, "open", IF_CREATES, 1 },
	{ SYS_openat, "openat", IF_CREATES, 2 },     { SYS_creat, "creat", ALWAYS, 0 },
	{ SYS_mknodat, "mknodat", ALWAYS, 0 },	     { SYS_mkdir, "mkdir", ALWAYS, 0 },
	{ SYS_mkdirat, "mkdirat", ALWAYS, 0 },	     { SYS_rmdir, "rmdir", ALWAYS, 0 },
	{ SYS_rename, "rename", ALWAYS, 0 },	     { SYS_renameat, "renameat", ALWAYS, 0 },
	{ SYS_renameat2, "renameat2", ALWAYS, 0 },   { SYS_link, "link", ALWAYS, 0 },
	{ SYS_linkat, "linkat", ALWAYS, 0 },	     { SYS_symlink, "symlink", ALWAYS, 0 },
	{ SYS_symlinkat, "symlinkat", ALWAYS, 0 },   { SYS_unlink, "unlink", ALWAYS, 0 },
	{ SYS_unlinkat, "unlinkat", ALWAYS, 0 },     { SYS_truncate, "truncate", ALWAYS, 0 },
	{ SYS_ftruncate, "ftruncate", ALWAYS, 0 },   { SYS_chmod, "chmod", ALWAYS, 0 },
	{ SYS_fchmod, "fchmod", ALWAYS, 0 },	     { SYS_fchmodat, "fchmodat", ALWAYS, 0 },
	{ SYS_setns, "setns", ALWAYS, 0 },	     { SYS_unshare, "unshare", ALWAYS, 0 },
	{ SYS_mount, "mount", ALWAYS, 0 },	     { SYS_umount2, "umount2", ALWAYS, 0 },
	{ SYS_fsmount, "fsmount", ALWAYS, 0 },	     { SYS_move_mount, "move_mount", ALWAYS, 0 },
	{ SYS_flock, "flock", ALWAYS, 0 },	     { SYS_fork, "fork", ALWAYS, 0 },
	{ SYS_vfork, "vfork", ALWAYS, 0 },	     { SYS_clone, "clone", ALWAYS, 0 },
	{ SYS_clone3, "clone3", ALWAYS, 0 },	     { SYS_execve, "execve", ALWAYS, 0 },
};

/** struct task - a process or thread that is traced; @counts: its call under way does */
struct task {
	pid_t id;
	bool counts;
	char name[32];
};

struct tracer {
	struct task tasks[TASKS_MAX];
	size_t n;
	pid_t child;
	bool started, killed; /* it has become the plugin */
	int status;
	unsigned seen;
	const struct position *at;
	struct hit *hit;
};

static bool read_memory(pid_t pid, uint64_t from, void *to, size_t n)
{
	struct iovec local = { to, n }, remote = { (void *)(uintptr_t)from, n };

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)n;
}

/* A netlink request that only wants to know. Whatever cannot be told apart changes something. */
static bool is_question(pid_t pid, uint64_t buf)
{
	struct nlmsghdr h = { .nlmsg_len = 0 };

	if (!read_memory(pid, buf, &h, sizeof(h)))
		return false;
	if (h.nlmsg_type < 16)
		return false;
	/* rtnetlink's types are NEW, DEL, GET, SET in turn */
	if (h.nlmsg_type < 256)
		return (h.nlmsg_type & 3) == 2;
	return RDMA_NL_GET_CLIENT(h.nlmsg_type) == RDMA_NL_NLDEV &&
	       RDMA_NL_GET_OP(h.nlmsg_type) != RDMA_NLDEV_CMD_SET;
}

static bool is_question_msg(pid_t pid, uint64_t at)
{
	struct msghdr m = { .msg_iovlen = 0 };
	struct iovec v = { .iov_len = 0 };

	return read_memory(pid, at, &m, sizeof(m)) && m.msg_iovlen &&
	       read_memory(pid, (uintptr_t)m.msg_iov, &v, sizeof(v)) &&
	       is_question(pid, (uintptr_t)v.iov_base);
}

static const struct syscall *find_syscall(uint64_t nr)
{
	for (size_t i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++)
		if ((uint64_t)syscalls[i].nr == nr)
			return &syscalls[i];
	return NULL;
}

static bool changes_something(pid_t pid, const struct syscall *s, const uint64_t *args)
{
	switch (s->changes) {
	case ALWAYS:
		return true;
	case IF_CREATES:
		return args[s->flags_at] & (O_CREAT | O_TRUNC);
	case IF_SENDS:
		return !is_question(pid, args[1]);
	case IF_SENDS_MSG:
		return !is_question_msg(pid, args[1]);
	}
	return true;
}

static struct task *task_of(struct tracer *t, pid_t id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->tasks[i].id == id)
			return &t->tasks[i];
	if (t->n == TASKS_MAX)
		die("more than %d threads are traced", TASKS_MAX);
	t->tasks[t->n] = (struct task){ .id = id };
	return &t->tasks[t->n++];
}

static void forget_task(struct tracer *t, pid_t id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->tasks[i].id == id)
			t->tasks[i] = t->tasks[--t->n];
}

static void kill_all(struct tracer *t)
{
	t->killed = true;
	for (size_t i = 0; i < t->n; i++)
		(void)kill(t->tasks[i].id, SIGKILL);
}

static void count(struct tracer *t, const struct task *task)
{
	if (++t->seen != t->at->nth)
		return;
	t->hit->fired = true;
	memcpy(t->hit->name, task->name, sizeof(t->hit->name));
	kill_all(t);
}

/* A call begins or ends. */
static void on_syscall(struct tracer *t, struct task *task)
{
	struct __ptrace_syscall_info info;
	const struct syscall *s;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->id, sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		s = find_syscall(info.entry.nr);
		task->counts = t->started &&
			       (t->at->every ||
				(s && changes_something(task->id, s, (void *)info.entry.args)));
		(void)snprintf(task->name, sizeof(task->name), s ? "%s" : "call %s%llu",
			       s ? s->name : "", (unsigned long long)info.entry.nr);
		if (task->counts && t->at->at_entry)
			count(t, task);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && task->counts) {
		task->counts = false;
		if (!t->at->at_entry)
			count(t, task);
	}
}

/* @id has stopped: why, and with which signal does it go on? */
static int on_stop(struct tracer *t, pid_t id, int status)
{
	struct task *task = task_of(t, id);
	unsigned long other;

	if (WSTOPSIG(status) == SYSCALL_STOP) {
		on_syscall(t, task);
		return 0;
	}
	switch (status >> 16) {
	case PTRACE_EVENT_EXEC:
		t->started = true;
		return 0;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		if (!ptrace(PTRACE_GETEVENTMSG, id, NULL, &other))
			(void)task_of(t, (pid_t)other);
		return 0;
	}
	/* a new one's first stop is no signal of anybody */
	return WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
}

static void on_end(struct tracer *t, pid_t id, int status)
{
	forget_task(t, id);
	if (id == t->child)
		t->status = WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_KILLED;
}

int trace_run(pid_t child, const struct position *at, struct hit *ret)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC |
			     PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	struct tracer t = { .child = child, .at = at, .hit = ret };
	int status, signo;
	pid_t id;

	*ret = (struct hit){ .fired = false };
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, options))
		die("ptrace: %s", strerror(errno));
	(void)task_of(&t, child);
	(void)ptrace(PTRACE_SYSCALL, child, NULL, 0);
	(void)alarm(RUN_TIMEOUT_S);
	while ((id = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (id < 0) {
			kill_all(&t);
			continue;
		}
		if (!WIFSTOPPED(status)) {
			on_end(&t, id, status);
			continue;
		}
		signo = on_stop(&t, id, status);
		/* a process that appears after the others were killed */
		if (t.killed)
			(void)kill(id, SIGKILL);
		else
			(void)ptrace(PTRACE_SYSCALL, id, NULL, signo);
	}
	(void)alarm(0);
	if (t.killed)
		return ret->fired ? STATUS_KILLED : STATUS_HUNG;
	return t.status;
}
