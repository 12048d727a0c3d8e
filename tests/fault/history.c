// SPDX-License-Identifier: Apache-2.0
#include "history.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/world.h"
#include "scene.h"

/**
 * struct play - one case under way
 * @before:  dump of what all is to come back to
 * @next:    dump of the next pod's attachment, which the call is not about; NULL: there is none
 * @go:      a Go plugin's state file is a record, too
 * @pending: something is not as before, and a record says so
 * @stuck:   the same, after the fault was lifted
 * @why:     the first thing found wrong, "" none
 */
struct play {
	struct machine *m;
	const char *before;
	char *next;
	struct pod a, b, *victim;
	bool go, pending, stuck;
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

static bool has_record(const struct play *p, enum plugin plugin, const char *container)
{
	return machine_has_record(plugin, container) ||
	       (p->go && machine_has_mirror(plugin, container));
}

static int run(struct play *p, enum plugin plugin, enum verb v, struct pod *pod)
{
	int status = machine_run(p->m, plugin, v, pod);

	if (status == STATUS_HUNG)
		blame(p, "it hung");
	else if (status != 0 && status != 1 && status != FAKE_DIED)
		blame(p, "it ended with status %d", status);
	/* Nobody calls again after a success; rdma must not hold up the chain for what it cannot prove. */
	if (!status && ((v == DEL && plugin == SRIOV) || v == GC) &&
	    has_record(p, plugin, pod->container))
		blame(p, "%s says success, but keeps a record", v == DEL ? "DEL" : "GC");
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
	char *diff = machine_diff(p->next ? p->next : p->before, now);
	bool rdma = false, other = !p->next && strstr(files, "leases/");

	for (const char *l = diff; *l; l += strcspn(l, "\n") + 1) {
		bool is_rdma = !strncmp(l + 4, "+   rdma", 8) || !strncmp(l + 4, "-   rdma", 8);

		rdma |= is_rdma;
		other |= !is_rdma;
	}
	p->pending |= rdma || other;
	if (rdma && !has_record(p, RDMA, NULL))
		blame(p, "%s: the RDMA device is not home and no record says so\n%s", when, diff);
	if (other && !has_record(p, SRIOV, NULL))
		blame(p, "%s: not restored and no record says so; files:\n%s%s", when, files, diff);
	free(diff);
	free(files);
	free(now);
}

/* What is about to be blamed: is it on record at least? */
static void note_stuck(struct play *p)
{
	struct play probe = { .m = p->m, .before = p->before, .go = p->go };

	if (lost(p))
		return;
	check_records(&probe, "after the fault was lifted");
	p->stuck = probe.pending && !lost(&probe);
}

static void check_restored(struct play *p, const char *when)
{
	char *now, *files, *diff;

	machine_settle();
	now = machine_dump();
	files = machine_files();
	diff = machine_diff(p->before, now);
	if (diff[0] || files[0])
		note_stuck(p);
	if (diff[0])
		blame(p, "%s: not as before\n%s", when, diff);
	if (files[0])
		blame(p, "%s: files are left:\n%s", when, files);
	free(diff);
	free(files);
	free(now);
}

/* What a run without faults makes of the world: the measure for others. */
static void learn(struct machine *m)
{
	struct pod pod = { .container = "poda", .netns = NETNS_A };

	machine_reset(m);
	for (enum plugin i = 0; i < PLUGINS; i++) {
		if (machine_run(m, i, ADD, &pod))
			fake_fatal("ADD fails without any fault: sweep -c has the story");
		m->attached[i] = machine_dump();
	}
}

/* Everything that comes before the call that is hit. */
static void prepare(struct play *p, const struct scene *s)
{
	bool good = s->before == NOTHING;

	if (s->before == SRIOV_ADDED)
		good = !run(p, SRIOV, ADD, &p->a);
	else if (!good)
		good = add(p, &p->a);
	if (s->go)
		machine_make_go(&p->a);
	if (s->gone)
		machine_del_netns(&p->a);
	if (good && (s->before == RDMA_GONE || s->before == SRIOV_GONE))
		good = !run(p, s->before == RDMA_GONE ? RDMA : SRIOV, s->verb, &p->a);
	if (good && s->next && s->plugin == RDMA)
		good = !run(p, SRIOV, ADD, &p->b);
	if (good && s->late) {
		/* runtimes leave out a namespace that is gone */
		p->a.netns = "";
		good = add(p, &p->b);
		if (good && s->go)
			machine_make_go(&p->b);
		if (good && s->plugin == SRIOV)
			good = !run(p, RDMA, DEL, &p->a);
	}
	if (s->drift)
		machine_drift(s->plugin);
	if (!good)
		blame(p, "it fails without any fault");
}

/*
 * A Go plugin's state file does not tell all that our ADD changed here: what comes back without
 * any fault is the measure for others.
 */
static const char *learn_go(struct play *p)
{
	static char *restored;

	if (restored)
		return restored;
	machine_reset(p->m);
	if (!add(p, &p->a))
		blame(p, "it fails without any fault");
	machine_make_go(&p->a);
	if (!del(p, &p->a))
		blame(p, "DEL fails without any fault");
	machine_settle();
	restored = machine_dump();
	return restored;
}

/*
 * What comes before the call is the same in each case of a target: it is done once, and the
 * machine made so again.
 */
static void set_scene(struct play *p, const struct scene *s)
{
	static struct {
		const struct scene *scene;
		struct pod a, b;
	} saved;

	p->victim = s->next ? &p->b : &p->a;
	p->go = s->go;
	p->before = s->go ? learn_go(p) : p->m->before;
	if (saved.scene == s) {
		machine_restore(p->m);
		p->a = saved.a;
		p->b = saved.b;
		return;
	}
	machine_reset(p->m);
	prepare(p, s);
	machine_save(p->m);
	saved.a = p->a;
	saved.b = p->b;
	saved.scene = lost(p) ? NULL : s;
}

static void check_unchanged(struct play *p, const char *world, const char *files)
{
	char *now = machine_dump(), *left = machine_files();
	char *diff = machine_diff(world, now), *made = machine_diff(files, left);

	if (diff[0] || made[0])
		blame(p, "it may not change anything, but\n%s%s", diff, made);
	free(made);
	free(diff);
	free(left);
	free(now);
}

/* A late DEL may not touch what the next pod has. */
static void check_next(struct play *p)
{
	char *now, *diff;

	if (!p->next)
		return;
	now = machine_dump();
	diff = machine_diff(p->next, now);
	if (diff[0])
		blame(p, "the next pod's device was touched\n%s", diff);
	free(diff);
	free(now);
}

/* The call itself; what it says must be true, whatever happened to it. */
static void hit(struct play *p, const struct scene *s, const struct fake_fault *fault)
{
	char *world = machine_dump(), *files = machine_files();
	bool pod_stays = fault->effect != FAULT_NETNS_GONE;
	int status;

	fake_get()->fault = *fault;
	status = run(p, s->plugin, s->verb, p->victim);
	if (s->late)
		p->next = strdup(world);
	check_next(p);
	check_records(p, status ? "after it failed" : "after it succeeded");
	if (!status && s->verb == ADD && !s->next && pod_stays)
		check_attached(p, s->plugin);
	if (!status && s->drift)
		blame(p, "CHECK says that all is as it should be, which is not true");
	if (s->quiet && pod_stays)
		check_unchanged(p, world, files);
	p->pending = false;
	free(files);
	free(world);
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
	check_next(p);
}

static void must_work(struct play *p, bool worked, const char *why)
{
	if (worked)
		return;
	note_stuck(p);
	blame(p, "%s", why);
}

static void follow_clean(struct play *p, enum follow f)
{
	struct pod *other = p->victim == &p->a ? &p->b : &p->a;

	if (f != FOLLOW_DEL)
		machine_del_netns(p->victim);
	if (f == FOLLOW_GC) {
		machine_del_netns(&p->a);
		must_work(p, collect(p), "GC fails though the fault is gone");
		check_restored(p, "after GC");
		return;
	}
	if (f == FOLLOW_NEXT && other == &p->b)
		next_pod(p, p->victim, other);
	must_work(p, del(p, p->victim), "DEL fails though the fault is gone");
	must_work(p, del(p, p->victim), "the second DEL fails");
	check_next(p);
	if (p->next)
		must_work(p, del(p, other), "DEL of the next pod fails");
	/* a pod that was forgotten is deleted at some time */
	if (p->victim == &p->b)
		must_work(p, del(p, &p->a), "DEL of the first pod fails");
	if (f == FOLLOW_DEL)
		check_restored(p, "after DEL");
	machine_del_netns(p->victim);
	if (p->next)
		machine_del_netns(other);
	check_restored(p, "in the end");
}

struct report history_play(struct machine *m, enum target t, enum follow f,
			   const struct fake_fault *fault)
{
	struct play p = {
		.m = m,
		.a = { .container = "poda", .netns = NETNS_A },
		.b = { .container = "podb", .netns = NETNS_B },
	};
	struct report r = { .outcome = RESTORED };

	if (!m->attached[0])
		learn(m);
	set_scene(&p, &scenes[t]);
	if (!lost(&p)) {
		hit(&p, &scenes[t], fault);
		if (!fake_get()->fault.fired)
			r.outcome = NOT_FIRED;
		memcpy(r.kind, fake_get()->fault.kind, sizeof(r.kind));
		memcpy(r.step, fake_get()->fault.step, sizeof(r.step));
		if (fault->forever && r.outcome != NOT_FIRED)
			follow_faulty(&p, f);
		fake_get()->fault.effect = FAULT_NONE;
	}
	if (r.outcome != NOT_FIRED && !lost(&p))
		follow_clean(&p, f);
	free(p.next);
	if (p.pending)
		r.outcome = PENDING;
	if (lost(&p)) {
		r.outcome = p.stuck ? STUCK : LOST;
		r.why = strdup(p.why);
	}
	return r;
}
