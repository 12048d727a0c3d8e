// SPDX-License-Identifier: Apache-2.0
/*
 * snapshot - the host's state as sorted lines, for scenarios to compare
 *
 * Usage: snapshot [WORD]
 *
 * WORD: only the lines that begin with it (link, address, file, ...).
 */
#include <stdio.h>
#include <string.h>

#include "host.h"

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	size_t n = strlen(word);

	if (argc > 2 || word[0] == '-')
		return fputs("usage: snapshot [WORD]\n", stderr), 2;
	for (const char *line = host_snapshot(); *line; line += strcspn(line, "\n") + 1)
		if (!strncmp(line, word, n) && (!n || line[n] == ' '))
			(void)printf("%.*s\n", (int)strcspn(line, "\n"), line);
	return fflush(stdout) != 0;
}
