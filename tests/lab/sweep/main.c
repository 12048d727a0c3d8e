// SPDX-License-Identifier: Apache-2.0
/*
 * sweep - the plugins are killed, or their driver fails, at every place; then a runtime cleans up
 *
 * Usage: sweep kill [-a] [-e] [-t TARGET] [-f FOLLOW] [-n FIRST] CONFIGURATIONS
 *        sweep driver [-a] CONFIGURATIONS
 *        sweep soak [-s SECONDS] [-w WORKERS] DIRECTORY
 *
 * kill: call after call of ADD and DEL of both plugins ends with SIGKILL, until the verb ends
 * before the n-th; -a: every system call, else those that change something; -e: when it begins
 * instead of when it has ended. TARGET is add-sriov, add-rdma, del-rdma or del-sriov; else all. A
 * runtime then calls DEL twice (FOLLOW "del"), or the pod goes and the device is given to the next
 * one ("next"), or only GC is called ("gc"); without -f these take turns from call to call, and
 * "all" does each after every call.
 *
 * driver: every operation of simnic fails in every way, during ADD and during DEL, and a runtime
 * calls DEL while the fault lasts and after; -a: in all ways, at each of its calls, not only at the
 * first.
 *
 * soak: workers, each with a VF and a network of its own (configurations in DIRECTORY/1 and so on),
 * attach and detach at random with kills, faults and dying pods, for so long.
 *
 * A line for each sweep: cases, restored exactly, left pending with a record while the fault
 * lasted (each with its reason), lost. Exit status 0: nothing lost.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../snapshot/lines.h"
#include "sweep.h"

static _Noreturn void usage(void)
{
	(void)fputs(
		"usage: sweep kill [-a] [-e] [-t TARGET] [-f FOLLOW] [-n FIRST] CONFIGURATIONS\n"
		"       sweep driver [-a] CONFIGURATIONS\n"
		"       sweep soak [-s SECONDS] [-w WORKERS] DIRECTORY\n",
		stderr);
	_exit(2);
}

static unsigned number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || !n || n > UINT_MAX)
		usage();
	return (unsigned)n;
}

int main(int argc, char **argv)
{
	struct wanted w = { .first = 1, .seconds = 60, .workers = 4 };
	const char *what = argc > 1 ? argv[1] : "";
	int option;

	argv++;
	argc--;
	while (argc && (option = getopt(argc, argv, "aet:f:n:s:w:")) != -1) {
		if (option == 'a')
			w.all = true;
		else if (option == 'e')
			w.at_entry = true;
		else if (option == 't')
			w.target = optarg;
		else if (option == 'f')
			w.follow = optarg;
		else if (option == 'n')
			w.first = number(optarg);
		else if (option == 's')
			w.seconds = number(optarg);
		else if (option == 'w')
			w.workers = number(optarg);
		else
			usage();
	}
	if (argc - optind != 1)
		usage();
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(what, "soak"))
		return !sweep_soak(&w, argv[optind]);
	runtime_open(argv[optind], "lab");
	if (!strcmp(what, "kill"))
		return !sweep_kill(&w);
	if (!strcmp(what, "driver"))
		return !sweep_driver(&w);
	usage();
}
