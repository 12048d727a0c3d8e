/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error value.
 *
 * A fallible function returns 0 or -errno and fills the caller's struct err,
 * its last argument. The number is for the program to branch on, the text is
 * for the person who reads it in "kubectl describe pod"; err_set() returns the
 * number it stores, so the two cannot diverge. Nothing here allocates.
 */
#pragma once
#include "base/attr.h"

enum {
	/* both together stay below the 1 KiB of a Kubernetes event, where people read them */
	ERR_MSG_MAX = 512,
	ERR_DETAILS_MAX = 504,
};

/**
 * struct err - what went wrong, owned by the caller, a plain value
 * @sys:     errno of the cause, positive; 0: nothing happened
 * @code:    protocol code (lib/proto/reply.h); 0: derived from @sys there
 * @msg:     one line: cause first, remedy second; no full stop
 * @details: more of the same, "; " between: what undo could not do, kernel text
 */
struct err {
	int sys;
	unsigned code;
	char msg[ERR_MSG_MAX];
	char details[ERR_DETAILS_MAX];
};

/**
 * err_set() - say what failed, once, where it happened
 * @e:   filled; what was in it is replaced
 * @sys: errno of the cause, positive
 * @fmt: operation and its object; the errno's own text is NOT appended
 *
 * Return: -sys.
 */
int err_set(struct err *e, int sys, const char *fmt, ...) printf_like(3, 4);

/**
 * err_text() - what strerror() says in the C locale
 *
 * We are never in another, and strerror() asks for a translation all the same, which is most of
 * what an error costs; many are only looked at, as the ENOENT of a record that need not be there.
 */
const char *err_text(int sys);

/**
 * err_sys() - as err_set(), with the errno's text appended after ": "
 *
 * Return: -sys.
 */
int err_sys(struct err *e, int sys, const char *fmt, ...) printf_like(3, 4);

/**
 * err_code() - as err_set(), with the protocol code given
 *
 * Return: -sys.
 */
int err_code(struct err *e, int sys, unsigned code, const char *fmt, ...) printf_like(4, 5);

/**
 * err_wrap() - put an object in front that the callee did not know
 *
 * "set vlan 100" becomes "pf ens1f0 vf 3: set vlan 100".
 *
 * Return: -e->sys.
 */
int err_wrap(struct err *e, const char *fmt, ...) printf_like(2, 3);

/** err_detail() - append one piece to @e->details; the message stays */
void err_detail(struct err *e, const char *fmt, ...) printf_like(2, 3);

/**
 * err_gather() - keep the first error, add later ones to its details
 * @e:     the collected error; its sys is 0 as long as nothing went wrong
 * @other: the next one; ignored if its sys is 0
 *
 * Return: -e->sys.
 */
int err_gather(struct err *e, const struct err *other);
