// SPDX-License-Identifier: Apache-2.0
/* Messages are those of drivers/infiniband/core/nldev.c: attributes follow the nlmsghdr at once. */
#include "kernel/rdma.h"

#include <linux/netlink.h>
#include <rdma/rdma_netlink.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/sysfs.h"
#include "kernel/wire.h"

enum {
	RDMA_FIRST_PORT = 1,
};

int rdma_get_mode(enum rdma_mode *ret, struct err *e)
{
	char text[8];
	int r = sysfs_read(-1, "/sys/module/ib_core/parameters/netns_mode", text, sizeof(text));

	if (r == -ENOENT)
		return err_set(e, ENOENT, "read RDMA namespace mode: ib_core is not loaded");
	if (r)
		return err_sys(e, -r, "read RDMA namespace mode");
	/* module_param_named(netns_mode, ib_devices_shared_netns, bool, 0444) */
	*ret = text[0] == 'Y' ? RDMA_MODE_SHARED : RDMA_MODE_EXCLUSIVE;
	return 0;
}

struct nl_msg *make_rdma(unsigned op, const uint32_t *index)
{
	cleanup(nl_msg_free) struct nl_msg *m =
		nl_msg_new((int)RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, op), 0, NULL, 0);

	if (!m || (index && nla_put_u32(m, RDMA_NLDEV_ATTR_DEV_INDEX, *index)))
		return NULL;
	return take_ptr(m);
}

/* Never with a name: the kernel then renames, skips the move and reports success (6.x). */
struct nl_msg *make_rdma_move(uint32_t index, int netns_fd)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma(RDMA_NLDEV_CMD_SET, &index);

	if (!m || nla_put_u32(m, RDMA_NLDEV_NET_NS_FD, (uint32_t)netns_fd))
		return NULL;
	return take_ptr(m);
}

struct nl_msg *make_rdma_rename(uint32_t index, const char *name)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma(RDMA_NLDEV_CMD_SET, &index);

	if (!m || nla_put_string(m, RDMA_NLDEV_ATTR_DEV_NAME, name))
		return NULL;
	return take_ptr(m);
}

static const struct nla_policy policy[RDMA_NLDEV_ATTR_MAX] = {
	[RDMA_NLDEV_ATTR_DEV_INDEX] = { .type = NLA_U32 },
	[RDMA_NLDEV_ATTR_DEV_NAME] = { .type = NLA_STRING, .maxlen = IBDEV_NAME_MAX },
	[RDMA_NLDEV_ATTR_NODE_GUID] = { .type = NLA_U64 },
	[RDMA_NLDEV_ATTR_PORT_STATE] = { .type = NLA_U8 },
	[RDMA_NLDEV_ATTR_NDEV_INDEX] = { .type = NLA_U32 },
	[RDMA_NLDEV_ATTR_DEV_PROTOCOL] = { .type = NLA_STRING },
};

int read_rdma(const void *data, size_t len, struct rdma_dev *ret)
{
	struct nlattr *tb[RDMA_NLDEV_ATTR_MAX];
	const struct nlattr *name, *protocol;

	if (nl_attrs(tb, RDMA_NLDEV_ATTR_MAX - 1, data, len, policy))
		return -EBADMSG;
	name = tb[RDMA_NLDEV_ATTR_DEV_NAME];
	protocol = tb[RDMA_NLDEV_ATTR_DEV_PROTOCOL];
	if (!tb[RDMA_NLDEV_ATTR_DEV_INDEX] || !name)
		return -EBADMSG;
	*ret = (struct rdma_dev){ .index = nla_get_u32(tb[RDMA_NLDEV_ATTR_DEV_INDEX]) };
	memcpy(ret->name, nla_data(name), (size_t)nla_len(name));
	if (tb[RDMA_NLDEV_ATTR_NODE_GUID])
		ret->node_guid = nla_get_u64(tb[RDMA_NLDEV_ATTR_NODE_GUID]);
	if (protocol && nla_len(protocol) <= (int)sizeof(ret->protocol))
		memcpy(ret->protocol, nla_data(protocol), (size_t)nla_len(protocol));
	return 0;
}

int read_rdma_port(const void *data, size_t len, struct rdma_port *ret)
{
	struct nlattr *tb[RDMA_NLDEV_ATTR_MAX];
	const struct nlattr *index, *state;

	if (nl_attrs(tb, RDMA_NLDEV_ATTR_MAX - 1, data, len, policy))
		return -EBADMSG;
	index = tb[RDMA_NLDEV_ATTR_NDEV_INDEX];
	state = tb[RDMA_NLDEV_ATTR_PORT_STATE];
	*ret = (struct rdma_port){ .ifindex = index ? (int)nla_get_u32(index) : 0,
				   .state = state ? nla_get_u8(state) : 0 };
	return 0;
}

static int malformed(struct err *e)
{
	return err_set(e, EBADMSG, "malformed RDMA device message");
}

static int see_dev(unused uint16_t type, const void *data, size_t len, unused const void *want,
		   void *ret, struct err *e)
{
	struct rdma_dev d;

	if (read_rdma(data, len, &d))
		return malformed(e);
	*(struct rdma_dev *)ret = d;
	return 0;
}

int rdma_get(struct nl *nl, uint32_t index, struct rdma_dev *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma(RDMA_NLDEV_CMD_GET, &index);
	struct rdma_dev d = { 0 };
	struct nl_query q = { .each = see_dev, .ret = &d, .size = sizeof(d) };
	int r;

	if (!m)
		return nl_msg_full(e);
	r = nl_get(nl, m, &q, e);
	/* nldev_get_doit() knows no other reason for it than a device that is not there. */
	if (r == -EINVAL)
		return err_set(e, ENODEV, "no RDMA device with index %u here", index);
	if (r)
		return err_wrap(e, "get RDMA device %u", index);
	*ret = d;
	return 0;
}

struct dev_search {
	bool found;
	struct rdma_dev dev;
};

static int match_name(unused uint16_t type, const void *data, size_t len, const void *want,
		      void *ret, struct err *e)
{
	struct dev_search *s = ret;
	struct rdma_dev d;

	if (read_rdma(data, len, &d))
		return malformed(e);
	if (!strcmp(d.name, want))
		*s = (struct dev_search){ .found = true, .dev = d };
	return 0;
}

int rdma_find(struct nl *nl, const char *name, struct rdma_dev *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma(RDMA_NLDEV_CMD_GET, NULL);
	struct dev_search s = { 0 };
	struct nl_query q = { .each = match_name, .want = name, .ret = &s, .size = sizeof(s) };

	if (!m)
		return nl_msg_full(e);
	if (nl_get_all(nl, m, &q, e))
		return err_wrap(e, "list RDMA devices");
	if (!s.found)
		return err_set(e, ENODEV, "no RDMA device %s here", name);
	*ret = s.dev;
	return 0;
}

static int collect(unused uint16_t type, const void *data, size_t len, unused const void *want,
		   void *ret, struct err *e)
{
	struct rdma_list *l = ret;
	struct rdma_dev d;

	if (read_rdma(data, len, &d))
		return malformed(e);
	if (l->n == RDMA_DEVS_MAX)
		return err_set(e, E2BIG, "more than %d RDMA devices", RDMA_DEVS_MAX);
	l->index[l->n++] = d.index;
	return 0;
}

static int see_port(unused uint16_t type, const void *data, size_t len, unused const void *want,
		    void *ret, struct err *e)
{
	struct rdma_port p;

	/* The type is not looked at: the kernel answers PORT_GET with that of GET. */
	if (read_rdma_port(data, len, &p))
		return malformed(e);
	*(struct rdma_port *)ret = p;
	return 0;
}

int rdma_get_port(struct nl *nl, uint32_t index, struct rdma_port *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma(RDMA_NLDEV_CMD_PORT_GET, &index);
	struct nl_query q = { .each = see_port, .ret = ret, .size = sizeof(*ret) };

	if (!m || nla_put_u32(m, RDMA_NLDEV_ATTR_PORT_INDEX, RDMA_FIRST_PORT))
		return nl_msg_full(e);
	return nl_get(nl, m, &q, e) ? err_wrap(e, "get port of RDMA device %u", index) : 0;
}

int rdma_list(struct nl *nl, struct rdma_list *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma(RDMA_NLDEV_CMD_GET, NULL);
	struct nl_query q = { .each = collect, .ret = ret, .size = sizeof(*ret) };

	if (!m)
		return nl_msg_full(e);
	return nl_get_all(nl, m, &q, e) ? err_wrap(e, "list RDMA devices") : 0;
}

int rdma_find_netdev(struct nl *nl, int ifindex, struct rdma_dev *ret, struct err *e)
{
	struct rdma_list l;

	if (rdma_list(nl, &l, e))
		return -e->sys;
	for (size_t i = 0; i < l.n; i++) {
		struct rdma_port p;
		/* -EINVAL: it has left since it was listed */
		int r = rdma_get_port(nl, l.index[i], &p, e);

		if (r && r != -EINVAL)
			return r;
		if (!r && p.ifindex == ifindex)
			return rdma_get(nl, l.index[i], ret, e);
	}
	return err_set(e, ENODEV, "no RDMA device of interface %d here", ifindex);
}

static int move_failed(uint32_t index, struct err *e)
{
	if (e->sys == EOPNOTSUPP)
		err_detail(e, "the RDMA subsystem is in shared mode, or the driver cannot move "
			      "devices (no disassociate_ucontext)");
	return err_wrap(e, "move RDMA device %u", index);
}

int rdma_move(struct nl *nl, uint32_t index, const struct netns *from, const struct netns *to,
	      const struct netns *home, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma_move(index, to->fd);
	bool visit = !netns_id_equal(&from->id, &home->id);
	int r;

	if (!m)
		return nl_msg_full(e);
	/* nldev_set_doit() compares the device's namespace with the thread's, not the socket's. */
	if (visit && netns_enter(from, e))
		return err_wrap(e, "move RDMA device %u", index);
	r = nl_call(nl, m, e);
	if (visit)
		netns_leave(home);
	return r ? move_failed(index, e) : 0;
}

int rdma_rename(struct nl *nl, uint32_t index, const char *name, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_rdma_rename(index, name);

	if (!m)
		return nl_msg_full(e);
	return nl_call(nl, m, e) ? err_wrap(e, "rename RDMA device %u to %s", index, name) : 0;
}
