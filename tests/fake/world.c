// SPDX-License-Identifier: Apache-2.0
/*
 * The file behind the world, its lock and its clock.
 *
 * System calls are made by number where the product's own are wrapped
 * (wrap.c): the fake must not trip over its own faults.
 */
#include "world.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORLD_MAGIC (0x73726f7600000000ull | sizeof(struct fake_world))

static int fake_fd = -EBADF;

void fake_fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fputs("fake: ", stderr);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputs("\n", stderr);
	va_end(ap);
	abort();
}

void fake_copy(char *dst, size_t size, const char *src)
{
	if (str_copy(dst, size, src))
		fake_fatal("too long: %s", src);
}

static void *map_fd(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return NULL;
	if (!st.st_size && ftruncate(fd, sizeof(struct fake_world)) < 0)
		return NULL;
	if (st.st_size && st.st_size != (off_t)sizeof(struct fake_world)) {
		errno = EPROTO;
		return NULL;
	}
	p = mmap(NULL, sizeof(struct fake_world), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

struct fake_world *fake_map(const char *path)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	struct fake_world *w;

	if (fd < 0)
		return NULL;
	w = map_fd(fd);
	if (!w) {
		(void)close(fd);
		return NULL;
	}
	if (!w->magic)
		w->magic = WORLD_MAGIC;
	if (w->magic != WORLD_MAGIC)
		fake_fatal("%s is not a world of this build", path);
	if (fake_fd >= 0)
		(void)close(fake_fd);
	fake_fd = fd;
	return w;
}

struct fake_world *fake_get(void)
{
	static struct fake_world *world;
	const char *path = getenv("FAKE_WORLD");

	if (world)
		return world;
	if (!path)
		fake_fatal("FAKE_WORLD is not set");
	world = fake_map(path);
	if (!world)
		fake_fatal("%s: %s", path, strerror(errno));
	return world;
}

/* An open file description's lock ends with its process: a killed one leaves nothing locked. */
static void lock_as(short type)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET };

	while (syscall(SYS_fcntl, fake_fd, F_OFD_SETLKW, &fl) < 0)
		if (errno != EINTR)
			fake_fatal("lock: %s", strerror(errno));
}

void fake_lock(void)
{
	(void)fake_get();
	lock_as(F_WRLCK);
}

void fake_unlock(void)
{
	lock_as(F_UNLCK);
}

void fake_advance(struct fake_world *w, uint64_t ms)
{
	w->now += ms;
	for (int i = 0; i < FAKE_NETNS_MAX; i++)
		if (w->netns[i].used && w->netns[i].dying && w->netns[i].back_at <= w->now)
			ns_collapse(w, i);
}

const char *fake_root(void)
{
	const char *root = getenv("FAKE_ROOT");

	if (!root)
		fake_fatal("FAKE_ROOT is not set");
	return root;
}
