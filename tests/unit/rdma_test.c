// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <rdma/rdma_netlink.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/rdma.h"
#include "kernel/wire.h"
#include "wire.h"

static struct nl_msg *dev_answer(const char *name)
{
	struct nl_msg *m = nl_msg_new(RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, 1), 0, NULL, 0);

	nla_put_u32(m, RDMA_NLDEV_ATTR_DEV_INDEX, 17);
	if (name)
		nla_put_string(m, RDMA_NLDEV_ATTR_DEV_NAME, name);
	nla_put_u32(m, RDMA_NLDEV_ATTR_PORT_INDEX, 1);
	nla_put_u64(m, RDMA_NLDEV_ATTR_NODE_GUID, 0x0200000000000001);
	nla_put_string(m, RDMA_NLDEV_ATTR_DEV_PROTOCOL, "roce");
	nla_put_u32(m, RDMA_NLDEV_ATTR_NDEV_INDEX, 5);
	/* of a kernel newer than our headers */
	nla_put_u8(m, 103, 1);
	return m;
}

static int read_answer(struct nl_msg *m, struct rdma_dev *ret)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	int r = read_rdma(nlmsg_data(h), (size_t)nlmsg_datalen(h), ret);

	nlmsg_free(m);
	return r;
}

START_TEST(device_is_read)
{
	struct rdma_dev d;

	ck_assert_int_eq(read_answer(dev_answer("mlx5_2"), &d), 0);
	ck_assert_uint_eq(d.index, 17);
	ck_assert_str_eq(d.name, "mlx5_2");
	ck_assert(d.node_guid == 0x0200000000000001);
	ck_assert_str_eq(d.protocol, "roce");
}
END_TEST

START_TEST(longest_name_fits_a_longer_one_is_malformed)
{
	char name[65];
	struct rdma_dev d;

	memset(name, 'x', sizeof(name));
	name[63] = '\0';
	ck_assert_int_eq(read_answer(dev_answer(name), &d), 0);
	ck_assert_str_eq(d.name, name);
	name[63] = 'x';
	name[64] = '\0';
	ck_assert_int_eq(read_answer(dev_answer(name), &d), -EBADMSG);
	ck_assert_int_eq(read_answer(dev_answer(NULL), &d), -EBADMSG);
}
END_TEST

START_TEST(port_may_have_no_interface_here)
{
	struct nl_msg *m = dev_answer("mlx5_2");
	struct nlmsghdr *h = nlmsg_hdr(m);
	struct rdma_port p = { .ifindex = 1 };

	ck_assert_int_eq(read_rdma_port(nlmsg_data(h), (size_t)nlmsg_datalen(h), &p), 0);
	ck_assert_int_eq(p.ifindex, 5);
	ck_assert_int_eq(read_rdma_port(nlmsg_data(h), 8, &p), 0);
	ck_assert_int_eq(p.ifindex, 0);
	nlmsg_free(m);
}
END_TEST

static void read_any(const void *data, size_t len)
{
	struct rdma_dev d;
	struct rdma_port p;

	if (!read_rdma(data, len, &d)) {
		ck_assert_uint_lt(strlen(d.name), sizeof(d.name));
		ck_assert_uint_lt(strlen(d.protocol), sizeof(d.protocol));
	}
	(void)!read_rdma_port(data, len, &p);
}

START_TEST(no_bytes_are_dangerous)
{
	struct nl_msg *m = dev_answer("mlx5_2");
	struct nlmsghdr *h = nlmsg_hdr(m);

	read_mangled(nlmsg_data(h), (size_t)nlmsg_datalen(h), read_any);
	nlmsg_free(m);
}
END_TEST

/* No family header, the type is client 5 in the upper bits. */
START_TEST(requests)
{
	uint32_t index = 17;

	assert_bytes(make_rdma(RDMA_NLDEV_CMD_GET, NULL), "10000000011400000000000000000000");
	assert_bytes(make_rdma(RDMA_NLDEV_CMD_PORT_GET, &index), "18000000051400000000000000000000"
								 "0800010011000000");
	assert_bytes(make_rdma_move(17, 9), "20000000021400000000000000000000"
					    "0800010011000000"
					    "0800440009000000");
	assert_bytes(make_rdma_rename(17, "mlx5_2"), "24000000021400000000000000000000"
						     "0800010011000000"
						     "0b0002006d6c78355f320000");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("rdma");
	TCase *t = tcase_create("wire");

	tcase_add_test(t, device_is_read);
	tcase_add_test(t, longest_name_fits_a_longer_one_is_malformed);
	tcase_add_test(t, port_may_have_no_interface_here);
	tcase_add_test(t, no_bytes_are_dangerous);
	tcase_add_test(t, requests);
	suite_add_tcase(s, t);
	return s;
}
