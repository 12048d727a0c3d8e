// SPDX-License-Identifier: Apache-2.0
/*
 * Who starts the plugins. They run as root, but never with more than their
 * runtime has: its capability bounding set, its AppArmor profile or SELinux type.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "probe.h"

enum { STATUS_MAX = 1 << 16 };

/* As /proc/PID/comm has them. Thick Multus starts plugins itself; thin Multus is started by one of the others. */
static const char *const names[] = { "containerd", "crio", "dockerd", "cri-dockerd",
				     "multus-daemon" };

struct look {
	struct report *r;
	struct err *e;
};

static bool is_runtime(const char *comm)
{
	for (size_t i = 0; i < array_size(names); i++)
		if (!strcmp(names[i], comm))
			return true;
	return false;
}

/*
 * Engines in containers start no plugins of this node: they have a process namespace of their own.
 * Where that cannot be seen, all are looked at.
 */
static bool is_of_node(const struct report *r, const char *pid)
{
	char path[WORD_MAX], mine[WORD_MAX] = "", first[WORD_MAX] = "";

	(void)snprintf(path, sizeof(path), "proc/%s/ns/pid", pid);
	return readlinkat(r->root, path, mine, sizeof(mine) - 1) < 0 ||
	       readlinkat(r->root, "proc/1/ns/pid", first, sizeof(first) - 1) < 0 ||
	       !strcmp(mine, first);
}

/* A process that ends meanwhile leaves what is not known. */
static void read_bounding(const struct report *r, const char *pid, struct runtime *to)
{
	static const char key[] = "\nCapBnd:\t";
	cleanup(str_free) char *text = NULL;
	char path[WORD_MAX], *at;

	(void)snprintf(path, sizeof(path), "proc/%s/status", pid);
	if (root_read(r, path, STATUS_MAX, &text))
		return;
	at = strstr(text, key);
	if (!at)
		return;
	at += sizeof(key) - 1;
	at[strcspn(at, "\n")] = '\0';
	to->bounding_told = !str_to_u64(at, 16, UINT64_MAX, &to->bounding);
}

static int look_at(const char *pid, void *arg)
{
	const struct look *l = arg;
	char path[WORD_MAX], comm[WORD_MAX];
	struct runtime *to;
	uint64_t number;

	if (str_to_u64(pid, 10, UINT32_MAX, &number) ||
	    str_printf(path, sizeof(path), "proc/%s/comm", pid) ||
	    file_read_attr(l->r->root, path, comm, sizeof(comm)) || !is_runtime(comm) ||
	    !is_of_node(l->r, pid))
		return 0;
	to = list_add(&l->r->runtimes);
	if (!to)
		return no_memory(l->e);
	memcpy(to->process, comm, sizeof(to->process));
	to->pid = (unsigned)number;
	read_bounding(l->r, pid, to);
	(void)snprintf(path, sizeof(path), "proc/%s/attr/current", pid);
	if (file_read_attr(l->r->root, path, to->confinement, sizeof(to->confinement)))
		to->confinement[0] = '\0';
	return 0;
}

int probe_runtime(struct report *r, struct err *e)
{
	struct look l = { .r = r, .e = e };

	return root_each(r, "proc", look_at, &l, e);
}
