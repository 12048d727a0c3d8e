// SPDX-License-Identifier: Apache-2.0
/*
 * fakectl - make, change and show the world in $FAKE_WORLD
 *
 * Usage: fakectl COMMAND [ARGUMENT...] [+ COMMAND [ARGUMENT...]]...
 *
 *   init [pfs=N] [vfs=N] [sfs=N]     a new world; default one PF with 4 VFs
 *   netns add PATH                   and "netns del PATH", "netns path PATH OTHER" (a second path)
 *   link NETNS NAME [KEY=VALUE...]   a new virtual interface
 *   set node|DEVICE|NETNS/LINK|rdma/NAME KEY=VALUE...      (set.c has the keys)
 *   recreate DEVICE                  the device goes and comes back as another instance
 *   remove DEVICE
 *   unbind DEVICE DRIVER             no netdev and no RDMA device any more; "-" no driver
 *   reboot                           new boot id, everything at home, namespaces gone
 *   wait MS                          let time pass
 *   fault KEY=VALUE...               arm one: nth= error= when=start|stage|end stage= forever=yes
 *                                    die=yes gone=PATH; "fault off"; "fault show"
 *   dump                             canonical text
 *
 * NETNS is "host" or a path that leads there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "set.h"
#include "world.h"

static const char *arg(char **argv, int i)
{
	for (int n = 0; n <= i; n++)
		if (!argv[n])
			fake_fatal("an argument is missing");
	return argv[i];
}

static void cmd_init(struct fake_world *w, char **argv)
{
	struct fake_shape shape = { .pfs = 1, .vfs = 4 };

	for (; *argv; argv++) {
		char *value = set_split(*argv);

		if (!strcmp(*argv, "pfs"))
			shape.pfs = (unsigned)set_number(value);
		else if (!strcmp(*argv, "vfs"))
			shape.vfs = (unsigned)set_number(value);
		else if (!strcmp(*argv, "sfs"))
			shape.sfs = (unsigned)set_number(value);
		else
			fake_fatal("init: %s", *argv);
	}
	fake_init(w, &shape);
}

static void cmd_netns(struct fake_world *w, char **argv)
{
	const char *what = arg(argv, 0), *path = arg(argv, 1);

	if (!strcmp(what, "add"))
		(void)fake_add_netns(w, path);
	else if (!strcmp(what, "path"))
		fake_mount(w, set_find_netns(w, path), arg(argv, 2));
	else if (strcmp(what, "del") || fake_del_netns(w, path))
		fake_fatal("netns %s %s", what, path);
}

static void cmd_link(struct fake_world *w, char **argv)
{
	int ns = set_find_netns(w, arg(argv, 0));
	int link = fake_add_link(w, ns, NONE, arg(argv, 1));

	for (argv += 2; *argv; argv++)
		set_link(w, link, *argv);
}

static void cmd_unbind(struct fake_world *w, char **argv)
{
	int fn = set_find_fn(w, arg(argv, 0));
	const char *driver = arg(argv, 1);

	fake_unprobe(w, fn);
	fake_copy(w->fns[fn].driver, sizeof(w->fns[fn].driver), strcmp(driver, "-") ? driver : "");
}

static void cmd_recreate(struct fake_world *w, char **argv)
{
	fake_recreate(w, set_find_fn(w, arg(argv, 0)));
}

static void cmd_remove(struct fake_world *w, char **argv)
{
	fake_remove_fn(w, set_find_fn(w, arg(argv, 0)));
}

static void cmd_reboot(struct fake_world *w, char **argv unused)
{
	fake_reboot(w);
}

static void cmd_wait(struct fake_world *w, char **argv)
{
	fake_advance(w, set_number(arg(argv, 0)));
}

static void arm(struct fake_fault *f, const char *key, const char *value)
{
	if (!strcmp(key, "nth")) {
		f->nth = (unsigned)set_number(value);
	} else if (!strcmp(key, "error")) {
		f->effect = FAULT_ERROR;
		f->error = (int)set_number(value);
	} else if (!strcmp(key, "stage")) {
		f->stage = (unsigned)set_number(value);
		f->when = AT_STAGE;
	} else if (!strcmp(key, "when")) {
		f->when = !strcmp(value, "end")	  ? AT_END :
			  !strcmp(value, "stage") ? AT_STAGE :
						    AT_START;
	} else if (!strcmp(key, "forever")) {
		f->forever = set_yes(value);
	} else if (!strcmp(key, "die") && set_yes(value)) {
		f->effect = FAULT_DIE;
	} else if (!strcmp(key, "gone")) {
		f->effect = FAULT_NETNS_GONE;
		fake_copy(f->netns, sizeof(f->netns), value);
	} else {
		fake_fatal("fault: %s=%s", key, value);
	}
}

static void cmd_fault(struct fake_world *w, char **argv)
{
	const struct fake_fault *f = &w->fault;

	if (!strcmp(arg(argv, 0), "show")) {
		(void)printf("calls %u%s%s %s %s\n", f->calls, f->fired ? " fired at " : "",
			     f->kind, f->object, f->step);
		return;
	}
	w->fault = (struct fake_fault){ .effect = FAULT_NONE };
	if (!strcmp(argv[0], "off"))
		return;
	for (; *argv; argv++) {
		char *value = set_split(*argv);

		arm(&w->fault, *argv, value);
	}
}

static void cmd_set(struct fake_world *w, char **argv)
{
	set_object(w, arg(argv, 0), argv + 1);
}

static void cmd_dump(struct fake_world *w, char **argv unused)
{
	char *text = fake_dump(w);

	if (!text || fputs(text, stdout) == EOF)
		fake_fatal("dump: %s", strerror(errno));
	free(text);
}

static const struct {
	const char *name;
	void (*run)(struct fake_world *w, char **argv);
} commands[] = {
	{ "init", cmd_init },	  { "netns", cmd_netns },	{ "link", cmd_link },
	{ "set", cmd_set },	  { "recreate", cmd_recreate }, { "remove", cmd_remove },
	{ "unbind", cmd_unbind }, { "reboot", cmd_reboot },	{ "wait", cmd_wait },
	{ "fault", cmd_fault },	  { "dump", cmd_dump },
};

static void run(struct fake_world *w, char **argv)
{
	for (size_t i = 0; i < array_size(commands); i++)
		if (!strcmp(commands[i].name, arg(argv, 0))) {
			commands[i].run(w, argv + 1);
			return;
		}
	fake_fatal("no command is named %s", argv[0]);
}

int main(int argc, char **argv)
{
	fake_lock();
	for (int i = 1, start = 1; i <= argc; i++) {
		if (i < argc && strcmp(argv[i], "+"))
			continue;
		argv[i] = NULL;
		run(fake_get(), argv + start);
		start = i + 1;
	}
	fake_unlock();
	return 0;
}
