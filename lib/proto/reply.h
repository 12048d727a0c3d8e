/* SPDX-License-Identifier: Apache-2.0 */
/* The answer: the only writer of standard output. */
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "proto/version.h"

/* CNI error codes: spec "Error" and cni.md 1.8; 100 on are ours. */
enum cni_code {
	CNI_ERR_VERSION = 1, /* incompatible CNI version */
	CNI_ERR_FIELD = 2, /* a key that we know cannot be honoured with this value or driver */
	CNI_ERR_UNKNOWN = 3, /* container unknown: the runtime may skip DEL */
	CNI_ERR_ENV = 4, /* CNI_* variables, CNI_ARGS */
	CNI_ERR_IO = 5, /* stdin, state files */
	CNI_ERR_DECODE = 6, /* JSON, prevResult, delegate output */
	CNI_ERR_CONFIG = 7, /* network configuration */
	CNI_ERR_NETNS = 8, /* CNI_NETNS is our own namespace */
	CNI_ERR_AGAIN = 11, /* try again later */
	CNI_ERR_STATUS = 50, /* STATUS: ADD cannot work */
	CNI_ERR_DEGRADED = 51, /* STATUS: and existing attachments may suffer */
	CNI_ERR_INTERNAL = 100, /* anything without a class of its own */
	CNI_ERR_NO_DEVICE = 101, /* no such device, VF or RDMA device */
	CNI_ERR_IN_USE = 102, /* the device is attached elsewhere */
	CNI_ERR_NAME_TAKEN = 103, /* an interface of that name is in the pod */
	CNI_ERR_KERNEL = 104, /* the kernel or the driver refused */
	CNI_ERR_IPAM = 105, /* the delegate gave nothing usable, or failed without a code */
	CNI_ERR_MISMATCH = 106, /* CHECK found differences */
	CNI_ERR_RDMA_MODE = 107, /* RDMA subsystem is in the wrong mode or absent */
	CNI_ERR_RDMA_MOVE = 108, /* this driver's RDMA device cannot be moved */
	CNI_ERR_NUMBER = 109, /* uverbs number would change */
	CNI_ERR_STUCK = 110, /* DEL could not bring everything home yet */
};

/**
 * reply_open() - keep standard output for the reply alone
 * @ret_input: what poll() says of standard input now, for call_read()
 *
 * What a library prints goes to stderr, so that it cannot spoil the document. fds 0-2
 * are opened on /dev/null if closed.
 *
 * Return: the descriptor for the other functions, which nobody closes, or -errno.
 */
int reply_open(short *ret_input) must_check;

/** reply_text() - write @text as it is, for --version and --help; -errno (code 5) as below */
int reply_text(int fd, const char *text, struct err *e) must_check;

/** reply_json() - write one document and a newline; -errno (code 5) if not all could be written */
int reply_json(int fd, const cJSON *doc, struct err *e) must_check;

/** reply_error() - the spec's error object; the code is e->code, else derived from e->sys */
int reply_error(int fd, enum cni_version v, const struct err *e);

/** reply_version() - VERSION's answer: @v is echoed, all seven are listed */
int reply_version(int fd, enum cni_version v, struct err *e) must_check;

/** reply_code() - CNI code of an error: its own, else by errno (the table in reply.c), else 100 */
unsigned reply_code(const struct err *e);
