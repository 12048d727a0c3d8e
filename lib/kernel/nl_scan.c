// SPDX-License-Identifier: Apache-2.0
/*
 * Requests before they are sent, answers after they were received: buffers in,
 * values out, no socket.
 */
#include "kernel/nl_msg.h"

#include <linux/netlink.h>
#include <string.h>

enum {
	/* Every request of ours is below 1 KiB: a struct each and at most one long string. */
	NL_REQUEST_MAX = 2048,
	/* Not for user space, but drivers let it out (include/linux/errno.h). */
	KERNEL_ENOTSUPP = 524,
};

struct nl_msg *nl_msg_new(int type, int flags, const void *header, size_t len)
{
	cleanup(nl_msg_free) struct nl_msg *m = nlmsg_alloc_size(NL_REQUEST_MAX);

	if (!m || !nlmsg_put(m, 0, 0, type, 0, flags))
		return NULL;
	/* libnl takes void * here but only copies from it */
	if (len && nlmsg_append(m, (void *)(uintptr_t)header, len, NLMSG_ALIGNTO))
		return NULL;
	return take_ptr(m);
}

void nl_msg_free(struct nl_msg **m)
{
	nlmsg_free(*m);
	*m = NULL;
}

int nl_msg_full(struct err *e)
{
	return err_sys(e, ENOMEM, "build netlink request");
}

int nl_attrs(struct nlattr **tb, int max, const void *data, size_t len,
	     const struct nla_policy *policy)
{
	const struct nlattr *a;
	int rem;

	/* nla_parse() takes what precedes a broken attribute and says nothing. */
	nla_for_each_attr(a, data, (int)len, rem);
	if (len > INT32_MAX || rem > 0)
		return -EBADMSG;
	return nla_parse(tb, max, (struct nlattr *)(uintptr_t)data, (int)len, policy) < 0 ?
		       -EBADMSG :
		       0;
}

int nl_nested(struct nlattr **tb, int max, const struct nlattr *nest,
	      const struct nla_policy *policy)
{
	return nl_attrs(tb, max, nla_data(nest), (size_t)nla_len(nest), policy);
}

/* The kernel's own words, if it said something we can make out. */
static const char *ext_text(const struct nlmsghdr *h, size_t skip)
{
	static const struct nla_policy policy[NLMSGERR_ATTR_MAX + 1] = {
		[NLMSGERR_ATTR_MSG] = { .type = NLA_STRING },
	};
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	size_t len = (size_t)nlmsg_datalen(h);

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS) || skip > len ||
	    nl_attrs(tb, NLMSGERR_ATTR_MAX, (char *)nlmsg_data(h) + skip, len - skip, policy) ||
	    !tb[NLMSGERR_ATTR_MSG])
		return NULL;
	return nla_get_string(tb[NLMSGERR_ATTR_MSG]);
}

static void fail(struct nl_exchange *x, uint32_t which, int sys, const char *text)
{
	/* Only the first: the others of a pipeline fail because of it more often than not. */
	if (x->err.sys)
		return;
	x->failed = which;
	if (text && *text)
		(void)err_set(&x->err, sys, "%s (%s)", err_text(sys), text);
	else
		(void)err_set(&x->err, sys, "%s", err_text(sys));
}

static int scan_end(struct nl_exchange *x, const struct nlmsghdr *h, uint32_t which)
{
	const struct nlmsgerr *m = nlmsg_data(h);
	size_t len = (size_t)nlmsg_datalen(h);
	size_t skip = sizeof(m->error);

	if (len < (h->nlmsg_type == NLMSG_ERROR ? sizeof(*m) : sizeof(m->error)) || m->error > 0 ||
	    m->error == INT32_MIN)
		return -EBADMSG;
	if (h->nlmsg_type == NLMSG_ERROR) {
		skip = sizeof(*m);
		/* Not capped: the rest of the request comes first. */
		if (!(h->nlmsg_flags & NLM_F_CAPPED) && m->msg.nlmsg_len > sizeof(m->msg))
			skip += NLMSG_ALIGN((size_t)m->msg.nlmsg_len) - sizeof(m->msg);
	}
	if (m->error)
		fail(x, which, m->error == -KERNEL_ENOTSUPP ? EOPNOTSUPP : -m->error,
		     ext_text(h, skip));
	x->left--;
	return 0;
}

static void scan_data(struct nl_exchange *x, const struct nlmsghdr *h, uint32_t which)
{
	struct err e = { 0 };

	if (x->q && !x->err.sys &&
	    x->q->each(h->nlmsg_type, nlmsg_data(h), (size_t)nlmsg_datalen(h), x->q->want,
		       x->q->ret, &e)) {
		x->failed = which;
		x->err = e;
	}
	/* A single answer is its own end when no ACK was asked for. */
	if (!x->multi && !x->acked)
		x->left--;
}

static int scan_one(struct nl_exchange *x, const struct nlmsghdr *h, struct err *e)
{
	uint32_t which = h->nlmsg_seq - x->first;

	if (which >= x->n || !x->left || h->nlmsg_type == NLMSG_NOOP)
		return 0;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	if (h->nlmsg_type == NLMSG_OVERRUN)
		return err_sys(e, ENOBUFS, "receive netlink answer");
	if (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE)
		return scan_end(x, h, which) ? err_set(e, EBADMSG, "malformed netlink answer") : 0;
	scan_data(x, h, which);
	return 0;
}

int nl_scan(struct nl_exchange *x, const void *buf, size_t len, struct err *e)
{
	struct nlmsghdr *h = (struct nlmsghdr *)(uintptr_t)buf;
	int rem = (int)len, r = 0;

	for (; !r && nlmsg_ok(h, rem); h = nlmsg_next(h, &rem))
		r = scan_one(x, h, e);
	if (!r && rem > 0)
		return err_set(e, EBADMSG, "malformed netlink answer");
	return r;
}
