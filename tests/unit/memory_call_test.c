// SPDX-License-Identifier: Apache-2.0
/* A call, its delegate and its answer without memory. */
#include <unistd.h>

#include "proto/call.h"
#include "proto/delegate.h"
#include "proto/reply.h"
#include "script.h"
#include "starve.h"

static const char call_text[] =
	"{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"t\","
	"\"cni.dev/valid-attachments\":[{\"containerID\":\"a\",\"ifname\":\"b\"}]}";
static int input = -EBADF;

static int read_call(char **ret, struct err *e)
{
	cleanup(call_done) struct cni_call c;
	struct call_attachment *valid = NULL;
	bool is_there;
	size_t n;
	int r;

	(void)lseek(input, 0, SEEK_SET);
	r = call_read(input, 0, &c, e);
	if (!r)
		r = call_get_valid(&c, &valid, &n, &is_there, e);
	free(valid);
	return r ? r : take_text(json_text(c.conf), ret, e);
}

START_TEST(a_call_is_read_wholly_or_not)
{
	setenv("CNI_COMMAND", "GC", 1);
	setenv("CNI_PATH", "/bin", 1);
	input = memfd_create("stdin", MFD_CLOEXEC);
	ck_assert_int_eq(write(input, call_text, strlen(call_text)), (ssize_t)strlen(call_text));
	starve(read_call);
	close(input);
}
END_TEST

static int run_program(const char *path, const char *name, enum cni_command command, cJSON **ret,
		       struct err *e)
{
	static char text[] = "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.0.0.2/24\"}]}";
	const struct cni_call c = { .container = "c",
				    .netns = "/n",
				    .ifname = "net1",
				    .args = "",
				    .path = path,
				    .text = text,
				    .text_len = strlen(text),
				    .version = CNI_1_0_0 };

	return delegate_run(&c, name, command, ret, e);
}

static int run_delegate(char **ret, struct err *e)
{
	cleanup(json_free) cJSON *result = NULL;
	/* a delegate that prints its input */
	int r = run_program("/bin", "cat", CNI_CMD_ADD, &result, e);

	/* the wrapped error keeps its number */
	return r ? r : take_text(json_text(result), ret, e);
}

static int run_silent_delegate(char **ret, struct err *e)
{
	cJSON *result = NULL;
	int r = run_program(dir, "silent", CNI_CMD_DEL, &result, e);

	return r ? r : take_text(strdup(""), ret, e);
}

START_TEST(a_delegate_is_run_and_read_wholly_or_not)
{
	starve(run_delegate);
}
END_TEST

START_TEST(a_delegate_that_says_nothing_and_leaves_somebody_behind)
{
	make_dir();
	script("silent", "sleep 1 &\n");
	starve(run_silent_delegate);
	remove_dir();
}
END_TEST

static int tell_version(char **ret, struct err *e)
{
	int fd = memfd_create("stdout", MFD_CLOEXEC), r = reply_version(fd, CNI_1_0_0, e);
	char text[512] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	close(fd);
	return r ? r : take_text(n < 0 ? NULL : strdup(text), ret, e);
}

START_TEST(the_versions_are_told_wholly_or_not)
{
	starve(tell_version);
}
END_TEST

/* The caller gets a document in any case. */
START_TEST(an_error_is_told_without_memory)
{
	const struct err told = { .sys = EBUSY, .msg = "the VF is busy", .details = "more" };
	unsigned n = 0, left = 0;

	while (!left && n < ALLOCATIONS_MAX) {
		char text[512] = "";
		cJSON *reply = NULL;
		struct err e = { 0 };
		int r, fd = memfd_create("stdout", MFD_CLOEXEC);

		countdown = ++n;
		r = reply_error(fd, CNI_1_0_0, &told);
		left = countdown;
		countdown = 0;
		ck_assert_int_eq(r, 0);
		ck_assert_int_gt(pread(fd, text, sizeof(text) - 1, 0), 0);
		close(fd);
		ck_assert_msg(!json_parse(text, strlen(text), &reply, &e), "%u: %s", n, text);
		cJSON_Delete(reply);
	}
	ck_assert_msg(left && n > 5, "%u allocations", n);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("memory_call");
	TCase *t = tcase_create("memory_call");

	starve_cjson();
	tcase_add_test(t, a_call_is_read_wholly_or_not);
	tcase_add_test(t, a_delegate_is_run_and_read_wholly_or_not);
	tcase_add_test(t, a_delegate_that_says_nothing_and_leaves_somebody_behind);
	tcase_add_test(t, the_versions_are_told_wholly_or_not);
	tcase_add_test(t, an_error_is_told_without_memory);
	suite_add_tcase(s, t);
	return s;
}
