// SPDX-License-Identifier: Apache-2.0
/*
 * Counting and hitting. Runs under the world's lock from fake_enter() to
 * fake_leave(), so concurrent processes count as one sequence.
 */
#include "fault.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ending.h"
#include "world.h"

/* One line for each call in $FAKE_LOG: what a person wants to see of a case. */
static void log_call(const struct fake_call *c, int r, const char *what)
{
	static int fd = -EBADF;
	const char *path = getenv("FAKE_LOG");

	if (!path)
		return;
	if (fd < 0)
		fd = (int)syscall(SYS_openat, AT_FDCWD, path,
				  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd >= 0)
		(void)dprintf(fd, "%d %u %s %s%s = %d%s\n", (int)getpid(), c->n, c->kind->name,
			      c->object, c->note, r, what);
}

static _Noreturn void die(const struct fake_call *c, const char *when)
{
	log_call(c, 0, when);
	end_at_once(FAKE_DIED);
}

/* Temporary files have a new name each time: what lasts is the directory. */
static bool same_object(const struct fake_kind *kind, const char *a, const char *b)
{
	const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');

	if (strncmp(kind->name, "file.", 5) || !slash_a || !slash_b)
		return !strcmp(a, b);
	return slash_a - a == slash_b - b && !strncmp(a, b, (size_t)(slash_a - a));
}

static void mark_fired(struct fake_fault *f, const struct fake_call *c, const char *step)
{
	f->fired = true;
	(void)snprintf(f->kind, sizeof(f->kind), "%s", c->kind->name);
	(void)snprintf(f->object, sizeof(f->object), "%s", c->object);
	(void)snprintf(f->step, sizeof(f->step), "%s", step);
}

/* Is this moment of this call the one that is hit? */
static bool hit(struct fake_call *c, enum fake_when when, const char *step)
{
	struct fake_fault *f = &fake_get()->fault;

	if (f->effect == FAULT_NONE || f->when != when)
		return false;
	if (f->fired)
		return f->forever && !strcmp(f->kind, c->kind->name) && !strcmp(f->step, step) &&
		       same_object(c->kind, f->object, c->object);
	if (c->n != f->nth || (when == AT_STAGE && c->stage != f->stage))
		return false;
	mark_fired(f, c, step);
	return true;
}

/* -errno to fail with, or 0; does not return when the process dies here */
static int strike(struct fake_call *c, enum fake_when when, const char *step)
{
	struct fake_fault *f = &fake_get()->fault;

	if (!hit(c, when, step))
		return 0;
	switch (f->effect) {
	case FAULT_NONE:
		break;
	case FAULT_DIE:
		die(c, when == AT_END ? " done, then killed" : " killed");
	case FAULT_NETNS_GONE:
		/* Only once, whatever follows: it cannot vanish again. */
		(void)fake_del_netns(fake_get(), f->netns);
		break;
	case FAULT_ERROR:
		c->hit = true;
		return -f->error;
	}
	return 0;
}

int fake_enter(struct fake_call *c, const char *kind, const char *fmt, ...)
{
	va_list ap;

	*c = (struct fake_call){ .kind = fake_kind_find(kind) };
	if (!c->kind)
		fake_fatal("no kind of call is named %s", kind);
	va_start(ap, fmt);
	(void)vsnprintf(c->object, sizeof(c->object), fmt, ap);
	va_end(ap);
	fake_lock();
	fake_advance(fake_get(), 0);
	c->n = ++fake_get()->fault.calls;
	return strike(c, AT_START, "");
}

void fake_note(struct fake_call *c, const char *note)
{
	(void)snprintf(c->note, sizeof(c->note), " %s", note);
}

int fake_stage(struct fake_call *c, const char *step)
{
	c->stage++;
	return strike(c, AT_STAGE, step);
}

int fake_leave(struct fake_call *c, int r)
{
	int late = 0;

	/* A call that failed by itself cannot be "done, but reported failed". */
	if (r >= 0 && c->kind->changes)
		late = strike(c, AT_END, "");
	log_call(c, late ? late : r, c->hit ? " (fault)" : "");
	fake_unlock();
	return late ? late : r;
}

int fake_errno(struct err *e, int r, const char *fmt, ...)
{
	char what[ERR_MSG_MAX];
	va_list ap;

	if (r >= 0)
		return r;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_sys(e, -r, "%s", what);
}
