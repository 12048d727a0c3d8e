// SPDX-License-Identifier: Apache-2.0
/*
 * verbs.c - what an RDMA application in a pod sees, through the real libibverbs.
 *
 * Lists the RDMA devices of this network namespace, opens each, and prints its port's state and
 * GIDs. The options turn what is printed into what must be true; exit status 0 means all was.
 *
 *   --only NAME      exactly one device is seen and it is NAME
 *   --count N        exactly N devices are seen
 *   --gid ADDRESS    each device has a GID of this IPv4 or IPv6 address; may be repeated
 *   --none           no device is seen
 *   --denied PATH    opening this /dev/infiniband/uverbsN, another pod's, fails with EPERM
 *   --denied-others  the same of all that are there but those of the devices seen; one that is being
 *                    moved at this moment may be missing
 *
 * Run it with a sysfs mounted in the pod's namespace, as a container's is: `ip netns exec` does.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <infiniband/verbs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ADDRS_MAX = 16 };

static int failures;

/* What --gid wants: as text, and as a GID has it */
static struct {
	const char *text;
	union ibv_gid gid;
} addrs[ADDRS_MAX];
static int n_addrs;

static void fail(const char *what, const char *which, const char *why)
{
	printf("verbs: FAIL %s %s: %s\n", what, which, why);
	failures++;
}

static bool gid_is_zero(const union ibv_gid *gid)
{
	static const union ibv_gid zero;

	return memcmp(gid, &zero, sizeof(zero)) == 0;
}

/* IPv4 is in the table as ::ffff:a.b.c.d. */
static void want_gid(const char *text)
{
	union ibv_gid gid = { 0 };

	if (n_addrs >= ADDRS_MAX ||
	    (!inet_pton(AF_INET6, text, gid.raw) && !inet_pton(AF_INET, text, gid.raw + 12))) {
		fail("address", text, "not understood, or too many");
		return;
	}
	if (!strchr(text, ':'))
		gid.raw[10] = gid.raw[11] = 0xff;
	addrs[n_addrs].gid = gid;
	addrs[n_addrs++].text = text;
}

static void check_gids(const char *dev, const bool *found)
{
	for (int a = 0; a < n_addrs; a++)
		if (!found[a])
			fail("GID", addrs[a].text, dev);
}

static void print_gids(struct ibv_context *ctx, const char *dev, int table_len)
{
	bool found[ADDRS_MAX] = { false };

	for (int i = 0; i < table_len; i++) {
		union ibv_gid gid;

		if (ibv_query_gid(ctx, 1, i, &gid) || gid_is_zero(&gid))
			continue;
		for (int a = 0; a < n_addrs; a++)
			found[a] |= !memcmp(&gid, &addrs[a].gid, sizeof(gid));
		printf("  gid %d:", i);
		for (int b = 0; b < 16; b += 2)
			printf("%c%02x%02x", b ? ':' : ' ', gid.raw[b], gid.raw[b + 1]);
		printf("\n");
	}
	check_gids(dev, found);
}

static void show_device(struct ibv_device *dev)
{
	const char *name = ibv_get_device_name(dev);
	struct ibv_context *ctx = ibv_open_device(dev);
	struct ibv_port_attr port;

	if (!ctx) {
		fail("open", name, strerror(errno));
		return;
	}
	if (ibv_query_port(ctx, 1, &port)) {
		fail("query port of", name, strerror(errno));
	} else {
		printf("%s (%s): port 1 %s, %s\n", name, dev->dev_name,
		       ibv_port_state_str(port.state),
		       port.link_layer == IBV_LINK_LAYER_ETHERNET ? "Ethernet" : "InfiniBand");
		print_gids(ctx, name, port.gid_tbl_len);
	}
	ibv_close_device(ctx);
}

/* /dev/infiniband/uverbsN of one of the devices that are seen here */
static bool is_own(struct ibv_device *const *list, int n, const char *path)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(strrchr(path, '/') + 1, list[i]->dev_name))
			return true;
	return false;
}

static void deny_others(struct ibv_device *const *list, int n)
{
	int denied = 0, missing = 0;
	glob_t nodes;

	if (glob("/dev/infiniband/uverbs*", 0, NULL, &nodes)) {
		fail("list", "/dev/infiniband", "no uverbs device is there");
		return;
	}
	for (size_t i = 0; i < nodes.gl_pathc; i++) {
		const char *path = nodes.gl_pathv[i];
		int fd = is_own(list, n, path) ? -2 : open(path, O_RDWR | O_CLOEXEC);

		if (fd >= 0)
			fail("opening", path, "worked, though it belongs to another namespace");
		else if (fd == -1 && errno != EPERM && errno != ENOENT && errno != ENXIO)
			fail("opening", path, strerror(errno));
		denied += fd == -1 && errno == EPERM;
		missing += fd == -1 && errno != EPERM;
		if (fd >= 0)
			close(fd);
	}
	printf("%d others denied, %d just being moved, as it must be\n", denied, missing);
	if (!denied)
		fail("opening", "others", "there was none to try");
	globfree(&nodes);
}

static void show_devices(const char *only, int want, bool others)
{
	int n = 0;
	struct ibv_device **list = ibv_get_device_list(&n);
	char count[16], wanted[32];

	snprintf(count, sizeof(count), "%d", n);
	snprintf(wanted, sizeof(wanted), "must be %d", want);
	if (!list) {
		fail("list", "devices", strerror(errno));
		return;
	}
	if (want >= 0 && n != want)
		fail("number of devices", count, wanted);
	if (only && n > 0 && strcmp(ibv_get_device_name(list[0]), only) != 0)
		fail("device", ibv_get_device_name(list[0]), "is not the expected one");
	for (int i = 0; i < n; i++)
		show_device(list[i]);
	if (others)
		deny_others(list, n);
	ibv_free_device_list(list);
}

static void must_be_denied(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		fail("opening", path, "worked, though it belongs to another namespace");
		close(fd);
	} else if (errno != EPERM) {
		fail("opening", path, strerror(errno));
	} else {
		printf("%s: %s, as it must be\n", path, strerror(EPERM));
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "only", required_argument, NULL, 'o' },
		{ "count", required_argument, NULL, 'c' },
		{ "gid", required_argument, NULL, 'g' },
		{ "none", no_argument, NULL, 'n' },
		{ "denied", required_argument, NULL, 'd' },
		{ "denied-others", no_argument, NULL, 'D' },
		{ NULL, 0, NULL, 0 },
	};
	const char *only = NULL;
	int want = -1, opt;
	bool others = false;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'o':
			only = optarg;
			want = 1;
			break;
		case 'c':
			want = (int)strtol(optarg, NULL, 10);
			break;
		case 'g':
			want_gid(optarg);
			break;
		case 'n':
			want = 0;
			break;
		case 'd':
			must_be_denied(optarg);
			break;
		case 'D':
			others = true;
			break;
		default:
			return 2;
		}
	}
	show_devices(only, want, others);
	return failures ? 1 : 0;
}
