// SPDX-License-Identifier: Apache-2.0
/*
 * rdma-doctor: looks at a node and says what keeps pods from getting RDMA, and what to do.
 *
 * Reading order: report.h (what is known), probe.h (who finds it out), judge.h (rules),
 * rules_*.c. It changes nothing.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "judge.h"
#include "print.h"
#include "probe.h"

enum exit_status { HEALTHY = 0, PROBLEMS = 1, COULD_NOT_LOOK = 2 };

enum { OPT_FOR = 256, OPT_JSON, OPT_STALE, OPT_SHARED_DP, OPT_ROOT, OPT_CNI_DIR, OPT_VERSION };

struct options {
	enum purpose for_what;
	bool json, stale, help, version;
	const char *shared_dp, *root, *cni_dir;
};

static const char help[] =
	"usage: rdma-doctor [OPTION...]\n"
	"\n"
	"Looks at this node and says what keeps pods from getting RDMA, why it matters, and the\n"
	"command that mends it. It changes nothing.\n"
	"\n"
	"  --for exclusive|shared   how pods get RDMA on this node (default: exclusive)\n"
	"  --json                   the report for machines: schemas/rdma-doctor.schema.json\n"
	"  --stale                  only what was left behind, and how to release it\n"
	"  --check-shared-dp FILE   which devices a configuration of k8s-rdma-shared-dev-plugin takes\n"
	"  --root DIR               the node's / is mounted at DIR: for containers\n"
	"  --cni-bin-dir DIR        where the plugins are (default: /opt/cni/bin)\n"
	"  --version, --help\n"
	"\n"
	"Exit status: 0 healthy, 1 problems, 2 could not look.\n";

static bool parse_purpose(const char *word, enum purpose *ret)
{
	*ret = !strcmp(word, "shared") ? FOR_SHARED : FOR_EXCLUSIVE;
	return !strcmp(word, "shared") || !strcmp(word, "exclusive");
}

static bool take_option(int opt, struct options *o)
{
	switch (opt) {
	case OPT_FOR:
		return parse_purpose(optarg, &o->for_what);
	case OPT_JSON:
		o->json = true;
		return true;
	case OPT_STALE:
		o->stale = true;
		return true;
	case OPT_SHARED_DP:
		o->shared_dp = optarg;
		return true;
	case OPT_ROOT:
		o->root = optarg;
		return true;
	case OPT_CNI_DIR:
		o->cni_dir = optarg;
		return optarg[0] == '/';
	case OPT_VERSION:
		o->version = true;
		return true;
	case 'h':
		o->help = true;
		return true;
	default:
		return false;
	}
}

static bool parse_options(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "for", required_argument, NULL, OPT_FOR },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "stale", no_argument, NULL, OPT_STALE },
		{ "check-shared-dp", required_argument, NULL, OPT_SHARED_DP },
		{ "root", required_argument, NULL, OPT_ROOT },
		{ "cni-bin-dir", required_argument, NULL, OPT_CNI_DIR },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) >= 0)
		if (!take_option(opt, o))
			return false;
	return optind == argc;
}

static int print_json(const struct report *r)
{
	char *text = json_report(r);

	if (!text)
		return -ENOMEM;
	(void)fprintf(stdout, "%s\n", text);
	free(text);
	return 0;
}

/* The status of a report that was printed; one that could not be is no report. */
static enum exit_status status_of(const struct report *r)
{
	if (fflush(stdout) || ferror(stdout))
		return COULD_NOT_LOOK;
	if (report_problems(r))
		return PROBLEMS;
	return r->troubles.n ? COULD_NOT_LOOK : HEALTHY;
}

static enum exit_status check_shared_dp(const struct report *r, const char *path)
{
	struct err e = { 0 };
	int ret = shareddp_check(r, path, stdout, &e);

	if (ret < 0)
		(void)fprintf(stderr, "rdma-doctor: %s\n", e.msg);
	return ret < 0 ? COULD_NOT_LOOK : ret ? PROBLEMS : HEALTHY;
}

static enum exit_status examine(const struct options *o)
{
	cleanup(report_free) struct report *r = report_new(o->for_what, o->cni_dir);

	if (!r)
		return COULD_NOT_LOOK;
	probe_all(r);
	judge(r);
	if (o->shared_dp)
		return check_shared_dp(r, o->shared_dp);
	if (o->json && print_json(r))
		return COULD_NOT_LOOK;
	if (o->stale && !o->json)
		text_stale(r, stdout);
	else if (!o->json)
		text_print(r, stdout);
	return status_of(r);
}

int main(int argc, char **argv)
{
	struct options o = { .for_what = FOR_EXCLUSIVE, .cni_dir = "/opt/cni/bin" };

	if (!parse_options(argc, argv, &o)) {
		(void)fprintf(stderr, "%s", help);
		return COULD_NOT_LOOK;
	}
	if (o.help || o.version) {
		(void)fprintf(stdout, "%s",
			      o.help ? help : "rdma-doctor (sriov-rdma-cni) " PROJECT_VERSION "\n");
		return HEALTHY;
	}
	/* from then on all paths are the node's */
	if (o.root && (chroot(o.root) || chdir("/"))) {
		(void)fprintf(stderr, "rdma-doctor: --root %s: %s\n", o.root, strerror(errno));
		return COULD_NOT_LOOK;
	}
	return (int)examine(&o);
}
