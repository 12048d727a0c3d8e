// SPDX-License-Identifier: Apache-2.0
/* Rules about attachments: what was left behind, and devices that nobody can find. */
#include <string.h>

#include "judge.h"

static const char *label(const struct attachment *a)
{
	return a->go ? "The Go plugin's attachment" : "The attachment";
}

/* A Go rdma file has nothing to undo: its device came home when the namespace died. */
static const char *fix_go(const struct report *r, const struct attachment *a,
			  char buf[static TEXT_MAX])
{
	if (!strcmp(a->plugin, "rdma"))
		return fix_printf(buf, "rm '%s'", a->file);
	return fix_printf(
		buf,
		"echo '{\"cniVersion\":\"1.0.0\",\"name\":\"%s\",\"type\":\"sriov\","
		"\"deviceID\":\"%s\"}' | CNI_COMMAND=DEL CNI_CONTAINERID=%s CNI_IFNAME=%s "
		"CNI_NETNS= CNI_PATH=%s %s/sriov",
		a->network, a->device.name, a->container, a->ifname, r->cni_dir, r->cni_dir);
}

static void stale(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->attachments.n; i++) {
		const struct attachment *a = &r->attachments.item[i];

		if (a->state == ATT_STALE || a->state == ATT_LEASE)
			found(r, rule, a->device.name,
			      a->go ? fix_go(r, a, fix) : fix_gc(r, a, fix),
			      "%s of %s by %s is left behind (network %s, container %s, interface %s): "
			      "%s",
			      label(a), a->device.name, a->plugin, a->network, a->container,
			      a->ifname, a->why);
	}
}

static void pending(struct report *r, const struct rule *rule)
{
	for (size_t i = 0; i < r->attachments.n; i++) {
		const struct attachment *a = &r->attachments.item[i];

		if (a->state == ATT_PENDING)
			found(r, rule, a->device.name,
			      "# look again in a minute; if it is still there, delete the pod",
			      "%s of %s by %s is not complete: %s", label(a), a->device.name,
			      a->plugin, a->why);
	}
}

static void unreadable(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->attachments.n; i++) {
		const struct attachment *a = &r->attachments.item[i];

		if (a->state == ATT_ASIDE || a->state == ATT_DAMAGED)
			found(r, rule, a->file, fix_printf(fix, "rm '%s'", a->file),
			      "A record could not be understood: %s%s%s", a->file,
			      a->why[0] ? ": " : "", a->why);
	}
}

static void newer(struct report *r, const struct rule *rule)
{
	for (size_t i = 0; i < r->attachments.n; i++)
		if (r->attachments.item[i].state == ATT_NEWER)
			found(r, rule, r->attachments.item[i].file,
			      "# install the newer version of the plugins again", "%s: %s",
			      r->attachments.item[i].file, r->attachments.item[i].why);
}

static void dangling(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->attachments.n; i++) {
		const char *file = r->attachments.item[i].file;

		if (r->attachments.item[i].state == ATT_CLAIM)
			found(r, rule, file, fix_printf(fix, "rm '%s'", file),
			      "A claim points to no record: %s", file);
	}
}

static bool is_expected(const struct report *r, const struct function *f)
{
	return function_holder(r, f) != NULL;
}

/* Its own driver can bring it home whoever holds it: the interface is made anew. */
static void lost(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		if (!f->sys.has_netdev || f->sys.netdev[0] || is_expected(r, f))
			continue;
		if (!f->place_found)
			found(r, rule, f->sys.id.name, fix_rebind(f, fix),
			      "VF %s is lost: its interface is in a network namespace that no path and "
			      "no process leads to",
			      f->sys.id.name);
		else if (f->place.pid)
			found(r, rule, f->sys.id.name, fix_rebind(f, fix),
			      "VF %s is lost: its interface is %s in a network namespace that nothing "
			      "but process %u (%s) holds",
			      f->sys.id.name, f->place_ifname, f->place.pid, f->place.comm);
	}
}

static void elsewhere(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		if (!f->place_found || f->place.pid || is_expected(r, f))
			continue;
		(void)fix_printf(fix, "nsenter --net=%s ip link set %s netns 1", f->place.path,
				 f->place_ifname);
		found(r, rule, f->sys.id.name, fix,
		      "VF %s is %s in %s, and no plugin of ours put it there", f->sys.id.name,
		      f->place_ifname, f->place.path);
	}
}

/* The interface is at home, the RDMA device is not. */
static void rdma_lost(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->functions.n; i++) {
		const struct function *f = &r->functions.item[i];

		for (size_t k = 0; k < f->n_rdma; k++)
			if (!f->rdma[k].sys.here && f->sys.netdev[0] && !is_expected(r, f))
				found(r, rule, f->sys.id.name, fix_rebind(f, fix),
				      "RDMA device %s of %s is lost: it is in another network "
				      "namespace, its interface is here",
				      f->rdma[k].sys.name, f->sys.id.name);
	}
}

static void lease(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->leases.n; i++) {
		const struct lease *l = &r->leases.item[i];

		found(r, rule, l->address, fix_printf(fix, "rm '%s'", l->file),
		      "Address %s of network %s is kept for container %s, which has no attachment",
		      l->address, l->network, l->container);
	}
}

static const struct rule table[] = {
	{ "stale", PROBLEM, FOR_EXCLUSIVE, stale,
	  "its address is not free, its settings may still be on the VF; the next ADD of this VF or a GC "
	  "puts it right" },
	{ "pending", NOTE, FOR_EXCLUSIVE, pending,
	  "an ADD that was killed is finished off by the next ADD or DEL of this device" },
	{ "record-unreadable", PROBLEM, FOR_EXCLUSIVE, unreadable,
	  "what it changed is not undone by itself; look at the file before you remove it" },
	{ "record-newer", PROBLEM, FOR_EXCLUSIVE, newer,
	  "this version cannot release what a newer one attached" },
	{ "claim-dangling", NOTE, FOR_EXCLUSIVE, dangling,
	  "it does no harm; the next ADD of this device removes it" },
	{ "vf-lost", PROBLEM, FOR_EXCLUSIVE, lost,
	  "no pod can use it until it is home; the command ends all use of it" },
	{ "vf-elsewhere", NOTE, FOR_EXCLUSIVE, elsewhere,
	  "another plugin may need it there; if none does, the command brings it home" },
	{ "rdma-lost", PROBLEM, FOR_EXCLUSIVE, rdma_lost,
	  "a pod that gets this VF fails; the command ends all use of the device" },
	{ "lease-orphan", PROBLEM, FOR_EXCLUSIVE, lease,
	  "the range runs out of addresses if this goes on" },
};

const struct rules rules_state = { array_size(table), table };
