/* SPDX-License-Identifier: Apache-2.0 */
/* One call in a test: environment and standard input in, struct cni_call or an error out. */
#pragma once
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "doc.h"
#include "proto/call.h"
#include "proto/reply.h"

#define CONFIG "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"sriov\"}"

static struct cni_call call;
static struct err error;

/* Standard input as a file. */
static inline int input(const void *text, size_t len)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static inline void finish(void)
{
	call_done(&call);
}

/* What every attachment verb needs, so that a test only sets what it is about. */
static inline void start(const char *command)
{
	clearenv();
	error = (struct err){ 0 };
	if (command)
		setenv("CNI_COMMAND", command, 1);
	setenv("CNI_CONTAINERID", "c0ffee", 1);
	setenv("CNI_NETNS", "/run/netns/x", 1);
	setenv("CNI_IFNAME", "net1", 1);
	setenv("CNI_PATH", "/opt/cni/bin", 1);
}

static inline int read_text(const char *text)
{
	int fd = input(text, strlen(text)), r;

	call_done(&call);
	r = call_read(fd, 0, &call, &error);
	close(fd);
	return r;
}

static inline void expect(int r, unsigned code, const char *msg)
{
	ck_assert_int_lt(r, 0);
	ck_assert_int_eq(r, -error.sys);
	ck_assert_msg(error.code == code, "code %u, not %u: %s", error.code, code, error.msg);
	ck_assert_msg(strstr(error.msg, msg), "\"%s\" does not say \"%s\"", error.msg, msg);
}
