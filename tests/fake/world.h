/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel as a table in memory: what lib/kernel's headers are answered from.
 *
 * One file, mapped shared, is the whole machine: namespaces, functions with
 * their netdevs and RDMA devices, addresses, the boot. It holds no pointer, so
 * that DEL in another process finds what ADD left, a copy of the file is a copy
 * of the machine, and comparing two machines is comparing two dumps.
 *
 * Every call of lib/kernel and every file operation of the product runs
 * through fake_enter() and fake_leave() (fault.c), which count it and may make
 * it fail or kill the process. References into the tables are indexes; NONE
 * is no reference.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/types.h"
#include "fault.h"
#include "kernel/devlink.h"
#include "kernel/inet.h"
#include "kernel/link.h"
#include "kernel/netns.h"
#include "kernel/node.h"
#include "kernel/pci.h"
#include "kernel/rdma.h"
#include "kernel/vf.h"

enum {
	NONE = -1,
	HOST = 0, /* index of the namespace that /sys shows and devices go home to */

	FAKE_NETNS_MAX = 24,
	FAKE_MOUNT_MAX = 32,
	FAKE_FN_MAX = 150,
	FAKE_LINK_MAX = 200,
	FAKE_RDMA_MAX = 150,
	FAKE_ADDR_MAX = 300,
	FAKE_ROUTE_MAX = 300,
	FAKE_SYSCTL_MAX = 300,
	FAKE_ALTNAMES_MAX = LINK_ALTNAMES_MAX + 4, /* more than the product reads at once */
	FAKE_PATH_MAX = 128,

	/* of every PF: sriov_offset, sriov_totalvfs */
	FAKE_VF_OFFSET = 2,
	FAKE_TOTAL_VFS = 64,

	/* <linux/if.h> has these, but cannot be included beside <net/if.h> */
	LOWER_UP = 1 << 16,
	OPER_DOWN = 2,
	OPER_UP = 6,
};

/**
 * struct fake_netns - a network namespace
 * @label:   for dumps: "host", else the path it was made at
 * @ino:     reused, lowest free first; @cookie never is, until the node starts anew
 * @dying:   no path leads there any more; devices come back at @back_at on the clock
 */
struct fake_netns {
	bool used, dying;
	char label[FAKE_PATH_MAX];
	uint64_t ino, cookie, back_at;
	int last_ifindex;
};

/** struct fake_mount - a path that leads to a namespace */
struct fake_mount {
	bool used;
	int ns;
	char path[FAKE_PATH_MAX];
};

/*
 * When a MAC set through the PF reaches the VF's own netdev: simnic's mac_mode.
 * MAC_ASKED: at probe, and one set on the netdev itself is taken some looks after
 * the message has succeeded (iavf before 5.18).
 */
enum fake_mac_mode { MAC_AT_ONCE, MAC_DELAYED, MAC_AT_PROBE, MAC_AT_DOWN, MAC_ASKED };

/**
 * struct fake_fn - a PCI or auxiliary function
 * @instance: inode of its sysfs directory
 * @pf, @vf:  of a VF; @pf is NONE for others
 * @attrs:    as its PF has them; @attrs.have: what the driver reports
 * @refuse:   VF_* bits that the driver answers with EOPNOTSUPP
 * @silent:   the PF leaves this VF out of its answer
 * @broken:   the PF's virtfnN points elsewhere
 * @eswitch:  of a PF: mode of its switch
 * @netdev, @rdma, @mac: what its drivers call and give it when they probe it
 */
struct fake_fn {
	bool used;
	struct devid id;
	uint64_t instance;
	char driver[PCI_DRIVER_MAX];
	int pf;
	unsigned vf;
	struct vf_attrs attrs;
	unsigned refuse;
	bool silent, broken, no_sriov;
	enum devlink_eswitch eswitch;
	char netdev[IFNAMSIZ], rdma[IBDEV_NAME_MAX];
	struct mac mac;
};

/**
 * struct fake_link - a network interface
 * @fn:        NONE: virtual, dies with its namespace
 * @port:      phys_port_name; "" unreadable
 * @blind:     of a PF: tells nothing of VFs (a port that has none)
 * @crowded:   of a PF: has more VFs than one attribute of an answer holds (64 KiB)
 * @lower:     index of the interface it is stacked on (a VLAN, a macvlan); NONE
 * @mac_reads: reads until @mac_next is the MAC (MAC_DELAYED); 0: nothing under way
 */
struct fake_link {
	bool used;
	int ns, fn, ifindex, master, lower;
	char name[IFNAMSIZ], port[16];
	struct mac mac, mac_next;
	unsigned mac_reads;
	uint8_t addr_len, operstate;
	uint16_t type;
	uint32_t flags, mtu, min_mtu, max_mtu;
	bool arp_notify, blind, crowded;
	char altnames[FAKE_ALTNAMES_MAX][LINK_ALTNAME_MAX];
	struct link_attrs attrs;
};

/* When the GID table follows the addresses of the device's interface */
enum fake_gids { GIDS_AT_ONCE, GIDS_LATE, GIDS_LOST, GIDS_NEVER };

/**
 * struct fake_rdma - an RDMA device
 * @movable:  the driver can disassociate its users
 * @gids:     GIDS_LATE: after @gid_looks looks; GIDS_LOST: when they are rebuilt
 */
struct fake_rdma {
	bool used, movable;
	int ns, fn, uverbs, umad;
	struct rdma_dev dev;
	enum fake_gids gids;
	unsigned gid_looks;
};

enum fake_dad { DAD_DONE, DAD_TENTATIVE, DAD_FAILED };

struct fake_addr {
	bool used;
	int link;
	struct cidr addr;
	enum fake_dad dad;
};

struct fake_route {
	bool used;
	int link;
	struct route route;
};

struct fake_sysctl {
	bool used;
	int link;
	char family[8], key[32], value[16];
};

/** struct fake_shape - what fake_init() makes */
struct fake_shape {
	unsigned pfs, vfs, sfs;
};

/**
 * struct fake_world - all of it
 * @magic:      tells a file of another build
 * @now:        the clock, milliseconds; only waiting makes it pass
 * @no_cookies, @no_parent: a kernel before 5.14
 * @caps_missing: the caller is not root
 * @back_ms:    how long a dead namespace keeps its devices
 * @mac_reads:  of MAC_DELAYED
 * @rival_uverbs: not 0: as the next RDMA device is moved, whoever has this number gives it up
 * @rival_name:   not "": as the next RDMA device is renamed, another one has just taken this name
 * @dad_fail:   addresses added from now on are somebody else's
 */
struct fake_world {
	uint64_t magic, now, next_cookie, next_instance;
	struct fake_shape shape;
	unsigned boots;
	uint32_t next_rdma;
	char boot_id[NODE_BOOT_ID_MAX];
	int rival_uverbs;
	char rival_name[IBDEV_NAME_MAX];
	enum rdma_mode mode;
	enum fake_mac_mode mac_mode;
	bool no_cookies, no_parent, no_ib_core, caps_missing, dad_fail, no_ipv6, no_sysfs;
	unsigned back_ms, mac_reads;
	struct fake_netns netns[FAKE_NETNS_MAX];
	struct fake_mount mounts[FAKE_MOUNT_MAX];
	struct fake_fn fns[FAKE_FN_MAX];
	struct fake_link links[FAKE_LINK_MAX];
	struct fake_rdma rdmas[FAKE_RDMA_MAX];
	struct fake_addr addrs[FAKE_ADDR_MAX];
	struct fake_route routes[FAKE_ROUTE_MAX];
	struct fake_sysctl sysctls[FAKE_SYSCTL_MAX];
	struct fake_fault fault;
};

/*
 * world.c: the map. fake_get() maps the file named by FAKE_WORLD at first use
 * and ends the process when that cannot be; a test without a world is no test.
 */
struct fake_world *fake_get(void);
/** fake_map() - map @path, which exists or is made; NULL and errno */
struct fake_world *fake_map(const char *path);
void fake_lock(void);
void fake_unlock(void);
/** fake_advance() - let time pass: what was due happens */
void fake_advance(struct fake_world *w, uint64_t ms);
/** fake_root() - $FAKE_ROOT */
const char *fake_root(void);

/** fake_slot() - the first unused row of a table; a full table ends the process */
#define fake_slot(table)                                                                           \
	({                                                                                         \
		int free_row = 0;                                                                  \
		while (free_row < (int)array_size(table) && (table)[free_row].used)                \
			free_row++;                                                                \
		if (free_row == (int)array_size(table))                                            \
			fake_fatal("table " #table " is full");                                    \
		free_row;                                                                          \
	})

/** fake_copy() - str_copy() of what must fit */
void fake_copy(char *dst, size_t size, const char *src);
/** fake_printf() - str_printf() of what must fit */
#define fake_printf(dst, size, ...)                                                                \
	do {                                                                                       \
		if (str_printf(dst, size, __VA_ARGS__))                                            \
			fake_fatal("too long: " __VA_ARGS__);                                      \
	} while (0)
void fake_fatal(const char *fmt, ...) printf_like(1, 2) __attribute__((noreturn));

/* make.c: how worlds come about and change from outside; fakectl's and the sweep's verbs */

void fake_init(struct fake_world *w, const struct fake_shape *shape);
/** fake_add_netns() - make a namespace that @path leads to; its index */
int fake_add_netns(struct fake_world *w, const char *path);
/** fake_mount() - another path to a namespace */
void fake_mount(struct fake_world *w, int ns, const char *path);
/** fake_del_netns() - remove @path; the last path takes the namespace with it */
int fake_del_netns(struct fake_world *w, const char *path);
/** fake_add_link() - a new interface, down, of a function or virtual (NONE); its index */
int fake_add_link(struct fake_world *w, int ns, int fn, const char *name);
/** fake_probe() - the function's drivers make its netdev and RDMA device, at home */
void fake_probe(struct fake_world *w, int fn);
/** fake_add_rdma() - one more RDMA device of a function, at home */
void fake_add_rdma(struct fake_world *w, int fn, const char *name);
/** fake_unprobe() - and take them away: driver unbound */
void fake_unprobe(struct fake_world *w, int fn);
/** fake_reboot() - new boot id, devices probed anew at home, namespaces gone */
void fake_reboot(struct fake_world *w);
/** fake_recreate() - the function vanishes and comes back as another instance */
void fake_recreate(struct fake_world *w, int fn);
/** fake_remove_fn() - unplugged: the function, its netdevs and RDMA devices */
void fake_remove_fn(struct fake_world *w, int fn);

/* dump.c */

/** fake_dump() - canonical text of what a test compares; malloc()ed */
char *fake_dump(const struct fake_world *w);

/* netns.c: look-ups shared by the other files */

struct nl {
	enum nl_family family;
	int ns;
	uint64_t cookie;
};

/** nl_ns() - the namespace of a socket; -ENODEV when it died meanwhile */
int nl_ns(const struct fake_world *w, const struct nl *nl);
int ns_current(void);
/** ns_of() - the namespace behind an open struct netns or its fd; -EBADF, -EINVAL */
int ns_of_fd(int fd);
int ns_find_path(const struct fake_world *w, const char *path);
/** ns_collapse() - give the devices of a dead namespace back to the host, as cleanup_net() does */
void ns_collapse(struct fake_world *w, int ns);

/* link.c, move.c */
int link_index(const struct fake_world *w, int ns, int ifindex);
/** link_by_name() - name or alternative name, other than @but; NONE */
int link_by_name(const struct fake_world *w, int ns, const char *name, int but);
/** link_show() - as the kernel tells it; -ENODEV: NONE */
int link_show(int link, struct link *ret);
/** link_label() - the device where there is one, else the name: for logs and faults */
const char *link_label(const struct fake_world *w, int link);
/** link_enter() - fake_enter() for a request about an interface; its namespace, or -errno */
int link_enter(struct fake_call *c, const char *kind, const struct nl *nl, int ifindex);
int link_of_fn(const struct fake_world *w, int fn);
/** link_is_uplink() - by its port name: unreadable (legacy mode) or "pN" */
bool link_is_uplink(const struct fake_link *l);
/** link_new_ifindex() - the next number that no interface of the namespace has; they are not reused */
int link_new_ifindex(struct fake_world *w, int ns);
void link_down(struct fake_world *w, struct fake_link *l);
void link_detach(struct fake_world *w, int link);
/** link_move() - __dev_change_net_namespace(): all or nothing */
int link_move(struct fake_world *w, int link, int to, const char *pattern);

/* attrs.c */
extern const struct link_attrs fake_attrs; /* of a new interface */
/** attrs_set() - fakectl's KEY=VALUE of an attribute; false: it is none */
bool attrs_set(struct link_attrs *a, const char *key, const char *value);
/** attrs_dump() - those that are not as in a new interface */
void attrs_dump(FILE *f, const struct link_attrs *a);

/* held.c: end the test when a plugin changes this without holding the locks for it */
void held_vf(const struct fake_world *w, int fn);
void held_rdma(const struct fake_world *w, int d);

/* rdma.c */
int uverbs_lowest(const struct fake_world *w);
int umad_lowest(const struct fake_world *w);
void rdma_renumber(struct fake_world *w, struct fake_rdma *d);

/* pci.c */
int fn_find(const struct fake_world *w, const struct devid *id);
/** fn_name() - of a function for logs; "-" for NONE */
const char *fn_name(const struct fake_world *w, int fn);
