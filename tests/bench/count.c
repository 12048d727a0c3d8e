// SPDX-License-Identifier: Apache-2.0
/*
 * count COMMAND...: runs it and prints what it asked of the kernel, as "KEY=NUMBER ..." on stderr's
 * last line. Counts do not depend on the machine, times under emulation do. It gets its standard
 * input as runtimes give it: through a pipe, written and closed.
 *
 * calls: system calls from execve() to exit_group(), of all its processes
 * sent, moves: netlink messages, and those that move a device to another network namespace
 * received: netlink datagrams; fsyncs; written: bytes; sleeps: fixed ones; namespaces: made
 * rss: KiB at most; netlink_us: in calls that send and receive, without what being stopped takes:
 * the cheapest of all the process's calls; moves_us: of that, in those that move a device
 */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	INPUT_MAX = 65536, /* what a pipe holds */
	MESSAGE_MAX = 4096,
	IOV_MAX_SEEN = 64,
	RDMA_SET = (5 << 10) + 2, /* RDMA_NL_NLDEV, RDMA_NLDEV_CMD_SET */
	RDMA_NET_NS_FD = 68,
};

struct counts {
	unsigned calls, sent, received, moves, fsyncs, written, sleeps, namespaces;
	unsigned long netlink_ns, moves_ns, cheapest_ns;
	unsigned timed;
};

static unsigned long now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long)t.tv_sec * 1000000000 + (unsigned long)t.tv_nsec;
}

static bool peek(pid_t pid, uint64_t at, void *to, size_t n)
{
	struct iovec here = { to, n }, there = { (void *)(uintptr_t)at, n };

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

static bool has_attr(const char *buf, size_t len, size_t at, unsigned type)
{
	struct nlattr a;

	for (; at + sizeof(a) <= len; at += (size_t)NLA_ALIGN(a.nla_len)) {
		memcpy(&a, buf + at, sizeof(a));
		if ((a.nla_type & NLA_TYPE_MASK) == type)
			return true;
		if (a.nla_len < sizeof(a))
			return false;
	}
	return false;
}

static void count_message(const char *buf, size_t len, struct counts *c)
{
	struct nlmsghdr h;

	if (len < sizeof(h))
		return;
	memcpy(&h, buf, sizeof(h));
	c->sent++;
	if (h.nlmsg_type == RTM_SETLINK)
		c->moves += has_attr(buf, len, (size_t)NLMSG_SPACE(sizeof(struct ifinfomsg)),
				     IFLA_NET_NS_FD);
	if (h.nlmsg_type == RDMA_SET)
		c->moves += has_attr(buf, len, NLMSG_HDRLEN, RDMA_NET_NS_FD);
}

static void count_sendmsg(pid_t pid, uint64_t at, struct counts *c)
{
	struct iovec iov[IOV_MAX_SEEN];
	char buf[MESSAGE_MAX];
	struct sockaddr to;
	struct msghdr m;

	if (!peek(pid, at, &m, sizeof(m)) || m.msg_iovlen > IOV_MAX_SEEN || !m.msg_name ||
	    !peek(pid, (uintptr_t)m.msg_name, &to.sa_family, sizeof(to.sa_family)) ||
	    to.sa_family != AF_NETLINK ||
	    !peek(pid, (uintptr_t)m.msg_iov, iov, m.msg_iovlen * sizeof(iov[0])))
		return;
	for (size_t i = 0; i < m.msg_iovlen; i++)
		if (iov[i].iov_len <= sizeof(buf) &&
		    peek(pid, (uintptr_t)iov[i].iov_base, buf, iov[i].iov_len))
			count_message(buf, iov[i].iov_len, c);
}

static void count_sendto(pid_t pid, const uint64_t *args, struct counts *c)
{
	char buf[MESSAGE_MAX];

	if (args[2] <= sizeof(buf) && peek(pid, args[1], buf, args[2]))
		count_message(buf, args[2], c);
}

static bool is_message(const struct __ptrace_syscall_info *i)
{
	return i->entry.nr == SYS_sendmsg || i->entry.nr == SYS_recvmsg ||
	       i->entry.nr == SYS_sendto || i->entry.nr == SYS_recvfrom;
}

static void count_call(pid_t pid, const struct __ptrace_syscall_info *i, struct counts *c)
{
	const uint64_t *args = i->entry.args;

	c->calls++;
	switch (i->entry.nr) {
	case SYS_sendmsg:
		count_sendmsg(pid, args[1], c);
		break;
	case SYS_sendto: /* the floor's */
		count_sendto(pid, args, c);
		break;
	case SYS_recvmsg:
	case SYS_recvfrom:
		c->received++;
		break;
	case SYS_fsync:
	case SYS_fdatasync:
		c->fsyncs++;
		break;
	case SYS_write:
		c->written += (unsigned)args[2];
		break;
	case SYS_clock_nanosleep:
	case SYS_nanosleep:
		c->sleeps++;
		break;
	case SYS_unshare:
		c->namespaces++;
		break;
	default:
		break;
	}
}

/* All of standard input into a pipe, which is standard input from now on. */
static bool pipe_input(void)
{
	static char text[INPUT_MAX];
	size_t len = 0;
	ssize_t n = 1;
	int fds[2];

	while (n > 0 && len < sizeof(text)) {
		n = read(STDIN_FILENO, text + len, sizeof(text) - len);
		len += n > 0 ? (size_t)n : 0;
	}
	return !n && !pipe(fds) && write(fds[1], text, len) == (ssize_t)len &&
	       dup2(fds[0], STDIN_FILENO) == STDIN_FILENO && !close(fds[0]) && !close(fds[1]);
}

static void start(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) || raise(SIGSTOP))
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

static void count_time(unsigned long ns, bool is_netlink, bool is_move, struct counts *c)
{
	if (!c->cheapest_ns || ns < c->cheapest_ns)
		c->cheapest_ns = ns;
	if (is_move)
		c->moves_ns += ns;
	if (!is_netlink)
		return;
	c->netlink_ns += ns;
	c->timed++;
}

/* Stops at each call until the last process is gone; the exit status of the first. */
static int follow(pid_t first, struct counts *c)
{
	int status = 0, result = EXIT_FAILURE;
	bool inside = false, timed = false, moves = false;
	unsigned long since = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		struct __ptrace_syscall_info i = { 0 };
		int sig = 0;

		/* of one process: the plugins' delegates send nothing */
		if (inside)
			count_time(now_ns() - since, timed, moves, c);
		inside = timed = moves = false;

		if (!WIFSTOPPED(status)) {
			if (pid == first && WIFEXITED(status))
				result = WEXITSTATUS(status);
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(i), &i) > 0 &&
			    i.op == PTRACE_SYSCALL_INFO_ENTRY) {
				unsigned before = c->moves;

				count_call(pid, &i, c);
				inside = true;
				timed = is_message(&i);
				moves = c->moves > before;
			}
		} else if (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP) {
			sig = WSTOPSIG(status);
		}
		since = now_ns();
		(void)ptrace(PTRACE_SYSCALL, pid, 0, sig);
	}
	return result;
}

int main(int argc, char **argv)
{
	struct counts c = { 0 };
	struct rusage usage;
	int status, result;
	pid_t pid = argc > 1 && pipe_input() ? fork() : -1;

	if (!pid)
		start(argv + 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			   PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) ||
	    ptrace(PTRACE_SYSCALL, pid, 0, 0)) {
		(void)fprintf(stderr, "usage: count COMMAND...\n");
		return 125;
	}
	result = follow(pid, &c);
	(void)getrusage(RUSAGE_CHILDREN, &usage);
	(void)fprintf(stderr,
		      "calls=%u sent=%u received=%u moves=%u fsyncs=%u written=%u sleeps=%u "
		      "namespaces=%u rss=%ld netlink_us=%lu moves_us=%lu\n",
		      c.calls, c.sent, c.received, c.moves, c.fsyncs, c.written, c.sleeps,
		      c.namespaces, usage.ru_maxrss,
		      (c.netlink_ns - c.timed * c.cheapest_ns) / 1000, c.moves_ns / 1000);
	return result;
}
