// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "judge.h"

const char *fix_printf(char buf[static TEXT_MAX], const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, TEXT_MAX, fmt, ap);
	va_end(ap);
	/* half a command is worse than none */
	if (n < 0 || n >= TEXT_MAX)
		buf[0] = '\0';
	return buf;
}

const char *fix_rebind(const struct function *f, char buf[static TEXT_MAX])
{
	const char *id = f->sys.id.name, *driver = f->sys.driver;

	return fix_printf(buf,
			  "echo %s >/sys/bus/pci/drivers/%s/unbind && "
			  "echo %s >/sys/bus/pci/drivers/%s/bind",
			  id, driver, id, driver);
}

/* Appends " && COMMAND", or begins with it. */
static void then(char buf[static TEXT_MAX], const char *command)
{
	char all[TEXT_MAX];

	(void)fix_printf(all, "%s%s%s", buf, buf[0] ? " && " : "", command);
	memcpy(buf, all, sizeof(all));
}

static bool is_cmdline(const struct mode_source *s)
{
	return s->where[0] != '/';
}

const char *fix_next_mode(const struct report *r, enum rdma_mode mode, char buf[static TEXT_MAX])
{
	int value = mode == RDMA_MODE_SHARED;
	bool cmdline = false, any = false;
	const char *last = "";
	char more[TEXT_MAX];

	buf[0] = '\0';
	for (size_t i = 0; i < r->mode_sources.n; i++) {
		const struct mode_source *s = &r->mode_sources.item[i];

		any |= !is_cmdline(s);
		cmdline |= is_cmdline(s) && s->mode != mode;
		if (is_cmdline(s) || s->mode == mode || !strcmp(last, s->where))
			continue;
		then(buf, fix_printf(more, "sed -i 's/netns_mode=[^ ]*/netns_mode=%d/' %s", value,
				     s->where));
		last = s->where;
	}
	if (!any)
		then(buf, fix_printf(more,
				     "echo 'options ib_core netns_mode=%d' "
				     ">/etc/modprobe.d/ib_core.conf",
				     value));
	if (r->renew_initramfs)
		then(buf, r->renew_initramfs);
	if (cmdline)
		then(buf, r->edit_cmdline ?
				  r->edit_cmdline :
				  ": # and take ib_core.netns_mode off the kernel command line");
	return buf;
}

const char *fix_gc(const struct report *r, const struct attachment *a, char buf[static TEXT_MAX])
{
	return fix_printf(buf,
			  "echo '{\"cniVersion\":\"1.1.0\",\"name\":\"%s\",\"type\":\"%s\"}' | "
			  "CNI_COMMAND=GC CNI_PATH=%s %s/%s",
			  a->network, a->plugin, r->cni_dir, r->cni_dir, a->plugin);
}

const char *rdma_module_of(const char *driver)
{
	static const struct {
		const char *driver, *module;
	} known[] = {
		{ "mlx5_core", "mlx5_ib" }, { "mlx4_core", "mlx4_ib" },
		{ "ice", "irdma" },	    { "i40e", "irdma" },
		{ "bnxt_en", "bnxt_re" },   { "hns3", "hns_roce_hw_v2" },
		{ "mana", "mana_ib" },
	};

	for (size_t i = 0; i < array_size(known); i++)
		if (!strcmp(known[i].driver, driver))
			return known[i].module;
	return NULL;
}
