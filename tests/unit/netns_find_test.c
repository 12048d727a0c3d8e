// SPDX-License-Identifier: Apache-2.0
/* On the machine's own namespaces, and one made for the test: as root, or in a user namespace. */
#include "kernel/netns_find.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static struct err e;
static pid_t child;
static int ready[2];

/* A process in a namespace of its own; 0: this machine allows none. */
static void set_up(void)
{
	char made = 0;

	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "netns-holder");
		made = !unshare(CLONE_NEWNET) || !unshare(CLONE_NEWUSER | CLONE_NEWNET);
		if (write(ready[1], &made, 1) == 1)
			pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &made, 1), 1);
	ck_assert_msg(made, "this machine allows no network namespace");
}

static void tear_down(void)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	close(ready[1]);
}

struct count {
	struct netns_id home, wanted;
	unsigned total, home_seen, found;
	struct netns_found last;
};

static int count_one(const struct netns_found *f, void *arg)
{
	struct count *c = arg;

	c->total++;
	c->home_seen += netns_id_equal(&f->ns.id, &c->home);
	ck_assert_int_ge(f->ns.fd, 0);
	ck_assert_int_eq(f->path[0], '/');
	if (netns_id_equal(&f->ns.id, &c->wanted)) {
		c->found++;
		c->last = *f;
	}
	return 0;
}

static struct netns_id id_of(const char *path)
{
	struct netns ns = NETNS_NONE;
	struct netns_id id;

	ck_assert_msg(!netns_open(path, &ns, &e), "%s", e.msg);
	id = ns.id;
	netns_close(&ns);
	return id;
}

START_TEST(a_process_in_another_namespace_is_found_once)
{
	char path[64];
	struct count c = { .home = id_of("/proc/self/ns/net") };

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
	c.wanted = id_of(path);
	ck_assert_msg(!netns_each(count_one, &c, &e), "%s", e.msg);
	ck_assert_uint_eq(c.home_seen, 0);
	ck_assert_uint_eq(c.found, 1);
	ck_assert_uint_eq(c.last.pid, (unsigned)child);
	ck_assert_str_eq(c.last.path, path);
	ck_assert_str_eq(c.last.comm, "netns-holder");
}
END_TEST

START_TEST(one_that_has_ended_is_not)
{
	char path[64];
	struct count c = { .home = id_of("/proc/self/ns/net") };

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
	c.wanted = id_of(path);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ck_assert_msg(!netns_each(count_one, &c, &e), "%s", e.msg);
	ck_assert_uint_eq(c.found, 0);
}
END_TEST

static int stop(const struct netns_found *f unused, void *arg)
{
	++*(int *)arg;
	return 7;
}

START_TEST(the_callback_ends_it)
{
	int calls = 0;

	ck_assert_int_eq(netns_each(stop, &calls, &e), 7);
	ck_assert_int_eq(calls, 1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("netns_find");
	TCase *t = tcase_create("netns_find");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_process_in_another_namespace_is_found_once);
	tcase_add_test(t, one_that_has_ended_is_not);
	tcase_add_test(t, the_callback_ends_it);
	suite_add_tcase(s, t);
	return s;
}
