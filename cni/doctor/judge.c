// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void judge(struct report *r)
{
	static const struct rules *const all[] = { &rules_kernel, &rules_mode,	  &rules_devices,
						   &rules_state,  &rules_plugins, &rules_runtime };

	for (size_t i = 0; i < array_size(all); i++)
		for (size_t k = 0; k < all[i]->n; k++)
			if (all[i]->rule[k].purposes & r->for_what)
				all[i]->rule[k].find(r, &all[i]->rule[k]);
}

void found(struct report *r, const struct rule *rule, const char *object, const char *fix,
	   const char *fmt, ...)
{
	struct finding *f = list_add(&r->findings);
	va_list ap;

	if (!f)
		return report_trouble(r, &(struct err){ .msg = "out of memory" });
	f->id = rule->id;
	f->why = rule->why;
	f->severity = rule->severity;
	(void)snprintf(f->object, sizeof(f->object), "%s", object);
	(void)snprintf(f->fix, sizeof(f->fix), "%s", fix);
	va_start(ap, fmt);
	(void)vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
}
