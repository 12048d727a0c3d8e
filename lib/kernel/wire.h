/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to lib/kernel: what goes over the wire, as functions of buffers, for
 * the modules, their unit tests and the fuzz target.
 *
 * make_*: a request, owned by the caller; NULL when out of memory.
 * read_*: what follows the nlmsghdr of one answer; 0, or -EBADMSG with *ret
 * unspecified. Buffers are aligned to 4 bytes, as netlink's are.
 */
#pragma once
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/types.h"
#include "kernel/devlink.h"
#include "kernel/inet.h"
#include "kernel/link.h"
#include "kernel/rdma.h"
#include "kernel/vf.h"

/* link_wire.c */

/** make_getlink() - by @ifindex, else by @name (also alternative), else all */
struct nl_msg *make_getlink(int ifindex, const char *name, uint32_t ext_mask) must_check;
struct nl_msg *make_setlink(int ifindex, const struct link_change *c) must_check;
struct nl_msg *make_dellink(int ifindex) must_check;
/** make_altname() - @type: RTM_NEWLINKPROP, RTM_DELLINKPROP */
struct nl_msg *make_altname(int type, int ifindex, const char *altname) must_check;
int read_link(const void *data, size_t len, struct link *ret) must_check;

/* link_attrs.c */

enum { LINK_TB_MAX = 64 /* IFLA_GRO_IPV4_MAX_SIZE, newer than the headers of the oldest builds */ };

struct nl_msg *make_link_attrs(int ifindex, const struct link_attrs *a) must_check;
/** read_link_attrs() - from the attributes of a link message, LINK_TB_MAX + 1 of them */
void read_link_attrs(struct nlattr *const *tb, struct link_attrs *ret);

/* vf.c */

struct nl_msg *make_setvf(int pf, unsigned vf, const struct vf_attrs *a) must_check;
/** read_vf() - VF @vf of a PF's link message; 0 with ret->have == 0 if it says nothing of it */
int read_vf(const void *data, size_t len, unsigned vf, struct vf_attrs *ret) must_check;

/* inet_wire.c */

/** struct inet_addr - an address as RTM_GETADDR shows it; @flags: IFA_F_* */
struct inet_addr {
	int ifindex;
	struct cidr addr;
	uint32_t flags;
};

struct nl_msg *make_newaddr(int ifindex, const struct cidr *addr) must_check;
struct nl_msg *make_newroute(int ifindex, const struct route *r) must_check;
struct nl_msg *make_getaddr(int ifindex, sa_family_t family) must_check;
struct nl_msg *make_getroute(int ifindex, sa_family_t family) must_check;
int read_addr(const void *data, size_t len, struct inet_addr *ret) must_check;
/**
 * read_route() - a unicast route that leaves through @ifindex, alone or as one of several paths
 * @ret_out: false: it is another kind of route, or leaves elsewhere; *ret is unspecified
 */
int read_route(const void *data, size_t len, int ifindex, struct route *ret,
	       bool *ret_out) must_check;

/* rdma.c */

/** make_rdma() - @op: RDMA_NLDEV_CMD_*; @index: NULL in dumps */
struct nl_msg *make_rdma(unsigned op, const uint32_t *index) must_check;
struct nl_msg *make_rdma_move(uint32_t index, int netns_fd) must_check;
struct nl_msg *make_rdma_rename(uint32_t index, const char *name) must_check;
int read_rdma(const void *data, size_t len, struct rdma_dev *ret) must_check;
int read_rdma_port(const void *data, size_t len, struct rdma_port *ret) must_check;

/* devlink.c */

/** make_getfamily() - the number of a generic netlink family; read_family() reads it */
struct nl_msg *make_getfamily(const char *name) must_check;
struct nl_msg *make_geteswitch(uint16_t family, const struct devid *pf) must_check;
int read_family(const void *data, size_t len, uint16_t *ret) must_check;
int read_eswitch(const void *data, size_t len, enum devlink_eswitch *ret) must_check;
