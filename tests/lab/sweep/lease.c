// SPDX-License-Identifier: Apache-2.0
/*
 * lease - an IPAM delegate whose system calls are the same each time: as host-local, a file for
 * each address, /var/lib/cni/lab-lease/NETWORK/ADDRESS, which holds the container's ID
 *
 * GC gives back all of the network, because in the sweep no attachment is valid then.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char top[] = "/var/lib/cni/lab-lease";
static char dir[128];

enum { FIRST_HOST = 10, LAST_HOST = 250 };

static const char *text_of(const char *name)
{
	const char *v = getenv(name);

	return v ? v : "";
}

/* The configuration is the sweep's own. */
static void find_dir(void)
{
	static char conf[65536], name[64] = "";
	size_t n = fread(conf, 1, sizeof(conf) - 1, stdin);
	const char *at;

	conf[n] = '\0';
	at = strstr(conf, "\"name\":\"");
	if (at)
		(void)sscanf(at, "\"name\":\"%63[^\"]", name);
	(void)snprintf(dir, sizeof(dir), "%s/%s", top, name);
}

static bool allocate(const char *container)
{
	char path[256];

	(void)mkdir(top, 0755);
	(void)mkdir(dir, 0755);
	for (int host = FIRST_HOST; host <= LAST_HOST; host++) {
		bool good;
		int fd;

		(void)snprintf(path, sizeof(path), "%s/10.56.0.%d", dir, host);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			continue;
		good = write(fd, container, strlen(container)) == (ssize_t)strlen(container);
		(void)close(fd);
		(void)printf("{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.56.0.%d/16\"}],"
			     "\"routes\":[{\"dst\":\"10.57.0.0/16\"}]}\n",
			     host);
		return good;
	}
	return false;
}

/* An empty file is a lease whose ADD was killed: nobody's, so it goes with any. */
static void release(const char *name, const char *container)
{
	char path[512], owner[256] = "";
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (read(fd, owner, sizeof(owner) - 1) >= 0 &&
	    (!owner[0] || !container || !strcmp(owner, container)))
		(void)unlink(path);
	(void)close(fd);
}

static void release_all(const char *container)
{
	const struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			release(entry->d_name, container);
	if (d)
		(void)closedir(d);
}

int main(void)
{
	const char *verb = text_of("CNI_COMMAND"), *container = text_of("CNI_CONTAINERID");

	find_dir();
	if (!strcmp(verb, "ADD"))
		return !allocate(container);
	if (!strcmp(verb, "DEL"))
		release_all(container);
	if (!strcmp(verb, "GC"))
		release_all(NULL);
	return 0;
}
