// SPDX-License-Identifier: Apache-2.0
/*
 * cni-install: puts the plugins into a host's CNI directory while its runtime uses them, and back.
 *
 * Reading order: place.h (how a file is replaced), install.c, watch.c.
 */
#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "install.h"
#include "proto/reply.h"
#include "watch.h"

static const char help[] =
	"cni-install: puts the CNI plugins sriov and rdma into a host's CNI directory, and back\n"
	"\n"
	"usage: cni-install [OPTION...]\n"
	"\n"
	"  --cni-bin-dir=DIR         the CNI directory (/host/opt/cni/bin)\n"
	"  --sriov-bin-file=FILE     what to install as sriov (/usr/bin/sriov); empty: nothing\n"
	"  --rdma-cni-bin-file=FILE  what to install as rdma (/usr/bin/rdma); empty: nothing;\n"
	"                            also --rdma-bin-file\n"
	"  --no-sleep                end when it is done; otherwise stay, and install again\n"
	"                            what others remove or replace\n"
	"  --rollback                put back what was there before the last install\n"
	"  -h, --help                this text\n"
	"  -v, --version             the version\n"
	"\n"
	"What is replaced is kept as .sriov.old and .rdma.old. The manual page cni-install(8)\n"
	"has the rest.\n";

static int print(const char *text, struct err *e)
{
	short input;
	int out = reply_open(&input);

	return out < 0 ? err_sys(e, -out, "keep standard output") : reply_text(out, text, e);
}

static int install_once(const struct opts *o, struct err *e)
{
	cleanup(place_close) struct place p = { .dir = -EBADF, .lock = -EBADF };
	unsigned changed = 0;
	int r = place_open(o->dir, &p, e);

	if (!r)
		r = install_all(o, &p, KEEP_LATEST, &changed, e);
	if (!r && !changed)
		log_info("%s is up to date", o->dir);
	return r;
}

static int run(const struct opts *o, struct err *e)
{
	switch (o->verb) {
	case VERB_INSTALL:
		return o->stay ? watch_install(o, e) : install_once(o, e);
	case VERB_ROLLBACK:
		return install_rollback(o, e);
	case VERB_HELP:
		return print(help, e);
	case VERB_VERSION:
		return print("cni-install (sriov-rdma-cni) " PROJECT_VERSION "\n", e);
	}
	return -EINVAL;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct opts o;
	int r = opts_parse(argc, argv, &o, &e);

	log_open("cni-install", "info", NULL);
	if (!r)
		r = run(&o, &e);
	if (r)
		log_error("%s", e.msg);
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
