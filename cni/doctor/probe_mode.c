// SPDX-License-Identifier: Apache-2.0
/*
 * The RDMA subsystem's namespace mode: now, and after the next boot.
 *
 * What modprobe does (modprobe.d(5), kmod): files of the same name hide one
 * another, earlier directories win; all are read in the order of their names;
 * then comes the kernel's command line. The kernel takes the last value.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "probe.h"

enum { FILES_MAX = 512, FILE_SIZE_MAX = 1 << 20 };

static const char *const dirs[] = {
	"etc/modprobe.d",     "run/modprobe.d", "usr/local/lib/modprobe.d",
	"usr/lib/modprobe.d", "lib/modprobe.d",
};

struct conf_file {
	const char *dir;
	char name[LINE_MAX_LEN];
};

struct conf_files {
	const char *dir;
	size_t n;
	struct conf_file *item;
};

static int add_file(const char *name, void *arg)
{
	struct conf_files *files = arg;
	struct conf_file f = { .dir = files->dir };
	size_t len = strlen(name);

	if (len < 5 || strcmp(name + len - 5, ".conf") != 0 ||
	    str_copy(f.name, sizeof(f.name), name))
		return 0;
	for (size_t i = 0; i < files->n; i++)
		if (!strcmp(files->item[i].name, name))
			return 0;
	if (files->n < FILES_MAX)
		files->item[files->n++] = f;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct conf_file *)a)->name, ((const struct conf_file *)b)->name);
}

/* param_set_bool(): 1 y t and "on"; the kernel refuses the rest, and keeps what it had */
static bool parse_mode(const char *value, enum rdma_mode *ret)
{
	if (strchr("1yYtT", value[0]) || !strncasecmp(value, "on", 2))
		*ret = RDMA_MODE_SHARED;
	else if (strchr("0nNfF", value[0]) || !strncasecmp(value, "of", 2))
		*ret = RDMA_MODE_EXCLUSIVE;
	else
		return false;
	return value[0] != '\0';
}

static int add_source(struct report *r, const char *where, const char *value, struct err *e)
{
	struct mode_source *s;
	enum rdma_mode mode;

	if (!parse_mode(value, &mode))
		return 0;
	s = list_add(&r->mode_sources);
	if (!s)
		return no_memory(e);
	s->mode = mode;
	return str_copy(s->where, sizeof(s->where), where) ?
		       err_set(e, ENAMETOOLONG, "%s: name too long", where) :
		       0;
}

/* "options ib_core netns_mode=0"; a module's name may be written with '-' */
static int scan_line(struct report *r, const char *where, char *line, struct err *e)
{
	static const char blanks[] = " \t";
	char *save = NULL, *word = strtok_r(line, blanks, &save);
	int err = 0;

	if (!word || strcmp(word, "options") != 0)
		return 0;
	word = strtok_r(NULL, blanks, &save);
	if (!word || (strcmp(word, "ib_core") != 0 && strcmp(word, "ib-core") != 0))
		return 0;
	while (!err && (word = strtok_r(NULL, blanks, &save)))
		if (!strncmp(word, "netns_mode=", 11))
			err = add_source(r, where, word + 11, e);
	return err;
}

static int scan_file(struct report *r, const struct conf_file *f, struct err *e)
{
	char path[2 * LINE_MAX_LEN], *save = NULL;
	cleanup(str_free) char *text = NULL;
	int err;

	(void)snprintf(path, sizeof(path), "/%s/%s", f->dir, f->name);
	err = root_read(r, path + 1, FILE_SIZE_MAX, &text);
	/* modprobe passes over what it cannot read, too */
	if (err)
		return err == -ENOENT ? 0 : err_sys(e, -err, "read %s", path);
	for (char *line = strtok_r(text, "\n", &save); line && !err;
	     line = strtok_r(NULL, "\n", &save))
		err = scan_line(r, path, line, e);
	return err;
}

static int scan_cmdline(struct report *r, struct err *e)
{
	cleanup(str_free) char *text = NULL;
	char *save = NULL;
	int err = root_read(r, "proc/cmdline", FILE_SIZE_MAX, &text);

	if (err)
		return err == -ENOENT ? 0 : err_sys(e, -err, "read /proc/cmdline");
	for (char *word = strtok_r(text, " \n", &save); word && !err;
	     word = strtok_r(NULL, " \n", &save))
		if (!strncmp(word, "ib_core.netns_mode=", 19))
			err = add_source(r, "kernel command line", word + 19, e);
	return err;
}

static int scan_files(struct report *r, struct conf_files *files, struct err *e)
{
	int err = 0;

	for (size_t i = 0; !err && i < array_size(dirs); i++) {
		files->dir = dirs[i];
		err = root_each(r, dirs[i], add_file, files, e);
	}
	qsort(files->item, files->n, sizeof(files->item[0]), by_name);
	for (size_t i = 0; !err && i < files->n; i++)
		err = scan_file(r, &files->item[i], e);
	return err;
}

static void free_files(struct conf_files *f)
{
	free(f->item);
}

int probe_mode(struct report *r, struct err *e)
{
	cleanup(free_files) struct conf_files files = {
		.item = calloc(FILES_MAX, sizeof(struct conf_file)),
	};
	int err = files.item ? rdma_get_mode(&r->mode, e) : no_memory(e);

	if (err && err != -ENOENT)
		return err;
	r->mode_told = !err;
	err = scan_files(r, &files, e);
	if (!err)
		err = scan_cmdline(r, e);
	/* the kernel's default */
	r->next_mode = RDMA_MODE_SHARED;
	if (r->mode_sources.n)
		r->next_mode = r->mode_sources.item[r->mode_sources.n - 1].mode;
	return err;
}
