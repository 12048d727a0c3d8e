// SPDX-License-Identifier: Apache-2.0
/*
 * floor add NETNS NETDEV IFNAME RDMA_INDEX
 * floor del NETNS NETDEV IFNAME RDMA_INDEX
 *
 * The fewest kernel operations that attach a VF and its RDMA device to a pod, or bring them home,
 * in one process: no JSON, no state, no lock, no check. What the plugins cost above this is theirs.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <rdma/rdma_netlink.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUF_SIZE = 16384 };

/* NLA_ALIGN() and its like are of type int */
static const size_t nla_header = sizeof(struct nlattr);

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

union message {
	struct nlmsghdr h;
	char bytes[BUF_SIZE];
};

static union message msg;

static void die(const char *what)
{
	(void)fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void begin(int type, int flags, const void *header, size_t len)
{
	memset(&msg, 0, NLMSG_SPACE(len));
	msg.h = (struct nlmsghdr){ .nlmsg_len = (uint32_t)NLMSG_LENGTH(len),
				   .nlmsg_type = (uint16_t)type,
				   .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
				   .nlmsg_seq = 1 };
	if (len)
		memcpy(NLMSG_DATA(&msg.h), header, len);
}

static void put(uint16_t type, const void *data, size_t len)
{
	struct nlattr a = { .nla_len = (uint16_t)(nla_header + len), .nla_type = type };
	size_t at = NLMSG_ALIGN(msg.h.nlmsg_len);

	memset(msg.bytes + at, 0, padded(a.nla_len));
	memcpy(msg.bytes + at, &a, sizeof(a));
	memcpy(msg.bytes + at + nla_header, data, len);
	msg.h.nlmsg_len = (uint32_t)(at + padded(a.nla_len));
}

/* The answer is in msg afterwards. */
static void call(int fd, const char *what)
{
	const struct nlmsgerr *err = NLMSG_DATA(&msg.h);

	if (send(fd, &msg, msg.h.nlmsg_len, 0) < 0 || recv(fd, &msg, sizeof(msg), 0) < 0)
		die(what);
	if (msg.h.nlmsg_type == NLMSG_ERROR && err->error) {
		errno = -err->error;
		die(what);
	}
}

static int get_index(int fd, const char *name)
{
	struct ifinfomsg ifi = { .ifi_index = 0 };

	begin(RTM_GETLINK, 0, &ifi, sizeof(ifi));
	put(IFLA_IFNAME, name, strlen(name) + 1);
	call(fd, name);
	memcpy(&ifi, NLMSG_DATA(&msg.h), sizeof(ifi));
	return ifi.ifi_index;
}

static void move_link(int fd, int index, int netns, const char *name)
{
	struct ifinfomsg ifi = { .ifi_index = index };

	begin(RTM_SETLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	put(IFLA_NET_NS_FD, &netns, sizeof(netns));
	put(IFLA_IFNAME, name, strlen(name) + 1);
	call(fd, "move interface");
}

static void set_up(int fd, int index)
{
	struct ifinfomsg ifi = { .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };

	begin(RTM_SETLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	call(fd, "set interface up");
}

static void move_rdma(int fd, uint32_t index, int netns)
{
	begin(RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_SET), NLM_F_ACK, NULL, 0);
	put(RDMA_NLDEV_ATTR_DEV_INDEX, &index, sizeof(index));
	put(RDMA_NLDEV_NET_NS_FD, &netns, sizeof(netns));
	call(fd, "move RDMA device");
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

static int open_socket(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		die("netlink socket");
	return fd;
}

static void enter(int netns)
{
	if (setns(netns, CLONE_NEWNET))
		die("setns");
}

int main(int argc, char **argv)
{
	int home, pod, route, inpod, rdma;
	uint32_t index;

	if (argc != 6) {
		(void)fprintf(stderr, "usage: floor add|del NETNS NETDEV IFNAME RDMA_INDEX\n");
		return 2;
	}
	index = (uint32_t)strtoul(argv[5], NULL, 10);
	home = open_file("/proc/self/ns/net");
	pod = open_file(argv[2]);
	if (!strcmp(argv[1], "add")) {
		route = open_socket(NETLINK_ROUTE);
		rdma = open_socket(NETLINK_RDMA);
		move_link(route, get_index(route, argv[3]), pod, argv[4]);
		enter(pod);
		inpod = open_socket(NETLINK_ROUTE);
		enter(home);
		set_up(inpod, get_index(inpod, argv[4]));
		move_rdma(rdma, index, pod);
	} else {
		enter(pod);
		inpod = open_socket(NETLINK_ROUTE);
		rdma = open_socket(NETLINK_RDMA);
		move_rdma(rdma, index, home);
		move_link(inpod, get_index(inpod, argv[4]), home, argv[3]);
	}
	return 0;
}
