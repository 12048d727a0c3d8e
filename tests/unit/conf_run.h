/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configurations in a test: keys in, struct CONF or an error out; what is logged is seen("log").
 * The includer has its plugin's conf.h, and says which struct that is.
 */
#pragma once
#include "base/log.h"
#include "doc.h"
#include "proto/reply.h"
#include "script.h"

static struct cni_call call;
static struct CONF conf;
static struct err e;

static inline void set_up(void)
{
	make_dir();
	e = (struct err){ 0 };
	call = (struct cni_call){ .args = "" };
	log_open("test", "info", in_dir("log"));
}

static inline void tear_down(void)
{
	json_free(&call.conf);
	remove_dir();
}

/* The keys as they are; the configuration lives until the next call, its strings too. */
static inline void set_conf(const char *text)
{
	json_free(&call.conf);
	call.conf = doc(text);
}

static inline int parse_all(const char *text)
{
	memset(&conf, 0, sizeof(conf));
	e = (struct err){ 0 };
	set_conf(text);
	return conf_parse(&call, &conf, &e);
}

/* The keys beside those that every configuration has: ",'key':value" for each. */
static inline int parse(const char *keys)
{
	char text[2048];

	ck_assert_int_eq(str_printf(text, sizeof(text),
				    "{'cniVersion':'1.1.0','name':'net','type':'x'%s%s}",
				    ",'deviceID':'0000:81:00.3'", keys),
			 0);
	return parse_all(text);
}

static inline void accepts(const char *keys)
{
	ck_assert_msg(!parse(keys), "%s: %s", keys, e.msg);
}

static inline void refuses(const char *keys, const char *msg)
{
	int r = parse(keys);

	ck_assert_msg(r < 0, "%s is accepted", keys);
	ck_assert_int_eq(r, -e.sys);
	ck_assert_str_eq(e.msg, msg);
	ck_assert_msg(e.code == CNI_ERR_CONFIG, "%s: code %u", keys, e.code);
}

static inline void assert_nothing_logged(void)
{
	ck_assert_str_eq(seen("log"), "");
}

static inline void assert_logged(const char *text)
{
	ck_assert_msg(strstr(seen("log"), text), "no \"%s\" in %s", text, seen("log"));
}
