// SPDX-License-Identifier: Apache-2.0
/*
 * lease - an IPAM plugin for tests: as host-local, one file for each address
 *
 * Addresses are 10.56.217.10 and on; a lease is the file $FAKE_ROOT/leases/ADDRESS
 * holding "CONTAINER IFNAME". What it is told by "ipam" in the configuration:
 *
 *   "reply": {...}     what ADD prints instead of its own result
 *   "ADD": {...}       how this verb (any) misbehaves:
 *       "stdout": "text", "exit": N, "stderr": "text", "signal": N,
 *       "background": true (leaves a process behind that holds stdout)
 * With $FAKE_UNREAD it answers without reading stdin.
 *
 * Each run is a line in $FAKE_CALLS and a step of the fault countdown. A caller
 * that breaks the contract (open descriptors, wrong stdin) ends it with status 99.
 */
#include <cjson/cJSON.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake/world.h"

enum { STDIN_MAX = 8 << 20, FIRST_HOST = 10, LAST_HOST = 250, BACKGROUND_S = 30, BROKEN = 99 };

static const char *env_or_empty(const char *name)
{
	const char *v = getenv(name);

	return v ? v : "";
}

static _Noreturn void broken(const char *what)
{
	(void)fprintf(stderr, "lease: caller's mistake: %s\n", what);
	(void)printf("{\"code\": 999, \"msg\": \"caller's mistake: %s\"}\n", what);
	exit(BROKEN);
}

static void check_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	const struct dirent *entry;

	while (d && (entry = readdir(d))) {
		long fd = strtol(entry->d_name, NULL, 10);

		if (fd > STDERR_FILENO && fd != dirfd(d))
			broken("a descriptor leaked");
	}
	if (d)
		(void)closedir(d);
}

static char *read_all(int fd)
{
	char *text = malloc(STDIN_MAX + 1);
	size_t n = 0;
	ssize_t r = text ? 1 : 0;

	while (r > 0 && n < STDIN_MAX) {
		r = read(fd, text + n, STDIN_MAX - n);
		n += r > 0 ? (size_t)r : 0;
	}
	if (text)
		text[n] = '\0';
	return text;
}

/* ADD must see the very bytes that the caller got; the runner leaves them in a file. */
static void check_stdin(const char *text)
{
	const char *path = getenv("FAKE_STDIN");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char *want = fd < 0 ? NULL : read_all(fd);

	if (want && strcmp(want, text) && !strcmp(env_or_empty("CNI_COMMAND"), "ADD"))
		broken("stdin differs from what the caller was given");
	free(want);
	if (fd >= 0)
		(void)close(fd);
}

static void log_run(void)
{
	const char *path = getenv("FAKE_CALLS");
	FILE *f = path ? fopen(path, "ae") : NULL;

	if (!f)
		return;
	(void)fprintf(f, "%s %s %s\n", env_or_empty("CNI_COMMAND"), env_or_empty("CNI_CONTAINERID"),
		      env_or_empty("CNI_IFNAME"));
	(void)fclose(f);
}

static void lease_path(char *buf, size_t size, const char *name)
{
	fake_printf(buf, size, "%s/leases/%s", fake_root(), name);
}

static void owner(char *buf, size_t size)
{
	fake_printf(buf, size, "%s %s\n", env_or_empty("CNI_CONTAINERID"),
		    env_or_empty("CNI_IFNAME"));
}

static int allocate(char *ret, size_t size)
{
	char path[4096], text[512], name[32];

	lease_path(path, sizeof(path), "");
	(void)mkdir(path, 0755);
	owner(text, sizeof(text));
	for (int host = FIRST_HOST; host <= LAST_HOST; host++) {
		FILE *f;

		fake_printf(name, sizeof(name), "10.56.217.%d", host);
		lease_path(path, sizeof(path), name);
		f = fopen(path, "wxe");
		if (!f)
			continue;
		(void)fputs(text, f);
		(void)fclose(f);
		fake_printf(ret, size, "%s", name);
		return 0;
	}
	return -ENOSPC;
}

static void free_lease(const char *name, const char *mine)
{
	char path[4096], text[512] = "";
	FILE *f;

	lease_path(path, sizeof(path), name);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(text, sizeof(text), f) && !strcmp(text, mine))
		(void)unlink(path);
	(void)fclose(f);
}

static void release(void)
{
	char path[4096], mine[512];
	const struct dirent *entry;
	DIR *d;

	owner(mine, sizeof(mine));
	lease_path(path, sizeof(path), "");
	d = opendir(path);
	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			free_lease(entry->d_name, mine);
	if (d)
		(void)closedir(d);
}

static void print_result(const cJSON *conf, const cJSON *ipam, const char *address)
{
	const cJSON *reply = cJSON_GetObjectItem(ipam, "reply");
	const char *version = cJSON_GetStringValue(cJSON_GetObjectItem(conf, "cniVersion"));
	char *text = reply ? cJSON_PrintUnformatted(reply) : NULL;

	if (text)
		(void)printf("%s\n", text);
	else if (!version || !strcmp(version, "0.1.0") || !strcmp(version, "0.2.0"))
		(void)printf(
			"{\"cniVersion\":\"%s\",\"ip4\":{\"ip\":\"%s/24\",\"gateway\":\"10.56.217.1\","
			"\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}}\n",
			version ? version : "0.1.0", address);
	else
		(void)printf(
			"{\"cniVersion\":\"%s\",\"ips\":[{\"version\":\"4\",\"address\":\"%s/24\","
			"\"gateway\":\"10.56.217.1\"}],\"routes\":[{\"dst\":\"0.0.0.0/0\"}]}\n",
			version, address);
	free(text);
}

static void leave_background(void)
{
	if (fork())
		return;
	(void)sleep(BACKGROUND_S);
	_exit(0);
}

/* Does what "ipam" says about this verb; ends the process if that is an end. */
static void misbehave(const cJSON *how)
{
	const cJSON *status = cJSON_GetObjectItem(how, "exit"),
		    *sig = cJSON_GetObjectItem(how, "signal");
	const char *out = cJSON_GetStringValue(cJSON_GetObjectItem(how, "stdout"));
	const char *err = cJSON_GetStringValue(cJSON_GetObjectItem(how, "stderr"));

	if (err)
		(void)fputs(err, stderr);
	if (out)
		(void)fputs(out, stdout);
	(void)fflush(stdout);
	if (cJSON_IsTrue(cJSON_GetObjectItem(how, "background")))
		leave_background();
	if (sig)
		(void)raise(sig->valueint);
	if (status)
		exit(status->valueint);
	if (out)
		exit(0);
}

static int act(const cJSON *conf, const cJSON *ipam, const char *verb)
{
	char kind[FAKE_KIND_MAX], address[64] = "";
	struct fake_call c;
	int r;

	fake_printf(kind, sizeof(kind), "delegate.%s", verb);
	if (!fake_kind_find(kind))
		broken("CNI_COMMAND is none that a delegate knows");
	r = fake_enter(&c, kind, "lease");
	if (!r && !strcmp(verb, "ADD"))
		r = allocate(address, sizeof(address));
	if (!r && !strcmp(verb, "DEL"))
		release();
	r = fake_leave(&c, r);
	if (r) {
		(void)printf("{\"cniVersion\":\"1.0.0\",\"code\":11,\"msg\":\"lease %s: %s\"}\n",
			     verb, strerror(-r));
		return 1;
	}
	misbehave(cJSON_GetObjectItem(ipam, verb));
	if (!strcmp(verb, "ADD"))
		print_result(conf, ipam, address);
	return 0;
}

int main(void)
{
	const char *verb = env_or_empty("CNI_COMMAND");
	cJSON *conf;
	char *text;
	int r;

	check_fds();
	log_run();
	/* Asked for in the environment: what is not read cannot say so. */
	if (getenv("FAKE_UNREAD"))
		return fputs("{\"ips\":[{\"address\":\"10.9.9.9/24\"}]}\n", stdout) == EOF;
	text = read_all(STDIN_FILENO);
	if (!text)
		return 1;
	check_stdin(text);
	conf = cJSON_Parse(text);
	free(text);
	if (!conf && strcmp(verb, "DEL"))
		broken("stdin is not JSON");
	r = act(conf, cJSON_GetObjectItem(conf, "ipam"), verb);
	cJSON_Delete(conf);
	return r;
}
