// SPDX-License-Identifier: Apache-2.0
/* A record as found on disk: what is accepted is written such that it is accepted, and the same. */
#include <string.h>

#include "fuzz.h"
#include "props.h"
#include "txn/record_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	cleanup(record_done) struct record record = { .doc = NULL }, again = { .doc = NULL };
	cleanup(str_free) char *text = NULL, *text_again = NULL;
	struct err e = { 0 };

	if (record_parse((const char *)data, len, "sriov", &sriov_props, &record, &e)) {
		MUST(e.sys && *e.msg);
		return 0;
	}
	text = record_text(&record, "sriov");
	MUST(text);
	MUST(!record_parse(text, strlen(text), "sriov", &sriov_props, &again, &e));
	text_again = record_text(&again, "sriov");
	MUST(text_again && !strcmp(text, text_again));
	return 0;
}
