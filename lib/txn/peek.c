// SPDX-License-Identifier: Apache-2.0
#include "txn/peek.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "txn/record_json.h"

struct look {
	int dir;
	const char *plugin;
	int (*fn)(const struct peek *p, void *arg);
	void *arg;
	struct err *err;
};

static int look_at_claim(const struct look *l, const char *name)
{
	struct peek p = { .kind = PEEK_CLAIM, .file = name, .why = "" };
	struct stat st;

	/* follows the link */
	if (!fstatat(l->dir, name, &st, 0) || errno != ENOENT)
		return 0;
	return l->fn(&p, l->arg);
}

static int look_at_record(const struct look *l, const char *name)
{
	cleanup(record_done) struct record r = { .doc = NULL };
	struct peek p = { .kind = PEEK_RECORD, .file = name, .record = &r, .why = "" };
	cleanup(str_free) char *text = NULL;
	struct err why = { 0 };
	size_t len;
	int err = file_read_at(l->dir, name, RECORD_SIZE_MAX, &text, &len, &why);

	if (!err)
		err = record_parse(text, len, l->plugin, NULL, &r, &why);
	/* released while it was looked at */
	if (err == -ENOENT)
		return 0;
	if (err && err != -EBADMSG && err != -EPROTO) {
		*l->err = why;
		return err;
	}
	if (err)
		p = (struct peek){ .kind = err == -EPROTO ? PEEK_NEWER : PEEK_DAMAGED,
				   .file = name,
				   .why = why.msg };
	return l->fn(&p, l->arg);
}

static int look_at(const char *name, void *arg)
{
	const struct look *l = arg;
	struct peek aside = { .kind = PEEK_ASIDE, .file = name, .why = "" };

	switch (name[0]) {
	case '.': /* a write that was killed, or is under way */
		return 0;
	case '!':
		return l->fn(&aside, l->arg);
	case '@':
		return look_at_claim(l, name);
	default:
		return look_at_record(l, name);
	}
}

int store_peek(const char *dir, const char *plugin, int (*fn)(const struct peek *p, void *arg),
	       void *arg, struct err *e)
{
	cleanup(fd_close) int fd = -EBADF;
	struct look l = { .plugin = plugin, .fn = fn, .arg = arg, .err = e };
	char path[PATH_MAX];
	int r = str_printf(path, sizeof(path), "%s/sriov-rdma/%s", dir, plugin);

	if (r)
		return err_sys(e, -r, "state directory");
	l.dir = fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, errno, "open directory %s", path);
	return file_each_at(fd, look_at, &l, e);
}
