// SPDX-License-Identifier: Apache-2.0
/* Sockets, and requests with their answers. What an answer says is nl_scan.c's. */
#include "kernel/nl.h"

#include <linux/netlink.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/nl_msg.h"
#include "kernel/node.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* Linux 5.14 */
#endif

enum {
	/*
	 * One datagram. RTM_GETLINK with 256 VFs is about 50 KiB, and attributes end at 64 KiB
	 * each.
	 */
	NL_BUF_SIZE = 256 << 10,
	/* The answer waits when sendmsg() returns; a missing one is a bug we must not hang on. */
	NL_TIMEOUT_MS = 10000,
	/* A dump of 10000 links takes about 500; more than this never ends. */
	NL_DATAGRAMS_MAX = 1 << 16,
	/* Each repeat means that somebody else changed something during the last try. */
	NL_DUMP_TRIES = 16,
};

struct nl {
	int fd;
	enum nl_family family;
	uint32_t seq;
	bool asked, strict;
};

/*
 * Of the one answer that is being read: there is one thread, and no reader of an answer asks
 * another question. Mapped anew for each socket it would cost more than the rest of the exchange;
 * so it costs the pages that are used.
 */
static _Alignas(NLMSG_ALIGNTO) char answer[NL_BUF_SIZE];

static void set_option(int fd, int option)
{
	(void)setsockopt(fd, SOL_NETLINK, option, &(int){ 1 }, sizeof(int));
}

static int open_socket(enum nl_family family)
{
	static const int protocols[] = {
		[NL_ROUTE] = NETLINK_ROUTE,
		[NL_RDMA] = NETLINK_RDMA,
		[NL_GENERIC] = NETLINK_GENERIC,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocols[family]);

	return fd < 0 ? -errno : fd;
}

/* Both in one visit: the cookie is that of the socket's namespace. */
static int open_socket_in(enum nl_family family, struct netns *in, const struct netns *home,
			  struct err *e)
{
	socklen_t len = sizeof(in->id.cookie);
	uint64_t cookie = 0;
	int fd, r = netns_enter(in, e);

	if (r)
		return r;
	fd = open_socket(family);
	netns_leave(home);
	if (fd < 0)
		return fd;
	if (!getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len))
		in->id.cookie = cookie;
	return fd;
}

static int open_failed(enum nl_family family, int sys, struct err *e)
{
	if (family == NL_RDMA && sys == EPROTONOSUPPORT)
		return err_set(e, sys, "open RDMA netlink socket: ib_core is not loaded");
	return err_sys(e, sys, "open %s netlink socket",
		       family == NL_RDMA  ? "RDMA" :
		       family == NL_ROUTE ? "route" :
					    "generic");
}

int nl_open(enum nl_family family, struct netns *in, const struct netns *home, struct nl **ret,
	    struct err *e)
{
	cleanup(nl_shut) struct nl *nl = calloc(1, sizeof(*nl));

	if (!nl)
		return err_sys(e, ENOMEM, "open netlink socket");
	*e = (struct err){ 0 };
	nl->fd = in ? open_socket_in(family, in, home, e) : open_socket(family);
	if (nl->fd < 0)
		return e->sys ? -e->sys : open_failed(family, -nl->fd, e);
	nl->family = family;
	*ret = take_ptr(nl);
	return 0;
}

int nl_get_netns(const struct nl *nl, struct netns *ret, struct err *e)
{
	cleanup(netns_close) struct netns ns = { .fd = ioctl(nl->fd, SIOCGSKNS) };
	struct stat st;

	if (ns.fd < 0 || fstat(ns.fd, &st))
		return err_sys(e, errno, "open network namespace of a socket");
	ns.id = (struct netns_id){ .dev = st.st_dev, .ino = st.st_ino };
	*ret = ns;
	/* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): the cleanup reads it */
	ns = NETNS_NONE;
	return 0;
}

void nl_shut(struct nl **nl)
{
	if (!*nl)
		return;
	if ((*nl)->fd >= 0)
		(void)close((*nl)->fd);
	nl_leave(nl);
}

void nl_leave(struct nl **nl)
{
	free(*nl);
	*nl = NULL;
}

static int send_requests(struct nl *nl, struct nl_msg *const *m, size_t n, struct nl_exchange *x,
			 int flags, struct err *e)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct iovec iov[NL_PIPELINE_MAX];
	struct msghdr mh = { .msg_name = (void *)(uintptr_t)&kernel,
			     .msg_namelen = sizeof(kernel),
			     .msg_iov = iov,
			     .msg_iovlen = n };
	ssize_t r;

	/* older kernels lack it: then errors have no text. Some sockets only tell a cookie. */
	if (!nl->asked)
		set_option(nl->fd, NETLINK_EXT_ACK);
	nl->asked = true;
	x->first = nl->seq + 1;
	x->n = x->left = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		struct nlmsghdr *h = nlmsg_hdr(m[i]);

		h->nlmsg_seq = ++nl->seq;
		h->nlmsg_flags = (uint16_t)(h->nlmsg_flags | NLM_F_REQUEST | flags);
		iov[i] = (struct iovec){ .iov_base = h, .iov_len = NLMSG_ALIGN(h->nlmsg_len) };
	}
	do
		r = sendmsg(nl->fd, &mh, 0);
	while (r < 0 && errno == EINTR);
	return r < 0 ? err_sys(e, errno, "send netlink request") : 0;
}

static bool wait_answer(const struct nl *nl)
{
	struct pollfd p = { .fd = nl->fd, .events = POLLIN };
	int r = poll(&p, 1, NL_TIMEOUT_MS);

	return r > 0 || (r < 0 && errno == EINTR);
}

/* One datagram; 0 bytes: not from the kernel, or nothing in it */
static int receive(struct nl *nl, size_t *ret_len, struct err *e)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = answer, .iov_len = NL_BUF_SIZE };
	struct msghdr mh = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1
	};
	ssize_t r;

	do
		r = recvmsg(nl->fd, &mh, MSG_DONTWAIT);
	while (r < 0 && (errno == EINTR || (errno == EAGAIN && wait_answer(nl))));
	if (r < 0)
		return err_sys(e, errno == EAGAIN ? ETIMEDOUT : errno, "receive netlink answer");
	if (mh.msg_flags & MSG_TRUNC)
		return err_set(e, EMSGSIZE, "receive netlink answer: larger than %d bytes",
			       NL_BUF_SIZE);
	/* Any process may send to our port if it has CAP_NET_ADMIN (netlink_sendmsg()). */
	*ret_len = from.nl_pid ? 0 : (size_t)r;
	return 0;
}

static int exchange(struct nl *nl, struct nl_msg *const *m, size_t n, struct nl_exchange *x,
		    int flags, struct err *e)
{
	int r = send_requests(nl, m, n, x, flags, e);

	for (unsigned i = 0; !r && x->left; i++) {
		size_t len = 0;

		if (i == NL_DATAGRAMS_MAX)
			return err_set(e, EBADMSG, "netlink answer does not end");
		r = receive(nl, &len, e);
		if (!r && len)
			r = nl_scan(x, answer, len, e);
	}
	if (r)
		return r;
	if (x->err.sys)
		*e = x->err;
	return -x->err.sys;
}

int nl_call(struct nl *nl, struct nl_msg *m, struct err *e)
{
	struct nl_exchange x = { .acked = true };

	return exchange(nl, &m, 1, &x, NLM_F_ACK, e);
}

int nl_get(struct nl *nl, struct nl_msg *m, const struct nl_query *q, struct err *e)
{
	struct nl_exchange x = { .q = q };

	memset(q->ret, 0, q->size);
	return exchange(nl, &m, 1, &x, 0, e);
}

int nl_get_all(struct nl *nl, struct nl_msg *m, const struct nl_query *q, struct err *e)
{
	/* older kernels lack it: then a dump is not filtered, and we look at each entry */
	if (nl->family == NL_ROUTE && !nl->strict)
		set_option(nl->fd, NETLINK_GET_STRICT_CHK);
	nl->strict = true;
	for (unsigned i = 0; i < NL_DUMP_TRIES; i++) {
		struct nl_exchange x = { .q = q, .multi = true };
		int r;

		memset(q->ret, 0, q->size);
		r = exchange(nl, &m, 1, &x, NLM_F_DUMP, e);
		if (r || !x.interrupted)
			return r;
	}
	return err_set(e, EAGAIN, "netlink dump interrupted %d times", NL_DUMP_TRIES);
}

int nl_pipeline(struct nl *nl, struct nl_msg *const *m, size_t n, size_t *ret_failed, struct err *e)
{
	struct nl_exchange x = { .acked = true };
	int r;

	*ret_failed = 0;
	if (n > NL_PIPELINE_MAX)
		return err_set(e, E2BIG, "%zu netlink requests at once", n);
	r = n ? exchange(nl, m, n, &x, NLM_F_ACK, e) : 0;
	*ret_failed = x.failed;
	return r;
}

int nl_subscribe(struct nl *nl, unsigned group, struct err *e)
{
	static const struct sockaddr_nl any = { .nl_family = AF_NETLINK };

	/*
	 * Bound, because an unbound socket has port 0 and the kernel leaves out the port that
	 * asked for a change, 0 when it was itself, when it sends events (do_one_broadcast()).
	 */
	if (bind(nl->fd, (const struct sockaddr *)&any, sizeof(any)) ||
	    setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return err_sys(e, errno, "subscribe to netlink group %u", group);
	return 0;
}

int nl_wait_event(struct nl *nl, uint64_t deadline_ms, struct err *e)
{
	struct pollfd p = { .fd = nl->fd, .events = POLLIN };
	uint64_t now = node_now_ms();
	int r;

	while (now < deadline_ms) {
		uint64_t left = deadline_ms - now;

		r = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
		if (r < 0 && errno != EINTR)
			return err_sys(e, errno, "wait for netlink event");
		/* One is enough and the rest stays: the caller reads the state and comes again. */
		if (r > 0) {
			(void)recv(nl->fd, answer, NL_BUF_SIZE, MSG_DONTWAIT);
			return 0;
		}
		now = node_now_ms();
	}
	/* strerror() speaks of a connection */
	return err_set(e, ETIMEDOUT, "timed out");
}
