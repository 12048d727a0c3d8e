// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/netns.h"
#include "kernel/nl.h"

START_TEST(own_namespace_is_one)
{
	struct netns a = NETNS_NONE, b = NETNS_NONE;
	struct err e;

	ck_assert_int_eq(netns_open_self(&a, &e), 0);
	ck_assert_int_eq(netns_open("/proc/self/ns/net", &b, &e), 0);
	ck_assert_uint_ne(a.id.ino, 0);
	ck_assert(netns_id_equal(&a.id, &b.id));
	ck_assert_int_eq(fcntl(a.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	netns_close(&a);
	netns_close(&b);
	ck_assert_int_lt(a.fd, 0);
	netns_close(&a);
}
END_TEST

/* Who may not administer the namespace may not ask, and gets no descriptor. */
START_TEST(a_socket_leads_to_its_namespace)
{
	struct netns self = NETNS_NONE, ns = NETNS_NONE;
	cleanup(nl_shut) struct nl *nl = NULL;
	struct err e;
	int r;

	ck_assert_int_eq(netns_open_self(&self, &e), 0);
	ck_assert_int_eq(nl_open(NL_ROUTE, NULL, NULL, &nl, &e), 0);
	r = nl_get_netns(nl, &ns, &e);
	if (r) {
		ck_assert_int_eq(r, -EPERM);
		ck_assert_int_eq(e.sys, EPERM);
		ck_assert_int_eq(ns.fd, -EBADF);
	} else {
		ck_assert(netns_id_equal(&ns.id, &self.id));
		ck_assert_int_eq(fcntl(ns.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	}
	netns_close(&ns);
	netns_close(&self);
}
END_TEST

START_TEST(other_things_are_not)
{
	static const struct {
		const char *path;
		int want;
	} all[] = {
		{ "/nonexistent/netns", -ENOENT }, { "/proc/self/ns/mnt", -EINVAL },
		{ "/proc/self/status", -EINVAL },  { "/", -EINVAL },
		{ "/dev/null", -EINVAL },	   { "", -ENOENT },
	};
	struct netns ns = NETNS_NONE;
	struct err e;

	for (size_t i = 0; i < array_size(all); i++) {
		ck_assert_int_eq(netns_open(all[i].path, &ns, &e), all[i].want);
		ck_assert_int_eq(e.sys, -all[i].want);
		ck_assert_int_eq(ns.fd, -EBADF);
	}
}
END_TEST

/* Opening one for reading waits for a writer that never comes. */
START_TEST(fifo_does_not_block)
{
	char dir[] = "/tmp/netns_test.XXXXXX", path[64];
	struct netns ns = NETNS_NONE;
	struct err e;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	sprintf(path, "%s/fifo", dir);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(netns_open(path, &ns, &e), -EINVAL);
	unlink(path);
	rmdir(dir);
}
END_TEST

START_TEST(cookie_counts_only_if_both_have_one)
{
	struct netns_id a = { 1, 2, 0 }, b = { 1, 2, 7 }, c = { 1, 2, 8 }, d = { 1, 3, 7 };

	ck_assert(netns_id_equal(&a, &b));
	ck_assert(netns_id_equal(&b, &a));
	ck_assert(!netns_id_equal(&b, &c));
	ck_assert(!netns_id_equal(&b, &d));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("netns");
	TCase *t = tcase_create("open");

	tcase_add_test(t, a_socket_leads_to_its_namespace);
	tcase_add_test(t, own_namespace_is_one);
	tcase_add_test(t, other_things_are_not);
	tcase_add_test(t, fifo_does_not_block);
	tcase_add_test(t, cookie_counts_only_if_both_have_one);
	suite_add_tcase(s, t);
	return s;
}
