// SPDX-License-Identifier: Apache-2.0
/* Any text from outside: what is accepted can be written, and reads back the same. */
#include <string.h>

#include "base/json.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	cleanup(json_free) cJSON *doc = NULL, *again = NULL;
	cleanup(str_free) char *text = NULL, *text_again = NULL;
	struct err e = { 0 };

	if (json_parse((const char *)data, len, &doc, &e)) {
		MUST(e.sys && *e.msg && !doc);
		return 0;
	}
	text = json_text(doc);
	MUST(text);
	MUST(!json_parse(text, strlen(text), &again, &e));
	text_again = json_text(again);
	MUST(text_again && !strcmp(text, text_again));
	return 0;
}
