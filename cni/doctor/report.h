/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doctor knows of a node. Probes (probe.h) fill it, rules (judge.h) read
 * it and add findings, text.c and json.c print it.
 */
#pragma once
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/types.h"
#include "kernel/devlink.h"
#include "kernel/netns_find.h"
#include "kernel/pci.h"
#include "kernel/rdma.h"

enum {
	WORD_MAX = 64,
	LINE_MAX_LEN = 256,
	KEY_MAX = 256, /* network names and container IDs */
	TEXT_MAX = 1024,
	NOT_HELD = -1,
};

/* What a node is judged for: how its pods get RDMA. A mask, for rules. */
enum purpose { FOR_EXCLUSIVE = 1, FOR_SHARED = 2 };

/* A growable array of T; items are copied in. */
#define LIST(T)                                                                                    \
	struct {                                                                                   \
		size_t n, cap;                                                                     \
		T *item; /* NOLINT(bugprone-macro-parentheses): a type */                          \
	}

/** list_add() - room for one more, zeroed; NULL: out of memory */
#define list_add(list)                                                                             \
	({                                                                                         \
		__typeof__(*(list)) *grown = (list);                                               \
		grown->n < grown->cap || list_grow((void **)&grown->item, &grown->cap,             \
						   sizeof(*grown->item)) ?                         \
			&grown->item[grown->n++] :                                                 \
			NULL;                                                                      \
	})

/** list_grow() - for list_add() only */
bool list_grow(void **items, size_t *cap, size_t size);

#define list_free(list) free((list)->item)

/** struct module - a kernel module that RDMA in pods needs, or may need */
struct module {
	const char *name;
	bool loaded;
};

/**
 * struct mode_source - where something says which RDMA mode the next boot has
 * @where: a file, or "kernel command line"
 */
struct mode_source {
	char where[LINE_MAX_LEN];
	enum rdma_mode mode;
};

/**
 * struct rdma_link - an RDMA device of a function; what netlink tells only while it is here
 * @uverbs_node, @umad_node, @issm_node: is it in /dev/infiniband; issm has umad's number
 */
struct rdma_link {
	struct pci_rdma sys;
	bool uverbs_node, umad_node, issm_node;
	bool told;
	struct rdma_dev dev;
	struct rdma_port port;
	char netdev[IFNAMSIZ];
};

/**
 * struct function - a PF, a VF, or a network function without SR-IOV
 * @pf:     index of its PF in the report; of others NOT_HELD
 * @admin:  MAC that the PF gave it, if @admin_told
 * @mac, @up: of its interface, if that is here
 * @link:   "ether", "infiniband", ""
 * @holder: index of the attachment that has it; NOT_HELD
 * @place:  where its interface is when it is not here; @place_pid as in netns_found
 */
struct function {
	struct pci_fn sys;
	uint16_t vendor, device;
	unsigned num_vfs, total_vfs;
	int pf, holder;
	struct mac mac, admin;
	bool admin_told, up;
	char link[16];
	enum devlink_eswitch eswitch;
	size_t n_rdma;
	struct rdma_link rdma[PCI_RDMA_MAX];
	bool place_found;
	struct netns_found place;
	char place_ifname[IFNAMSIZ];
};

enum att_state {
	ATT_LIVE,
	ATT_PENDING, /* its ADD is under way, or died; the pod is there */
	ATT_STALE, /* its namespace is gone, or of another boot */
	ATT_LEASE, /* the device is home, the IPAM lease is not given back */
	ATT_ASIDE, /* "!": could not be understood, set aside */
	ATT_DAMAGED,
	ATT_NEWER,
	ATT_CLAIM, /* a claim on a device that points nowhere */
};

/**
 * struct attachment - a record of ours, or a state file of a Go plugin
 * @plugin: "sriov" or "rdma"
 * @go:     written by the Go plugin
 * @file:   absolute path
 * @why:    what is wrong with it
 */
struct attachment {
	const char *plugin;
	bool go;
	enum att_state state;
	char network[KEY_MAX], container[KEY_MAX], ifname[IFNAMSIZ], netns[LINE_MAX_LEN];
	struct devid device;
	char file[PATH_MAX], why[LINE_MAX_LEN];
};

/** struct lease - an address that host-local gave to a container that has no attachment */
struct lease {
	char network[KEY_MAX], address[WORD_MAX], container[KEY_MAX], file[PATH_MAX];
};

enum implementation { IMPL_ABSENT, IMPL_OURS, IMPL_GO, IMPL_OTHER };

/** struct plugin_file - what is installed under a plugin's name; @label: security.selinux, "" none */
struct plugin_file {
	const char *name;
	char path[LINE_MAX_LEN], label[LINE_MAX_LEN];
	enum implementation impl;
	bool executable, noexec;
};

/**
 * struct runtime - a process that starts plugins
 * @bounding:    its capability bounding set, if @bounding_told
 * @confinement: AppArmor's profile or SELinux' context; "" none or not known
 */
struct runtime {
	char process[WORD_MAX];
	unsigned pid;
	bool bounding_told;
	uint64_t bounding;
	char confinement[LINE_MAX_LEN];
};

enum severity { NOTE, PROBLEM };

/** struct finding - something that a person should know; @why is the rule's */
struct finding {
	const char *id, *why;
	enum severity severity;
	char object[LINE_MAX_LEN], what[TEXT_MAX], fix[TEXT_MAX];
};

struct trouble {
	char text[TEXT_MAX];
};

/**
 * struct report - all of it; owned, see report_free()
 * @for_what:  one of enum purpose
 * @cni_dir:   where the plugins are, an absolute path
 * @root:      directory descriptor of the node's /
 * @mode_told: @mode is known: ib_core is loaded and knows namespaces
 * @troubles:  what could not be looked at: the report is not complete
 */
struct report {
	enum purpose for_what;
	const char *cni_dir;
	int root;
	char kernel[WORD_MAX], ofed[WORD_MAX], boot[WORD_MAX], host[WORD_MAX];
	char selinux[WORD_MAX], apparmor[LINE_MAX_LEN], missing_caps[LINE_MAX_LEN];
	bool mode_told, core_loaded, has_rdma_cm;
	const char *renew_initramfs,
		*edit_cmdline; /* commands of this distribution; NULL: not known */
	enum rdma_mode mode, next_mode;
	int free_uverbs, free_umad;
	LIST(struct module) modules;
	LIST(struct mode_source) mode_sources;
	LIST(struct function) functions;
	LIST(struct netns_found) namespaces;
	LIST(struct attachment) attachments;
	LIST(struct lease) leases;
	LIST(struct plugin_file) plugins;
	LIST(struct runtime) runtimes;
	LIST(struct finding) findings;
	LIST(struct trouble) troubles;
};

/** report_new() - NULL: out of memory; @cni_dir is kept */
struct report *report_new(enum purpose for_what, const char *cni_dir);

/** report_free() - for cleanup(report_free) */
void report_free(struct report **r);

/** report_trouble() - something could not be looked at */
void report_trouble(struct report *r, const struct err *e);

/** report_problems() - how many findings are problems */
size_t report_problems(const struct report *r);

/** function_is_vf(), function_held() - by one of ours or the Go plugins, alive */
bool function_is_vf(const struct function *f);
const struct attachment *function_holder(const struct report *r, const struct function *f);

/** att_state_name() - a word for people and for the JSON report */
const char *att_state_name(enum att_state s);
const char *implementation_name(enum implementation i);
const char *mode_name(enum rdma_mode m);
const char *purpose_name(enum purpose p);
const char *port_state_name(uint8_t state);
const char *eswitch_name(enum devlink_eswitch m);
