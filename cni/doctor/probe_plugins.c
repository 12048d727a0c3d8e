// SPDX-License-Identifier: Apache-2.0
/*
 * Which implementation is installed under the plugins' names. The files are read,
 * not run: what is there may be anybody's.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "kernel/node.h"
#include "probe.h"

enum { CHUNK = 1 << 20, SIZE_MAX_READ = 256 << 20, MARK_MAX = 64 };

/* What --version of ours prints; what the Go linker writes into a program (debug/buildinfo). */
struct marks {
	const char *text;
	bool found;
};

/* Chunks overlap, so that no mark is cut in two. */
static void search(int fd, struct marks *marks, size_t n)
{
	cleanup(str_free) char *buf = malloc(CHUNK + MARK_MAX);
	size_t kept = 0;

	for (size_t read_so_far = 0; buf && read_so_far < SIZE_MAX_READ;) {
		ssize_t got = read(fd, buf + kept, CHUNK);
		size_t have = kept + (got > 0 ? (size_t)got : 0);

		if (got <= 0)
			return;
		for (size_t i = 0; i < n; i++)
			marks[i].found |=
				memmem(buf, have, marks[i].text, strlen(marks[i].text)) != NULL;
		kept = have < MARK_MAX ? have : MARK_MAX;
		memmove(buf, buf + have - kept, kept);
		read_so_far += (size_t)got;
	}
}

static enum implementation identify(int fd)
{
	struct marks marks[] = {
		{ "(sriov-rdma-cni)", false },
		{ "k8snetworkplumbingwg/sriov-cni", false },
		{ "k8snetworkplumbingwg/rdma-cni", false },
		{ "Mellanox/rdma-cni", false },
	};

	search(fd, marks, array_size(marks));
	if (marks[0].found)
		return IMPL_OURS;
	for (size_t i = 1; i < array_size(marks); i++)
		if (marks[i].found)
			return IMPL_GO;
	return IMPL_OTHER;
}

static void look_at(const struct report *r, struct plugin_file *p)
{
	cleanup(fd_close) int fd = openat(r->root, p->path + 1, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct statvfs fs;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	p->executable = st.st_mode & S_IXUSR;
	p->noexec = !fstatvfs(fd, &fs) && (fs.f_flag & ST_NOEXEC);
	n = fgetxattr(fd, "security.selinux", p->label, sizeof(p->label) - 1);
	p->label[n > 0 ? n : 0] = '\0';
	p->impl = identify(fd);
}

int probe_plugins(struct report *r, struct err *e)
{
	static const char *const names[] = { "sriov", "rdma" };

	for (size_t i = 0; i < array_size(names); i++) {
		struct plugin_file *p = list_add(&r->plugins);

		if (!p)
			return no_memory(e);
		p->name = names[i];
		if (str_printf(p->path, sizeof(p->path), "%s/%s", r->cni_dir, names[i]))
			return err_set(e, ENAMETOOLONG, "--cni-bin-dir: too long a path");
		look_at(r, p);
	}
	return 0;
}
