// SPDX-License-Identifier: Apache-2.0
/*
 * sweep - every call of every verb fails or kills, then a runtime cleans up
 *
 * Usage: sweep [-j JOBS] [-t TARGET] [-f FOLLOW] [-w VARIANT] [-pqx] SRIOV RDMA DELEGATES
 *        sweep -c CASE SRIOV RDMA DELEGATES        one case, told in full on stderr
 *
 * There is no list of calls: call after call is hit until the plugin ends
 * before the n-th. Each is hit in every way its kind knows (tests/fake/kinds.c),
 * once and for ever. A CASE is what a lost one is reported as.
 *
 * For each target and follow-up, a line of TAP: cases, restored exactly, left
 * pending with a correct record while the fault lasted, lost. Below all of them
 * why cases were pending, and how many still were once the fault was lifted; -p
 * names each of them, -x stops at the first lost one. TARGET is a pattern: '*-rdma', '!(go-*)'.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake/world.h"
#include "history.h"
#include "tally.h"

enum { JOBS_MAX = 64, CALLS_MAX = 2000, STAGES_MAX = 32, LOST_SHOWN = 20 };

/** struct sweep - what is asked for, and the counts, shared by all jobs */
struct sweep {
	struct machine m;
	enum target target;
	enum follow follow;
	struct tally *tally;
	unsigned job, jobs;
	bool quick, tell_pending, stop;
};

static const char *const effects[] = { [FAULT_NONE] = "none",
				       [FAULT_ERROR] = "error",
				       [FAULT_DIE] = "die",
				       [FAULT_NETNS_GONE] = "gone" };
static const char *const whens[] = { [AT_START] = "start", [AT_STAGE] = "stage", [AT_END] = "end" };

static void put_case(char *buf, size_t size, const struct sweep *s, const struct fake_fault *f)
{
	fake_printf(buf, size, "%s/%s/%s/%u/%s/%d/%s/%u/%s", s->m.variant, target_name(s->target),
		    follow_name(s->follow), f->nth, effects[f->effect], f->error, whens[f->when],
		    f->stage, f->forever ? "forever" : "once");
}

/* Each line a comment of TAP; two characters more for each. */
static void put_lines(char *to, size_t size, const char *text)
{
	size_t n = 0;

	for (const char *c = text; *c && n + 4 < size; c++) {
		to[n++] = *c;
		if (*c == '\n' && c[1] && c[1] != '#') {
			to[n++] = '#';
			to[n++] = ' ';
		}
	}
	to[n] = '\0';
}

static const char *name_errno(const struct fake_fault *f)
{
	return f->effect == FAULT_ERROR ? strerror(f->error) : "";
}

static void tell_lost(const struct sweep *s, const struct fake_fault *f, const struct report *r)
{
	char spec[256], why[8192], text[sizeof(why) + 512];

	put_case(spec, sizeof(spec), s, f);
	put_lines(why, sizeof(why), r->why);
	/* One write, so that jobs do not mix their lines. */
	(void)snprintf(text, sizeof(text), "# LOST sweep -c %s (%s %s)\n# %s\n", spec, r->kind,
		       name_errno(f), why);
	if (s->tally->counts[LOST] < LOST_SHOWN && write(STDOUT_FILENO, text, strlen(text)) < 0)
		perror("sweep");
}

static void note_pending(struct sweep *s, const struct fake_fault *f, const struct report *r)
{
	char reason[TALLY_REASON_MAX], spec[256];

	(void)snprintf(reason, sizeof(reason), "%s%s%s%s: %s", r->kind,
		       r->step[0] ? " before " : "", r->step,
		       f->when == AT_END ? ", done all the same" : "", name_errno(f));
	tally_reason(s->tally, reason);
	if (!s->tell_pending)
		return;
	put_case(spec, sizeof(spec), s, f);
	(void)printf("# PENDING sweep -c %s (%s)\n", spec, reason);
}

/* false: nothing was hit any more */
static bool play(struct sweep *s, const struct fake_fault *f, char kind[static FAKE_KIND_MAX])
{
	struct report r = history_play(&s->m, s->target, s->follow, f);

	memcpy(kind, r.kind, FAKE_KIND_MAX);
	if (r.outcome == LOST || r.outcome == STUCK)
		tell_lost(s, f, &r);
	if (r.outcome == PENDING)
		note_pending(s, f, &r);
	tally_count(s->tally, r.outcome);
	free(r.why);
	return r.outcome != NOT_FIRED && r.kind[0];
}

static void play_stages(struct sweep *s, struct fake_fault f)
{
	char kind[FAKE_KIND_MAX];

	f.when = AT_STAGE;
	for (f.stage = 1; f.stage < STAGES_MAX; f.stage++)
		if (!play(s, &f, kind))
			break;
}

static void play_errno(struct sweep *s, const struct fake_kind *k, struct fake_fault f)
{
	char kind[FAKE_KIND_MAX];

	for (int forever = 0; forever < 2; forever++) {
		f.forever = forever;
		f.when = AT_START;
		(void)play(s, &f, kind);
		if (k->changes) {
			f.when = AT_END;
			(void)play(s, &f, kind);
		}
		if (k->staged)
			play_stages(s, f);
	}
}

/* A file's write can be cut in the middle; a request to the kernel is never half done by a death. */
static bool dies_inside(const struct fake_kind *k)
{
	return k->staged && (!strncmp(k->name, "file.", 5) || !strcmp(k->name, "reply"));
}

static bool play_call(struct sweep *s, unsigned nth)
{
	struct fake_fault f = { .effect = FAULT_DIE, .nth = nth };
	char name[FAKE_KIND_MAX], kind[FAKE_KIND_MAX];
	const struct fake_kind *k;

	if (!play(s, &f, name))
		return false;
	k = fake_kind_find(name);
	if (k->changes) {
		f.when = AT_END;
		(void)play(s, &f, kind);
	}
	if (dies_inside(k))
		play_stages(s, f);
	f = (struct fake_fault){ .effect = FAULT_ERROR, .nth = nth };
	for (int i = 0; i < FAKE_ERRNOS_MAX && k->errnos[i] && !(s->quick && i); i++) {
		f.error = k->errnos[i];
		play_errno(s, k, f);
	}
	if (history_netns(s->target)) {
		f = (struct fake_fault){ .effect = FAULT_NETNS_GONE, .nth = nth };
		fake_copy(f.netns, sizeof(f.netns), history_netns(s->target));
		(void)play(s, &f, kind);
	}
	return true;
}

static bool is_over(const struct sweep *s)
{
	return s->stop && s->tally->counts[LOST] + s->tally->counts[STUCK];
}

static int run_job(struct sweep *s)
{
	machine_open(&s->m, access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	for (unsigned n = 1 + s->job; n < CALLS_MAX && !is_over(s); n += s->jobs)
		if (!play_call(s, n))
			break;
	machine_close(&s->m);
	return 0;
}

static bool run_jobs(struct sweep *s)
{
	bool good = true;
	int status;

	tally_clear(s->tally);
	(void)fflush(stdout);
	for (s->job = 0; s->job < s->jobs; s->job++) {
		pid_t pid = fork();

		if (pid < 0)
			fake_fatal("fork: %s", strerror(errno));
		if (!pid)
			_exit(run_job(s));
	}
	while (wait(&status) > 0)
		good &= WIFEXITED(status) && !WEXITSTATUS(status);
	return good;
}

static bool report(const struct sweep *s, bool good, unsigned number, unsigned *totals)
{
	const unsigned *c = s->tally->counts;

	good = good && !c[LOST] && !c[STUCK] && tally_cases(c);
	(void)printf("%s %u - %s/%s/%s: ", good ? "ok" : "not ok", number, s->m.variant,
		     target_name(s->target), follow_name(s->follow));
	tally_print(c);
	for (unsigned i = 0; i < OUTCOMES; i++)
		totals[i] += c[i];
	(void)fflush(stdout);
	return good;
}

static bool is_wanted(const struct sweep *s, const char *target, const char *follow)
{
	return history_differs(s->target, s->follow) &&
	       (!target || !fnmatch(target, target_name(s->target), FNM_EXTMATCH)) &&
	       (!follow || !strcmp(follow, follow_name(s->follow)));
}

static int sweep_all(struct sweep *s, const char *target, const char *follow)
{
	unsigned totals[OUTCOMES] = { 0 }, number = 0;
	bool good = true;

	s->tally = tally_open();
	for (s->target = 0; s->target < TARGETS; s->target++)
		for (s->follow = 0; s->follow < FOLLOWS; s->follow++)
			if (is_wanted(s, target, follow) && (good || !s->stop))
				good &= report(s, run_jobs(s), ++number, totals);
	(void)printf("1..%u\n# all: ", number);
	tally_print(totals);
	tally_print_reasons(s->tally);
	return !good || !number;
}

static unsigned find(const char *const *names, size_t n, const char *name)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return i;
	fake_fatal("case: %s", name);
}

static const char *word(char **text)
{
	const char *w = strsep(text, "/");

	if (!w)
		fake_fatal("a case has nine parts");
	return w;
}

static unsigned number(char **text)
{
	uint64_t v;

	if (str_to_u64(word(text), 10, UINT32_MAX, &v))
		fake_fatal("case: not a number");
	return (unsigned)v;
}

static int one_case(struct sweep *s, char *spec)
{
	static const char *const outcomes[] = { [RESTORED] = "restored",
						[PENDING] = "pending while the fault lasted",
						[STUCK] = "STUCK",
						[LOST] = "LOST",
						[NOT_FIRED] = "not fired" };
	struct fake_fault f = { .effect = FAULT_NONE };
	const char *target, *follow;
	struct report r;

	s->m.variant = word(&spec);
	target = word(&spec);
	follow = word(&spec);
	while (s->target < TARGETS - 1 && strcmp(target_name(s->target), target) != 0)
		s->target++;
	while (s->follow < FOLLOWS - 1 && strcmp(follow_name(s->follow), follow) != 0)
		s->follow++;
	f.nth = number(&spec);
	f.effect = find(effects, array_size(effects), word(&spec));
	f.error = (int)number(&spec);
	f.when = find(whens, array_size(whens), word(&spec));
	f.stage = number(&spec);
	f.forever = !strcmp(word(&spec), "forever");
	if (f.effect == FAULT_NETNS_GONE)
		fake_copy(f.netns, sizeof(f.netns), history_netns(s->target));
	s->m.verbose = true;
	machine_open(&s->m, "/tmp");
	r = history_play(&s->m, s->target, s->follow, &f);
	(void)printf("# %s %s\n# %s\n", r.kind, outcomes[r.outcome], r.why ? r.why : "");
	free(r.why);
	machine_close(&s->m);
	return r.outcome == LOST || r.outcome == STUCK;
}

static _Noreturn void usage(void)
{
	(void)fputs("usage: sweep [-pqx] [-j JOBS] [-t TARGET] [-f FOLLOW] [-w VARIANT] [-c CASE] "
		    "SRIOV RDMA DELEGATES\n",
		    stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	struct sweep s = { .m = { .variant = "plain" } };
	const char *target = NULL, *follow = NULL;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char *spec = NULL;
	int option;

	s.jobs = cpus > 0 && cpus < JOBS_MAX ? (unsigned)cpus : 1;
	while ((option = getopt(argc, argv, "pqxj:t:f:w:c:")) != -1) {
		if (option == 'q')
			s.quick = true;
		else if (option == 'p')
			s.tell_pending = true;
		else if (option == 'x')
			s.stop = true;
		else if (option == 'j')
			s.jobs = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 't')
			target = optarg;
		else if (option == 'f')
			follow = optarg;
		else if (option == 'w')
			s.m.variant = optarg;
		else if (option == 'c')
			spec = optarg;
		else
			usage();
	}
	if (argc - optind != 3 || !s.jobs)
		usage();
	s.m.programs[SRIOV] = argv[optind];
	s.m.programs[RDMA] = argv[optind + 1];
	s.m.delegates = argv[optind + 2];
	return spec ? one_case(&s, spec) : sweep_all(&s, target, follow);
}
