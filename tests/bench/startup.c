// SPDX-License-Identifier: Apache-2.0
/*
 * startup ROUNDS PROGRAM...: starts them in turns, /dev/null as their input and output, and prints
 * a line for each: user+sys of the cheapest run and of the median, the same of wall time, in us.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum { ROUNDS_MAX = 10000, PROGRAMS_MAX = 8 };

static long cpu[PROGRAMS_MAX][ROUNDS_MAX], wall[PROGRAMS_MAX][ROUNDS_MAX];

static void die(const char *what)
{
	(void)fprintf(stderr, "startup: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int by_value(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* vfork(): what a copy of this process costs is nothing of the program's. */
static void run(char *program, long *cpu_us, long *wall_us)
{
	char *const argv[] = { program, NULL };
	long begin = now_us();
	struct rusage use;
	int status = 0;
	pid_t pid;

	pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
	if (!pid) {
		execv(program, argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		die(program);
	if (status) {
		(void)fprintf(stderr, "startup: %s: status %d\n", program, status);
		exit(1);
	}
	*wall_us = now_us() - begin;
	*cpu_us = us(use.ru_utime) + us(use.ru_stime);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0, programs = argc - 2;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), out = dup(STDOUT_FILENO);

	if (rounds < 1 || rounds > ROUNDS_MAX || programs > PROGRAMS_MAX) {
		(void)fprintf(stderr, "usage: startup ROUNDS PROGRAM...\n");
		return 2;
	}
	if (null < 0 || out < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		die("/dev/null");
	for (int i = 0; i < rounds; i++)
		for (int p = 0; p < programs; p++)
			run(argv[p + 2], &cpu[p][i], &wall[p][i]);
	for (int p = 0; p < programs; p++) {
		qsort(cpu[p], (size_t)rounds, sizeof(cpu[p][0]), by_value);
		qsort(wall[p], (size_t)rounds, sizeof(wall[p][0]), by_value);
		(void)dprintf(out, "%ld %ld %ld %ld\n", cpu[p][0], cpu[p][rounds / 2], wall[p][0],
			      wall[p][rounds / 2]);
	}
	return 0;
}
