// SPDX-License-Identifier: Apache-2.0
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lines.h"
#include "netlink.h"

enum { OPEN_DIRS = 16, BLOCK = 65536 };

static const char devices[] = "/sys/bus/pci/devices";

static struct lines *out; /* nftw() has no argument to hand on */

/* FNV-1a: whether two contents are the same */
static uint64_t hash_file(const char *path)
{
	static unsigned char buf[BLOCK];
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			h = (h ^ buf[i]) * UINT64_C(0x100000001b3);
	if (fd >= 0)
		(void)close(fd);
	return h;
}

/*
 * Lock files are empty and may stay; host-local remembers its last address on purpose, and rdma
 * where an RDMA device was found last.
 */
static int put_file(const char *path, const struct stat *st, int type, struct FTW *f)
{
	if (type == FTW_F && S_ISREG(st->st_mode)) {
		if (st->st_size && strncmp(path + f->base, "last_reserved_ip.", 17) != 0)
			lines_add(out, "file %s %lld %016llx", path, (long long)st->st_size,
				  (unsigned long long)hash_file(path));
	} else if (type != FTW_D && strncmp(path, "/run/netns/", 11) != 0 &&
		   !strstr(path, ".index")) {
		lines_add(out, "special %s", path);
	}
	return 0;
}

/* Calls @each for the entries of a directory; one that is not there has none. */
static void each_entry(const char *path, void (*each)(const char *path, const char *name))
{
	DIR *d = opendir(path);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			each(path, entry->d_name);
	if (d)
		(void)closedir(d);
}

static void put_pod(const char *path, const char *name)
{
	lines_add(out, "netns %s/%s", path, name);
}

static void put_driver(const char *path, const char *name)
{
	if (!strncmp(name, "0000:", 5))
		lines_add(out, "driver %s/%s", path, name);
}

static void put_node(const char *path, const char *name)
{
	char file[PATH_MAX];
	struct stat st;

	(void)snprintf(file, sizeof(file), "%s/%s", path, name);
	if (!stat(file, &st))
		lines_add(out, "node %s %u:%u %o", file, major(st.st_rdev), minor(st.st_rdev),
			  st.st_mode);
}

/* What is in a file of one line; "" without the file */
static void read_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (fd >= 0)
		(void)close(fd);
}

static void put_owner(const char *path, const char *name)
{
	char file[PATH_MAX], ibdev[64];

	(void)snprintf(file, sizeof(file), "%s/%s/ibdev", path, name);
	read_line(file, ibdev, sizeof(ibdev));
	if (ibdev[0])
		lines_add(out, "node %s/%s is %s", path, name, ibdev);
}

static void put_device(const char *path, const char *name)
{
	char dir[PATH_MAX];

	(void)snprintf(dir, sizeof(dir), "%s/%s/infiniband_verbs", path, name);
	each_entry(dir, put_owner);
	(void)snprintf(dir, sizeof(dir), "%s/%s/infiniband_mad", path, name);
	each_entry(dir, put_owner);
}

static void put_sysctl(const char *dir, const char *device, const char *name)
{
	char path[PATH_MAX], text[64];

	(void)snprintf(path, sizeof(path), "%s/%s/%s", dir, device, name);
	read_line(path, text, sizeof(text));
	lines_add(out, "sysctl %s %s", path, text);
}

/* Those that attaching may touch */
static void put_sysctls4(const char *path, const char *device)
{
	put_sysctl(path, device, "arp_notify");
}

static void put_sysctls6(const char *path, const char *device)
{
	put_sysctl(path, device, "ndisc_notify");
	put_sysctl(path, device, "optimistic_dad");
	put_sysctl(path, device, "accept_dad");
}

static void put_mounts(void)
{
	FILE *f = fopen("/proc/self/mounts", "re");
	char line[1024];

	while (f && fgets(line, sizeof(line), f))
		lines_add(out, "mount %.*s", (int)strcspn(line, "\n"), line);
	if (f)
		(void)fclose(f);
}

char *host_snapshot(void)
{
	struct lines all = { .v = NULL };

	out = &all;
	lines_of_netlink(out);
	each_entry(devices, put_device);
	each_entry("/dev/infiniband", put_node);
	each_entry("/proc/sys/net/ipv4/conf", put_sysctls4);
	each_entry("/proc/sys/net/ipv6/conf", put_sysctls6);
	each_entry("/sys/bus/pci/drivers/simnicvf", put_driver);
	each_entry("/sys/bus/pci/drivers/vfio-pci", put_driver);
	(void)nftw("/var/lib/cni", put_file, OPEN_DIRS, FTW_PHYS | FTW_MOUNT);
	(void)nftw("/run", put_file, OPEN_DIRS, FTW_PHYS | FTW_MOUNT);
	put_mounts();
	each_entry("/run/netns", put_pod);
	return lines_take(out);
}

/* Both are sorted: one walk. */
char *host_diff(const char *before, const char *after)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("out of memory");
	while (*before || *after) {
		size_t nb = strcspn(before, "\n"), na = strcspn(after, "\n");
		size_t less = nb < na ? nb : na;
		int order = memcmp(before, after, less);

		if (!*before || !*after)
			order = *before ? -1 : 1;
		else if (!order)
			order = (nb > na) - (nb < na);
		if (order < 0)
			(void)fprintf(f, "  - %.*s\n", (int)nb, before);
		if (order > 0)
			(void)fprintf(f, "  + %.*s\n", (int)na, after);
		before += order <= 0 ? nb + 1 : 0;
		after += order >= 0 ? na + 1 : 0;
	}
	if (fclose(f))
		die("out of memory");
	return text;
}
