// SPDX-License-Identifier: Apache-2.0
#include "kernel/netns_find.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kernel/sysfs.h"

struct search {
	int (*fn)(const struct netns_found *f, void *arg);
	void *arg;
	struct netns_id *seen;
	size_t n;
};

static bool is_known(const struct search *s, const struct netns_id *id)
{
	for (size_t i = 0; i < s->n; i++)
		if (netns_id_equal(&s->seen[i], id))
			return true;
	return false;
}

/* What cannot be opened is gone, or none: both happen all the time in /proc. But not for such reasons. */
static int pass_over(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM ? err : 0;
}

static int show(struct search *s, struct netns_found *f)
{
	struct err ignored;
	int r;

	f->ns = NETNS_NONE;
	r = netns_open(f->path, &f->ns, &ignored);
	if (r)
		return pass_over(r);
	if (!is_known(s, &f->ns.id)) {
		if (s->n == NETNS_FOUND_MAX)
			r = -E2BIG;
		else
			s->seen[s->n++] = f->ns.id;
		if (!r)
			r = s->fn(f, s->arg);
	}
	netns_close(&f->ns);
	return r;
}

/* "36 35 0:4 net:[4026532] /run/netns/p1 rw shared:2 - nsfs nsfs rw"; blanks in it are \040 */
static bool mount_point(char *line, char *ret, size_t size)
{
	char *save = NULL, *word = NULL;

	if (!strstr(line, " - nsfs "))
		return false;
	for (int i = 0; i < 5; i++)
		word = strtok_r(i ? NULL : line, " ", &save);
	return word && !strchr(word, '\\') && !str_copy(ret, size, word);
}

static void close_file(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

static int each_mount(struct search *s)
{
	cleanup(close_file) FILE *f = fopen("/proc/self/mountinfo", "re");
	cleanup(str_free) char *line = NULL;
	size_t size = 0;
	int r = f ? 0 : -errno;

	while (!r && getline(&line, &size, f) > 0) {
		struct netns_found found = { .pid = 0 };

		if (mount_point(line, found.path, sizeof(found.path)))
			r = show(s, &found);
	}
	return r;
}

static int look_at_process(const char *name, void *arg)
{
	struct netns_found f = { .pid = 0 };
	char path[64];
	uint64_t pid;
	int r;

	if (str_to_u64(name, 10, INT32_MAX, &pid))
		return 0;
	f.pid = (unsigned)pid;
	(void)snprintf(path, sizeof(path), "/proc/%u/comm", f.pid);
	r = sysfs_read(-1, path, f.comm, sizeof(f.comm));
	if (r)
		return pass_over(r);
	(void)snprintf(f.path, sizeof(f.path), "/proc/%u/ns/net", f.pid);
	return show(arg, &f);
}

int netns_each(int (*fn)(const struct netns_found *f, void *arg), void *arg, struct err *e)
{
	cleanup(netns_close) struct netns home = NETNS_NONE;
	struct search s = { .fn = fn, .arg = arg };
	int r = netns_open_self(&home, e);

	if (r)
		return r;
	s.seen = calloc(NETNS_FOUND_MAX, sizeof(*s.seen));
	if (!s.seen)
		return err_sys(e, ENOMEM, "list network namespaces");
	s.seen[s.n++] = home.id;
	r = each_mount(&s);
	if (!r)
		r = sysfs_list(AT_FDCWD, "/proc", look_at_process, &s);
	free(s.seen);
	return r < 0 ? err_sys(e, -r, "list network namespaces") : r;
}
