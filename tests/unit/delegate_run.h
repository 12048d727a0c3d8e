/* SPDX-License-Identifier: Apache-2.0 */
/* One delegate in a test: a script named "ipam", and what delegate_run() makes of it. */
#pragma once
#include "doc.h"
#include "proto/delegate.h"
#include "proto/reply.h"
#include "script.h"

#define CONFIG "{ \"cniVersion\":\"1.0.0\", \"name\":\"n\" }\n"
#define RESULT "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.0.0.2/24\"}]}"
#define ANSWER "cat >/dev/null; echo '" RESULT "'\n"

static struct cni_call call;
static struct err error;

static inline void setup(void)
{
	make_dir();
	error = (struct err){ 0 };
	call = (struct cni_call){ .container = "c",
				  .netns = "/n",
				  .ifname = "net1",
				  .args = "",
				  .path = dir,
				  .version = CNI_1_0_0 };
	call.text = strdup(CONFIG);
	call.text_len = strlen(CONFIG);
}

static inline void teardown(void)
{
	remove_dir();
	call_done(&call);
}

static inline int run(enum cni_command command, cJSON **ret)
{
	error = (struct err){ 0 };
	return delegate_run(&call, "ipam", command, ret, &error);
}

static inline void expect_ok(enum cni_command command)
{
	cJSON *result = NULL;
	int r = run(command, &result);

	ck_assert_msg(!r, "%s (%s)", error.msg, error.details);
	ck_assert_msg(!!result == (command == CNI_CMD_ADD), "result");
	if (result)
		assert_doc_eq(result, "{'cniVersion':'1.1.0','ips':[{'address':'10.0.0.2/24'}]}");
	cJSON_Delete(result);
}

static inline void expect_error(enum cni_command command, unsigned code, const char *msg)
{
	cJSON *result = NULL;
	int r = run(command, &result);

	ck_assert_msg(r < 0, "success instead of \"%s\"", msg);
	ck_assert_int_eq(r, -error.sys);
	ck_assert_ptr_null(result);
	ck_assert_msg(reply_code(&error) == code, "code %u, not %u: %s (%s)", reply_code(&error),
		      code, error.msg, error.details);
	ck_assert_msg(strstr(error.msg, msg), "\"%s\" does not say \"%s\"", error.msg, msg);
}
