// SPDX-License-Identifier: Apache-2.0
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../snapshot/lines.h"

enum { DELAY_MS = 200, LOG_SIZE = 1 << 19 };

static const char fault_path[] = "/sys/kernel/debug/simnic/fault";
static const char log_path[] = "/sys/kernel/debug/simnic/log";

const struct operation fault_operations[FAULT_OPERATIONS] = {
	{ "vf_mac", true },	{ "vf_vlan", true }, { "vf_rate", true }, { "vf_spoofchk", true },
	{ "vf_trust", true },	{ "vf_link", true }, { "vf_get", false }, { "open", false },
	{ "set_mac", true },	{ "mtu", true },     { "rename", false }, { "netns", true },
	{ "rdma_netns", true },
};

const struct way fault_ways[FAULT_WAYS] = {
	{ "EBUSY once", EBUSY, 1, 0, false, true },
	{ "EBUSY for ever", EBUSY, -1, 0, false, true },
	{ "EIO", EIO, -1, 0, false, false },
	{ "EOPNOTSUPP", EOPNOTSUPP, -1, 0, false, false },
	{ "delay", 0, -1, DELAY_MS, false, false },
	{ "done, but reported as failed", EIO, 1, 0, true, true },
};

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s: %s", path, strerror(errno));
	(void)close(fd);
}

void fault_set(const char *operation, const struct way *way, int skip)
{
	char text[80];

	write_to(log_path, "\n");
	(void)snprintf(text, sizeof(text), "%s %d %d %d %d %d", operation, way->error, way->count,
		       skip, way->delay_ms, way->late);
	write_to(fault_path, text);
}

void fault_clear(void)
{
	write_to(fault_path, "clear");
}

unsigned fault_hits(void)
{
	static char log[LOG_SIZE];
	int fd = open(log_path, O_RDONLY | O_CLOEXEC);
	unsigned hits = 0;
	size_t n = 0;
	ssize_t got;

	while (fd >= 0 && n < sizeof(log) - 1 && (got = read(fd, log + n, sizeof(log) - 1 - n)) > 0)
		n += (size_t)got;
	log[n] = '\0';
	if (fd >= 0)
		(void)close(fd);
	for (const char *at = log; (at = strstr(at, " FAULT ")); at++)
		hits++;
	return hits;
}
