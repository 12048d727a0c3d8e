/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The RDMA devices under the hands of one run: which function they belong to,
 * and in which namespace each is now.
 */
#pragma once
#include "conf.h"
#include "kernel/pci.h"
#include "kernel/rdma.h"
#include "plugin/pod.h"

enum { WORLD_DEVS_MAX = PCI_RDMA_MAX };

/**
 * struct ibdev - one RDMA device of the function
 * @name:   at ADD: its identity within the function, and what it is called at home
 * @index:  at ADD, -1: unknown; it stays through renames and moves, but not when the
 *          driver registers the device anew
 * @uverbs, @umad: numbers at ADD, which the device plugin promised to the pod; -1: none
 * @found:  it exists; @sys, @dev, @at_home are how sysfs and netlink show it
 */
struct ibdev {
	char name[IBDEV_NAME_MAX];
	int64_t index;
	int uverbs, umad;
	bool found, at_home;
	struct pci_rdma sys;
	struct rdma_dev dev;
};

/**
 * struct world - see world_open() and world_reopen(); closed by world_close()
 * @call, @conf, @prev: only with world_open()
 * @host, @inpod: RDMA netlink sockets; @inpod is NULL when the namespace is gone
 * @known:   what @dev says of now is valid
 * @waited:  for a device that the kernel did not bring home
 */
struct world {
	const struct cni_call *call;
	const struct rdma_conf *conf;
	const cJSON *prev;
	struct pod pod;
	struct nl *host, *inpod;
	struct pci_fn fn;
	bool known, waited;
	size_t n;
	struct ibdev dev[WORLD_DEVS_MAX];
};

/**
 * world_open() - the RDMA devices of a function; they must be at home
 * @pod: taken over on success
 *
 * Return: 0; -errno with a CNI code and the remedy. *ret is for world_close().
 */
int world_open(const struct rdma_conf *conf, struct pod *pod, struct world **ret,
	       struct err *e) must_check;

/** world_reopen() - the devices of a record; -ENODEV: gone or another instance now */
int world_reopen(const struct record *r, struct world **ret, struct err *e) must_check;

void world_close(struct world *w);
/** world_free() - for cleanup(world_free) */
void world_free(struct world **w);
/** world_leave() - the same, when the process is about to end, which closes what is open */
void world_leave(struct world **w);

/** world_facts() - what world_reopen() needs beside the record's own fields; NULL: out of memory */
cJSON *world_facts(const struct world *w);

/* devs.c */

/**
 * world_get_devs() - where the devices are now, whatever they are called
 *
 * By their function: infiniband_verbs/ in sysfs tells the names wherever the devices
 * are. When the pod's namespace is gone the kernel brings them home: waits for that,
 * once in the life of a world.
 *
 * Return: 0, at least one is found; -ENODEV: none exists any more; -EAGAIN: one is in
 * a namespace that cannot be reached, or between two.
 */
int world_get_devs(struct world *w, struct err *e) must_check;

/** devs_list() - pci_get_rdma() that waits for a device between two namespaces; -EAGAIN: too long */
int devs_list(const struct devid *id, struct pci_rdma_list *ret, struct err *e) must_check;

/** world_look() - as world_get_devs(), without waiting */
int world_look(struct world *w, struct err *e) must_check;

/** world_look_at() - the same, of devices that were listed already */
int world_look_at(struct world *w, const struct pci_rdma_list *list, struct err *e) must_check;

/**
 * world_is_unchanged() - is the one device, at home or in the pod, as w->dev[0] has its numbers
 *
 * At home also: is it the function's only one. There it says no of a device without uverbs or umad.
 */
bool world_is_unchanged(struct world *w, bool home);

/** world_changed() - look again next time */
void world_changed(struct world *w);

/** world_count() - how many devices are found, and at home (true) or in the pod (false) */
size_t world_count(const struct world *w, bool at_home);

/** world_socket() - the RDMA socket in the namespace where a found device is */
struct nl *world_socket(const struct world *w, const struct ibdev *d);
