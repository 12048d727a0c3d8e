// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>

#include "print.h"

static const char *or_dash(const char *s)
{
	return *s ? s : "-";
}

static void print_node(const struct report *r, FILE *out)
{
	const char *sep = "";

	fprintf(out, "node %s, kernel %s, OFED %s, judged for %s mode\n", r->host, r->kernel,
		or_dash(r->ofed), purpose_name(r->for_what));
	fprintf(out, "RDMA mode: %s now, %s after the next boot",
		r->mode_told ? mode_name(r->mode) : "unknown", mode_name(r->next_mode));
	for (size_t i = 0; i < r->mode_sources.n; i++)
		fprintf(out, "%s%s says %s", i ? ", " : " (", r->mode_sources.item[i].where,
			mode_name(r->mode_sources.item[i].mode));
	fprintf(out, "%s\nmodules: ", r->mode_sources.n ? ")" : "");
	for (size_t i = 0; i < r->modules.n; i++)
		if (r->modules.item[i].loaded) {
			fprintf(out, "%s%s", sep, r->modules.item[i].name);
			sep = " ";
		}
	fprintf(out, "\nSELinux %s, AppArmor %s\n", r->selinux, r->apparmor);
	for (size_t i = 0; i < r->runtimes.n; i++)
		fprintf(out, "plugins are started by %s (process %u), confined by %s\n",
			r->runtimes.item[i].process, r->runtimes.item[i].pid,
			or_dash(r->runtimes.item[i].confinement));
}

static void print_rdma(const struct function *f, FILE *out)
{
	for (size_t i = 0; i < f->n_rdma; i++) {
		const struct rdma_link *l = &f->rdma[i];

		fprintf(out, "; RDMA %s port 1", l->sys.name);
		if (l->sys.uverbs >= 0)
			fprintf(out, " uverbs%d", l->sys.uverbs);
		if (l->sys.umad >= 0)
			fprintf(out, " umad%d", l->sys.umad);
		if (l->issm_node)
			fprintf(out, " issm%d", l->sys.umad);
		if (l->told)
			fprintf(out, " %s GUID %016" PRIx64 " %s netdev %s", l->dev.protocol,
				l->dev.node_guid, port_state_name(l->port.state),
				or_dash(l->netdev));
		else
			fprintf(out, " in another namespace");
	}
	fprintf(out, "\n");
}

static void print_vf(const struct report *r, const struct function *f, FILE *out)
{
	const struct attachment *a = function_holder(r, f);
	char admin[MAC_STR_MAX];

	fprintf(out, "  VF %u %s %04x:%04x %s %s admin MAC %s", f->sys.vf, f->sys.id.name,
		f->vendor, f->device, or_dash(f->sys.driver), or_dash(f->sys.netdev),
		f->admin_told ? mac_format(&f->admin, admin) : "-");
	if (a)
		fprintf(out, "; in %s as %s of container %s", or_dash(a->netns), a->ifname,
			a->container);
	else if (f->place_found)
		fprintf(out, "; in %s", f->place.path);
	print_rdma(f, out);
}

static void print_functions(const struct report *r, FILE *out)
{
	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		if (function_is_vf(f)) {
			print_vf(r, f, out);
			continue;
		}
		/* cards that have nothing to do with all this */
		if (!f->total_vfs && !f->n_rdma)
			continue;
		fprintf(out, "PF %s %04x:%04x %s %s %s%s%s, %u of %u VFs", f->sys.id.name,
			f->vendor, f->device, or_dash(f->sys.driver), or_dash(f->sys.netdev),
			or_dash(f->link), f->eswitch == DEVLINK_UNKNOWN ? "" : " ",
			eswitch_name(f->eswitch), f->num_vfs, f->total_vfs);
		print_rdma(f, out);
	}
}

static void print_state(const struct report *r, FILE *out)
{
	for (size_t i = 0; i < r->plugins.n; i++)
		fprintf(out, "plugin %s: %s\n", r->plugins.item[i].path,
			implementation_name(r->plugins.item[i].impl));
	for (size_t i = 0; i < r->attachments.n; i++) {
		const struct attachment *a = &r->attachments.item[i];

		fprintf(out, "attachment of %s by %s%s: %s %s\n", or_dash(a->device.name),
			a->plugin, a->go ? " (Go)" : "", att_state_name(a->state), a->file);
	}
}

static void print_findings(const struct report *r, FILE *out)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.item[i];

		fprintf(out, "\n%s [%s] %s\n   why: %s\n   fix: %s\n",
			f->severity == PROBLEM ? "PROBLEM" : "note", f->id, f->what, f->why,
			f->fix);
	}
	for (size_t i = 0; i < r->troubles.n; i++)
		fprintf(out, "\nCOULD NOT LOOK: %s\n", r->troubles.item[i].text);
}

void text_print(const struct report *r, FILE *out)
{
	size_t problems = report_problems(r);

	print_node(r, out);
	print_functions(r, out);
	print_state(r, out);
	print_findings(r, out);
	if (problems)
		fprintf(out, "\n%zu problem%s\n", problems, problems == 1 ? "" : "s");
	else
		fprintf(out, "\n%s\n",
			r->troubles.n ? "no problems in what could be seen" : "healthy");
}

void text_stale(const struct report *r, FILE *out)
{
	static const char *const ids[] = { "stale", "lease-orphan", "record-unreadable", "vf-lost",
					   "rdma-lost" };
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++)
		for (size_t k = 0; k < array_size(ids); k++)
			if (!strcmp(r->findings.item[i].id, ids[k])) {
				fprintf(out, "%s\n   fix: %s\n", r->findings.item[i].what,
					r->findings.item[i].fix);
				n++;
			}
	if (!n)
		fprintf(out, "nothing is left behind\n");
}
