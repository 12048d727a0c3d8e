// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake/set.h"
#include "fake/world.h"
#include "tree.h"

#define DEVICE "0000:03:00.3"

const char *const plugin_names[PLUGINS] = { [SRIOV] = "sriov", [RDMA] = "rdma" };

static const char *const verb_names[] = {
	[ADD] = "ADD",	  [DEL] = "DEL",       [CHECK] = "CHECK",     [GC] = "GC",
	[GC_KEEP] = "GC", [STATUS] = "STATUS", [VERSION] = "VERSION",
};

/* Every attribute differs from what the VF has before, and before is not the driver's default. */
static const char conf[] =
	"\"name\":\"net\",\"deviceID\":\"" DEVICE "\",\"vlan\":100,\"vlanQoS\":3,"
	"\"mac\":\"02:00:00:00:aa:01\",\"min_tx_rate\":10,\"max_tx_rate\":1000,\"spoofchk\":\"off\","
	"\"trust\":\"on\",\"link_state\":\"enable\",\"ipam\":{\"type\":\"lease\"}";
static const char conf_netdev[] = ",\"mtu\":1400,\"promisc\":true";

/**
 * struct variant
 * @settings: OBJECT, KEY=VALUE, OBJECT, ...
 * @rdma:     more of its configuration
 * @driver:   the VF's, with which it has neither an interface nor an RDMA device; NULL: its own
 */
struct variant {
	const char *name;
	const char *const *settings;
	const char *rdma, *driver;
};

static const char *const set_plain[] = { NULL };
static const char *const set_delayed[] = { "node", "mac_mode=delayed", NULL };
static const char *const set_down[] = { "node", "mac_mode=down", NULL };
static const char *const set_probe[] = { "node", "mac_mode=probe", NULL };
static const char *const set_slow[] = { "node", "back_ms=400", NULL };
static const char *const set_old[] = { "node", "cookies=no", NULL };
static const char *const set_two[] = { DEVICE, "rdma=mlx5_9", NULL };

static const struct variant variants[] = {
	{ .name = "plain", .settings = set_plain, .rdma = "" },
	{ .name = "delayed", .settings = set_delayed, .rdma = "" },
	{ .name = "down", .settings = set_down, .rdma = "" },
	{ .name = "probe", .settings = set_probe, .rdma = "" },
	{ .name = "slow", .settings = set_slow, .rdma = "" },
	{ .name = "old", .settings = set_old, .rdma = "" },
	{ .name = "all", .settings = set_two, .rdma = ",\"rdmaDevices\":\"all\"" },
	{ .name = "named", .settings = set_plain, .rdma = ",\"rdmaDeviceName\":\"roce0\"" },
	{ .name = "userspace", .settings = set_plain, .rdma = "", .driver = "vfio-pci" },
};

static void set(struct fake_world *w, const char *object, const char *text)
{
	char word[64], *words[] = { word, NULL };

	fake_copy(word, sizeof(word), text);
	set_object(w, object, words);
}

static const struct variant *find_variant(const char *name)
{
	for (size_t i = 0; i < array_size(variants); i++)
		if (!strcmp(variants[i].name, name))
			return &variants[i];
	fake_fatal("no variant is named %s", name);
}

static void bind_to(struct fake_world *w, const char *driver)
{
	int fn = set_find_fn(w, DEVICE);

	fake_unprobe(w, fn);
	fake_copy(w->fns[fn].driver, sizeof(w->fns[fn].driver), driver);
}

static void make_pristine(struct machine *m)
{
	const struct variant *variant = find_variant(m->variant);
	const char *const *settings = variant->settings;
	const struct fake_shape shape = { .pfs = 1, .vfs = 3 };
	struct fake_world *w = fake_get();

	fake_init(w, &shape);
	set(w, DEVICE, "mac=02:00:00:00:bb:01");
	set(w, DEVICE, "vlan=5");
	set(w, DEVICE, "qos=1");
	set(w, DEVICE, "max_tx_rate=500");
	set(w, "host/ens1f0v1", "altname=enp3s0f0v1");
	set(w, "host/ens1f0v1", "mac=02:00:00:00:bb:01");
	set(w, "host/ens1f0v1", "mtu=9000");
	set(w, "host/ens1f0v1", "txqlen=500");
	set(w, "host/ens1f0v1", "alias=ours");
	for (; *settings; settings += 2)
		set(w, settings[0], settings[1]);
	if (variant->driver)
		bind_to(w, variant->driver);
	m->pristine = malloc(sizeof(*w));
	if (!m->pristine)
		fake_fatal("out of memory");
	memcpy(m->pristine, w, sizeof(*w));
	m->before = machine_dump();
}

void machine_open(struct machine *m, const char *tmp)
{
	char path[PATH_MAX];

	fake_printf(m->dir, sizeof(m->dir), "%s/fault-XXXXXX", tmp);
	if (!mkdtemp(m->dir))
		fake_fatal("%s: %s", m->dir, strerror(errno));
	/* A delegate outlives its killed parent: it must come to us, so that we can wait for it. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		fake_fatal("subreaper: %s", strerror(errno));
	fake_printf(path, sizeof(path), "%s/world", m->dir);
	(void)setenv("FAKE_WORLD", path, 1);
	fake_printf(path, sizeof(path), "%s/root", m->dir);
	(void)setenv("FAKE_ROOT", path, 1);
	/* A sanitizer's report must not look like a plugin's error. */
	(void)setenv("ASAN_OPTIONS", "exitcode=99", 0);
	(void)setenv("UBSAN_OPTIONS", "halt_on_error=1:exitcode=99", 0);
	if (m->verbose)
		(void)setenv("FAKE_LOG", "/dev/stderr", 1);
	make_pristine(m);
}

void machine_close(struct machine *m)
{
	tree_remove(m->dir);
	free(m->pristine);
	free(m->saved);
	free(m->before);
	for (int i = 0; i < PLUGINS; i++)
		free(m->attached[i]);
}

void machine_reset(struct machine *m)
{
	static const char *const pods[] = { "/run/netns/a", "/run/netns/b" };
	struct fake_world *w = fake_get();

	tree_remove(fake_root());
	if (mkdir(fake_root(), 0755))
		fake_fatal("%s: %s", fake_root(), strerror(errno));
	memcpy(w, m->pristine, sizeof(*w));
	for (size_t i = 0; i < array_size(pods); i++) {
		int ns = fake_add_netns(w, pods[i]);

		(void)fake_add_link(w, ns, NONE, "eth0");
	}
}

static void saved_files(const struct machine *m, char path[static PATH_MAX])
{
	fake_printf(path, PATH_MAX, "%s/saved", m->dir);
}

void machine_save(struct machine *m)
{
	char path[PATH_MAX];

	saved_files(m, path);
	tree_remove(path);
	tree_copy(fake_root(), path);
	if (!m->saved)
		m->saved = malloc(sizeof(*m->saved));
	if (!m->saved)
		fake_fatal("out of memory");
	memcpy(m->saved, fake_get(), sizeof(*m->saved));
}

void machine_restore(struct machine *m)
{
	char path[PATH_MAX];

	saved_files(m, path);
	tree_remove(fake_root());
	tree_copy(path, fake_root());
	memcpy(fake_get(), m->saved, sizeof(*m->saved));
}

static FILE *create(const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		fake_fatal("%s: %s", path, strerror(errno));
	return f;
}

static void write_conf(const struct machine *m, const char *path, enum plugin p, enum verb v,
		       const struct pod *pod)
{
	bool is_gc = v == GC || v == GC_KEEP, is_old = v == ADD || v == DEL || v == CHECK;
	FILE *f = create(path);

	(void)fprintf(f, "{\"cniVersion\":\"%s\",\"type\":\"%s\",%s", is_old ? "1.0.0" : "1.1.0",
		      plugin_names[p], conf);
	if (!find_variant(m->variant)->driver)
		(void)fputs(conf_netdev, f);
	if (p == RDMA)
		(void)fputs(find_variant(m->variant)->rdma, f);
	if (is_gc)
		(void)fputs(",\"cni.dev/valid-attachments\":[", f);
	if (v == GC_KEEP)
		(void)fprintf(f, "{\"containerID\":\"%s\",\"ifname\":\"net1\"}", pod->container);
	if (is_gc)
		(void)fputs("]", f);
	if (is_old && pod->answer[0])
		(void)fprintf(f, ",\"prevResult\":%s", pod->answer);
	(void)fputs("}", f);
	if (fclose(f))
		fake_fatal("%s: %s", path, strerror(errno));
}

static void read_answer(const char *path, struct pod *pod)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, pod->answer, sizeof(pod->answer) - 1);

	pod->answer[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		(void)close(fd);
}

static void set_environment(const struct machine *m, enum verb v, const struct pod *pod)
{
	/* GC, STATUS and VERSION are about nobody */
	if (v == ADD || v == DEL || v == CHECK) {
		(void)setenv("CNI_CONTAINERID", pod->container, 1);
		(void)setenv("CNI_NETNS", pod->netns, 1);
		(void)setenv("CNI_IFNAME", "net1", 1);
	} else {
		(void)unsetenv("CNI_CONTAINERID");
		(void)unsetenv("CNI_NETNS");
		(void)unsetenv("CNI_IFNAME");
	}
	(void)setenv("CNI_COMMAND", verb_names[v], 1);
	(void)setenv("CNI_PATH", m->delegates, 1);
	/* Looking for leaks takes three times as long as the rest; without a fault the golden suite does. */
	(void)setenv("LSAN_OPTIONS", fake_get()->fault.effect ? "detect_leaks=1" : "detect_leaks=0",
		     1);
}

/* Its status, once it and all that it started have ended. */
static int wait_all(pid_t pid)
{
	int status = 0, one;

	(void)alarm(RUN_TIMEOUT_S);
	for (;;) {
		pid_t who = wait(&one);

		if (who == pid)
			status = WIFEXITED(one) ? WEXITSTATUS(one) : 1000 + WTERMSIG(one);
		if (who < 0 && errno == EINTR) {
			(void)kill(pid, SIGKILL);
			status = STATUS_HUNG;
			continue;
		}
		if (who < 0)
			break;
	}
	(void)alarm(0);
	return status;
}

static void on_alarm(int signo unused)
{
	/* only there so that wait() returns EINTR */
}

static int spawn(struct machine *m, enum plugin p, const char *in, const char *out)
{
	struct sigaction act = { .sa_handler = on_alarm };
	char *const argv[] = { (char *)plugin_names[p], NULL };
	posix_spawn_file_actions_t actions;
	int err, mode = O_WRONLY | O_CREAT | O_TRUNC;
	pid_t pid;

	(void)sigaction(SIGALRM, &act, NULL);
	if (posix_spawn_file_actions_init(&actions) ||
	    posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0) ||
	    posix_spawn_file_actions_addopen(&actions, 1, out, mode, 0600) ||
	    (!m->verbose &&
	     posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)))
		fake_fatal("out of memory");
	err = posix_spawn(&pid, m->programs[p], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (err)
		fake_fatal("%s: %s", m->programs[p], strerror(err));
	return wait_all(pid);
}

/* A pod that does what it can to its interface, for the next one to find. */
static void meddle(const struct pod *pod)
{
	static const char *const words[] = { "txqlen=7", "alias=theirs", "linkmode=1", "sizes=9000",
					     "noarp=yes" };
	struct fake_world *w = fake_get();
	int ns = ns_find_path(w, pod->netns), link, upper;

	if (ns == NONE)
		return;
	link = link_by_name(w, ns, "net1", NONE);
	if (link == NONE)
		return;
	for (size_t i = 0; i < array_size(words); i++) {
		char word[32];

		fake_copy(word, sizeof(word), words[i]);
		set_link(w, link, word);
	}
	if (link_by_name(w, ns, "vlan5", NONE) == NONE) {
		upper = fake_add_link(w, ns, NONE, "vlan5");
		w->links[upper].lower = link;
	}
}

int machine_run(struct machine *m, enum plugin p, enum verb v, struct pod *pod)
{
	char in[PATH_MAX], out[PATH_MAX];
	int status;

	/* sriov alone is the chain then */
	if (p == RDMA && find_variant(m->variant)->driver)
		return 0;
	fake_printf(in, sizeof(in), "%s/in", m->dir);
	fake_printf(out, sizeof(out), "%s/out", m->dir);
	if (v == ADD && p == SRIOV)
		pod->answer[0] = '\0';
	if (v == DEL && pod->added[p])
		meddle(pod);
	write_conf(m, in, p, v, pod);
	set_environment(m, v, pod);
	if (m->verbose)
		(void)fprintf(stderr, "---- %s %s for %s\n", plugin_names[p], verb_names[v],
			      pod->container);
	status = spawn(m, p, in, out);
	if (v == ADD) {
		pod->added[p] = status == 0;
		/* After a failed ADD the runtime has no result for DEL. */
		if (status)
			pod->answer[0] = '\0';
		else
			read_answer(out, pod);
	}
	if (m->verbose) {
		struct pod said = { .container = "" };

		read_answer(out, &said);
		(void)fprintf(stderr, "---- status %d %s\n", status, said.answer);
	}
	return status;
}

void machine_drift(enum plugin p)
{
	struct fake_world *w = fake_get();

	if (p == SRIOV)
		set(w, DEVICE, "vlan=7");
	for (int i = 0; i < FAKE_RDMA_MAX && p == RDMA; i++)
		if (w->rdmas[i].used && w->rdmas[i].ns != HOST) {
			fake_copy(w->rdmas[i].dev.name, IBDEV_NAME_MAX, "drifted");
			return;
		}
}

void machine_del_netns(const struct pod *pod)
{
	(void)fake_del_netns(fake_get(), pod->netns);
}
