// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "kernel/nl_msg.h"
#include "wire.h"

/* A datagram under construction. */
struct dgram {
	_Alignas(8) uint8_t b[1024];
	size_t len;
};

static struct nlmsghdr *put(struct dgram *d, int type, int flags, uint32_t seq, const void *data,
			    size_t len)
{
	struct nlmsghdr *h = (void *)(d->b + d->len);

	*h = (struct nlmsghdr){ .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len),
				.nlmsg_type = (uint16_t)type,
				.nlmsg_flags = (uint16_t)flags,
				.nlmsg_seq = seq };
	if (len)
		memcpy(h + 1, data, len);
	d->len += NLMSG_ALIGN(h->nlmsg_len);
	return h;
}

static void put_ack(struct dgram *d, uint32_t seq, int error)
{
	struct nlmsgerr m = { .error = error };

	put(d, NLMSG_ERROR, NLM_F_CAPPED, seq, &m, sizeof(m));
}

static size_t align4(size_t n)
{
	return (n + 3) / 4 * 4;
}

/* An error with the kernel's text, after @echo bytes of the request if there are any. */
static void put_text(struct dgram *d, uint32_t seq, int error, const char *text, uint32_t echo)
{
	size_t n = strlen(text) + 1;
	struct {
		struct nlmsgerr m;
		uint8_t rest[200];
	} p = { .m = { .error = error, .msg.nlmsg_len = NLMSG_HDRLEN + echo } };
	struct nlattr *a = (void *)(p.rest + align4(echo));

	a->nla_type = NLMSGERR_ATTR_MSG;
	a->nla_len = (uint16_t)(sizeof(*a) + n);
	memcpy(a + 1, text, n);
	put(d, NLMSG_ERROR, NLM_F_ACK_TLVS | (echo ? 0 : NLM_F_CAPPED), seq, &p,
	    sizeof(p.m) + align4(echo) + align4(a->nla_len));
}

struct seen {
	unsigned n;
	uint8_t last;
};

static int see(unused uint16_t type, const void *data, size_t len, const void *want, void *ret,
	       struct err *e)
{
	struct seen *s = ret;

	s->n++;
	s->last = len ? *(const uint8_t *)data : 0;
	if (want && s->last == *(const uint8_t *)want)
		return err_set(e, EBADMSG, "seen %u", s->last);
	return 0;
}

START_TEST(ack_ends_a_call)
{
	struct nl_exchange x = { .first = 7, .n = 1, .left = 1, .acked = true };
	struct dgram d = { .len = 0 };
	struct err e;

	put_ack(&d, 7, 0);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 0);
	ck_assert_int_eq(x.err.sys, 0);
}
END_TEST

START_TEST(other_sequence_numbers_are_not_ours)
{
	struct nl_exchange x = { .first = 7, .n = 1, .left = 1, .acked = true };
	struct dgram d = { .len = 0 };
	struct err e;

	put_ack(&d, 6, -EPERM);
	put_ack(&d, 8, -EPERM);
	put(&d, RTM_NEWLINK, 0, 0, "event", 5);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 1);
	ck_assert_int_eq(x.err.sys, 0);
}
END_TEST

START_TEST(kernel_text_is_kept)
{
	static const uint32_t echoes[] = { 0, 4, 18 };

	for (size_t i = 0; i < array_size(echoes); i++) {
		struct nl_exchange x = { .first = 1, .n = 1, .left = 1, .acked = true };
		struct dgram d = { .len = 0 };
		struct err e;

		put_text(&d, 1, -EINVAL, "mtu greater than device maximum", echoes[i]);
		ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
		ck_assert_int_eq(x.err.sys, EINVAL);
		ck_assert_str_eq(x.err.msg, "Invalid argument (mtu greater than device maximum)");
	}
}
END_TEST

/* 524 has no text in user space and no meaning to a caller that branches on EOPNOTSUPP. */
START_TEST(kernel_internal_errno_is_translated)
{
	struct nl_exchange x = { .first = 1, .n = 1, .left = 1, .acked = true };
	struct dgram d = { .len = 0 };
	struct err e;

	put_ack(&d, 1, -524);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_int_eq(x.err.sys, EOPNOTSUPP);
}
END_TEST

START_TEST(pipeline_names_the_first_that_failed)
{
	struct nl_exchange x = { .first = 10, .n = 4, .left = 4, .acked = true };
	struct dgram d = { .len = 0 };
	struct err e;

	put_ack(&d, 10, 0);
	put_ack(&d, 11, -EEXIST);
	put_ack(&d, 12, -ENODEV);
	put_ack(&d, 13, 0);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 0);
	ck_assert_uint_eq(x.failed, 1);
	ck_assert_int_eq(x.err.sys, EEXIST);
}
END_TEST

START_TEST(single_answer_ends_a_get)
{
	struct seen s = { 0 };
	struct nl_query q = { .each = see, .ret = &s, .size = sizeof(s) };
	struct nl_exchange x = { .first = 1, .n = 1, .left = 1, .q = &q };
	struct dgram d = { .len = 0 };
	struct err e;

	put(&d, RTM_NEWLINK, 0, 1, "a", 1);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 0);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_uint_eq(s.last, 'a');
}
END_TEST

START_TEST(dump_ends_with_done_and_tells_of_interruption)
{
	struct seen s = { 0 };
	struct nl_query q = { .each = see, .ret = &s, .size = sizeof(s) };
	struct nl_exchange x = { .first = 1, .n = 1, .left = 1, .multi = true, .q = &q };
	struct dgram d = { .len = 0 };
	struct err e;

	put(&d, RTM_NEWLINK, NLM_F_MULTI, 1, "a", 1);
	put(&d, RTM_NEWLINK, NLM_F_MULTI | NLM_F_DUMP_INTR, 1, "b", 1);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 1);
	d.len = 0;
	put(&d, NLMSG_DONE, NLM_F_MULTI, 1, &(int){ 0 }, sizeof(int));
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 0);
	ck_assert_uint_eq(s.n, 2);
	ck_assert(x.interrupted);
}
END_TEST

START_TEST(done_may_carry_an_error)
{
	struct nl_exchange x = { .first = 1, .n = 1, .left = 1, .multi = true };
	struct dgram d = { .len = 0 };
	struct err e;

	put(&d, NLMSG_DONE, NLM_F_MULTI, 1, &(int){ -EMSGSIZE }, sizeof(int));
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 0);
	ck_assert_int_eq(x.err.sys, EMSGSIZE);
}
END_TEST

/* The rest of a dump has to be received or it would be in the next one's way. */
START_TEST(refused_message_does_not_end_a_dump)
{
	struct seen s = { 0 };
	struct nl_query q = { .each = see, .want = "b", .ret = &s, .size = sizeof(s) };
	struct nl_exchange x = { .first = 1, .n = 1, .left = 1, .multi = true, .q = &q };
	struct dgram d = { .len = 0 };
	struct err e;

	put(&d, RTM_NEWLINK, NLM_F_MULTI, 1, "a", 1);
	put(&d, RTM_NEWLINK, NLM_F_MULTI, 1, "b", 1);
	put(&d, RTM_NEWLINK, NLM_F_MULTI, 1, "c", 1);
	put(&d, NLMSG_DONE, NLM_F_MULTI, 1, &(int){ 0 }, sizeof(int));
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), 0);
	ck_assert_uint_eq(x.left, 0);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_int_eq(x.err.sys, EBADMSG);
	ck_assert_str_eq(x.err.msg, "seen 98");
}
END_TEST

START_TEST(malformed_is_an_error)
{
	struct nl_exchange x = { .first = 1, .n = 1, .left = 1, .acked = true };
	struct dgram d = { .len = 0 };
	struct err e = { 0 };

	put_ack(&d, 1, 0);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len - 4, &e), -EBADMSG);
	ck_assert_int_eq(nl_scan(&x, d.b, 15, &e), -EBADMSG);
	/* an ACK too short for its error number, a positive error */
	d.len = 0;
	put(&d, NLMSG_ERROR, 0, 1, &(short){ 0 }, 2);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), -EBADMSG);
	d.len = 0;
	put_ack(&d, 1, 5);
	ck_assert_int_eq(nl_scan(&x, d.b, d.len, &e), -EBADMSG);
	ck_assert_uint_eq(x.left, 1);
}
END_TEST

static void scan_any(const void *data, size_t len)
{
	struct seen s = { 0 };
	struct nl_query q = { .each = see, .ret = &s, .size = sizeof(s) };
	struct nl_exchange x = { .first = 1, .n = 2, .left = 2, .acked = true, .q = &q };
	struct err e = { 0 };
	int r = nl_scan(&x, data, len, &e);

	ck_assert(r == 0 || r == -e.sys);
	ck_assert_uint_le(x.left, 2);
}

START_TEST(no_bytes_are_dangerous)
{
	struct dgram d = { .len = 0 };

	put(&d, RTM_NEWLINK, NLM_F_MULTI, 1, "abcd", 4);
	put_text(&d, 1, -EINVAL, "text", 0);
	put_text(&d, 2, -EINVAL, "text", 6);
	put(&d, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, 2, &(int){ 0 }, sizeof(int));
	read_mangled(d.b, d.len, scan_any);
}
END_TEST

START_TEST(broken_tail_of_attributes_is_refused)
{
	static const struct nla_policy policy[3] = { [2] = { .type = NLA_U32 } };
	_Alignas(
		4) static const uint8_t good[] = { 5, 0, 1, 0, 9, 0, 0, 0, 8, 0, 2, 0, 1, 2, 3, 4 };
	_Alignas(4) static const uint8_t too_long[] = { 5, 0, 1, 0, 9, 0, 0, 0,
							9, 0, 2, 0, 1, 2, 3, 4 };
	_Alignas(4) static const uint8_t too_short[] = { 7, 0, 2, 0, 1, 2, 3, 0 };
	_Alignas(4) static const uint8_t unknown[] = { 4, 0, 9, 0 };
	struct nlattr *tb[3];

	ck_assert_int_eq(nl_attrs(tb, 2, good, sizeof(good), policy), 0);
	ck_assert_ptr_nonnull(tb[1]);
	ck_assert_ptr_nonnull(tb[2]);
	ck_assert_int_eq(nl_attrs(tb, 2, unknown, sizeof(unknown), policy), 0);
	ck_assert_int_eq(nl_attrs(tb, 2, NULL, 0, policy), 0);
	ck_assert_int_eq(nl_attrs(tb, 2, too_long, sizeof(too_long), policy), -EBADMSG);
	ck_assert_int_eq(nl_attrs(tb, 2, too_short, sizeof(too_short), policy), -EBADMSG);
	ck_assert_int_eq(nl_attrs(tb, 2, good, 3, policy), -EBADMSG);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("nl");
	TCase *t = tcase_create("scan");

	tcase_add_test(t, ack_ends_a_call);
	tcase_add_test(t, other_sequence_numbers_are_not_ours);
	tcase_add_test(t, kernel_text_is_kept);
	tcase_add_test(t, kernel_internal_errno_is_translated);
	tcase_add_test(t, pipeline_names_the_first_that_failed);
	tcase_add_test(t, single_answer_ends_a_get);
	tcase_add_test(t, dump_ends_with_done_and_tells_of_interruption);
	tcase_add_test(t, done_may_carry_an_error);
	tcase_add_test(t, refused_message_does_not_end_a_dump);
	tcase_add_test(t, malformed_is_an_error);
	tcase_add_test(t, no_bytes_are_dangerous);
	tcase_add_test(t, broken_tail_of_attributes_is_refused);
	suite_add_tcase(s, t);
	return s;
}
