// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../snapshot/host.h"
#include "../snapshot/lines.h"
#include "fault.h"
#include "sweep.h"

enum {
	WORKERS_MAX = 32,
	KILL_AT_MAX = 260, /* a little more than a verb and its delegate have calls */
	TRIES = 60, /* of a DEL while others' faults come and go, a second each */
	FAULT_LASTS_MS = 400,
	FAULT_PAUSE_MS = 600,
	SETTLE_S = 20,
};

/**
 * struct tally - shared by all workers
 * @pending: attachments that one DEL could not release, their record said so, and a later one did
 * @lost:    those that could not be released at all, or that no record told of
 */
struct tally {
	_Atomic unsigned attached, refused, killed, died, collected, faults, pending, lost;
	_Atomic bool over;
};

/* One sequence for each worker, the same each time. */
static uint64_t seed;

static unsigned below(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

static time_t now_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* ---- a worker: one VF, one network, one pod after the other ---- */

/* Why the latest call that failed did. */
static char reason[256];

static void note_reason(enum plugin p, const char *verb, bool killed)
{
	const char *msg = strstr(runtime_answer(), "\"msg\"");

	if (killed || !msg)
		msg = killed ? "killed" : "it fails without saying why";
	(void)snprintf(reason, sizeof(reason), "%s %s: %.*s", p == SRIOV ? "sriov" : "rdma", verb,
		       (int)strcspn(msg, "\n"), msg);
}

/* What a DEL could not do, a record still says. */
static void check_record(struct tally *t, enum plugin p, const struct pod *pod)
{
	if (plugin_has_record(p))
		return;
	(void)printf("LOST %s: a DEL failed and left no record: %s\n", pod->name, reason);
	t->lost++;
}

/* One call in three is killed somewhere. */
static bool call(struct tally *t, enum plugin p, const char *verb, struct pod *pod)
{
	struct position at = { .nth = 1 + below(KILL_AT_MAX), .every = true };
	struct hit hit = { .fired = false };
	bool killed = !below(3);
	int status = plugin_run(p, verb, pod, killed ? &at : NULL, &hit);

	t->killed += hit.fired;
	if (status)
		note_reason(p, verb, hit.fired);
	if (status && !hit.fired && !strcmp(verb, "DEL"))
		check_record(t, p, pod);
	return !status;
}

static void attach(struct tally *t, struct pod *pod)
{
	pod->answer[0] = '\0';
	if (call(t, SRIOV, "ADD", pod) && call(t, RDMA, "ADD", pod))
		t->attached++;
	else
		t->refused++;
}

/* As a runtime: in the chain's order, again until it went well. */
static void detach(struct tally *t, struct pod *pod)
{
	char first[sizeof(reason)] = "";

	for (int n = 0; n < TRIES; n++) {
		if (call(t, RDMA, "DEL", pod) && call(t, SRIOV, "DEL", pod)) {
			t->pending += first[0] != '\0';
			if (first[0])
				(void)printf("pending DEL, then restored: %s\n", first);
			return;
		}
		/* one that was killed at its end has left nothing to do */
		if (!first[0] && runtime_has_record())
			memcpy(first, reason, sizeof(first));
		(void)usleep(100 * 1000);
	}
	(void)printf("LOST %s cannot be released: %.300s\n", pod->name, runtime_answer());
	t->lost++;
}

static void collect(struct tally *t, struct pod *pod)
{
	(void)chain_gc(pod);
	t->collected++;
}

static void life_of_a_pod(struct tally *t, struct pod *pod, const char *name)
{
	pod_start(pod, name);
	attach(t, pod);
	if (!below(3))
		detach(t, pod);
	if (below(2)) {
		pod_end(pod);
		t->died++;
		if (below(2))
			collect(t, pod);
	}
	/* one in four dead pods is left to the next one's ADD */
	if (pod_is_there(pod) || below(4))
		detach(t, pod);
	if (pod_is_there(pod))
		pod_end(pod);
}

static _Noreturn void work(struct tally *t, const char *dir, unsigned number)
{
	char path[PATH_MAX], network[16], name[16];
	struct pod pod;

	(void)snprintf(path, sizeof(path), "%s/%u", dir, number);
	(void)snprintf(network, sizeof(network), "lab%u", number);
	runtime_open(path, network);
	seed = number;
	for (unsigned n = 0; !t->over; n++) {
		(void)snprintf(name, sizeof(name), "w%u-%u", number, n);
		life_of_a_pod(t, &pod, name);
	}
	/* the faults are over: nothing may be left after one GC */
	if (!chain_gc(&pod)) {
		(void)printf("LOST GC fails at the end: %.300s\n", runtime_answer());
		t->lost++;
	}
	(void)fflush(stdout);
	_exit(0);
}

/* ---- around them ---- */

static void disturb(struct tally *t, unsigned seconds)
{
	time_t end = now_s() + seconds;

	seed = UINT64_C(4711);
	while (now_s() < end) {
		const struct operation *o = &fault_operations[below(FAULT_OPERATIONS)];
		const struct way *way = &fault_ways[below(FAULT_WAYS)];

		if (!way->late || o->late)
			fault_set(o->name, way, (int)below(4));
		(void)usleep(FAULT_LASTS_MS * 1000);
		fault_clear();
		t->faults += fault_hits();
		(void)usleep(FAULT_PAUSE_MS * 1000);
	}
	t->over = true;
}

/* Devices of dead pods get numbers of their own from the kernel when they come home. */
static char *without_numbers(char *all)
{
	char *to = all;

	for (char *line = all; *line;) {
		size_t n = strcspn(line, "\n") + 1;

		if (strncmp(line, "node ", 5) != 0) {
			memmove(to, line, n);
			to += n;
		}
		line += n;
	}
	*to = '\0';
	return all;
}

static char *look(void)
{
	return without_numbers(host_snapshot());
}

/* The lines that differ in the end, printed. */
static unsigned count_differences(const char *before)
{
	time_t end = now_s() + SETTLE_S;
	unsigned lines = 0;
	char *diff;

	for (;;) {
		char *now = look();

		diff = host_diff(before, now);
		free(now);
		if (!*diff || now_s() > end)
			break;
		free(diff);
		(void)usleep(100 * 1000);
	}
	for (const char *at = diff; (at = strchr(at, '\n')); at++)
		lines++;
	(void)fputs(diff, stdout);
	free(diff);
	return lines;
}

bool sweep_soak(const struct wanted *w, const char *dir)
{
	struct tally *t =
		mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *before = look();
	unsigned lines;
	int status;

	if (t == MAP_FAILED || w->workers > WORKERS_MAX)
		die("soak: %s", strerror(errno));
	for (unsigned i = 1; i <= w->workers; i++) {
		pid_t child = fork();

		if (child < 0)
			die("fork: %s", strerror(errno));
		if (!child)
			work(t, dir, i);
	}
	disturb(t, w->seconds);
	while (wait(&status) > 0)
		t->lost += status != 0;
	lines = count_differences(before);
	free(before);
	(void)printf(
		"soak: %u s, %u workers: %u attachments, %u that were refused or killed, %u faults "
		"hit, %u kills, %u pods died first, %u collected, %u left pending until a later DEL, "
		"%u lost\n",
		w->seconds, w->workers, t->attached, t->refused, t->faults, t->killed, t->died,
		t->collected, t->pending, t->lost + lines);
	return !t->lost && !lines && t->attached && t->killed && t->faults;
}
