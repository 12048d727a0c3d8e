// SPDX-License-Identifier: Apache-2.0
/* The kernel: its version, RDMA modules, who may stop us. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "kernel/caps.h"
#include "kernel/node.h"
#include "probe.h"

enum { ATTR_MAX = 128 };

static const char *const modules[] = {
	"ib_core", "ib_uverbs", "ib_umad",   "rdma_cm",	 "rdma_ucm",
	"mlx5_ib", "mlx4_ib",	"irdma",     "bnxt_re",	 "hns_roce_hw_v2",
	"mana_ib", "erdma",	"mlx5_core", "vfio_pci", "nvidia_peermem",
};

static int add_modules(struct report *r, struct err *e)
{
	for (size_t i = 0; i < array_size(modules); i++) {
		struct module *m = list_add(&r->modules);
		char path[ATTR_MAX];

		if (!m)
			return no_memory(e);
		(void)snprintf(path, sizeof(path), "sys/module/%s", modules[i]);
		*m = (struct module){ modules[i], root_exists(r, path) };
	}
	r->core_loaded = root_exists(r, "sys/module/ib_core");
	r->has_rdma_cm = root_exists(r, "dev/infiniband/rdma_cm");
	return 0;
}

/* OFED's modules carry a version of their own; those of the kernel have none. */
static void read_ofed(struct report *r)
{
	if (file_read_attr(r->root, "sys/module/mlx5_core/version", r->ofed, sizeof(r->ofed)))
		r->ofed[0] = '\0';
}

static void read_lsms(struct report *r)
{
	char text[8] = "";

	(void)!str_copy(r->selinux, sizeof(r->selinux), "disabled");
	if (!file_read_attr(r->root, "sys/fs/selinux/enforce", text, sizeof(text)))
		(void)!str_copy(r->selinux, sizeof(r->selinux),
				text[0] == '1' ? "enforcing" : "permissive");
	if (file_read_attr(r->root, "sys/module/apparmor/parameters/enabled", text, sizeof(text)) ||
	    text[0] != 'Y')
		(void)!str_copy(r->apparmor, sizeof(r->apparmor), "disabled");
	else if (file_read_attr(r->root, "proc/self/attr/current", r->apparmor,
				sizeof(r->apparmor)))
		(void)!str_copy(r->apparmor, sizeof(r->apparmor), "enabled");
}

/* The first that is there. An image-based system has dracut, too, but may not use it. */
static const char *find_command(const struct report *r, const char *const (*rows)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (root_exists(r, rows[i][0]))
			return rows[i][1];
	return NULL;
}

static void find_commands(struct report *r)
{
	static const char *const initramfs[][2] = {
		{ "run/ostree-booted",
		  "rpm-ostree initramfs-etc --track=/etc/modprobe.d/ib_core.conf" },
		{ "usr/sbin/update-initramfs", "update-initramfs -u" },
		{ "usr/bin/dracut", "dracut -f" },
		{ "usr/sbin/dracut", "dracut -f" },
		{ "usr/bin/mkinitcpio", "mkinitcpio -P" },
	};
	static const char *const cmdline[][2] = {
		{ "run/ostree-booted", "rpm-ostree kargs --delete-if-present=ib_core.netns_mode=1 "
				       "--delete-if-present=ib_core.netns_mode=0" },
		{ "usr/sbin/grubby",
		  "grubby --update-kernel=ALL --remove-args=ib_core.netns_mode" },
		{ "usr/sbin/update-grub",
		  "sed -i 's/ *ib_core.netns_mode=[^ \"]*//' /etc/default/grub && update-grub" },
	};

	r->renew_initramfs = find_command(r, initramfs, array_size(initramfs));
	r->edit_cmdline = find_command(r, cmdline, array_size(cmdline));
}

int probe_kernel(struct report *r, struct err *e)
{
	struct utsname u;
	struct err caps = { 0 };
	int err;

	if (r->root < 0)
		return err_set(e, ENOENT, "the root directory cannot be opened");
	if (!uname(&u)) {
		(void)!str_copy(r->kernel, sizeof(r->kernel), u.release);
		(void)!str_copy(r->host, sizeof(r->host), u.nodename);
	}
	if (caps_check(&caps)) {
		(void)!str_copy(r->missing_caps, sizeof(r->missing_caps), caps.msg);
		report_trouble(r, &caps);
	}
	read_ofed(r);
	read_lsms(r);
	find_commands(r);
	err = node_boot_id(r->boot, e);
	return err ? err : add_modules(r, e);
}
