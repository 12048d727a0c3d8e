// SPDX-License-Identifier: Apache-2.0
/* struct link_attrs on the wire: do_setlink()'s attributes that stay with a device. */
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "kernel/link.h"
#include "kernel/nl_msg.h"
#include "kernel/wire.h"

/* since 6.3 */
enum { GSO_IPV4_MAX_SIZE = 63, GRO_IPV4_MAX_SIZE = LINK_TB_MAX };

static int put_names(struct nl_msg *m, const struct link_attrs *a)
{
	/* without its NUL: else an empty alias would stay one */
	if (a->have & LINK_ALIAS && nla_put(m, IFLA_IFALIAS, (int)strlen(a->alias), a->alias))
		return -ENOMEM;
	if (a->have & LINK_BROADCAST &&
	    nla_put(m, IFLA_BROADCAST, sizeof(a->broadcast.b), a->broadcast.b))
		return -ENOMEM;
	return 0;
}

static int put_numbers(struct nl_msg *m, const struct link_attrs *a)
{
	const struct {
		enum link_attr bit;
		int type;
		uint32_t value;
	} rows[] = {
		{ LINK_GROUP, IFLA_GROUP, a->group },
		{ LINK_TXQLEN, IFLA_TXQLEN, a->txqlen },
		{ LINK_SIZES, IFLA_GSO_MAX_SIZE, a->gso_max_size },
		{ LINK_SIZES, IFLA_GSO_MAX_SEGS, a->gso_max_segs },
		{ LINK_SIZES, IFLA_GRO_MAX_SIZE, a->gro_max_size },
		{ LINK_IPV4_SIZES, GSO_IPV4_MAX_SIZE, a->gso_ipv4_max_size },
		{ LINK_IPV4_SIZES, GRO_IPV4_MAX_SIZE, a->gro_ipv4_max_size },
	};

	for (size_t i = 0; i < array_size(rows); i++)
		if (a->have & rows[i].bit && nla_put_u32(m, rows[i].type, rows[i].value))
			return -ENOMEM;
	return a->have & LINK_MODE ? nla_put_u8(m, IFLA_LINKMODE, a->mode) : 0;
}

struct nl_msg *make_link_attrs(int ifindex, const struct link_attrs *a)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	cleanup(nl_msg_free) struct nl_msg *m = nl_msg_new(RTM_SETLINK, 0, &ifi, sizeof(ifi));

	if (!m || put_names(m, a) || put_numbers(m, a))
		return NULL;
	return take_ptr(m);
}

/* 0 and false: not told; shorter than a number: neither. */
static bool read_u32(const struct nlattr *a, uint32_t *ret)
{
	if (!a || nla_len(a) < (int)sizeof(*ret))
		return false;
	*ret = nla_get_u32(a);
	return true;
}

/* The kernel says nothing of an alias that is not there. */
static void read_names(struct nlattr *const *tb, struct link_attrs *ret)
{
	const struct nlattr *alias = tb[IFLA_IFALIAS], *broadcast = tb[IFLA_BROADCAST];

	ret->have |= LINK_ALIAS;
	if (alias && nla_len(alias) <= LINK_ALIAS_MAX)
		memcpy(ret->alias, nla_data(alias), (size_t)nla_len(alias));
	ret->alias[LINK_ALIAS_MAX - 1] = '\0';
	if (!broadcast || nla_len(broadcast) != sizeof(ret->broadcast.b))
		return;
	ret->have |= LINK_BROADCAST;
	memcpy(ret->broadcast.b, nla_data(broadcast), sizeof(ret->broadcast.b));
}

/* IFLA_AF_SPEC has the sysctls of the interface: no file has to be opened. */
static void read_accept_dad(const struct nlattr *spec, struct link_attrs *ret)
{
	const size_t end = (DEVCONF_ACCEPT_DAD + 1) * sizeof(int32_t);
	struct nlattr *families[AF_INET6 + 1], *inet6[IFLA_INET6_MAX + 1];

	if (!spec || nl_nested(families, AF_INET6, spec, NULL) || !families[AF_INET6] ||
	    nl_nested(inet6, IFLA_INET6_MAX, families[AF_INET6], NULL) || !inet6[IFLA_INET6_CONF] ||
	    (size_t)nla_len(inet6[IFLA_INET6_CONF]) < end)
		return;
	ret->have |= LINK_ACCEPT_DAD;
	memcpy(&ret->accept_dad,
	       (const char *)nla_data(inet6[IFLA_INET6_CONF]) + end - sizeof(int32_t),
	       sizeof(ret->accept_dad));
}

void read_link_attrs(struct nlattr *const *tb, struct link_attrs *ret)
{
	*ret = (struct link_attrs){ 0 };
	read_names(tb, ret);
	if (read_u32(tb[IFLA_TXQLEN], &ret->txqlen))
		ret->have |= LINK_TXQLEN;
	if (read_u32(tb[IFLA_GROUP], &ret->group))
		ret->have |= LINK_GROUP;
	if (tb[IFLA_LINKMODE] && nla_len(tb[IFLA_LINKMODE]) == sizeof(ret->mode)) {
		ret->have |= LINK_MODE;
		ret->mode = nla_get_u8(tb[IFLA_LINKMODE]);
	}
	if (read_u32(tb[IFLA_GSO_MAX_SIZE], &ret->gso_max_size) &&
	    read_u32(tb[IFLA_GSO_MAX_SEGS], &ret->gso_max_segs) &&
	    read_u32(tb[IFLA_GRO_MAX_SIZE], &ret->gro_max_size))
		ret->have |= LINK_SIZES;
	if (read_u32(tb[GSO_IPV4_MAX_SIZE], &ret->gso_ipv4_max_size) &&
	    read_u32(tb[GRO_IPV4_MAX_SIZE], &ret->gro_ipv4_max_size))
		ret->have |= LINK_IPV4_SIZES;
	read_accept_dad(tb[IFLA_AF_SPEC], ret);
}
