// SPDX-License-Identifier: GPL-2.0
/*
 * mad.c - just enough queue pairs for the kernel's MAD layer to start.
 *
 * Promise: ib_umad gives every device of rdma.c a /dev/infiniband/umadN, whose number is freed and
 * taken anew by a netns move as with real hardware. Queues accept everything and complete
 * nothing: no management datagram is ever sent or received, and user space cannot make queues.
 */
#include <linux/version.h>
#include <rdma/ib_verbs.h>

#include "simnic.h"

struct sim_cq { struct ib_cq ibcq; };
struct sim_qp { struct ib_qp ibqp; };

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int create_cq(struct ib_cq *cq, const struct ib_cq_init_attr *attr,
		     struct uverbs_attr_bundle *attrs)
{
	if (attrs)
		return -EOPNOTSUPP;
	cq->cqe = attr->cqe;
	return 0;
}
#else
static int create_cq(struct ib_cq *cq, const struct ib_cq_init_attr *attr, struct ib_udata *u)
{
	if (u)
		return -EOPNOTSUPP;
	cq->cqe = attr->cqe;
	return 0;
}
#endif

static int destroy_cq(struct ib_cq *cq, struct ib_udata *u)
{
	return 0;
}

static int poll_cq(struct ib_cq *cq, int n, struct ib_wc *wc)
{
	return 0;
}

static int req_notify_cq(struct ib_cq *cq, enum ib_cq_notify_flags flags)
{
	return 0;
}

static int create_qp(struct ib_qp *qp, struct ib_qp_init_attr *attr, struct ib_udata *u)
{
	if (u)
		return -EOPNOTSUPP;
	qp->qp_num = attr->qp_type == IB_QPT_GSI ? 1 : 0;
	return 0;
}

static int modify_qp(struct ib_qp *qp, struct ib_qp_attr *attr, int mask, struct ib_udata *u)
{
	return 0;
}

static int destroy_qp(struct ib_qp *qp, struct ib_udata *u)
{
	return 0;
}

static int post_send(struct ib_qp *qp, const struct ib_send_wr *wr, const struct ib_send_wr **bad)
{
	*bad = wr;
	return -EOPNOTSUPP;
}

static int post_recv(struct ib_qp *qp, const struct ib_recv_wr *wr, const struct ib_recv_wr **bad)
{
	return 0;
}

/* The next three are mandatory for a device to have kernel clients at all, but never called. */
static struct ib_mr *get_dma_mr(struct ib_pd *pd, int access)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static struct ib_mr *reg_user_mr(struct ib_pd *pd, u64 start, u64 len, u64 virt, int access,
				 struct ib_udata *u)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static int dereg_mr(struct ib_mr *mr, struct ib_udata *u)
{
	return 0;
}

const struct ib_device_ops sim_mad_ops = {
	.create_cq = create_cq,
	.destroy_cq = destroy_cq,
	.poll_cq = poll_cq,
	.req_notify_cq = req_notify_cq,
	.create_qp = create_qp,
	.modify_qp = modify_qp,
	.destroy_qp = destroy_qp,
	.post_send = post_send,
	.post_recv = post_recv,
	.get_dma_mr = get_dma_mr,
	.reg_user_mr = reg_user_mr,
	.dereg_mr = dereg_mr,
	INIT_RDMA_OBJ_SIZE(ib_cq, sim_cq, ibcq),
	INIT_RDMA_OBJ_SIZE(ib_qp, sim_qp, ibqp),
};
