/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
/*
 * The ten properties of docs/no-kill.md, as far as they can be seen from here:
 * each process is started as for a report, stops itself once it is confined,
 * and is looked at through /proc.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "hash.h"
#include "evidence.h"
#include "files.h"
#include "host.h"
#include "message.h"
#include "platform.h"
#include "process.h"
#include "report.h"
#include "say.h"

#define IMA_LIST "/sys/kernel/security/ima/ascii_runtime_measurements"

/* What was seen of one process. */
struct seen {
	const char *name;
	unsigned seccomp, no_new_privs, uid;
	uint64_t capabilities;
};

struct selfcheck {
	struct job job;
	struct seen process[SANDBOX_ROLES];
	struct host host;
};

/* Confined as for a report, and still. */
static enum status
hold(const struct job *job)
{
	(void)job;
	return raise(SIGSTOP) == 0 ? OK : INTERNAL;
}

static enum status
hold_send(const struct job *job)
{
	if (!sandbox_filter(&job->sandbox, SANDBOX_SEND, false))
		return SANDBOX_FAILED;
	return hold(job);
}

/* The lines of /proc/PID/status that tell. */
static bool
read_status(pid_t pid, struct seen *s)
{
	char path[64], line[256];
	unsigned found = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((f = fopen(path, "re")) == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		found += sscanf(line, "Seccomp: %u", &s->seccomp) == 1;
		found += sscanf(line, "NoNewPrivs: %u", &s->no_new_privs) == 1;
		found += sscanf(line, "Uid: %u", &s->uid) == 1;
		found +=
		    sscanf(line, "CapPrm: %" SCNx64, &s->capabilities) == 1;
	}
	(void)fclose(f);
	return found == 4;
}

/* Start one, look at it when it has stopped, and let it end. */
static enum status
look(struct selfcheck *c, enum sandbox_role role)
{
	struct process p = *report_process(role);
	struct seen *s = &c->process[role];
	struct running r = {.st = OK};
	struct job job = c->job;
	enum status st;
	int ws = 0;

	s->name = p.name;
	p.run = role == SANDBOX_SEND ? hold_send : hold;
	if ((st = process_start(&r, &p, &job)) != OK)
		return st;
	if (waitpid(r.one[0].pid, &ws, WUNTRACED) != r.one[0].pid ||
	    !WIFSTOPPED(ws))
		return say(SANDBOX_FAILED, "[%s] cannot be looked at", p.name);
	st = read_status(r.one[0].pid, s)
	         ? OK
	         : say(FILE_READ, "/proc of [%s]", p.name);
	(void)kill(r.one[0].pid, SIGCONT);
	return process_wait(&r, job.deadline, NULL) == OK ? st
	                                                  : SANDBOX_FAILED;
}

/* Of all processes: is that in force? */
static bool
everywhere(const struct selfcheck *c, unsigned bits)
{
	bool holds = (c->job.sandbox.bits & bits) == bits;

	for (size_t i = 0; i < SANDBOX_ROLES; i++) {
		const struct seen *s = &c->process[i];

		if ((bits & SANDBOX_SECCOMP) != 0)
			holds = holds && s->seccomp == 2;
		if ((bits & SANDBOX_NO_CAPABILITIES) != 0)
			holds = holds && s->capabilities == 0 &&
			        s->no_new_privs == 1;
	}
	return holds;
}

/* May one message come from [send], and is it a nonce? */
static bool
no_command(void)
{
	size_t bytes = 0;

	for (size_t i = 0; i < report_messages.count; i++) {
		const struct message_rule *r = &report_messages.rule[i];

		if ((r->from & ROLE_SEND) != 0)
			bytes += r->min == r->max ? r->max : NONCE_LEN + 1u;
	}
	return bytes == NONCE_LEN;
}

static bool
no_setter(void)
{
	static const char *const words[] = {
	    "DeviceSet", "SystemSet", "Reset", "Clear"};
	const char *name;

	for (size_t i = 0; (name = platform_symbol(i)) != NULL; i++)
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (strstr(name, words[k]) != NULL)
				return false;
	return true;
}

/* Did the kernel measure this very program? */
static bool
measured(const char *digest)
{
	char line[1024];
	bool found = false;
	FILE *f = fopen(IMA_LIST, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		found = found || strstr(line, digest) != NULL;
	if (f != NULL)
		(void)fclose(f);
	return found;
}

/*
 * A property holds when all of the sandbox that it NEEDS is in force in every
 * process and what is looked at agrees; some no look from here can tell.
 */
static const struct property {
	const char *id, *what;
	unsigned needs;
	bool (*look)(void);
	bool unknown;
	const char *how;
} properties[] = {
    {"K1", "nothing listens", SANDBOX_SECCOMP, NULL, false,
        "no filter knows bind, listen, accept"},
    {"K2", "no command is understood", SANDBOX_SECCOMP, no_command, false,
        "one message passes inwards, of 32 bytes"},
    {"K3", "devices are only read", SANDBOX_NO_CAPABILITIES, no_setter, false,
        "vendors' functions by name, getters all; no capabilities"},
    {"K4", "nothing is run, loaded or updated",
        SANDBOX_SECCOMP | SANDBOX_LANDLOCK, NULL, false,
        "no filter knows exec; Landlock lets no file be run"},
    {"K5", "work goes on whatever becomes of this program", 0, NULL, true,
        "tests/e2e/workload.sh kills, freezes and starves it beside work"},
    {"K6", "what leaves is bounded", 0, NULL, false,
        "1 MiB a report; report --dry-run prints each field of it"},
    {"K7", "it works without hearing anything", SANDBOX_SECCOMP, NULL, false,
        "report --epoch starts no [send]; no other may use a network"},
    {"K8", "the program is its source", 0, NULL, true,
        "compare its digest with what cmake/reproduce.sh makes"},
    {"K9", "it is small enough to be read", 0, NULL, true,
        "tests/layering/layering.sh counts its lines"},
    {"K10", "the owner decides what leaves", 0, NULL, false,
        "by local settings alone; results are discarded unread"},
};

/* One line or object for each; false when one fails. */
static bool
print_properties(const struct selfcheck *c, bool json)
{
	bool all = true;

	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]);
	     i++) {
		const struct property *p = &properties[i];
		bool holds = everywhere(c, p->needs) &&
		             (p->look == NULL || p->look());

		all = all && holds;
		if (json)
			(void)printf("%s{\"id\":\"%s\",\"what\":\"%s\","
			    "\"holds\":%s,\"how\":\"%s\"}", i > 0 ? "," : "",
			    p->id, p->what,
			    p->unknown ? "null" : holds ? "true" : "false",
			    p->how);
		else
			(void)printf("%-4s %-46s %s\n       %s\n", p->id,
			    p->what,
			    p->unknown ? "not checkable here"
			    : holds    ? "holds"
			               : "FAILS",
			    p->how);
	}
	return all;
}

static void
print_processes(const struct selfcheck *c, bool json)
{
	for (size_t i = 0; i < SANDBOX_ROLES; i++) {
		const struct seen *s = &c->process[i];

		(void)printf(json ? "%s{\"name\":\"%s\",\"seccomp\":%u,"
		    "\"capabilities\":%" PRIu64 ",\"uid\":%u}"
		                  : "%s[%s] seccomp %u, capabilities %" PRIx64
		    ", uid %u", json && i > 0 ? "," : "",
		    s->name, s->seccomp, s->capabilities, s->uid);
		(void)printf(json ? "" : "\n");
	}
}

enum status
report_selfcheck(const struct config *cf, bool json)
{
	static struct selfcheck c;
	char digest[2 * AGENT_DIGEST_LEN + 1];
	bool all;
	enum status st;

	if ((st = job_init(&c.job, cf)) != OK)
		return st;
	if ((st = crypto_init_verify()) != OK)
		return say(st, "cryptography");
	st = file_open("/proc/self/exe", false, &c.job.fd[FD_AGENT]);
	if (st == OK)
		st = host_agent_digest(c.job.fd[FD_AGENT], &c.host);
	job_close(&c.job);
	for (size_t i = 0; i < SANDBOX_ROLES && st == OK; i++)
		st = look(&c, (enum sandbox_role)i);
	if (st != OK)
		return st;

	bytes_to_hex(BYTES_OF(c.host.agent_digest), digest);
	(void)printf(json ? "{\"schema\":1,\"data\":{\"sha256\":\"%s\","
	    "\"measured\":%s,\"processes\":["
	                  : "SHA-256 %s\nmeasured by the kernel: %s\n",
	    digest, measured(digest) ? "true" : "false");
	print_processes(&c, json);
	(void)printf(json ? "],\"properties\":[" : "\n");
	all = print_properties(&c, json);
	(void)printf(json ? "]}}\n" : "\nNothing is claimed about what is "
	    "inside GPU, BMC or firmware.\n");
	return all ? OK : say(SELFCHECK_FAILED, "see above");
}
