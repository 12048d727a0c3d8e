/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to lib/kernel: requests and their answers on a netlink socket.
 *
 * Framing and attributes are libnl's; sending and receiving are ours, because
 * libnl flattens errnos, drops extended ACKs and peeks before every receive.
 * The kernel handles a request inside sendmsg(), so its answer is there when
 * that returns; only the later parts of a dump are made while we receive.
 */
#pragma once
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kernel/nl.h"

enum {
	/*
	 * Requests in one send. Their ACKs queue up before we read the first, about 1 kB of
	 * receive buffer each with the socket buffer's overhead; 208 KiB is the default limit.
	 */
	NL_PIPELINE_MAX = 64,
};

/**
 * struct nl_query - what becomes of the messages that answer a request
 * @each: looks at one; -errno keeps later ones from being looked at, and the query fails.
 *        @data, @len: what follows the nlmsghdr
 * @want: what @each looks for
 * @ret:  where it puts what it found: zeroed by nl_get() and nl_get_all() before every try,
 *        so that nothing of an interrupted dump stays
 * @size: of *ret
 */
struct nl_query {
	int (*each)(uint16_t type, const void *data, size_t len, const void *want, void *ret,
		    struct err *e);
	const void *want;
	void *ret;
	size_t size;
};

/** nl_msg_new() - a request with its fixed header, which is copied; NULL when out of memory */
struct nl_msg *nl_msg_new(int type, int flags, const void *header, size_t len) must_check;

/** nl_msg_free() - for cleanup(nl_msg_free) on a struct nl_msg * */
void nl_msg_free(struct nl_msg **m);

/** nl_msg_full() - the error of a message that does not fit its buffer, or could not be had */
int nl_msg_full(struct err *e);

/** nl_call() - send a request that is only acknowledged; -errno with the kernel's own words */
int nl_call(struct nl *nl, struct nl_msg *m, struct err *e) must_check;

/** nl_get() - send a request that has one answer; also -EBADMSG, and what @q->each returned */
int nl_get(struct nl *nl, struct nl_msg *m, const struct nl_query *q, struct err *e) must_check;

/** nl_get_all() - as nl_get() with many answers; repeated while the kernel says it was interrupted */
int nl_get_all(struct nl *nl, struct nl_msg *m, const struct nl_query *q, struct err *e) must_check;

/**
 * nl_pipeline() - several requests in one send, all carried out and acknowledged
 * @n:          at most NL_PIPELINE_MAX
 * @ret_failed: written on error only: which was the first to fail
 *
 * Return: 0, or -errno of the first that failed.
 */
int nl_pipeline(struct nl *nl, struct nl_msg *const *m, size_t n, size_t *ret_failed,
		struct err *e) must_check;

/** nl_subscribe() - receive the events of a multicast group, RTNLGRP_* */
int nl_subscribe(struct nl *nl, unsigned group, struct err *e) must_check;

/**
 * nl_wait_event() - until something happened that was subscribed to
 * @deadline_ms: as of node_now_ms()
 *
 * What happened is thrown away: events are lost under load (ENOBUFS), so the
 * caller has to read the state anyway.
 *
 * Return: 0; -ETIMEDOUT.
 */
int nl_wait_event(struct nl *nl, uint64_t deadline_ms, struct err *e) must_check;

/**
 * nl_attrs() - nla_parse(), but a message with a broken tail is refused
 * @tb:     @max + 1 entries; attributes beyond @max are skipped
 * @policy: @max + 1 entries
 *
 * Return: 0 or -EBADMSG.
 */
int nl_attrs(struct nlattr **tb, int max, const void *data, size_t len,
	     const struct nla_policy *policy) must_check;

/** nl_nested() - the same inside an attribute */
int nl_nested(struct nlattr **tb, int max, const struct nlattr *nest,
	      const struct nla_policy *policy) must_check;

/**
 * struct nl_exchange - requests on their way and what has come back; for nl.c and its tests
 * @first:  sequence number of the first, the others follow
 * @n:      how many
 * @left:   how many have not got their last message yet
 * @multi:  ends with NLMSG_DONE
 * @acked:  ends with NLMSG_ERROR
 * @interrupted: NLM_F_DUMP_INTR was seen
 * @failed: the first that failed; @err is its error
 */
struct nl_exchange {
	uint32_t first, n, left;
	bool multi, acked, interrupted;
	const struct nl_query *q;
	uint32_t failed;
	struct err err;
};

/**
 * nl_scan() - take what one receive returned
 *
 * Return: 0: see @x; -EBADMSG: not netlink. Messages with another sequence
 * number are skipped: answers to a request that was given up, or events.
 */
int nl_scan(struct nl_exchange *x, const void *buf, size_t len, struct err *e) must_check;
