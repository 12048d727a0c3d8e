// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake/set.h"
#include "fake/world.h"

#define DEVICE "0000:03:00.3"

static const char *const plugin_names[PLUGINS] = { [SRIOV] = "sriov", [RDMA] = "rdma" };

/* Every attribute differs from what the VF has before, and before is not the driver's default. */
static const char conf[] =
	"\"name\":\"net\",\"deviceID\":\"" DEVICE "\",\"vlan\":100,\"vlanQoS\":3,"
	"\"mac\":\"02:00:00:00:aa:01\",\"min_tx_rate\":10,\"max_tx_rate\":1000,\"spoofchk\":\"off\","
	"\"trust\":\"on\",\"link_state\":\"enable\",\"ipam\":{\"type\":\"lease\"}";

struct variant {
	const char *name;
	const char *const *settings; /* OBJECT, KEY=VALUE, OBJECT, ... */
};

static const char *const set_plain[] = { NULL };
static const char *const set_delayed[] = { "node", "mac_mode=delayed", NULL };
static const char *const set_down[] = { "node", "mac_mode=down", NULL };
static const char *const set_probe[] = { "node", "mac_mode=probe", NULL };
static const char *const set_slow[] = { "node", "back_ms=400", NULL };
static const char *const set_old[] = { "node", "cookies=no", NULL };

static const struct variant variants[] = {
	{ "plain", set_plain }, { "delayed", set_delayed }, { "down", set_down },
	{ "probe", set_probe }, { "slow", set_slow },	    { "old", set_old },
};

static void set(struct fake_world *w, const char *object, const char *text)
{
	char word[64], *words[] = { word, NULL };

	fake_copy(word, sizeof(word), text);
	set_object(w, object, words);
}

static void apply_variant(struct fake_world *w, const char *name)
{
	for (size_t i = 0; i < array_size(variants); i++) {
		const char *const *s = variants[i].settings;

		if (strcmp(variants[i].name, name) != 0)
			continue;
		for (; *s; s += 2)
			set(w, s[0], s[1]);
		return;
	}
	fake_fatal("no variant is named %s", name);
}

static void make_pristine(struct machine *m)
{
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
	apply_variant(w, m->variant);
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
	if (m->verbose)
		(void)setenv("FAKE_LOG", "/dev/stderr", 1);
	make_pristine(m);
}

static int remove_one(const char *path, const struct stat *st unused, int type unused,
		      struct FTW *f unused)
{
	return remove(path);
}

static void remove_tree(const char *path)
{
	enum { OPEN_DIRS = 16 };

	(void)nftw(path, remove_one, OPEN_DIRS, FTW_DEPTH | FTW_PHYS);
}

void machine_close(struct machine *m)
{
	remove_tree(m->dir);
	free(m->pristine);
	free(m->before);
	for (int i = 0; i < PLUGINS; i++)
		free(m->attached[i]);
}

void machine_reset(struct machine *m)
{
	static const char *const pods[] = { "/run/netns/a", "/run/netns/b" };
	struct fake_world *w = fake_get();

	remove_tree(fake_root());
	if (mkdir(fake_root(), 0755))
		fake_fatal("%s: %s", fake_root(), strerror(errno));
	memcpy(w, m->pristine, sizeof(*w));
	for (size_t i = 0; i < array_size(pods); i++) {
		int ns = fake_add_netns(w, pods[i]);

		(void)fake_add_link(w, ns, NONE, "eth0");
	}
}

static void write_conf(const char *path, enum plugin p, const struct pod *pod)
{
	FILE *f = fopen(path, "we");

	if (!f)
		fake_fatal("%s: %s", path, strerror(errno));
	(void)fprintf(f, "{\"cniVersion\":\"1.0.0\",\"type\":\"%s\",%s", plugin_names[p], conf);
	if (pod->answer[0])
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
	(void)setenv("CNI_COMMAND", v == ADD ? "ADD" : "DEL", 1);
	(void)setenv("CNI_CONTAINERID", pod->container, 1);
	(void)setenv("CNI_NETNS", pod->netns, 1);
	(void)setenv("CNI_IFNAME", "net1", 1);
	(void)setenv("CNI_PATH", m->delegates, 1);
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

int machine_run(struct machine *m, enum plugin p, enum verb v, struct pod *pod)
{
	char in[PATH_MAX], out[PATH_MAX];
	int status;

	fake_printf(in, sizeof(in), "%s/in", m->dir);
	fake_printf(out, sizeof(out), "%s/out", m->dir);
	if (v == ADD && p == SRIOV)
		pod->answer[0] = '\0';
	write_conf(in, p, pod);
	set_environment(m, v, pod);
	if (m->verbose)
		(void)fprintf(stderr, "---- %s %s for %s\n", plugin_names[p],
			      v == ADD ? "ADD" : "DEL", pod->container);
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

void machine_del_netns(const struct pod *pod)
{
	(void)fake_del_netns(fake_get(), pod->netns);
	/* A runtime's next step comes later than the kernel's. */
	fake_advance(fake_get(), 10000);
}

/* Pods' own lines are no part of the node; courtesies (sysctls) may fail without a word. */
static bool is_compared(const char *line)
{
	static const char *const out[] = { "netns /run", "  link lo in /run", "  link eth0 in /run",
					   "    sysctl" };

	for (size_t i = 0; i < array_size(out); i++)
		if (!strncmp(line, out[i], strlen(out[i])))
			return false;
	return true;
}

/* arp_notify, too; how much shorter the line has become */
static size_t drop_courtesy(char *line, size_t n)
{
	static const char word[] = " arp_notify";
	char *at = memmem(line, n, word, sizeof(word) - 1);

	if (!at)
		return 0;
	memmove(at, at + sizeof(word) - 1, n - (size_t)(at - line) - (sizeof(word) - 1));
	return sizeof(word) - 1;
}

char *machine_dump(void)
{
	char *text = fake_dump(fake_get()), *to = text;

	if (!text)
		fake_fatal("out of memory");
	for (char *line = text, *next; *line; line = next) {
		size_t n = strcspn(line, "\n") + 1;

		next = line + n;
		if (is_compared(line)) {
			memmove(to, line, n);
			to += n - drop_courtesy(to, n);
		}
	}
	*to = '\0';
	return text;
}

/* A lock file stays by design; it says nothing. */
static bool is_lock(const char *path)
{
	size_t n = strlen(path);

	return (n > 5 && !strcmp(path + n - 5, ".lock")) || strstr(path, "/sriov-rdma/lock/");
}

static FILE *list;

static int list_one(const char *path, const struct stat *st unused, int type, struct FTW *f unused)
{
	if ((type == FTW_F || type == FTW_SL || type == FTW_SLN) && !is_lock(path))
		(void)fprintf(list, "%s\n", path + strlen(fake_root()) + 1);
	return 0;
}

char *machine_files(void)
{
	enum { OPEN_DIRS = 16 };
	char *text = NULL;
	size_t size;

	list = open_memstream(&text, &size);
	if (!list)
		fake_fatal("out of memory");
	(void)nftw(fake_root(), list_one, OPEN_DIRS, FTW_PHYS);
	if (fclose(list))
		fake_fatal("out of memory");
	return text;
}

bool machine_has_record(enum plugin p, const char *container)
{
	const struct dirent *entry;
	char path[PATH_MAX];
	bool found = false;
	DIR *d;

	fake_printf(path, sizeof(path), "%s/var/lib/cni/sriov-rdma/%s", fake_root(),
		    plugin_names[p]);
	d = opendir(path);
	/* "@" claims, "!" set aside, "." half written: none of them is a record */
	while (d && (entry = readdir(d)))
		found |= !strchr("@!.", entry->d_name[0]) && !is_lock(entry->d_name) &&
			 strchr(entry->d_name, ':') &&
			 (!container || strstr(entry->d_name, container));
	if (d)
		(void)closedir(d);
	return found;
}

static bool has_line(const char *text, const char *line, size_t n)
{
	for (const char *l = text; *l; l += strcspn(l, "\n") + 1)
		if (strcspn(l, "\n") == n && !strncmp(l, line, n))
			return true;
	return false;
}

static void put_missing(FILE *f, char sign, const char *from, const char *in)
{
	for (const char *l = from; *l; l += strcspn(l, "\n") + 1) {
		size_t n = strcspn(l, "\n");

		if (!has_line(in, l, n))
			(void)fprintf(f, "#   %c %.*s\n", sign, (int)n, l);
	}
}

char *machine_diff(const char *before, const char *after)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		fake_fatal("out of memory");
	put_missing(f, '-', before, after);
	put_missing(f, '+', after, before);
	if (fclose(f))
		fake_fatal("out of memory");
	return text;
}
