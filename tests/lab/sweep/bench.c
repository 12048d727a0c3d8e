// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../snapshot/host.h"
#include "../snapshot/lines.h"
#include "sweep.h"

/* What the kernel does a little later: ends namespaces, forgets addresses. */
enum { SETTLE_MS = 5000, STEP_MS = 20, LOST_SHOWN = 5 };

static unsigned now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (unsigned)(ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* What differs from before, when the kernel has had its time; "" nothing; malloc()ed */
static char *difference(const struct bench *b)
{
	unsigned start = now_ms();

	for (;;) {
		char *now = host_snapshot(), *diff = host_diff(b->before, now);

		free(now);
		if (!*diff || now_ms() - start > SETTLE_MS)
			return diff;
		free(diff);
		(void)usleep(STEP_MS * 1000);
	}
}

static void fresh(struct pod *pod, const char *name)
{
	if (pod->name && pod_is_there(pod))
		pod->answer[0] = '\0';
	else
		pod_start(pod, name);
}

void bench_open(struct bench *b)
{
	*b = (struct bench){ .before = NULL };
	fresh(&b->a, "pod-a");
	fresh(&b->b, "pod-b");
	b->before = host_snapshot();
}

void bench_close(struct bench *b)
{
	pod_end(&b->a);
	pod_end(&b->b);
	free(b->before);
}

void bench_blame(struct bench *b, const char *what)
{
	if (!b->why[0])
		(void)snprintf(b->why, sizeof(b->why), "%s: %.200s", what, runtime_answer());
}

void bench_reason(struct bench *b)
{
	const char *msg = strstr(runtime_answer(), "\"msg\"");

	if (!msg)
		bench_blame(b, "it fails without saying why");
	else
		(void)snprintf(b->reason, sizeof(b->reason), "%.*s", (int)strcspn(msg, "\n"), msg);
}

void bench_look(struct bench *b)
{
	char *diff;

	b->pending = runtime_has_record();
	if (b->pending)
		return;
	diff = difference(b);
	if (*diff)
		bench_blame(b, "not restored and no record says so");
	free(diff);
}

void bench_finish(struct bench *b, const char *name)
{
	char *diff;

	fresh(&b->a, "pod-a");
	fresh(&b->b, "pod-b");
	diff = difference(b);
	b->cases++;
	if (*diff || b->why[0]) {
		bool stuck = runtime_has_record();

		b->stuck += stuck;
		b->lost += !stuck;
		if (b->shown++ < LOST_SHOWN)
			(void)printf("%s %s: %s\n%s", stuck ? "STUCK" : "LOST", name, b->why, diff);
	} else if (b->pending) {
		b->left++;
		(void)printf("pending %s, then restored: %s\n", name, b->reason);
	} else {
		b->restored++;
	}
	/* the next case is not to be blamed for this one */
	if (*diff) {
		free(b->before);
		b->before = host_snapshot();
	}
	b->pending = false;
	b->reason[0] = '\0';
	b->why[0] = '\0';
	free(diff);
}

bool bench_report(struct bench *b, const char *name)
{
	bool good = !b->lost && !b->stuck && b->cases;

	(void)printf("sweep: %s: %u cases run, %u restored exactly, %u left pending with a correct "
		     "record while the fault lasted, %u when it was lifted, %u lost\n",
		     name, b->cases, b->restored, b->left, b->stuck, b->lost);
	b->cases = b->restored = b->left = b->stuck = b->lost = b->shown = 0;
	return good;
}
