/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The RDMA device under the hands of one run: which function it belongs to, and
 * in which namespace it is now.
 */
#pragma once
#include "conf.h"
#include "kernel/pci.h"
#include "kernel/rdma.h"
#include "plugin/pod.h"

/**
 * struct world - see world_open() and world_reopen(); closed by world_close()
 * @conf:     only with world_open()
 * @name:     the device's name at ADD
 * @promised: uverbs number at ADD, which the device plugin gave to the pod; -1: none
 * @host, @inpod: RDMA netlink sockets; @inpod is NULL when the namespace is gone
 * @sys, @dev, @at_home: the device as sysfs and netlink show it, valid while @known
 */
struct world {
	const struct rdma_conf *conf;
	char name[IBDEV_NAME_MAX];
	int promised;
	struct pod pod;
	struct nl *host, *inpod;
	struct pci_fn fn;
	bool known, at_home;
	struct pci_rdma sys;
	struct rdma_dev dev;
};

/**
 * world_open() - the RDMA device of a function; it must be at home
 * @pod: taken over on success
 *
 * Return: 0; -errno with a CNI code and the remedy. *ret is for world_close().
 */
int world_open(const struct rdma_conf *conf, struct pod *pod, struct world **ret,
	       struct err *e) must_check;

/** world_reopen() - the device of a record; -ENODEV: gone or another instance now */
int world_reopen(const struct record *r, struct world **ret, struct err *e) must_check;

void world_close(struct world *w);
/** world_free() - for cleanup(world_free) */
void world_free(struct world **w);

/** world_facts() - what world_reopen() needs beside the record's own fields; NULL: out of memory */
cJSON *world_facts(const struct world *w);

/**
 * world_get_dev() - where the device is now, whatever it is called
 *
 * By its function: infiniband_verbs/ in sysfs tells the name wherever the device
 * is. When the pod's namespace is gone the kernel brings it home: waits for that.
 *
 * Return: 0; -ENODEV: the function has no RDMA device any more; -EAGAIN: it is in a
 * namespace that cannot be reached.
 */
int world_get_dev(struct world *w, struct err *e) must_check;

/** world_changed() - look again next time */
void world_changed(struct world *w);
