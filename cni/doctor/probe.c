// SPDX-License-Identifier: Apache-2.0
#include "probe.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

void probe_all(struct report *r)
{
	static int (*const probes[])(struct report * r, struct err * e) = {
		probe_kernel, probe_mode,    probe_namespaces, probe_functions,
		probe_rdma,   probe_records, probe_gostate,    probe_places,
		probe_leases, probe_plugins, probe_runtime,
	};

	for (size_t i = 0; i < array_size(probes); i++) {
		struct err e = { 0 };

		if (probes[i](r, &e))
			report_trouble(r, &e);
	}
}

bool root_exists(const struct report *r, const char *path)
{
	return !faccessat(r->root, path, F_OK, 0);
}

int root_each(const struct report *r, const char *path, int (*fn)(const char *name, void *arg),
	      void *arg, struct err *e)
{
	cleanup(fd_close) int fd = openat(r->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, errno, "open directory /%s", path);
	return file_each_at(fd, fn, arg, e);
}

/* In pieces: files of procfs say that they have no size. */
int root_read(const struct report *r, const char *path, size_t max, char **ret)
{
	cleanup(fd_close) int fd = openat(r->root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	cleanup(str_free) char *text = fd < 0 ? NULL : malloc(max + 1);
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0 || !text)
		return fd < 0 ? -errno : -ENOMEM;
	while (n < max && got > 0) {
		got = read(fd, text + n, max - n);
		if (got < 0)
			return -errno;
		n += (size_t)got;
	}
	text[n] = '\0';
	*ret = take_ptr(text);
	return 0;
}

int no_memory(struct err *e)
{
	return err_sys(e, ENOMEM, "make the report");
}
