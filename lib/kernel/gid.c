// SPDX-License-Identifier: Apache-2.0
#include "kernel/gid.h"

#include <linux/if_arp.h>
#include <netlink/attr.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/str.h"
#include "kernel/nl_msg.h"
#include "kernel/sysfs.h"
#include "kernel/wire.h"

enum {
	GIDS_MAX = 4096, /* hardware has tables of 128 to 1024 */
	BROADCAST_MAX = 32, /* MAX_ADDR_LEN */
};

static int mount_sysfs(int *ret)
{
	int fs = fsopen("sysfs", FSOPEN_CLOEXEC), root, r = 0;

	if (fs < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		r = -errno;
	root = r ? -1 :
		   fsmount(fs, FSMOUNT_CLOEXEC,
			   MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				   MOUNT_ATTR_NOEXEC);
	if (!r && root < 0)
		r = -errno;
	(void)close(fs);
	if (!r)
		*ret = root;
	return r;
}

int gid_open(const struct netns *in, const struct netns *home, int *ret_fd, struct err *e)
{
	/* a sysfs belongs to the namespace of the thread that opens it */
	int fd = -EBADF, r = netns_enter(in, e);

	if (r)
		return r;
	r = mount_sysfs(&fd);
	netns_leave(home);
	if (r)
		return err_sys(e, -r, "mount the pod's sysfs");
	*ret_fd = fd;
	return 0;
}

void gid_close(int *fd)
{
	sysfs_close(fd);
}

static bool is_zero(const struct ip *gid)
{
	static const uint8_t zero[16];

	return !memcmp(gid->b, zero, ip_len(gid));
}

/* An IPv4 address is in the table as ::ffff:a.b.c.d, which ip_parse() takes for IPv4. */
static void mark(const struct ip *gid, const struct ip *addrs, size_t n, uint64_t *found)
{
	for (size_t i = 0; i < n; i++)
		if (ip_equal(gid, &addrs[i]))
			*found |= UINT64_C(1) << i;
}

static int read_gids(int port, const struct ip *addrs, size_t n, uint64_t *found)
{
	uint64_t all = n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;

	for (int i = 0; i < GIDS_MAX && *found != all; i++) {
		char path[32], text[IP_STR_MAX];
		struct ip gid;
		int r = str_printf(path, sizeof(path), "gids/%d", i);

		if (!r)
			r = sysfs_read(port, path, text, sizeof(text));
		/* the end of the table */
		if (r == -ENOENT)
			return 0;
		if (!r && !ip_parse(text, &gid) && !is_zero(&gid))
			mark(&gid, addrs, n, found);
	}
	return 0;
}

int gid_look(int sysfs, const char *ibdev, const struct ip *addrs, size_t n, struct gid_port *ret,
	     struct err *e)
{
	cleanup(sysfs_close) int port = -EBADF;
	struct gid_port p = { .active = false };
	char path[IBDEV_NAME_MAX + 32];
	int r = str_printf(path, sizeof(path), "class/infiniband/%s/ports/1", ibdev);

	if (!r) {
		port = sysfs_open(sysfs, path);
		r = port < 0 ? port : 0;
	}
	if (r == -ENOENT)
		return err_set(e, ENODEV, "no RDMA device %s in the pod's sysfs", ibdev);
	if (!r)
		r = sysfs_read(port, "state", p.state, sizeof(p.state));
	if (!r)
		r = read_gids(port, addrs, n, &p.found);
	if (r)
		return err_sys(e, -r, "read port of RDMA device %s", ibdev);
	p.active = strstr(p.state, "ACTIVE") && !strstr(p.state, "DEFER");
	*ret = p;
	return 0;
}

struct broadcast {
	int len;
	uint8_t b[BROADCAST_MAX];
};

static int see_broadcast(unused uint16_t type, const void *data, size_t len,
			 unused const void *want, void *ret, struct err *e)
{
	const size_t header = NLMSG_ALIGN(sizeof(struct ifinfomsg));
	struct nlattr *tb[IFLA_MAX + 1];
	struct broadcast *b = ret;

	if (len < header || nl_attrs(tb, IFLA_MAX, (const char *)data + header, len - header, NULL))
		return err_set(e, EBADMSG, "malformed link message");
	if (tb[IFLA_BROADCAST] && nla_len(tb[IFLA_BROADCAST]) <= BROADCAST_MAX) {
		b->len = nla_len(tb[IFLA_BROADCAST]);
		memcpy(b->b, nla_data(tb[IFLA_BROADCAST]), (size_t)b->len);
	}
	return 0;
}

int gid_rebuild(struct nl *nl, int ifindex, struct err *e)
{
	const struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct broadcast b = { .len = 0 };
	struct nl_query q = { .each = see_broadcast, .ret = &b, .size = sizeof(b) };
	cleanup(nl_msg_free) struct nl_msg *get = make_getlink(ifindex, NULL, 0);
	cleanup(nl_msg_free) struct nl_msg *set = NULL;
	int r;

	if (!get)
		return nl_msg_full(e);
	r = nl_get(nl, get, &q, e);
	if (r)
		return err_wrap(e, "read broadcast address of interface %d", ifindex);
	set = nl_msg_new(RTM_SETLINK, 0, &ifi, sizeof(ifi));
	if (!b.len || !set || nla_put(set, IFLA_BROADCAST, b.len, b.b))
		return nl_msg_full(e);
	r = nl_call(nl, set, e);
	return r ? err_wrap(e, "rebuild the GIDs of interface %d", ifindex) : 0;
}
