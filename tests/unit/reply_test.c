// SPDX-License-Identifier: Apache-2.0
#include "proto/reply.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doc.h"
#include "ending.h"

enum { TEXT_MAX = 16384 };

/* All that was written into the pipe, whose write end is closed here. */
static const char *read_pipe(int fds[2], char buf[static TEXT_MAX])
{
	size_t n = 0;
	ssize_t r;

	close(fds[1]);
	while ((r = read(fds[0], buf + n, TEXT_MAX - 1 - n)) > 0)
		n += (size_t)r;
	buf[n] = '\0';
	close(fds[0]);
	return buf;
}

static const char *error_text(enum cni_version v, const struct err *e, char buf[static TEXT_MAX])
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(reply_error(fds[1], v, e), 0);
	return read_pipe(fds, buf);
}

START_TEST(own_code_wins_over_errno)
{
	struct err e = { .sys = EBUSY, .code = 7 };

	ck_assert_uint_eq(reply_code(&e), 7);
}
END_TEST

START_TEST(code_is_derived_from_errno)
{
	static const struct {
		int sys;
		unsigned code;
	} rows[] = {
		{ EBUSY, 11 },	     { EAGAIN, 11 },  { ETIMEDOUT, 11 }, { ETXTBSY, 11 },
		{ EIO, 5 },	     { ENOSPC, 5 },   { EDQUOT, 5 },	 { EROFS, 5 },
		{ EBADMSG, 6 },	     { ENODEV, 101 }, { ENOMEM, 100 },	 { EINVAL, 100 },
		{ EOPNOTSUPP, 104 }, { 0, 100 },
	};

	for (size_t i = 0; i < array_size(rows); i++)
		ck_assert_uint_eq(reply_code(&(struct err){ .sys = rows[i].sys }), rows[i].code);
}
END_TEST

START_TEST(error_is_the_object_of_the_spec)
{
	struct err e = { .sys = EINVAL, .code = 7, .msg = "m", .details = "d" };
	char buf[TEXT_MAX];

	ck_assert_str_eq(error_text(CNI_0_4_0, &e, buf),
			 "{\"cniVersion\":\"0.4.0\",\"code\":7,\"msg\":\"m\",\"details\":\"d\"}\n");
	e.details[0] = '\0';
	ck_assert_str_eq(error_text(CNI_1_1_0, &e, buf),
			 "{\"cniVersion\":\"1.1.0\",\"code\":7,\"msg\":\"m\"}\n");
}
END_TEST

START_TEST(error_without_text_says_something)
{
	struct err e = { .sys = EINVAL };
	char buf[TEXT_MAX];
	cJSON *d = doc(error_text(CNI_1_1_0, &e, buf));

	ck_assert_uint_gt(strlen(cJSON_GetObjectItem(d, "msg")->valuestring), 0);
	ck_assert_int_eq(cJSON_GetObjectItem(d, "code")->valueint, 100);
	cJSON_Delete(d);
}
END_TEST

START_TEST(error_is_one_line_of_utf8)
{
	/* a cut character, a lone continuation, an overlong one, control characters */
	struct err e = { .code = 4,
			 .msg = "a\nb\x01\xc3\xa4\xf0\x9f\x98\x80\xe2\x82",
			 .details = "\x80\xc0\xaf\t\xf0\x9f\xffz" };
	char buf[TEXT_MAX];

	ck_assert_str_eq(error_text(CNI_1_1_0, &e, buf),
			 "{\"cniVersion\":\"1.1.0\",\"code\":4,"
			 "\"msg\":\"a b \xc3\xa4\xf0\x9f\x98\x80??\",\"details\":\"??? ???z\"}\n");
}
END_TEST

START_TEST(longest_error_is_written_whole)
{
	struct err e = { .code = 4 };
	char buf[TEXT_MAX];
	cJSON *d;

	memset(e.msg, '"', sizeof(e.msg) - 1);
	memset(e.details, 'x', sizeof(e.details) - 1);
	d = doc(error_text(CNI_1_1_0, &e, buf));
	ck_assert_str_eq(cJSON_GetObjectItem(d, "msg")->valuestring, e.msg);
	ck_assert_str_eq(cJSON_GetObjectItem(d, "details")->valuestring, e.details);
	/* what a Kubernetes event shows of it */
	ck_assert_uint_lt(strlen(e.msg) + strlen("; ") + strlen(e.details), 1024);
	cJSON_Delete(d);
}
END_TEST

START_TEST(version_is_echoed_and_all_are_listed)
{
	char buf[TEXT_MAX];
	struct err e = { 0 };
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(reply_version(fds[1], CNI_0_4_0, &e), 0);
	ck_assert_str_eq(read_pipe(fds, buf),
			 "{\"cniVersion\":\"0.4.0\",\"supportedVersions\":[\"0.1.0\",\"0.2.0\","
			 "\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n");
}
END_TEST

START_TEST(lost_answer_is_an_error)
{
	cJSON *d = doc("{'a':1}");
	struct err e = { 0 };
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(fds), 0);
	close(fds[0]);
	ck_assert_int_eq(reply_json(fds[1], d, &e), -EPIPE);
	ck_assert_str_eq(e.msg, "write the answer: Broken pipe");
	ck_assert_uint_eq(reply_code(&e), CNI_ERR_IO);
	close(fds[1]);
	e = (struct err){ 0 };
	ck_assert_int_eq(reply_json(fds[1], d, &e), -EBADF);
	cJSON_Delete(d);
}
END_TEST

/* A runtime may hand us a non-blocking pipe and read it late. */
START_TEST(slow_reader_gets_all_of_it)
{
	enum { BIG = 300000 };
	struct err e = { 0 };
	int fds[2], status;
	pid_t reader;
	cJSON *d;
	char *big;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	/* before anything is allocated: valgrind looks for leaks in the child, too */
	reader = fork();
	ck_assert_int_ge(reader, 0);
	if (!reader) {
		size_t n = 0;
		ssize_t r;
		char buf[4096];

		close(fds[1]);
		usleep(100000);
		while ((r = read(fds[0], buf, sizeof(buf))) > 0)
			n += (size_t)r;
		_exit(n == BIG + strlen("{\"a\":\"\"}\n") ? 0 : 1);
	}
	close(fds[0]);
	d = cJSON_CreateObject();
	big = malloc(BIG + 1);
	ck_assert_ptr_nonnull(big);
	memset(big, 'x', BIG);
	big[BIG] = '\0';
	ck_assert(json_put_str(d, "a", big));
	ck_assert_int_eq(reply_json(fds[1], d, &e), 0);
	close(fds[1]);
	ck_assert_int_eq(waitpid(reader, &status, 0), reader);
	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status), "the reader missed something");
	free(big);
	cJSON_Delete(d);
}
END_TEST

/* In a child: what reply_open() does to 0-2 would hit libcheck's own. */
static int open_in_child(int out, int err)
{
	struct err e = { 0 };
	short input;
	int fd;

	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		return 1;
	fd = reply_open(&input);
	if (fd < 0)
		return 2;
	if (printf("stray") != 5 || fflush(stdout) || reply_text(fd, "answer", &e))
		return 3;
	return 0;
}

START_TEST(stray_output_goes_to_stderr)
{
	char text[TEXT_MAX];
	int out[2], err[2], status;
	pid_t child;

	ck_assert_int_eq(pipe(out), 0);
	ck_assert_int_eq(pipe(err), 0);
	child = fork();
	if (!child)
		end_at_once(open_in_child(out[1], err[1]));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_str_eq(read_pipe(out, text), "answer");
	ck_assert_str_eq(read_pipe(err, text), "stray");
}
END_TEST

/* What reply_open() says of standard input; < 0: it fails. */
static int input_in_child(int in)
{
	short input = -1;

	return dup2(in, STDIN_FILENO) < 0 || reply_open(&input) < 0 ? -1 : input;
}

START_TEST(input_is_looked_at)
{
	/* nothing yet, something, something and the end, the end */
	static const struct {
		bool write, close;
		int told;
	} rows[] = { { false, false, 0 },
		     { true, false, POLLIN },
		     { true, true, POLLIN | POLLHUP },
		     { false, true, POLLHUP } };

	for (size_t i = 0; i < array_size(rows); i++) {
		int in[2], status;
		pid_t child;

		ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
		ck_assert(!rows[i].write || write(in[1], "{", 1) == 1);
		if (rows[i].close)
			close(in[1]);
		child = fork();
		if (!child)
			end_at_once(input_in_child(in[0]));
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(WEXITSTATUS(status), rows[i].told);
		close(in[0]);
		if (!rows[i].close)
			close(in[1]);
	}
}
END_TEST

static int open_closed_in_child(void)
{
	struct err e = { 0 };
	short input = 1;
	int fd;

	for (int i = 0; i <= STDERR_FILENO; i++)
		close(i);
	fd = reply_open(&input);
	/* of what was opened just now nothing is known */
	if (fd < 0 || input)
		return 1;
	for (int i = 0; i <= STDERR_FILENO; i++)
		if (fcntl(i, F_GETFD) < 0)
			return 2;
	/* nobody can get the answer: that must not look like success */
	return reply_text(fd, "answer", &e) == -EBADF ? 0 : 3;
}

START_TEST(closed_descriptors_are_not_reused)
{
	int status;
	pid_t child = fork();

	if (!child)
		end_at_once(open_closed_in_child());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("reply");
	TCase *tc = tcase_create("reply");

	tcase_add_test(tc, own_code_wins_over_errno);
	tcase_add_test(tc, code_is_derived_from_errno);
	tcase_add_test(tc, error_is_the_object_of_the_spec);
	tcase_add_test(tc, error_without_text_says_something);
	tcase_add_test(tc, error_is_one_line_of_utf8);
	tcase_add_test(tc, longest_error_is_written_whole);
	tcase_add_test(tc, version_is_echoed_and_all_are_listed);
	tcase_add_test(tc, lost_answer_is_an_error);
	tcase_add_test(tc, slow_reader_gets_all_of_it);
	tcase_add_test(tc, input_is_looked_at);
	tcase_add_test(tc, stray_output_goes_to_stderr);
	tcase_add_test(tc, closed_descriptors_are_not_reused);
	suite_add_tcase(suite, tc);
	return suite;
}
