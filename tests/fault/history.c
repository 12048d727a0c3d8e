// SPDX-License-Identifier: Apache-2.0
#include "history.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/world.h"

static const char *const target_names[TARGETS] = {
	[ADD_SRIOV] = "add-sriov",
	[ADD_RDMA] = "add-rdma",
	[DEL_RDMA] = "del-rdma",
	[DEL_SRIOV] = "del-sriov",
	[GONE_DEL_RDMA] = "gone-del-rdma",
	[GONE_DEL_SRIOV] = "gone-del-sriov",
	[NEXT_ADD_SRIOV] = "next-add-sriov",
	[NEXT_ADD_RDMA] = "next-add-rdma",
};

static const char *const follow_names[FOLLOWS] = {
	[FOLLOW_DEL] = "del",
	[FOLLOW_GONE] = "gone",
	[FOLLOW_NEXT] = "next",
	[FOLLOW_GC] = "gc",
};

const char *target_name(enum target t)
{
	return target_names[t];
}

const char *follow_name(enum follow f)
{
	return follow_names[f];
}

/** struct play - one case under way; @why: the first thing found wrong, "" none */
struct play {
	struct machine *m;
	struct pod a, b, *victim;
	bool armed, pending;
	char why[8192];
};

static bool lost(struct play *p)
{
	return p->why[0];
}

static void blame(struct play *p, const char *fmt, ...) printf_like(2, 3);

static void blame(struct play *p, const char *fmt, ...)
{
	va_list ap;

	if (lost(p))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
}

static int run(struct play *p, enum plugin plugin, enum verb v, struct pod *pod)
{
	int status = machine_run(p->m, plugin, v, pod);

	if (status == STATUS_HUNG)
		blame(p, "it hung");
	else if (status != 0 && status != 1 && status != FAKE_DIED)
		blame(p, "it ended with status %d", status);
	/* Nobody calls again after a success; rdma must not hold up the chain for what it cannot prove. */
	if (!status && v == DEL && plugin == SRIOV && machine_has_record(plugin, pod->container))
		blame(p, "DEL says success, but keeps a record");
	return status;
}

/* Success with a fault in it must be as good as without. */
static void check_attached(struct play *p, enum plugin plugin)
{
	char *now = machine_dump(), *diff = machine_diff(p->m->attached[plugin], now);

	if (diff[0])
		blame(p, "ADD says success, but\n%s", diff);
	free(diff);
	free(now);
}

/* A runtime's ADD: the chain ends where it fails. */
static bool add(struct play *p, struct pod *pod)
{
	return !run(p, SRIOV, ADD, pod) && !run(p, RDMA, ADD, pod);
}

/* A runtime's DEL: in reverse, and it ends where it fails (cni.md 5.3). */
static bool del(struct play *p, struct pod *pod)
{
	return !run(p, RDMA, DEL, pod) && !run(p, SRIOV, DEL, pod);
}

static bool collect(struct play *p)
{
	bool rdma = !run(p, RDMA, GC, p->victim), sriov = !run(p, SRIOV, GC, p->victim);

	return rdma && sriov;
}

/* What is not as before must be in a record of the plugin whose it is. */
static void check_records(struct play *p, const char *when)
{
	char *now = machine_dump(), *files = machine_files();
	char *diff = machine_diff(p->m->before, now);
	bool rdma = false, other = strstr(files, "leases/");

	for (const char *l = diff; *l; l += strcspn(l, "\n") + 1) {
		bool is_rdma = !strncmp(l + 4, "+   rdma", 8) || !strncmp(l + 4, "-   rdma", 8);

		rdma |= is_rdma;
		other |= !is_rdma;
	}
	p->pending |= rdma || other;
	if (rdma && !machine_has_record(RDMA, NULL))
		blame(p, "%s: the RDMA device is not home and no record says so\n%s", when, diff);
	if (other && !machine_has_record(SRIOV, NULL))
		blame(p, "%s: not restored and no record says so; files:\n%s%s", when, files, diff);
	free(diff);
	free(files);
	free(now);
}

static void check_restored(struct play *p, const char *when)
{
	char *now, *files, *diff;

	machine_settle();
	now = machine_dump();
	files = machine_files();
	diff = machine_diff(p->m->before, now);
	if (diff[0])
		blame(p, "%s: not as before\n%s", when, diff);
	if (files[0])
		blame(p, "%s: files are left:\n%s", when, files);
	free(diff);
	free(files);
	free(now);
}

static void arm(struct play *p, const struct fake_fault *fault)
{
	fake_get()->fault = *fault;
	p->armed = true;
}

static void lift(struct play *p)
{
	fake_get()->fault.effect = FAULT_NONE;
	p->armed = false;
}

/* What a run without faults makes of the world: the measure for others. */
static void learn(struct machine *m)
{
	struct pod pod = { .container = "pod-a", .netns = "/run/netns/a" };

	machine_reset(m);
	for (enum plugin i = 0; i < PLUGINS; i++) {
		if (machine_run(m, i, ADD, &pod))
			fake_fatal("ADD fails without any fault: sweep -c has the story");
		m->attached[i] = machine_dump();
	}
}

/* Everything that comes before the call that is hit. */
static void prepare(struct play *p, enum target t)
{
	bool good = true;

	p->victim = t == NEXT_ADD_SRIOV || t == NEXT_ADD_RDMA ? &p->b : &p->a;
	if (t == ADD_RDMA)
		good = !run(p, SRIOV, ADD, &p->a);
	else if (t != ADD_SRIOV)
		good = add(p, &p->a);
	if (good && t == DEL_SRIOV)
		good = !run(p, RDMA, DEL, &p->a);
	if (t >= GONE_DEL_RDMA)
		machine_del_netns(&p->a);
	if (good && t == GONE_DEL_SRIOV)
		good = !run(p, RDMA, DEL, &p->a);
	if (good && t == NEXT_ADD_RDMA)
		good = !run(p, SRIOV, ADD, &p->b);
	if (!good)
		blame(p, "it fails without any fault");
}

static int hit(struct play *p, enum target t)
{
	switch (t) {
	case ADD_SRIOV:
	case NEXT_ADD_SRIOV:
		return run(p, SRIOV, ADD, p->victim);
	case ADD_RDMA:
	case NEXT_ADD_RDMA:
		return run(p, RDMA, ADD, p->victim);
	case DEL_RDMA:
	case GONE_DEL_RDMA:
		return run(p, RDMA, DEL, p->victim);
	case DEL_SRIOV:
	case GONE_DEL_SRIOV:
		return run(p, SRIOV, DEL, p->victim);
	case TARGETS:
		break;
	}
	return 1;
}

/* The next pod must get the device, and a late DEL of the old one must not touch it. */
static void next_pod(struct play *p, struct pod *old, struct pod *next)
{
	char *attached, *after, *diff;

	if (!add(p, next)) {
		blame(p, "the next pod does not get the device");
		return;
	}
	attached = machine_dump();
	if (!del(p, old))
		blame(p, "a late DEL fails");
	after = machine_dump();
	diff = machine_diff(attached, after);
	if (diff[0])
		blame(p, "a late DEL touched the next pod's device\n%s", diff);
	if (!del(p, next))
		blame(p, "DEL of the next pod fails");
	machine_del_netns(next);
	free(diff);
	free(after);
	free(attached);
}

/* While a fault lasts nothing needs to succeed, but nothing may be forgotten. */
static void follow_faulty(struct play *p, enum follow f)
{
	if (f != FOLLOW_DEL)
		machine_del_netns(p->victim);
	(void)(f == FOLLOW_GC ? collect(p) : del(p, p->victim));
	check_records(p, "while the fault lasts, after DEL");
	(void)(f == FOLLOW_GC ? collect(p) : del(p, p->victim));
	check_records(p, "while the fault lasts, after DEL twice");
}

static void follow_clean(struct play *p, enum follow f)
{
	struct pod *other = p->victim == &p->a ? &p->b : &p->a;

	if (f != FOLLOW_DEL)
		machine_del_netns(p->victim);
	if (f == FOLLOW_GC) {
		machine_del_netns(&p->a);
		if (!collect(p))
			blame(p, "GC fails though the fault is gone");
		check_restored(p, "after GC");
		return;
	}
	if (f == FOLLOW_NEXT && other == &p->b)
		next_pod(p, p->victim, other);
	if (!del(p, p->victim))
		blame(p, "DEL fails though the fault is gone");
	if (!del(p, p->victim))
		blame(p, "the second DEL fails");
	/* a pod that was forgotten is deleted at some time */
	if (p->victim == &p->b && !del(p, &p->a))
		blame(p, "DEL of the first pod fails");
	if (f == FOLLOW_DEL)
		check_restored(p, "after DEL");
	machine_del_netns(p->victim);
	check_restored(p, "in the end");
}

struct report history_play(struct machine *m, enum target t, enum follow f,
			   const struct fake_fault *fault)
{
	struct play p = {
		.m = m,
		.a = { .container = "pod-a", .netns = "/run/netns/a" },
		.b = { .container = "pod-b", .netns = "/run/netns/b" },
	};
	struct report r = { .outcome = RESTORED };
	int status;

	if (!m->attached[0])
		learn(m);
	machine_reset(m);
	prepare(&p, t);
	arm(&p, fault);
	if (!lost(&p)) {
		status = hit(&p, t);
		if (!fake_get()->fault.fired)
			r.outcome = NOT_FIRED;
		memcpy(r.kind, fake_get()->fault.kind, sizeof(r.kind));
		check_records(&p, status ? "after it failed" : "after it succeeded");
		if (!status && (t == ADD_SRIOV || t == ADD_RDMA) &&
		    fault->effect != FAULT_NETNS_GONE)
			check_attached(&p, t == ADD_SRIOV ? SRIOV : RDMA);
		p.pending = false;
		if (fault->forever && r.outcome != NOT_FIRED)
			follow_faulty(&p, f);
		lift(&p);
	}
	if (r.outcome != NOT_FIRED && !lost(&p))
		follow_clean(&p, f);
	if (p.pending)
		r.outcome = PENDING;
	if (lost(&p)) {
		r.outcome = LOST;
		r.why = strdup(p.why);
	}
	return r;
}
