/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every plugin does with a call, a record and the kernel together. This
 * directory joins the siblings kernel, proto and txn; it may include all of lib.
 *
 * A pod, to us, is a pair of namespaces: the one devices come from and go back
 * to ("home", where we run) and the one they are attached to.
 */
#pragma once
#include "kernel/netns.h"
#include "kernel/nl.h"
#include "kernel/pci.h"
#include "proto/call.h"
#include "proto/reply.h"
#include "txn/record.h"

/**
 * struct pod - @ns is NETNS_NONE when the pod's namespace is gone
 * @host: a socket at home that is there already, for pod_sockets(); NULL: none
 * @cookie: the one that @ns must turn out to have, see pod_reopen_device(); 0: any
 */
struct pod {
	struct netns home, ns;
	struct nl *host;
	uint64_t cookie;
};

#define POD_NONE ((struct pod){ .home = { .fd = -EBADF }, .ns = { .fd = -EBADF } })

/**
 * pod_open() - the pod of a call; for verbs that need a namespace
 * @family: of the sockets that will be asked for
 *
 * Return: 0; -errno with code 3 (nothing at CNI_NETNS), 4 (not a network
 * namespace) or 8 (it is our own and CNI_NETNS_OVERRIDE is not set). Code 3 lets a
 * runtime skip DEL, so it is 4 when an earlier plugin of the chain is attached.
 */
int pod_open(const struct cni_call *c, enum nl_family family, struct pod *ret,
	     struct err *e) must_check;

/**
 * pod_reopen() - the pod of a record
 *
 * A path that leads nowhere, or to another namespace than the recorded one, or a
 * record of another boot, gives a pod without namespace, not an error. Not being
 * able to look is an error.
 */
int pod_reopen(const struct record *r, struct pod *ret, struct err *e) must_check;

/** pod_take() - hand a pod over: *p is POD_NONE afterwards */
struct pod pod_take(struct pod *p);

/**
 * pod_sockets() - a socket at home and, unless its namespace is gone, one in the pod
 *
 * The one in the pod tells the cookie; if it is not the recorded one, that namespace is gone.
 */
int pod_sockets(struct pod *p, enum nl_family family, struct nl **ret_host, struct nl **ret_inpod,
		struct err *e) must_check;

/** pod_close() - also for cleanup(pod_close) */
void pod_close(struct pod *p);

/** pod_alive() - can the record's namespace still be reached under its path */
int pod_alive(const struct record *r, bool *ret, struct err *e) must_check;

/**
 * pod_reopen_device() - the function and the pod of a record; pod_sockets() has the last word
 * @parts: of the function, as for pci_get()
 * @family: of the sockets that will be asked for
 *
 * A function's address lives on, the function does not: restoring another instance
 * would change a stranger.
 *
 * Return: 0; -ENODEV: gone, re-created since, or of another boot; -errno: cannot tell.
 */
int pod_reopen_device(const struct record *r, unsigned parts, enum nl_family family,
		      struct pci_fn *ret_fn, struct pod *ret_pod, struct err *e) must_check;

/** pod_has_netns() - false: gone */
bool pod_has_netns(const struct pod *p);

/*
 * Places as property values. Home is all zeros: it is wherever the process that
 * undoes is at home, and a namespace has no inode number 0.
 */
struct value place_home(const char *name);
struct value place_pod(const struct pod *p, const char *name);
bool place_is_home(const struct value *v);

/** key_of() - the attachment that a call is about */
struct record_key key_of(const struct cni_call *c);

/** is_call_about() - is the call about the attachment with this key */
bool is_call_about(const struct cni_call *c, const struct record_key *key);

/** call_of() - the call that made a record, for running its delegate; borrows from @r, no cleanup */
struct cni_call call_of(const struct record *r, enum cni_command command);

/** classify() - give an error its CNI code unless it, or its errno, has one; returns -e->sys */
int classify(struct err *e, enum cni_code code);
