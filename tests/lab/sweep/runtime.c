// SPDX-License-Identifier: Apache-2.0
#include "runtime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../snapshot/lines.h"
#include "trace.h"

enum { CONF_MAX = 8192 };

const char *const plugin_names[PLUGINS] = { [SRIOV] = "sriov", [RDMA] = "rdma" };

static const char plugins_dir[] = "/opt/cni/bin", log_path[] = "/tmp/lab/plugins.log";
static char confs[PLUGINS][CONF_MAX]; /* without the closing brace */
static char answer[ANSWER_MAX];
static const char *network = "lab";

static void read_conf(const char *dir, enum plugin p)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s.json", dir, plugin_names[p]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, confs[p], sizeof(confs[p]) - 1);
	if (n <= 0 || !strrchr(confs[p], '}'))
		die("%s: no JSON object", path);
	*strrchr(confs[p], '}') = '\0';
	(void)close(fd);
}

static void on_alarm(int signo)
{
	(void)signo; /* only there so that waitpid() returns EINTR */
}

void runtime_open(const char *dir, const char *name)
{
	const struct sigaction act = { .sa_handler = on_alarm };

	network = name;
	for (enum plugin p = 0; p < PLUGINS; p++)
		read_conf(dir, p);
	(void)sigaction(SIGALRM, &act, NULL);
}

/* ---- pods ---- */

static _Noreturn void be_pod(const char *netns)
{
	_exit(unshare(CLONE_NEWNET) || mount("/proc/self/ns/net", netns, "none", MS_BIND, NULL));
}

void pod_start(struct pod *pod, const char *name)
{
	int fd, status;
	pid_t child;

	pod->name = name;
	pod->answer[0] = '\0';
	(void)snprintf(pod->netns, sizeof(pod->netns), "/run/netns/%s", name);
	fd = open(pod->netns, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	child = fd < 0 ? -1 : fork();
	if (!child)
		be_pod(pod->netns);
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		die("pod %s: %s", name, strerror(errno));
	(void)close(fd);
}

void pod_end(struct pod *pod)
{
	(void)umount2(pod->netns, MNT_DETACH);
	(void)unlink(pod->netns);
}

bool pod_is_there(const struct pod *pod)
{
	return !access(pod->netns, F_OK);
}

/* ---- one call ---- */

static int new_file(const char *text)
{
	int fd = memfd_create("stdin", 0);
	size_t n = strlen(text);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET))
		die("memfd: %s", strerror(errno));
	return fd;
}

/* CNI knows GC since 1.1.0, and Debian's delegates know 1.0.0. */
static int make_stdin(enum plugin p, const char *verb, const struct pod *pod)
{
	static char text[CONF_MAX + ANSWER_MAX + 256];
	bool gc = !strcmp(verb, "GC");

	(void)snprintf(text, sizeof(text), "%s,\"name\":\"%s\",\"cniVersion\":\"%s\"%s%s%s}",
		       confs[p], network, gc ? "1.1.0" : "1.0.0",
		       gc ? ",\"cni.dev/valid-attachments\":[]" : "",
		       pod->answer[0] && !gc ? ",\"prevResult\":" : "", gc ? "" : pod->answer);
	return new_file(text);
}

static _Noreturn void become_plugin(enum plugin p, const char *verb, const struct pod *pod, int in,
				    int said, bool traced)
{
	char command[32], container[64], netns[80], path[64], program[64];
	char *const argv[] = { program, NULL };
	char *const env[] = { command,
			      container,
			      netns,
			      path,
			      (char *)"CNI_IFNAME=net1",
			      (char *)"PATH=/usr/sbin:/usr/bin",
			      NULL };
	int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	(void)snprintf(command, sizeof(command), "CNI_COMMAND=%s", verb);
	(void)snprintf(container, sizeof(container), "CNI_CONTAINERID=%s", pod->name);
	(void)snprintf(netns, sizeof(netns), "CNI_NETNS=%s", pod->netns);
	(void)snprintf(path, sizeof(path), "CNI_PATH=%s", plugins_dir);
	(void)snprintf(program, sizeof(program), "%s/%s", plugins_dir, plugin_names[p]);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(said, STDOUT_FILENO) < 0 ||
	    dup2(log, STDERR_FILENO) < 0)
		_exit(126);
	(void)close(in);
	(void)close(said);
	if (traced && (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP)))
		_exit(126);
	(void)execve(program, argv, env);
	_exit(127);
}

static int wait_for(pid_t child)
{
	int status;
	pid_t id;

	(void)alarm(RUN_TIMEOUT_S);
	id = waitpid(child, &status, 0);
	(void)alarm(0);
	if (id == child)
		return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_KILLED;
	(void)kill(child, SIGKILL);
	(void)waitpid(child, &status, 0);
	return STATUS_HUNG;
}

static void read_answer(int fd)
{
	ssize_t n = pread(fd, answer, sizeof(answer) - 1, 0);

	answer[n < 0 ? 0 : n] = '\0';
}

int plugin_run(enum plugin p, const char *verb, struct pod *pod, const struct position *at,
	       struct hit *ret)
{
	int in = make_stdin(p, verb, pod), said = new_file(""), status;
	pid_t child = fork();

	if (child < 0)
		die("fork: %s", strerror(errno));
	if (!child)
		become_plugin(p, verb, pod, in, said, at);
	status = at ? trace_run(child, at, ret) : wait_for(child);
	read_answer(said);
	(void)close(in);
	(void)close(said);
	if (!strcmp(verb, "ADD"))
		(void)snprintf(pod->answer, sizeof(pod->answer), "%s", status ? "" : answer);
	return status;
}

const char *runtime_answer(void)
{
	return answer;
}

/* ---- the chain ---- */

static bool call(enum plugin p, const char *verb, struct pod *pod)
{
	return !plugin_run(p, verb, pod, NULL, NULL);
}

bool chain_add(struct pod *pod)
{
	pod->answer[0] = '\0';
	return call(SRIOV, "ADD", pod) && call(RDMA, "ADD", pod);
}

/* It ends where it fails. */
bool chain_del(struct pod *pod)
{
	return call(RDMA, "DEL", pod) && call(SRIOV, "DEL", pod);
}

bool chain_gc(struct pod *pod)
{
	bool sriov = call(SRIOV, "GC", pod), rdma = call(RDMA, "GC", pod);

	return sriov && rdma;
}

bool plugin_has_record(enum plugin p)
{
	const struct dirent *entry;
	size_t n = strlen(network);
	char path[PATH_MAX];
	bool found = false;
	DIR *d;

	(void)snprintf(path, sizeof(path), "/var/lib/cni/sriov-rdma/%s", plugin_names[p]);
	d = opendir(path);
	/* "@" claims, "!" set aside, "." half written: none of them is a record */
	while (d && (entry = readdir(d)))
		found |= !strncmp(entry->d_name, network, n) && entry->d_name[n] == ':';
	if (d)
		(void)closedir(d);
	return found;
}

bool runtime_has_record(void)
{
	return plugin_has_record(SRIOV) || plugin_has_record(RDMA);
}
