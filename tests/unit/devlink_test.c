// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <string.h>

#include "kernel/nl_msg.h"
#include "kernel/wire.h"
#include "wire.h"

enum { FAMILY = 0x15 };

static const struct devid pf = { DEV_BUS_PCI, "0000:81:00.0" };

static struct nl_msg *answer(uint16_t type, uint8_t cmd)
{
	const struct genlmsghdr h = { .cmd = cmd, .version = 1 };

	return nl_msg_new(type, 0, &h, sizeof(h));
}

static int read_mode(struct nl_msg *m, enum devlink_eswitch *ret)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	int r = read_eswitch(nlmsg_data(h), (size_t)nlmsg_datalen(h), ret);

	nlmsg_free(m);
	return r;
}

static struct nl_msg *mode_answer(uint16_t mode)
{
	struct nl_msg *m = answer(FAMILY, DEVLINK_CMD_ESWITCH_GET);

	nla_put_string(m, DEVLINK_ATTR_BUS_NAME, "pci");
	nla_put_string(m, DEVLINK_ATTR_DEV_NAME, pf.name);
	nla_put_u16(m, DEVLINK_ATTR_ESWITCH_MODE, mode);
	nla_put_u8(m, DEVLINK_ATTR_ESWITCH_INLINE_MODE, 0);
	return m;
}

START_TEST(mode_is_read)
{
	enum devlink_eswitch mode;

	ck_assert_int_eq(read_mode(mode_answer(DEVLINK_ESWITCH_MODE_SWITCHDEV), &mode), 0);
	ck_assert_int_eq(mode, DEVLINK_SWITCHDEV);
	ck_assert_int_eq(read_mode(mode_answer(DEVLINK_ESWITCH_MODE_LEGACY), &mode), 0);
	ck_assert_int_eq(mode, DEVLINK_LEGACY);
	/* DEVLINK_ESWITCH_MODE_SWITCHDEV_INACTIVE and what may follow it */
	ck_assert_int_eq(read_mode(mode_answer(7), &mode), 0);
	ck_assert_int_eq(mode, DEVLINK_UNKNOWN);
	ck_assert_int_eq(read_mode(answer(FAMILY, DEVLINK_CMD_ESWITCH_GET), &mode), 0);
	ck_assert_int_eq(mode, DEVLINK_UNKNOWN);
}
END_TEST

START_TEST(family_is_read)
{
	struct nl_msg *m = answer(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
	uint16_t family = 0;

	nla_put_string(m, CTRL_ATTR_FAMILY_NAME, DEVLINK_GENL_NAME);
	ck_assert_int_eq(
		read_family(nlmsg_data(nlmsg_hdr(m)), (size_t)nlmsg_datalen(nlmsg_hdr(m)), &family),
		-EBADMSG);
	nla_put_u16(m, CTRL_ATTR_FAMILY_ID, FAMILY);
	ck_assert_int_eq(
		read_family(nlmsg_data(nlmsg_hdr(m)), (size_t)nlmsg_datalen(nlmsg_hdr(m)), &family),
		0);
	ck_assert_uint_eq(family, FAMILY);
	nlmsg_free(m);
}
END_TEST

/* By hand: nlmsghdr, genlmsghdr, attributes padded to 4 bytes (linux/genetlink.h, linux/devlink.h) */
START_TEST(requests_are_devlinks)
{
	/* clang-format off */
	assert_bytes(make_getfamily(DEVLINK_GENL_NAME),
		     "20000000" "1000" "0000" "00000000" "00000000"
		     "03010000" "0c000200" "6465766c696e6b00");
	assert_bytes(make_geteswitch(FAMILY, &pf),
		     "30000000" "1500" "0000" "00000000" "00000000"
		     "1d010000" "08000100" "70636900"
		     "11000200" "303030303a38313a30302e3000000000");
	/* clang-format on */
}
END_TEST

static void read_either(const void *data, size_t len)
{
	enum devlink_eswitch mode;
	uint16_t family;

	(void)!read_eswitch(data, len, &mode);
	(void)!read_family(data, len, &family);
}

START_TEST(mangled_answers_are_survived)
{
	struct nl_msg *m = mode_answer(1);

	read_mangled(nlmsg_data(nlmsg_hdr(m)), (size_t)nlmsg_datalen(nlmsg_hdr(m)), read_either);
	nlmsg_free(m);
}
END_TEST

/* Whatever this machine has: a PF that does not exist has no switch. */
START_TEST(no_such_device)
{
	static const struct devid nobody = { DEV_BUS_PCI, "ffff:ff:1f.7" };
	enum devlink_eswitch mode = DEVLINK_SWITCHDEV;
	struct err e = { 0 };

	ck_assert_msg(!devlink_get_eswitch(&nobody, &mode, &e), "%s", e.msg);
	ck_assert_int_eq(mode, DEVLINK_UNKNOWN);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("devlink");
	TCase *t = tcase_create("devlink");

	tcase_add_test(t, mode_is_read);
	tcase_add_test(t, family_is_read);
	tcase_add_test(t, requests_are_devlinks);
	tcase_add_test(t, mangled_answers_are_survived);
	tcase_add_test(t, no_such_device);
	suite_add_tcase(s, t);
	return s;
}
