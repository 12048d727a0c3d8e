// SPDX-License-Identifier: Apache-2.0
/* The least a static program does: what start-up is compared with. */
#include <stdio.h>

int main(void)
{
	return puts("hello") == EOF;
}
