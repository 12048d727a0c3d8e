// SPDX-License-Identifier: Apache-2.0
/*
 * measure [-n ROUNDS] [-p AT_ONCE] [-c COUNT] [-v VFS] SIDE=floor|DIRECTORY...
 *
 * ADD and DEL of the chain sriov, rdma by each side in turns, so that what the machine does
 * meanwhile is the same for all; in each turn twice, of which the second is measured. A line of
 * tab-separated values for each process:
 *
 *   time  SIDE VFS AT_ONCE VERB PART wall_us user_us sys_us
 *   count SIDE VFS AT_ONCE VERB PART calls=N sent=N ...                  with -c
 *
 * PART is sriov, rdma, floor, or "all": the chain, for -p from the first start to the last end.
 *
 * Attachment i is VF i into the namespace bench-i; standard input has a line "DEVICE NETDEV
 * RDMA_INDEX" for each.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum {
	AT_ONCE_MAX = 64,
	ANSWER_MAX = 65536,
	ARGS_MAX = 16,
	PAUSE_MAX_US = 12000,
	OUTPUT_BUF = 8 << 20
};

struct vf {
	char device[64], netdev[32], index[16];
};

struct options {
	int rounds, at_once, vfs, err;
	bool silent; /* this one is not measured */
	const char *count;
	struct vf vf[AT_ONCE_MAX];
};

struct side {
	const char *name, *dir; /* NULL: the floor */
};

static void die(const char *what)
{
	(void)fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void set(const char *name, const char *value)
{
	if (setenv(name, value, 1))
		die(name);
}

/* With -c a file anew for each program: its last line has the counts. */
static int open_stderr(const struct options *o)
{
	int fd = open(o->count ? "/tmp/count" : "/tmp/stderr",
		      O_WRONLY | O_CREAT | O_APPEND | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		die("file for stderr");
	return fd;
}

/*
 * As runtimes start them: Go shares its memory with the child until that executes the program, as
 * vfork() does and fork() does not. posix_spawn() also does, but asks for each signal in between, a
 * hundred calls that would be counted as the program's time, here and at the floor.
 */
static pid_t start(const struct options *o, const char *const *argv, int in, int out, int err)
{
	const char *args[ARGS_MAX] = { NULL };
	int n = 0;
	pid_t pid;

	if (o->count)
		args[n++] = o->count;
	while (*argv && n < ARGS_MAX - 1)
		args[n++] = *argv++;
	pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
	if (!pid) {
		/* bare calls of the kernel: NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
		if (dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2)
			/* it only reads them */
			execv(args[0], (char *const *)(uintptr_t)args);
		_exit(127);
	}
	if (pid < 0)
		die(args[0]);
	return pid;
}

struct sample {
	long wall, user, sys;
};

/* Runs @argv with @input; its answer in @answer. */
static struct sample run(const struct options *o, const char *const *argv, const char *input,
			 char *answer)
{
	int in[2], out[2], err = o->count ? open_stderr(o) : o->err, status = 0;
	size_t n = 0;
	struct rusage use;
	long begin;
	ssize_t r;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) ||
	    write(in[1], input, strlen(input)) != (ssize_t)strlen(input))
		die("pipe");
	begin = now_us();
	pid = start(o, argv, in[0], out[1], err);
	(void)close(in[0]);
	(void)close(in[1]);
	(void)close(out[1]);
	while ((r = read(out[0], answer + n, ANSWER_MAX - 1 - n)) > 0)
		n += (size_t)r;
	answer[n] = '\0';
	if (wait4(pid, &status, 0, &use) != pid)
		die("wait");
	(void)close(out[0]);
	if (err != o->err)
		(void)close(err);
	if (status) {
		(void)fprintf(stderr, "measure: %s: status %d: %s\n", argv[0], status, answer);
		exit(1);
	}
	return (struct sample){ now_us() - begin, us(use.ru_utime), us(use.ru_stime) };
}

static void tell(const struct options *o, const struct side *s, const char *verb, const char *part,
		 const struct sample *t)
{
	char line[512] = "";
	FILE *f;

	if (o->silent)
		return;
	if (!o->count) {
		(void)printf("time\t%s\t%d\t%d\t%s\t%s\t%ld\t%ld\t%ld\n", s->name, o->vfs,
			     o->at_once, verb, part, t->wall, t->user, t->sys);
		return;
	}
	/* the last line: before it is what the program itself said */
	f = fopen("/tmp/count", "re");
	while (f && fgets(line, sizeof(line), f))
		;
	if (f)
		(void)fclose(f);
	(void)printf("count\t%s\t%d\t%d\t%s\t%s\t%s", s->name, o->vfs, o->at_once, verb, part,
		     line);
}

static void plugin(const struct options *o, const struct side *s, int i, const char *type,
		   const char *verb, char *result)
{
	static char input[ANSWER_MAX + 1024];
	char path[512], id[32], netns[64], silence[ANSWER_MAX];
	const char *const argv[] = { path, NULL };
	struct sample t;

	(void)snprintf(path, sizeof(path), "%s/%s", s->dir, type);
	(void)snprintf(id, sizeof(id), "bench-%d", i);
	(void)snprintf(netns, sizeof(netns), "/run/netns/bench-%d", i);
	set("CNI_COMMAND", verb);
	set("CNI_CONTAINERID", id);
	set("CNI_NETNS", netns);
	set("CNI_IFNAME", "net1");
	set("CNI_PATH", s->dir);
	(void)snprintf(input, sizeof(input),
		       "{\"cniVersion\":\"1.0.0\",\"name\":\"bench\",\"type\":\"%s\","
		       "\"deviceID\":\"%s\"%s%s}",
		       type, o->vf[i].device, *result ? ",\"prevResult\":" : "", result);
	t = run(o, argv, input, strcmp(verb, "ADD") ? silence : result);
	tell(o, s, verb, type, &t);
}

static void floor_run(const struct options *o, const struct side *s, int i, const char *verb)
{
	char netns[64], answer[ANSWER_MAX];
	const char *const args[] = { "/lab/floor", strcmp(verb, "ADD") ? "del" : "add",
				     netns,	   o->vf[i].netdev,
				     "net1",	   o->vf[i].index,
				     NULL };
	struct sample t;

	(void)snprintf(netns, sizeof(netns), "/run/netns/bench-%d", i);
	t = run(o, args, "", answer);
	tell(o, s, verb, "floor", &t);
}

/* Results of the ADDs, for their DELs: shared, as workers are processes. */
static char (*results)[ANSWER_MAX];

static void chain(const struct options *o, const struct side *s, int i, const char *verb)
{
	bool add = !strcmp(verb, "ADD");

	if (!s->dir) {
		floor_run(o, s, i, verb);
		return;
	}
	if (add)
		results[i][0] = '\0';
	plugin(o, s, i, add ? "sriov" : "rdma", verb, results[i]);
	plugin(o, s, i, add ? "rdma" : "sriov", verb, results[i]);
}

/*
 * The kernel's waits in a move end with a tick of its clock (4 ms), so what ran before ended with one. To
 * begin there each time would measure how our part fits between two ticks, and not how long it is.
 * Awake, as a runtime is that has just made a call: how fast a processor gets going is no side's.
 */
static void wait_a_while(void)
{
	long end = now_us() + random() % PAUSE_MAX_US;

	while (now_us() < end)
		;
}

static void all(const struct options *o, const struct side *s, const char *verb)
{
	struct sample t = { 0 };
	int status;
	long begin;

	/* its workers would say it again */
	if (o->at_once > 1)
		(void)fflush(stdout);
	wait_a_while();
	begin = now_us();
	if (o->at_once == 1)
		chain(o, s, 0, verb);
	for (int i = 0; i < o->at_once && o->at_once > 1; i++) {
		if (!fork()) {
			chain(o, s, i, verb);
			(void)fflush(stdout);
			_exit(0);
		}
	}
	while (o->at_once > 1 && wait(&status) > 0) {
		if (status) {
			(void)fprintf(stderr, "measure: a worker failed\n");
			exit(1);
		}
	}
	t.wall = now_us() - begin;
	if (!o->count)
		tell(o, s, verb, "all", &t);
}

static void add_and_del(const struct options *o, const struct side *s)
{
	all(o, s, "ADD");
	all(o, s, "DEL");
}

/*
 * Twice, and the second is measured: before it another side ran, which has left in this machine's
 * caches what it needs itself. For the floor that is enough, as all do what it does; for the others
 * it is not, so the first behind the floor would pay for what the next one finds. Counts do not
 * depend on that.
 */
static void take_turn(struct options *o, const struct side *s)
{
	if (!o->count) {
		o->silent = true;
		add_and_del(o, s);
		o->silent = false;
	}
	add_and_del(o, s);
}

/* What is no number ends it, as any other bad option does. */
static int number(const char *text)
{
	char *end;
	long v = strtol(text, &end, 10);

	if (end == text || *end || v < 0 || v > INT_MAX)
		exit(2);
	return (int)v;
}

static void parse(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){ .rounds = 1, .at_once = 1 };
	while ((c = getopt(argc, argv, "n:p:c:v:")) != -1) {
		if (c == 'n')
			o->rounds = number(optarg);
		else if (c == 'p')
			o->at_once = number(optarg);
		else if (c == 'c')
			o->count = optarg;
		else if (c == 'v')
			o->vfs = number(optarg);
		else
			exit(2);
	}
	if (o->at_once < 1 || o->at_once > AT_ONCE_MAX || o->rounds < 1)
		exit(2);
	for (int i = 0; i < o->at_once; i++)
		if (scanf("%63s %31s %15s", o->vf[i].device, o->vf[i].netdev, o->vf[i].index) != 3)
			die("devices on standard input");
}

int main(int argc, char **argv)
{
	struct options o;

	parse(argc, argv, &o);
	/* who reads this would be at work beside the next one */
	(void)setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUF);
	o.err = open_stderr(&o);
	srandom((unsigned)now_us());
	results = mmap(NULL, AT_ONCE_MAX * sizeof(*results), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (results == MAP_FAILED)
		die("memory");
	for (int round = 0; round < o.rounds; round++) {
		for (int i = optind; i < argc; i++) {
			char *eq = strchr(argv[i], '=');
			char name[64];
			struct side s = { .name = name };

			if (!eq || eq - argv[i] >= (long)sizeof(name))
				exit(2);
			(void)snprintf(name, sizeof(name), "%.*s", (int)(eq - argv[i]), argv[i]);
			s.dir = strcmp(eq + 1, "floor") ? eq + 1 : NULL;
			take_turn(&o, &s);
		}
	}
	return 0;
}
