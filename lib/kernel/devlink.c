// SPDX-License-Identifier: Apache-2.0
#include "kernel/devlink.h"

#include <linux/devlink.h>
#include <linux/genetlink.h>

#include "kernel/nl_msg.h"
#include "kernel/wire.h"

struct nl_msg *make_getfamily(const char *name)
{
	const struct genlmsghdr h = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(GENL_ID_CTRL, 0, &h, sizeof(h));

	if (!m || nla_put_string(m, CTRL_ATTR_FAMILY_NAME, name))
		return NULL;
	return take_ptr(m);
}

struct nl_msg *make_geteswitch(uint16_t family, const struct devid *pf)
{
	const struct genlmsghdr h = { .cmd = DEVLINK_CMD_ESWITCH_GET,
				      .version = DEVLINK_GENL_VERSION };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(family, 0, &h, sizeof(h));

	if (!m || nla_put_string(m, DEVLINK_ATTR_BUS_NAME, "pci") ||
	    nla_put_string(m, DEVLINK_ATTR_DEV_NAME, pf->name))
		return NULL;
	return take_ptr(m);
}

int read_family(const void *data, size_t len, uint16_t *ret)
{
	static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_ID] = { .type = NLA_U16 },
	};
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct genlmsghdr *h = data;

	if (len < sizeof(*h) || nl_attrs(tb, CTRL_ATTR_MAX, h + 1, len - sizeof(*h), policy) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return -EBADMSG;
	*ret = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	return 0;
}

int read_eswitch(const void *data, size_t len, enum devlink_eswitch *ret)
{
	static const struct nla_policy policy[DEVLINK_ATTR_ESWITCH_MODE + 1] = {
		[DEVLINK_ATTR_ESWITCH_MODE] = { .type = NLA_U16 },
	};
	struct nlattr *tb[DEVLINK_ATTR_ESWITCH_MODE + 1];
	const struct genlmsghdr *h = data;

	if (len < sizeof(*h) ||
	    nl_attrs(tb, DEVLINK_ATTR_ESWITCH_MODE, h + 1, len - sizeof(*h), policy))
		return -EBADMSG;
	*ret = DEVLINK_UNKNOWN;
	if (!tb[DEVLINK_ATTR_ESWITCH_MODE])
		return 0;
	switch (nla_get_u16(tb[DEVLINK_ATTR_ESWITCH_MODE])) {
	case DEVLINK_ESWITCH_MODE_LEGACY:
		*ret = DEVLINK_LEGACY;
		break;
	case DEVLINK_ESWITCH_MODE_SWITCHDEV:
		*ret = DEVLINK_SWITCHDEV;
		break;
	default: /* a mode of a later kernel */
		break;
	}
	return 0;
}

static int see_family(uint16_t type unused, const void *data, size_t len, const void *want unused,
		      void *ret, struct err *e)
{
	return read_family(data, len, ret) ? err_set(e, EBADMSG, "malformed answer about devlink") :
					     0;
}

static int see_eswitch(uint16_t type unused, const void *data, size_t len, const void *want unused,
		       void *ret, struct err *e)
{
	return read_eswitch(data, len, ret) ? err_set(e, EBADMSG, "malformed devlink answer") : 0;
}

static int get_family(struct nl *nl, uint16_t *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = make_getfamily(DEVLINK_GENL_NAME);
	uint16_t family = 0;
	struct nl_query q = { .each = see_family, .ret = &family, .size = sizeof(family) };
	int r = m ? nl_get(nl, m, &q, e) : nl_msg_full(e);

	if (!r)
		*ret = family;
	return r;
}

/* "There is none of that here", in the words of the netlink core, devlink and drivers */
static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENODEV || r == -EOPNOTSUPP;
}

int devlink_get_eswitch(const struct devid *pf, enum devlink_eswitch *ret, struct err *e)
{
	cleanup(nl_msg_free) struct nl_msg *m = NULL;
	cleanup(nl_shut) struct nl *nl = NULL;
	enum devlink_eswitch mode = DEVLINK_UNKNOWN;
	struct nl_query q = { .each = see_eswitch, .ret = &mode, .size = sizeof(mode) };
	uint16_t family;
	int r = nl_open(NL_GENERIC, NULL, NULL, &nl, e);

	if (!r)
		r = get_family(nl, &family, e);
	if (!r) {
		m = make_geteswitch(family, pf);
		r = m ? nl_get(nl, m, &q, e) : nl_msg_full(e);
	}
	if (r && !is_absent(r))
		return err_wrap(e, "ask devlink for the switch of %s", pf->name);
	*ret = r ? DEVLINK_UNKNOWN : mode;
	return 0;
}
