// SPDX-License-Identifier: Apache-2.0
/*
 * The fake against what was measured on real kernels (rdma-kernel.md): a suite
 * that trusts a kernel which behaves otherwise proves nothing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

#define POD "/run/netns/pod"

static unsigned failures, tests;

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			(void)printf("# %s:%d: %s\n", __func__, __LINE__, #cond);                  \
			failures++;                                                                \
		}                                                                                  \
	} while (0)

/** struct bench - what most tests need open */
struct bench {
	struct fake_world *w;
	struct netns home, pod;
	struct nl *host, *in_pod, *rdma;
	int vf;
	struct err e;
};

static struct bench setup(void)
{
	const struct fake_shape shape = { .pfs = 1, .vfs = 4 };
	struct bench b = { .w = fake_get() };

	fake_init(b.w, &shape);
	(void)fake_add_netns(b.w, POD);
	CHECK(!netns_open_self(&b.home, &b.e));
	CHECK(!netns_open(POD, &b.pod, &b.e));
	CHECK(!nl_open(NL_ROUTE, NULL, NULL, &b.host, &b.e));
	CHECK(!nl_open(NL_ROUTE, &b.pod, &b.home, &b.in_pod, &b.e));
	CHECK(!nl_open(NL_RDMA, NULL, NULL, &b.rdma, &b.e));
	b.vf = b.w->links[link_by_name(b.w, HOST, "ens1f0v1", NONE)].ifindex;
	return b;
}

static void teardown(struct bench *b)
{
	nl_shut(&b->host);
	nl_shut(&b->in_pod);
	nl_shut(&b->rdma);
	netns_close(&b->pod);
	netns_close(&b->home);
}

static int move_to_pod(struct bench *b, const char *name)
{
	struct link_change c = { .netns_fd = b->pod.fd, .name = name };

	return link_set(b->host, b->vf, &c, &b->e);
}

static bool in_pod(struct bench *b, const char *name)
{
	struct link l;

	return !link_find(b->in_pod, name, &l, &b->e) && !strcmp(l.parent, "0000:03:00.3");
}

static void test_move_free_free(void)
{
	struct bench b = setup();

	CHECK(!move_to_pod(&b, "net1"));
	CHECK(in_pod(&b, "net1"));
	teardown(&b);
}

static void test_move_old_name_taken(void)
{
	struct bench b = setup();

	(void)fake_add_link(b.w, ns_find_path(b.w, POD), NONE, "ens1f0v1");
	CHECK(!move_to_pod(&b, "net1"));
	CHECK(in_pod(&b, "net1"));
	teardown(&b);
}

static void test_move_both_taken(void)
{
	struct bench b = setup();
	struct link l;

	(void)fake_add_link(b.w, ns_find_path(b.w, POD), NONE, "ens1f0v1");
	(void)fake_add_link(b.w, ns_find_path(b.w, POD), NONE, "net1");
	CHECK(move_to_pod(&b, "net1") == -EEXIST);
	CHECK(!link_find(b.host, "ens1f0v1", &l, &b.e));
	teardown(&b);
}

/* The one that strands a VF under its host name. */
static void test_move_new_name_taken(void)
{
	struct bench b = setup();

	(void)fake_add_link(b.w, ns_find_path(b.w, POD), NONE, "net1");
	CHECK(move_to_pod(&b, "net1") == -EEXIST);
	CHECK(in_pod(&b, "ens1f0v1"));
	teardown(&b);
}

static void test_move_own_altname(void)
{
	struct bench b = setup();

	CHECK(!link_add_altname(b.host, b.vf, "net1", &b.e));
	CHECK(move_to_pod(&b, "net1") == -EEXIST);
	CHECK(in_pod(&b, "ens1f0v1"));
	teardown(&b);
}

static void test_move_altname_taken(void)
{
	struct bench b = setup();
	struct link l;

	(void)fake_add_link(b.w, ns_find_path(b.w, POD), NONE, "enp3s0v1");
	CHECK(!link_add_altname(b.host, b.vf, "enp3s0v1", &b.e));
	CHECK(move_to_pod(&b, "net1") == -EEXIST);
	CHECK(!link_find(b.host, "ens1f0v1", &l, &b.e));
	teardown(&b);
}

/* MTU and MAC come after the namespace and before the name. */
static void test_move_bad_mtu(void)
{
	struct bench b = setup();
	struct link_change c = { .netns_fd = b.pod.fd, .name = "net1", .mtu = 60000 };

	CHECK(link_set(b.host, b.vf, &c, &b.e) == -EINVAL);
	CHECK(in_pod(&b, "ens1f0v1"));
	teardown(&b);
}

static void test_mac_of_untrusted_vf(void)
{
	const struct vf_attrs admin = { .have = VF_MAC, .mac = { .b = { 2, 0, 0, 0, 0, 9 } } };
	const struct vf_attrs trust = { .have = VF_TRUST, .trust = true };
	const struct mac other = { .b = { 2, 0, 0, 0, 0, 8 } };
	struct link_change c = LINK_CHANGE_NONE;
	struct bench b = setup();
	int pf = b.w->links[link_by_name(b.w, HOST, "ens1f0", NONE)].ifindex;

	c.mac = &other;
	CHECK(!vf_set(b.host, pf, 1, &admin, &b.e));
	CHECK(link_set(b.host, b.vf, &c, &b.e) == -EPERM);
	CHECK(!vf_set(b.host, pf, 1, &trust, &b.e));
	CHECK(!link_set(b.host, b.vf, &c, &b.e));
	teardown(&b);
}

/* Stops at the first that is refused, keeps what was applied. */
static void test_vf_partial(void)
{
	const struct vf_attrs all = { .have = VF_VLAN | VF_LINK_STATE | VF_TRUST,
				      .vlan = 7,
				      .vlan_proto = 0x8100,
				      .trust = true };
	struct bench b = setup();
	int pf = b.w->links[link_by_name(b.w, HOST, "ens1f0", NONE)].ifindex;
	struct vf_attrs now;

	b.w->fns[2].refuse = VF_LINK_STATE;
	CHECK(vf_set(b.host, pf, 1, &all, &b.e) == -EOPNOTSUPP);
	CHECK(!vf_get(b.host, pf, 1, &now, &b.e) && now.vlan == 7 && !now.trust);
	CHECK(vf_get(b.host, pf, 99, &now, &b.e) == -ENODATA);
	teardown(&b);
}

/* Measured on 6.1 and 6.12: these stay, and an interface that arrives without ARP loses its DAD. */
static void test_attrs_stay(void)
{
	struct bench b = setup();
	struct link_change there = { .netns_fd = b.pod.fd, .name = "net1" };
	struct link_change back = { .netns_fd = b.home.fd, .name = "ens1f0v1" };
	struct link_change arp = LINK_CHANGE_NONE;
	const struct link_attrs a = { .have = LINK_TXQLEN | LINK_SIZES,
				      .txqlen = 7,
				      .gso_max_size = 40000 };
	struct link l;

	arp.flags_mask = arp.flags = IFF_NOARP;
	CHECK(!link_set(b.host, b.vf, &there, &b.e));
	CHECK(!link_set_attrs(b.in_pod, b.vf, &a, &b.e));
	CHECK(!link_set(b.in_pod, b.vf, &arp, &b.e));
	CHECK(!link_set(b.in_pod, b.vf, &back, &b.e));
	CHECK(!link_get(b.host, b.vf, &l, &b.e));
	CHECK(l.attrs.txqlen == 7 && l.attrs.gso_max_size == 40000);
	/* it followed */
	CHECK(l.attrs.gso_ipv4_max_size == 40000);
	CHECK(l.attrs.accept_dad == -1);
	teardown(&b);
}

static void test_netns_death(void)
{
	struct bench b = setup();
	struct netns again;
	struct link l;

	CHECK(!move_to_pod(&b, "net1"));
	(void)fake_add_link(b.w, HOST, NONE, "net1");
	CHECK(!fake_del_netns(b.w, POD));
	/* "net1" is taken at home: dev<ifindex> */
	CHECK(!link_get(b.host, b.vf, &l, &b.e) && !strncmp(l.name, "dev", 3));
	CHECK(link_find(b.in_pod, "lo", &l, &b.e) == -ENODEV);
	(void)fake_add_netns(b.w, POD);
	CHECK(!netns_open(POD, &again, &b.e));
	CHECK(again.id.ino == b.pod.id.ino);
	nl_shut(&b.in_pod);
	CHECK(!nl_open(NL_ROUTE, &again, &b.home, &b.in_pod, &b.e));
	CHECK(!netns_id_equal(&again.id, &b.pod.id));
	netns_close(&again);
	teardown(&b);
}

static void test_rdma_move(void)
{
	struct bench b = setup();
	struct rdma_dev d;
	struct pci_rdma_list list;

	/* A hole at 0: whoever moves next falls into it. */
	b.w->rdmas[0].uverbs = 77;
	CHECK(!rdma_find(b.rdma, "mlx5_2", &d, &b.e));
	CHECK(!rdma_move(b.rdma, d.index, &b.home, &b.pod, &b.home, &b.e));
	CHECK(rdma_find(b.rdma, "mlx5_2", &d, &b.e) == -ENODEV);
	CHECK(!pci_get_rdma(&b.w->fns[2].id, &list, &b.e));
	CHECK(list.n == 1 && !list.dev[0].here && list.dev[0].uverbs == 0);
	/* seen from home, but the socket is not in the device's namespace */
	CHECK(rdma_move(b.rdma, d.index, &b.pod, &b.home, &b.home, &b.e) == -EINVAL);
	CHECK(!fake_del_netns(b.w, POD));
	CHECK(!rdma_find(b.rdma, "mlx5_2", &d, &b.e));
	b.w->mode = RDMA_MODE_SHARED;
	CHECK(rdma_move(b.rdma, d.index, &b.home, &b.home, &b.home, &b.e) == -EOPNOTSUPP);
	teardown(&b);
}

static bool has_new_mac(const struct link *l, const void *arg)
{
	return mac_equal(&l->mac, arg);
}

static void test_mac_modes(void)
{
	const struct vf_attrs admin = { .have = VF_MAC, .mac = { .b = { 2, 0, 0, 0, 0, 9 } } };
	struct bench b = setup();
	int pf = b.w->links[link_by_name(b.w, HOST, "ens1f0", NONE)].ifindex;
	struct link l;

	b.w->mac_mode = MAC_DELAYED;
	CHECK(!vf_set(b.host, pf, 1, &admin, &b.e));
	CHECK(!link_get(b.host, b.vf, &l, &b.e) && !mac_equal(&l.mac, &admin.mac));
	CHECK(!link_wait(NULL, NULL, b.vf, has_new_mac, &admin.mac, 1000, &l, &b.e));
	b.w->mac_mode = MAC_AT_PROBE;
	CHECK(link_wait(NULL, NULL, b.vf, has_new_mac, &b.w->fns[3].mac, 1000, &l, &b.e) ==
	      -ETIMEDOUT);
	teardown(&b);
}

/* Addresses and routes go with the move, and a gateway must be on a link. */
static void test_inet(void)
{
	struct link_change up = { .netns_fd = -1, .flags_mask = IFF_UP, .flags = IFF_UP };
	struct link_change home = { .name = "ens1f0v1" };
	struct bench b = setup();
	struct route route;
	struct cidr addr;
	bool there;

	CHECK(!cidr_parse("10.0.0.2/24", &addr));
	memset(&route, 0, sizeof(route));
	CHECK(!cidr_parse("0.0.0.0/0", &route.dst));
	CHECK(!ip_parse("10.0.1.1", &route.gw));
	CHECK(!move_to_pod(&b, "net1"));
	CHECK(!link_set(b.in_pod, b.vf, &up, &b.e));
	CHECK(!inet_add_addrs(b.in_pod, b.vf, &addr, 1, &b.e));
	CHECK(inet_add_addrs(b.in_pod, b.vf, &addr, 1, &b.e) == -EEXIST);
	CHECK(inet_add_routes(b.in_pod, b.vf, &route, 1, &b.e) == -ENETUNREACH);
	CHECK(!ip_parse("10.0.0.1", &route.gw));
	CHECK(!inet_add_routes(b.in_pod, b.vf, &route, 1, &b.e));
	home.netns_fd = b.home.fd;
	CHECK(!link_set(b.in_pod, b.vf, &home, &b.e));
	CHECK(!inet_has_addr(b.host, b.vf, &addr, &there, &b.e) && !there);
	teardown(&b);
}

static void test_faults(void)
{
	struct bench b = setup();
	struct link_change c = { .netns_fd = b.pod.fd, .name = "net1" };
	struct link l;
	pid_t child;
	int status;

	b.w->fault = (struct fake_fault){
		.effect = FAULT_ERROR, .error = EBUSY, .nth = 2, .when = AT_STAGE, .stage = 1
	};
	CHECK(!link_get(b.host, b.vf, &l, &b.e));
	CHECK(link_set(b.host, b.vf, &c, &b.e) == -EBUSY);
	CHECK(b.w->fault.fired && !strcmp(b.w->fault.kind, "link.set"));
	CHECK(in_pod(&b, "ens1f0v1"));
	b.w->fault = (struct fake_fault){ .effect = FAULT_DIE, .nth = 1, .when = AT_END };
	child = fork();
	if (!child) {
		c = LINK_CHANGE_NONE;
		c.name = "net1";
		_exit(link_set(b.in_pod, b.vf, &c, &b.e) ? 1 : 0);
	}
	CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == FAKE_DIED);
	CHECK(in_pod(&b, "net1"));
	b.w->fault = (struct fake_fault){
		.effect = FAULT_ERROR, .error = EIO, .nth = 1, .when = AT_START, .forever = true
	};
	CHECK(link_get(b.in_pod, b.vf, &l, &b.e) == -EIO);
	CHECK(link_get(b.in_pod, b.vf, &l, &b.e) == -EIO);
	CHECK(!link_find(b.in_pod, "lo", &l, &b.e));
	b.w->fault = (struct fake_fault){ .effect = FAULT_NONE };
	teardown(&b);
}

/* The same history gives the same dump, another one another. */
static void test_dump(void)
{
	struct bench b = setup();
	char *before = fake_dump(b.w), *moved, *after;
	struct link_change home = { .name = "ens1f0v1" };

	CHECK(!move_to_pod(&b, "net1"));
	moved = fake_dump(b.w);
	home.netns_fd = b.home.fd;
	CHECK(!link_set(b.in_pod, b.vf, &home, &b.e));
	after = fake_dump(b.w);
	CHECK(before && moved && after);
	CHECK(before && moved && strcmp(before, moved));
	CHECK(before && after && !strcmp(before, after));
	free(before);
	free(moved);
	free(after);
	teardown(&b);
}

static void run(const char *name, void (*test)(void))
{
	unsigned before = failures;

	test();
	(void)printf("%s %u - %s\n", failures == before ? "ok" : "not ok", ++tests, name);
}

#define RUN(test) run(#test, test)

int main(void)
{
	char path[] = "/tmp/fake-test-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || setenv("FAKE_WORLD", path, 1))
		return 1;
	(void)close(fd);
	RUN(test_move_free_free);
	RUN(test_move_old_name_taken);
	RUN(test_move_both_taken);
	RUN(test_move_new_name_taken);
	RUN(test_move_own_altname);
	RUN(test_move_altname_taken);
	RUN(test_move_bad_mtu);
	RUN(test_mac_of_untrusted_vf);
	RUN(test_vf_partial);
	RUN(test_attrs_stay);
	RUN(test_netns_death);
	RUN(test_rdma_move);
	RUN(test_mac_modes);
	RUN(test_inet);
	RUN(test_faults);
	RUN(test_dump);
	(void)printf("1..%u\n", tests);
	(void)unlink(path);
	return failures != 0;
}
