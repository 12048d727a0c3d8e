/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device under the hands of one run: its function, the PF it hangs on, the
 * namespaces and sockets, and what was last read of it.
 */
#pragma once
#include "conf.h"
#include "kernel/link.h"
#include "kernel/node.h"
#include "kernel/pci.h"
#include "plugin/pod.h"

/**
 * struct world - see world_open() and world_reopen(); closed by world_close()
 * @call, @conf:  only with world_open()
 * @ifname:       CNI_IFNAME
 * @host_name:    the interface's name at home
 * @userspace:    no network interface: a driver like vfio-pci has the VF
 * @host, @inpod: rtnetlink sockets; @inpod is NULL when the namespace is gone
 * @pf, @pf_name, @pf_mtu, @pf_type: the PF's interface, ARPHRD_*; 0 for a device without
 *                PF (auxiliary), and with world_reopen() until it is asked for
 * @link, @at_home: the interface and where it is, valid while @link_known
 * @likely_in_pod: where to look first
 * @no_parents: this kernel does not tell parents of interfaces (before 5.14)
 * @numbered: fn.vf is known
 * @patience: with an interface that is not there
 * @vf:           valid while @vf_known
 * @result:       answer of ADD, owned
 */
struct world {
	const struct cni_call *call;
	const struct sriov_conf *conf;
	const char *ifname;
	char host_name[IFNAMSIZ];
	bool userspace;
	struct pod pod;
	struct nl *host, *inpod;
	struct pci_fn fn;
	int pf;
	uint32_t pf_mtu;
	uint16_t pf_type;
	char pf_name[IFNAMSIZ];
	bool link_known, at_home, likely_in_pod, no_parents, numbered;
	struct patience patience;
	struct link link;
	bool vf_known;
	struct vf_attrs vf;
	cJSON *result;
};

/**
 * world_open() - the device of a configuration; it must be at home
 * @pod: taken over on success
 *
 * Return: 0; -errno with a CNI code. *ret is for world_close().
 */
int world_open(const struct cni_call *c, const struct sriov_conf *conf, struct pod *pod,
	       struct world **ret, struct err *e) must_check;

/** world_reopen() - the device of a record; -ENODEV: gone or another instance now */
int world_reopen(const struct record *r, struct world **ret, struct err *e) must_check;

void world_close(struct world *w);
/** world_free() - for cleanup(world_free) */
void world_free(struct world **w);
/** world_leave() - the same, when the process is about to end, which closes what is open */
void world_leave(struct world **w);

/** world_facts() - what world_reopen() needs beside the record's own fields; NULL: out of memory */
cJSON *world_facts(const struct world *w);

/**
 * world_get_link() - the VF's interface, wherever it is now
 *
 * By its parent device, never by its name. When the pod's namespace is gone the
 * kernel brings the interface home asynchronously: waits for that.
 *
 * Return: 0, w->link and w->at_home are valid; -ENODEV: there is none any more;
 * -EAGAIN: it exists, but in no namespace that can be reached.
 */
int world_get_link(struct world *w, struct err *e) must_check;

/** world_get_vf() - the VF as its PF sees it, in w->vf; -EAGAIN: the PF is away; -ENODATA */
int world_get_vf(struct world *w, struct err *e) must_check;

/** world_link_changed(), world_vf_changed() - read anew next time */
void world_link_changed(struct world *w);
void world_vf_changed(struct world *w);
