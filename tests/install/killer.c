// SPDX-License-Identifier: Apache-2.0
/*
 * killer N before|after PROGRAM [ARG...]: runs a program and kills it (SIGKILL) at its N-th system
 * call, before the kernel does it or when it is done.
 *
 * Exit status: 0 killed there; 3 the program ended by itself with fewer calls; 1 it cannot be told.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENDED = 3, EXEC_FAILED = 127 };

static void become(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(EXEC_FAILED);
	execv(argv[0], argv);
	_exit(EXEC_FAILED);
}

/* Lets the program go on to its next stop; false: it has ended. */
static int go_on(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFSTOPPED(status);
}

int main(int argc, char **argv)
{
	long n, stops;
	pid_t pid;
	int status;

	if (argc < 4)
		return EXIT_FAILURE;
	/* each call stops twice; killed at the first, the kernel skips the call */
	n = strtol(argv[1], NULL, 10);
	stops = 2 * n - !strcmp(argv[2], "before");
	pid = fork();
	if (!pid)
		become(argv + 3);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return EXIT_FAILURE;
	for (long i = 0; i < stops; i++)
		if (!go_on(pid))
			return ENDED;
	if (kill(pid, SIGKILL) || waitpid(pid, &status, 0) != pid)
		return EXIT_FAILURE;
	return WIFSIGNALED(status) ? EXIT_SUCCESS : EXIT_FAILURE;
}
