// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <errno.h>
#include <unistd.h>

enum { LEFT_MAX = 32 /* a limit of file handles is hardly ever below 1024 */ };

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -EBADF;
}

void fd_leave(int *fd)
{
	/* the lowest free number is given out, so that all below are open */
	if (*fd >= LEFT_MAX)
		close(*fd);
	*fd = -EBADF;
}
