// SPDX-License-Identifier: Apache-2.0
#include "names.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "locks.h"

void names_entry(struct value *v, const char *home, const char *now)
{
	char entry[2 * IBDEV_NAME_MAX];
	bool same = !strcmp(home, now);

	/* two names and '=' fit */
	if (!str_printf(entry, sizeof(entry), "%s%s%s", home, same ? "" : "=", same ? "" : now))
		(void)value_add_name(v, entry);
}

int names_get(struct world *w, struct value *ret, struct err *e)
{
	int r = world_get_devs(w, e);

	if (r)
		return r;
	*ret = (struct value){ .type = VALUE_NAMES };
	for (size_t i = 0; i < w->n; i++)
		if (w->dev[i].found)
			names_entry(ret, w->dev[i].name, w->dev[i].sys.name);
	return 0;
}

/* What an entry wants; NULL: it is about a device that is gone. */
static struct ibdev *find_entry(struct world *w, const char *entry, const char **ret_name)
{
	const char *eq = strchr(entry, '=');
	size_t len = eq ? (size_t)(eq - entry) : strlen(entry);

	*ret_name = eq ? eq + 1 : entry;
	for (size_t i = 0; i < w->n; i++)
		if (w->dev[i].found && strlen(w->dev[i].name) == len &&
		    !strncmp(w->dev[i].name, entry, len))
			return &w->dev[i];
	return NULL;
}

static int rename_dev(struct world *w, struct ibdev *d, const char *name, struct err *e)
{
	int r = rdma_rename(world_socket(w, d), d->dev.index, name, e);

	world_changed(w);
	if (!r)
		(void)snprintf(d->sys.name, sizeof(d->sys.name), "%s", name);
	return r;
}

/* A name that nobody wants, as the kernel itself makes them of the index. */
static int step_aside(struct world *w, struct ibdev *d, struct err *e)
{
	char name[IBDEV_NAME_MAX];
	int r = str_printf(name, sizeof(name), "ibdev%u", d->dev.index);

	return r || !strcmp(d->sys.name, name) ? r : rename_dev(w, d, name, e);
}

static int set_entry(struct world *w, const char *entry, struct err *e)
{
	const char *name;
	struct ibdev *d = find_entry(w, entry, &name);
	int r;

	if (!d || !strcmp(d->sys.name, name))
		return 0;
	r = rename_dev(w, d, name, e);
	if (r != -EEXIST)
		return r;
	if (!d->at_home)
		return err_code(e, EEXIST, CNI_ERR_NAME_TAKEN,
				"RDMA device name %s is taken on this node: names are unique over "
				"all network namespaces, choose another rdmaDeviceName",
				name);
	log_warn("RDMA device name %s is taken now, %s of %s keeps another name", name, d->sys.name,
		 w->fn.id.name);
	return step_aside(w, d, e);
}

/* Two of ours that have each other's names: one has to step aside first. */
static int untangle(struct world *w, const struct value *to, struct err *e)
{
	const char *name;

	for (const char *i = NULL; (i = value_next_name(to, i));) {
		const struct ibdev *d = find_entry(w, i, &name);

		for (size_t k = 0; d && k < w->n; k++) {
			struct ibdev *other = &w->dev[k];
			int r = 0;

			if (other != d && other->found && !strcmp(other->sys.name, name))
				r = step_aside(w, other, e);
			if (r)
				return r;
		}
	}
	return 0;
}

static bool are_set(struct world *w, const struct value *to)
{
	for (const char *i = NULL; (i = value_next_name(to, i));) {
		const char *name;
		const struct ibdev *d = find_entry(w, i, &name);

		if (d && strcmp(d->sys.name, name) != 0)
			return false;
	}
	return true;
}

int names_set(struct world *w, const struct value *to, struct err *e)
{
	cleanup(fd_close) int lock = -EBADF;
	int r = world_get_devs(w, e);

	if (r || are_set(w, to))
		return r;
	/* so that two pods that want one name get one clear answer */
	r = locks_moves(&lock, e);
	if (!r)
		r = untangle(w, to, e);
	for (const char *i = NULL; !r && (i = value_next_name(to, i));)
		r = set_entry(w, i, e);
	return r;
}

int names_check_free(const struct world *w, const char *name, struct err *e)
{
	char owner[DEVID_MAX];
	int r = pci_find_rdma(name, owner, e);

	if (r == -ENODEV || (!r && !strcmp(owner, w->fn.id.name)))
		return 0;
	if (r)
		return r;
	return err_code(
		e, EEXIST, CNI_ERR_NAME_TAKEN,
		"rdmaDeviceName %s is taken by device %s: names are unique over all network "
		"namespaces of the node, choose another one",
		name, owner);
}
