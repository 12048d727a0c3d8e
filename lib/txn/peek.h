/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at the records of a program that changes nothing: no directory is made,
 * nothing is set aside, no property table is needed.
 */
#pragma once
#include "txn/record.h"

enum peek_kind {
	PEEK_RECORD,
	PEEK_ASIDE, /* set aside earlier: "!<name>" */
	PEEK_DAMAGED, /* would be set aside by whoever loads it */
	PEEK_NEWER, /* written by a newer version */
	PEEK_CLAIM, /* a claim that points to no record; @file is "@<device>" */
};

/**
 * struct peek - one file of the directory
 * @record: of PEEK_RECORD, without its plan; else NULL
 * @why:    what is wrong with it; ""
 */
struct peek {
	enum peek_kind kind;
	const char *file;
	const struct record *record;
	const char *why;
};

/**
 * store_peek() - call @fn for every file of DIR/sriov-rdma/PLUGIN that says something
 *
 * Return: 0, also without such a directory; the first non-zero value of @fn; -errno.
 */
int store_peek(const char *dir, const char *plugin, int (*fn)(const struct peek *p, void *arg),
	       void *arg, struct err *e) must_check;
