// SPDX-License-Identifier: Apache-2.0
/* Runs a target over the files of a directory; prints TAP. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 20 };

/* An allocation of exactly the size, so that sanitizers see the first byte read too many. */
static void run(int dir, const char *name)
{
	static uint8_t buffer[INPUT_MAX];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, buffer, sizeof(buffer));
	uint8_t *input;

	MUST(len >= 0);
	input = malloc(len ? (size_t)len : 1);
	MUST(input);
	memcpy(input, buffer, (size_t)len);
	(void)LLVMFuzzerTestOneInput(input, (size_t)len);
	free(input);
	(void)close(fd);
}

int main(int argc, char **argv)
{
	unsigned n = 0;
	const struct dirent *entry;
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;

	if (!dir) {
		(void)fprintf(stderr, "usage: %s CORPUS-DIRECTORY\n", argv[0]);
		return EXIT_FAILURE;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		run(dirfd(dir), entry->d_name);
		(void)printf("ok %u - %s\n", ++n, entry->d_name);
		(void)fflush(stdout);
	}
	(void)printf("1..%u\n", n);
	(void)closedir(dir);
	return n ? EXIT_SUCCESS : EXIT_FAILURE;
}
