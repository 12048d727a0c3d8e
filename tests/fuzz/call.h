/* SPDX-License-Identifier: Apache-2.0 */
/* A call made of bytes: the first chooses the verb, up to the first NUL CNI_ARGS, then stdin. */
#pragma once
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "proto/call.h"

static inline int stdin_of(const void *text, size_t len)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);

	MUST(fd >= 0 && write(fd, text, len) == (ssize_t)len && !lseek(fd, 0, SEEK_SET));
	return fd;
}

/* 0 when it is a call; call_done() is due in any case */
static inline int read_call(const uint8_t *data, size_t len, struct cni_call *ret, struct err *e)
{
	/* putenv() takes it as it is; setenv() would keep every value ever set, a gigabyte in ten minutes */
	static char variable[4096] = "CNI_ARGS=";
	static char *const args = variable + sizeof("CNI_ARGS=") - 1;
	static const size_t args_max = sizeof(variable) - (sizeof("CNI_ARGS=") - 1);
	const uint8_t *nul = len ? memchr(data, '\0', len) : NULL;
	size_t args_len = nul ? (size_t)(nul - data) : 0;
	int fd, r;

	*ret = (struct cni_call){ .version = CNI_NEWEST };
	if (!nul || args_len >= args_max || !args_len)
		return -EINVAL;
	memcpy(args, data + 1, args_len - 1);
	args[args_len - 1] = '\0';
	setenv("CNI_COMMAND", command_text((enum cni_command)(data[0] % CNI_COMMANDS)), 1);
	setenv("CNI_CONTAINERID", "c0ffee", 1);
	setenv("CNI_NETNS", "/run/netns/x", 1);
	setenv("CNI_IFNAME", "net1", 1);
	setenv("CNI_PATH", "/opt/cni/bin", 1);
	putenv(variable);
	fd = stdin_of(nul + 1, len - args_len - 1);
	r = call_read(fd, 0, ret, e);
	(void)close(fd);
	MUST(!r || (r == -e->sys && *e->msg));
	return r;
}
