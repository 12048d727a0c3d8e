// SPDX-License-Identifier: Apache-2.0
/*
 * kubeapi - as much of a Kubernetes API server as Multus asks for
 *
 *   kubeapi PORT DIR      serves until it is killed
 *
 * GET /PATH answers with DIR/PATH.json, or 404. What is POSTed or PUT to /PATH is kept as the file
 * DIR/sent-N (N from 1), behind a line with method and path; the answer to PUT /PATH/status is
 * the object itself, as a real server's, to anything else an empty Status. No TLS, no
 * authentication, no watches: each connection carries one request. In C, because Multus waits for an
 * answer a quarter of a second only, and the guest's processor is emulated.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REQUEST_MAX = 1 << 20, PATH_LEN_MAX = 1024, WAIT_S = 10, BACKLOG = 16 };

struct request {
	char text[REQUEST_MAX + 1];
	size_t len, head_len, body_len;
	char method[16], path[PATH_LEN_MAX];
};

static const char status_failure[] =
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}";
static const char status_success[] =
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Success\"}";

static const char *dir;

/* The whole head, and as much of the body as it announces. */
static bool is_complete(struct request *q)
{
	const char *end = strstr(q->text, "\r\n\r\n");
	const char *length;

	if (!end)
		return false;
	q->head_len = (size_t)(end - q->text) + 4;
	length = strcasestr(q->text, "\r\nContent-Length:");
	q->body_len = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
	return q->len >= q->head_len + q->body_len;
}

static bool receive(int fd, struct request *q)
{
	ssize_t n = 1;

	while (n > 0 && q->len < REQUEST_MAX) {
		n = read(fd, q->text + q->len, REQUEST_MAX - q->len);
		q->len += n > 0 ? (size_t)n : 0;
		q->text[q->len] = '\0';
		if (is_complete(q))
			return sscanf(q->text, "%15s %1023[^ ?]", q->method, q->path) == 2 &&
			       !strstr(q->path, "..");
	}
	return false;
}

static void answer(int fd, int code, const char *body, size_t len)
{
	(void)dprintf(fd,
		      "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
		      "Connection: close\r\n\r\n",
		      code, code < 400 ? "OK" : "Not Found", len);
	if (write(fd, body, len) < 0)
		perror("kubeapi: answer");
}

static void answer_file(int fd, const char *path, size_t path_len)
{
	static char body[REQUEST_MAX];
	char file[2 * PATH_LEN_MAX];
	ssize_t n = -1;
	int in;

	(void)snprintf(file, sizeof(file), "%s%.*s.json", dir, (int)path_len, path);
	in = open(file, O_RDONLY | O_CLOEXEC);
	if (in >= 0)
		n = read(in, body, sizeof(body));
	if (n < 0)
		answer(fd, 404, status_failure, strlen(status_failure));
	else
		answer(fd, 200, body, (size_t)n);
}

static void keep(const struct request *q)
{
	char file[2 * PATH_LEN_MAX];
	int out = -1;

	for (int i = 1; out < 0 && i < 1000; i++) {
		(void)snprintf(file, sizeof(file), "%s/sent-%d", dir, i);
		out = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	if (out < 0 || dprintf(out, "%s %s\n", q->method, q->path) < 0 ||
	    write(out, q->text + q->head_len, q->body_len) < 0)
		perror("kubeapi: keep");
}

static void serve(int fd)
{
	static struct request q;
	const char *status;

	if (!receive(fd, &q))
		return;
	if (!strcmp(q.method, "GET")) {
		answer_file(fd, q.path, strlen(q.path));
		return;
	}
	keep(&q);
	status = strstr(q.path, "/status");
	if (!strcmp(q.method, "PUT") && status)
		answer_file(fd, q.path, (size_t)(status - q.path));
	else
		answer(fd, 201, status_success, strlen(status_success));
}

static int listen_on(const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at)) || listen(fd, BACKLOG)) {
		perror("kubeapi: listen");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	int server;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: kubeapi PORT DIR\n");
		return 2;
	}
	dir = argv[2];
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	server = listen_on(argv[1]);
	for (;;) {
		int fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 || fork() > 0) {
			close(fd);
			continue;
		}
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		serve(fd);
		_exit(0);
	}
}
