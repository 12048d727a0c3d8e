// SPDX-License-Identifier: Apache-2.0
/* Where a Go plugin's attachment is: its state file names neither namespace nor owner. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "compat.h"
#include "kernel/netns_find.h"
#include "kernel/node.h"
#include "plugin/mirror.h"
#include "world.h"

int compat_read_sriov(const char *below, const char *file, char **ret)
{
	cleanup(fd_close) int dir = -EBADF;
	char path[PATH_MAX];
	struct err ignored;
	size_t len;
	int r = str_printf(path, sizeof(path), "%s/sriov%s", node_dir(NODE_STATE), below);

	if (!r)
		r = file_open_dir(path, 0700, &dir, &ignored);
	return r ? r : file_read_at(dir, file, RECORD_SIZE_MAX, ret, &len, &ignored);
}

/** struct search - @unseen: a namespace could not be looked into */
struct search {
	struct pci_rdma_list away;
	struct netns home;
	char path[NETNS_PATH_MAX];
	struct err unseen;
};

enum { FOUND = 1 };

/* Is one of the devices that are away in the namespace of @nl; -ENODEV: no */
static int find_away(struct nl *nl, const struct pci_rdma_list *list, struct err *e)
{
	int r = -ENODEV;

	for (size_t i = 0; i < list->n && r == -ENODEV; i++) {
		struct rdma_dev d;

		if (!list->dev[i].here)
			r = rdma_find(nl, list->dev[i].name, &d, e);
	}
	return r;
}

/* What cannot be looked into is passed over: another namespace may still have it. */
static int look_into(const struct netns_found *f, void *arg)
{
	struct search *s = arg;
	cleanup(nl_shut) struct nl *nl = NULL;
	struct netns ns = f->ns;
	struct err e = { 0 };
	int r = nl_open(NL_RDMA, &ns, &s->home, &nl, &e);

	if (!r)
		r = find_away(nl, &s->away, &e);
	if (r) {
		if (r != -ENODEV)
			(void)err_gather(&s->unseen, &e);
		return 0;
	}
	memcpy(s->path, f->path, sizeof(s->path));
	return FOUND;
}

static bool is_at(const char *path, struct search *s)
{
	struct netns_found f = { .ns = NETNS_NONE };
	struct err ignored;
	int r;

	if (str_copy(f.path, sizeof(f.path), path) || netns_open(f.path, &f.ns, &ignored))
		return false;
	r = look_into(&f, s);
	netns_close(&f.ns);
	return r == FOUND;
}

bool compat_is_away(const struct pci_rdma_list *list)
{
	bool away = false;

	for (size_t i = 0; i < list->n; i++)
		away = away || !list->dev[i].here;
	return away;
}

/*
 * sriov's half left a mark with the path; but GC runs sriov first, and with the
 * attachment the mark goes. Then all namespaces are looked into.
 */
int compat_find_netns(struct record *r, struct err *e)
{
	struct search s = { .home = NETNS_NONE };
	cleanup(str_free) char *mark = NULL;
	const cJSON *path;
	int err;

	r->netns = "";
	err = devs_list(&r->device, &s.away, e);
	/* no such device: opening it will say so */
	if (err || !compat_is_away(&s.away))
		return err == -ENODEV ? 0 : err;
	err = netns_open_self(&s.home, e);
	if (!err && (compat_read_sriov("/pci", r->device.name, &mark) || !is_at(mark, &s)))
		err = netns_each(look_into, &s, e);
	netns_close(&s.home);
	if (err < 0)
		return err;
	if (!*s.path && s.unseen.sys) {
		*e = s.unseen;
		return err_wrap(e, "look for the RDMA device of %s", r->device.name);
	}
	if (!json_put_str(r->doc, "netns", s.path))
		return err_sys(e, ENOMEM, "read state file");
	path = json_find(r->doc, "netns");
	r->netns = path->valuestring;
	return 0;
}

struct rival {
	int dir;
	const char *name;
	const struct devid *device;
	struct timespec written;
	bool found;
	struct err *e;
};

static bool is_after(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static int compare(const char *name, const cJSON *doc, void *arg)
{
	const cJSON *id = json_find(doc, "deviceID");
	struct rival *rival = arg;
	struct devid device;
	struct stat st;

	if (!strcmp(name, rival->name) || !cJSON_IsString(id) ||
	    devid_parse(id->valuestring, &device) || !devid_equal(&device, rival->device))
		return 0;
	if (fstatat(rival->dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : err_sys(rival->e, errno, "read state file %s", name);
	rival->found = rival->found || is_after(&st.st_mtim, &rival->written);
	return 0;
}

int compat_is_latest(int dir, const char *name, const struct devid *device, bool *ret,
		     struct err *e)
{
	struct rival rival = { .dir = dir, .name = name, .device = device, .e = e };
	struct stat st;
	int r;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return err_sys(e, errno, "read state file");
	rival.written = st.st_mtim;
	r = mirror_each(dir, compare, &rival, e);
	*ret = !r && !rival.found;
	return r;
}
