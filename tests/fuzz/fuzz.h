/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target is one function of bytes. With -Dfuzz=true libFuzzer calls it,
 * else replay.c with every file of the corpus, as a plain test.
 *
 * A target checks more than "does not crash": whatever a parser accepts, its
 * writer must be able to write, and reading that back must give the same.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Not assert(): a finding must not depend on NDEBUG. */
#define MUST(cond)                                                                                 \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			(void)fprintf(stderr, "%s: not true: %s\n", __FILE__, #cond);              \
			abort();                                                                   \
		}                                                                                  \
	} while (0)
