// SPDX-License-Identifier: Apache-2.0
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake/world.h"

struct tally *tally_open(void)
{
	int fd = memfd_create("tally", MFD_CLOEXEC);
	struct tally *t;

	if (fd < 0 || ftruncate(fd, sizeof(*t)))
		fake_fatal("memory for the counts: %s", strerror(errno));
	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (t == MAP_FAILED)
		fake_fatal("memory for the counts: %s", strerror(errno));
	t->lock = fd;
	return t;
}

void tally_clear(struct tally *t)
{
	memset(t->counts, 0, sizeof(t->counts));
}

void tally_count(struct tally *t, enum outcome o)
{
	(void)__atomic_add_fetch(&t->counts[o], 1, __ATOMIC_RELAXED);
}

static void lock(const struct tally *t, int command)
{
	if (lockf(t->lock, command, 0))
		fake_fatal("lock of the counts: %s", strerror(errno));
}

void tally_reason(struct tally *t, const char *reason)
{
	unsigned i = 0;

	lock(t, F_LOCK);
	while (i < t->n && strcmp(t->reasons[i].text, reason) != 0)
		i++;
	if (i == TALLY_REASONS_MAX)
		fake_fatal("more reasons than there is room for");
	fake_copy(t->reasons[i].text, TALLY_REASON_MAX, reason);
	t->reasons[i].count++;
	t->n += i == t->n;
	lock(t, F_ULOCK);
}

unsigned tally_cases(const unsigned *c)
{
	return c[RESTORED] + c[PENDING] + c[STUCK] + c[LOST];
}

void tally_print(const unsigned *c)
{
	(void)printf(
		"%u cases, %u restored exactly, %u left pending with a correct record while the "
		"fault lasted, %u when it was lifted, %u lost\n",
		tally_cases(c), c[RESTORED], c[PENDING], c[STUCK], c[LOST]);
}

static int by_count(const void *a, const void *b)
{
	const struct tally_reason *x = a, *y = b;

	return x->count == y->count ? strcmp(x->text, y->text) : x->count < y->count ? 1 : -1;
}

void tally_print_reasons(struct tally *t)
{
	qsort(t->reasons, t->n, sizeof(t->reasons[0]), by_count);
	for (unsigned i = 0; i < t->n; i++)
		(void)printf("# pending %u: %s, again and again\n", t->reasons[i].count,
			     t->reasons[i].text);
}
