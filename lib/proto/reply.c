// SPDX-License-Identifier: Apache-2.0
/*
 * Callers take the whole of stdout for one JSON document (cni.md 1.4): anything
 * printed beside it makes a success unreadable. So what a library prints goes to
 * stderr; delegates get a standard output of their own (spawn.c).
 */
#include "proto/reply.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* A caller that does not read for so long has given up; a pipe holds 64 kB anyway. */
	WRITE_WAIT_MS = 30000,
};

/*
 * What an error without a code of its own means. Layers below proto know no CNI
 * codes: for them this table speaks. All others are CNI_ERR_INTERNAL.
 */
static const struct {
	int sys;
	enum cni_code code;
} derived[] = {
	/* somebody else holds it just now: the runtime's next try may succeed */
	{ EBUSY, CNI_ERR_AGAIN },
	{ EAGAIN, CNI_ERR_AGAIN },
	{ ETIMEDOUT, CNI_ERR_AGAIN },
	{ ETXTBSY, CNI_ERR_AGAIN },
	/* only files say these */
	{ EIO, CNI_ERR_IO },
	{ ENOSPC, CNI_ERR_IO },
	{ EDQUOT, CNI_ERR_IO },
	{ EROFS, CNI_ERR_IO },
	/* only lib/base/json.h says this */
	{ EBADMSG, CNI_ERR_DECODE },
	/* only devices say these */
	{ ENODEV, CNI_ERR_NO_DEVICE },
	{ EOPNOTSUPP, CNI_ERR_KERNEL },
};

unsigned reply_code(const struct err *e)
{
	if (e->code)
		return e->code;
	for (size_t i = 0; i < array_size(derived); i++)
		if (derived[i].sys == e->sys)
			return derived[i].code;
	return CNI_ERR_INTERNAL;
}

/* A closed 0, 1 or 2 would be taken by the next file that is opened, and written to. */
static int open_standard(short *ret_input)
{
	/* all three in one question: POLLNVAL */
	struct pollfd p[] = { { .fd = STDIN_FILENO, .events = POLLIN },
			      { .fd = STDOUT_FILENO },
			      { .fd = STDERR_FILENO } };

	if (poll(p, array_size(p), 0) < 0)
		return -errno;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* 1 for reading: an answer that nobody can get must fail to be written */
		int flags = fd == STDERR_FILENO ? O_WRONLY : O_RDONLY;

		if (!(p[fd].revents & POLLNVAL))
			continue;
		/* the lowest free number is the one that is missing */
		if (open("/dev/null", flags) < 0)
			return -errno;
	}
	*ret_input = p[STDIN_FILENO].revents & POLLNVAL ? 0 : p[STDIN_FILENO].revents;
	return 0;
}

int reply_open(short *ret_input)
{
	int r = open_standard(ret_input);

	/* printf() is the only way that a library of ours could know */
	stdout = stderr;
	return r ? r : STDOUT_FILENO;
}

/* The caller's pipe may be non-blocking. */
static int wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n = poll(&p, 1, WRITE_WAIT_MS);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n ? 0 : -ETIMEDOUT;
}

static int write_all(int fd, const char *text, size_t len)
{
	int r = 0;

	while (len && !r) {
		ssize_t n = write(fd, text, len);

		if (n > 0) {
			text += n;
			len -= (size_t)n;
		} else if (!n) {
			r = -EIO;
		} else if (errno == EAGAIN) {
			r = wait_writable(fd);
		} else if (errno != EINTR) {
			r = -errno;
		}
	}
	return r;
}

int reply_text(int fd, const char *text, struct err *e)
{
	int r = write_all(fd, text, strlen(text));

	if (!r)
		return 0;
	err_sys(e, -r, "write the answer");
	e->code = CNI_ERR_IO;
	return r;
}

int reply_json(int fd, const cJSON *doc, struct err *e)
{
	cleanup(str_free) char *text = json_text(doc);
	cleanup(str_free) char *line = NULL;
	size_t n = text ? strlen(text) : 0;

	/* With its newline in one write: a reader sees all of it or nothing. */
	line = text ? malloc(n + 2) : NULL;
	if (!line)
		return err_sys(e, ENOMEM, "write the answer");
	memcpy(line, text, n);
	memcpy(line + n, "\n", 2);
	return reply_text(fd, line, e);
}

/* Bytes of the UTF-8 character at @s; 0 if it is none (RFC 3629, without surrogates' check). */
static size_t utf8_len(const char *s)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/*
 * Messages quote what others sent, cut at a byte count: JSON must be UTF-8 all
 * the same, and a message one line.
 */
static cJSON *new_text(const char *s)
{
	char buf[ERR_MSG_MAX + 4]; /* either text, and room for one more character */
	size_t n = 0;

	while (*s && n + 4 < sizeof(buf)) {
		size_t len = utf8_len(s);

		if (len > 1) {
			memcpy(buf + n, s, len);
			n += len;
		} else {
			buf[n++] = !len ? '?' : (unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s;
		}
		s += len ? len : 1;
	}
	buf[n] = '\0';
	return cJSON_CreateString(buf);
}

int reply_error(int fd, enum cni_version v, const struct err *e)
{
	/* Out of memory, the caller still gets an answer. */
	static const char plain[] =
		"{\"cniVersion\":\"1.1.0\",\"code\":100,\"msg\":\"out of memory\"}\n";
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();
	const char *msg = e->msg[0] ? e->msg : "failed without saying why, please report this";
	struct err failed = { 0 };
	int r;

	if (!doc || !json_put_str(doc, "cniVersion", version_text(v)) ||
	    !json_put_int(doc, "code", reply_code(e)) || !json_put(doc, "msg", new_text(msg)) ||
	    (e->details[0] && !json_put(doc, "details", new_text(e->details))))
		return reply_text(fd, plain, &failed);
	r = reply_json(fd, doc, &failed);
	return r == -ENOMEM ? reply_text(fd, plain, &failed) : r;
}

int reply_version(int fd, enum cni_version v, struct err *e)
{
	cleanup(json_free) cJSON *doc = cJSON_CreateObject();
	cJSON *list;

	if (!doc || !json_put_str(doc, "cniVersion", version_text(v)) ||
	    !json_put(doc, "supportedVersions", cJSON_CreateArray()))
		return err_sys(e, ENOMEM, "write the answer");
	list = cJSON_GetObjectItem(doc, "supportedVersions");
	for (enum cni_version i = 0; i < CNI_VERSIONS; i++)
		if (!cJSON_AddItemToArray(list, cJSON_CreateString(version_text(i))))
			return err_sys(e, ENOMEM, "write the answer");
	return reply_json(fd, doc, e);
}
