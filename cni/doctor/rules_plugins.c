// SPDX-License-Identifier: Apache-2.0
/* Rules about the plugins' files, and what could keep them from working. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "judge.h"
#include "probe.h"

static bool has_all(const char *dir)
{
	static const char *const names[] = { "cni-install", "sriov", "rdma" };
	char path[2 * LINE_MAX_LEN];

	for (size_t i = 0; i < array_size(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (access(path, X_OK))
			return false;
	}
	return true;
}

/*
 * cni-install and the plugins come together with the doctor, in an archive or an image. Where it
 * stands alone only the way is known.
 */
static const char *fix_install(const struct report *r, char buf[static TEXT_MAX])
{
	char dir[LINE_MAX_LEN], make[TEXT_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
	char *slash;

	dir[n > 0 ? n : 0] = '\0';
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	if (!slash || !has_all(dir))
		return fix_printf(buf, "# install the plugins into %s: cni-install(8)", r->cni_dir);
	if (!root_exists(r, r->cni_dir + 1))
		(void)fix_printf(make, "mkdir -p %s && ", r->cni_dir);
	return fix_printf(buf,
			  "%s%s/cni-install --no-sleep --cni-bin-dir=%s --sriov-bin-file=%s/sriov "
			  "--rdma-cni-bin-file=%s/rdma",
			  make, dir, r->cni_dir, dir, dir);
}

static void wrong_plugin(struct report *r, const struct rule *rule, enum implementation impl,
			 const char *what)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->plugins.n; i++)
		if (r->plugins.item[i].impl == impl)
			found(r, rule, r->plugins.item[i].path, fix_install(r, fix), "%s %s",
			      r->plugins.item[i].path, what);
}

static void absent(struct report *r, const struct rule *rule)
{
	wrong_plugin(r, rule, IMPL_ABSENT, "is not there");
}

static void go(struct report *r, const struct rule *rule)
{
	wrong_plugin(r, rule, IMPL_GO, "is the Go plugin");
}

static void other(struct report *r, const struct rule *rule)
{
	wrong_plugin(r, rule, IMPL_OTHER, "is neither ours nor the Go plugin");
}

static void not_executable(struct report *r, const struct rule *rule)
{
	char fix[TEXT_MAX];

	for (size_t i = 0; i < r->plugins.n; i++) {
		const struct plugin_file *p = &r->plugins.item[i];

		if (p->impl == IMPL_ABSENT)
			continue;
		if (p->noexec)
			found(r, rule, p->path,
			      fix_printf(fix, "mount -o remount,exec %s", r->cni_dir),
			      "%s is on a file system mounted noexec", p->path);
		else if (!p->executable)
			found(r, rule, p->path, fix_printf(fix, "chmod 755 %s", p->path),
			      "%s is not executable", p->path);
	}
}

/* Types that container runtimes may not run; a file copied from elsewhere keeps them. */
static void selinux(struct report *r, const struct rule *rule)
{
	static const char *const wrong[] = {
		":user_home_t:", ":user_tmp_t:", ":tmp_t:",
		":unlabeled_t:", ":default_t:",	 ":container_file_t:"
	};
	char fix[TEXT_MAX];

	if (strcmp(r->selinux, "enforcing") != 0)
		return;
	for (size_t i = 0; i < r->plugins.n; i++)
		for (size_t k = 0; k < array_size(wrong); k++)
			if (strstr(r->plugins.item[i].label, wrong[k]))
				found(r, rule, r->plugins.item[i].path,
				      fix_printf(fix, "restorecon -v %s", r->plugins.item[i].path),
				      "%s has the SELinux label %s", r->plugins.item[i].path,
				      r->plugins.item[i].label);
}

static const struct rule table[] = {
	{ "plugin-absent", PROBLEM, FOR_EXCLUSIVE, absent,
	  "the runtime cannot attach anything without it" },
	{ "plugin-go", PROBLEM, FOR_EXCLUSIVE, go,
	  "this node has not been migrated, or something has copied it back" },
	{ "plugin-other", PROBLEM, FOR_EXCLUSIVE, other,
	  "nobody knows what it does with the device" },
	{ "plugin-not-executable", PROBLEM, FOR_EXCLUSIVE, not_executable,
	  "the runtime cannot start it" },
	{ "selinux-label", PROBLEM, FOR_EXCLUSIVE, selinux,
	  "SELinux keeps the runtime from starting it" },
};

const struct rules rules_plugins = { array_size(table), table };
