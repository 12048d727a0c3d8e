// SPDX-License-Identifier: Apache-2.0
#include "install.h"

#include "base/log.h"

static int stage(const struct opts *o, const struct place *p, int i, enum place_state *ret,
		 struct err *e)
{
	int r = place_compare(p, plugin_name[i], o->source[i], ret, e);

	return r || *ret == PLACE_SAME ? r : place_stage(p, plugin_name[i], o->source[i], e);
}

/* An unusable file of ours is nothing to go back to. */
static int replace(const struct place *p, int i, enum place_state was, enum place_keep how,
		   struct err *e)
{
	int r = was == PLACE_UNUSABLE ? 0 : place_keep(p, plugin_name[i], how, e);

	if (!r)
		r = place_commit(p, plugin_name[i], e);
	if (!r)
		log_info("%s/%s %s", p->path, plugin_name[i],
			 was == PLACE_OTHER ? "replaced" : "installed");
	return r;
}

static void unstage_all(const struct place *p)
{
	for (int i = 0; i < PLUGINS; i++)
		place_unstage(p, plugin_name[i]);
}

int install_all(const struct opts *o, const struct place *p, enum place_keep how,
		unsigned *ret_changed, struct err *e)
{
	enum place_state was[PLUGINS];
	unsigned changed = 0;
	int i, r = 0;

	for (i = 0; i < PLUGINS && !r; i++) {
		was[i] = PLACE_SAME;
		if (*o->source[i])
			r = stage(o, p, i, &was[i], e);
	}
	for (i = 0; i < PLUGINS && !r; i++) {
		if (was[i] == PLACE_SAME)
			continue;
		r = replace(p, i, was[i], how, e);
		changed += !r;
	}
	if (r)
		unstage_all(p);
	else if (changed)
		r = place_sync(p, e);
	if (!r)
		*ret_changed = changed;
	return r;
}

static int restore(const struct place *p, int i, unsigned *restored, struct err *e)
{
	int r = place_restore(p, plugin_name[i], e);

	if (r == -ENOENT) {
		log_warn("%s/%s stays: none is kept aside for it", p->path, plugin_name[i]);
		return 0;
	}
	if (!r) {
		log_info("%s/%s is the old one again", p->path, plugin_name[i]);
		(*restored)++;
	}
	return r;
}

int install_rollback(const struct opts *o, struct err *e)
{
	cleanup(place_close) struct place p = { .dir = -EBADF, .lock = -EBADF };
	unsigned restored = 0;
	int r = place_open(o->dir, &p, e);

	if (!r)
		r = place_unwatched(&p, e);
	for (int i = 0; i < PLUGINS && !r; i++)
		if (*o->source[i])
			r = restore(&p, i, &restored, e);
	return r || !restored ? r : place_sync(&p, e);
}
