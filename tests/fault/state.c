// SPDX-License-Identifier: Apache-2.0
/* What a machine is like: its world and its files as text, and what differs. */
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/world.h"
#include "machine.h"

/* Pods' own lines are no part of the node; courtesies (sysctls) may fail without a word. */
static bool is_compared(const char *line)
{
	static const char *const out[] = { "netns /run", "  link lo in /run", "  link eth0 in /run",
					   "    sysctl" };

	for (size_t i = 0; i < array_size(out); i++)
		if (!strncmp(line, out[i], strlen(out[i])))
			return false;
	return true;
}

/* arp_notify, too; how much shorter the line has become */
static size_t drop_courtesy(char *line, size_t n)
{
	static const char word[] = " arp_notify";
	char *at = memmem(line, n, word, sizeof(word) - 1);

	if (!at)
		return 0;
	memmove(at, at + sizeof(word) - 1, n - (size_t)(at - line) - (sizeof(word) - 1));
	return sizeof(word) - 1;
}

enum { SETTLED_MS = 10000 };

void machine_settle(void)
{
	fake_advance(fake_get(), SETTLED_MS);
}

char *machine_dump(void)
{
	char *text = fake_dump(fake_get()), *to = text;

	if (!text)
		fake_fatal("out of memory");
	for (char *line = text, *next; *line; line = next) {
		size_t n = strcspn(line, "\n") + 1;

		next = line + n;
		if (is_compared(line)) {
			memmove(to, line, n);
			to += n - drop_courtesy(to, n);
		}
	}
	*to = '\0';
	return text;
}

/* A lock file stays by design, and where an RDMA device was found last; they say nothing. */
static bool is_lock(const char *path)
{
	const char *dot = strrchr(path, '.');

	return (dot && (!strcmp(dot, ".lock") || !strcmp(dot, ".index"))) ||
	       strstr(path, "/sriov-rdma/lock/");
}

static FILE *list;

static int list_one(const char *path, const struct stat *st unused, int type, struct FTW *f unused)
{
	if ((type == FTW_F || type == FTW_SL || type == FTW_SLN) && !is_lock(path))
		(void)fprintf(list, "%s\n", path + strlen(fake_root()) + 1);
	return 0;
}

char *machine_files(void)
{
	enum { OPEN_DIRS = 16 };
	char *text = NULL;
	size_t size;

	list = open_memstream(&text, &size);
	if (!list)
		fake_fatal("out of memory");
	(void)nftw(fake_root(), list_one, OPEN_DIRS, FTW_PHYS);
	if (fclose(list))
		fake_fatal("out of memory");
	return text;
}

bool machine_has_record(enum plugin p, const char *container)
{
	const struct dirent *entry;
	char path[PATH_MAX];
	bool found = false;
	DIR *d;

	fake_printf(path, sizeof(path), "%s/var/lib/cni/sriov-rdma/%s", fake_root(),
		    plugin_names[p]);
	d = opendir(path);
	/* "@" claims, "!" set aside, "." half written: none of them is a record */
	while (d && (entry = readdir(d)))
		found |= !strchr("@!.", entry->d_name[0]) && !is_lock(entry->d_name) &&
			 strchr(entry->d_name, ':') &&
			 (!container || strstr(entry->d_name, container));
	if (d)
		(void)closedir(d);
	return found;
}

static bool has_line(const char *text, const char *line, size_t n)
{
	for (const char *l = text; *l; l += strcspn(l, "\n") + 1)
		if (strcspn(l, "\n") == n && !strncmp(l, line, n))
			return true;
	return false;
}

static void put_missing(FILE *f, char sign, const char *from, const char *in)
{
	for (const char *l = from; *l; l += strcspn(l, "\n") + 1) {
		size_t n = strcspn(l, "\n");

		if (!has_line(in, l, n))
			(void)fprintf(f, "#   %c %.*s\n", sign, (int)n, l);
	}
}

char *machine_diff(const char *before, const char *after)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		fake_fatal("out of memory");
	put_missing(f, '-', before, after);
	put_missing(f, '+', after, before);
	if (fclose(f))
		fake_fatal("out of memory");
	return text;
}
