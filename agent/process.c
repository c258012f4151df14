/* SPDX-License-Identifier: Apache-2.0 */
/* [supervisor] */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "files.h"
#include "message.h"
#include "roles.h"
#include "say.h"

_Static_assert(STATUS_AGENT_COUNT <= 256, "it is told as an exit status");

enum process_id {
	PROCESS_SEND,
	PROCESS_SEAL,
	PROCESS_COLLECT,
	PROCESS_MEASURE,
	PROCESS_NONCES,
	PROCESS_ENROL_SEND,
	PROCESS_ENROL_SEAL,
	PROCESS_COUNT
};

#define KEEPS(fd)    (1u << (fd))
#define MEBIBYTES(n) ((rlim_t)(n) << 20)

/*
 * Each process: its name, where it starts, which descriptors of the job it
 * keeps, whether standard output is its own, how many descriptors it may
 * have, how much address space, how many ms it waits beyond the deadline, so
 * that who waits for the world speaks first, and the signal it gets when the
 * supervisor dies.  [seal] gets none and ignores requests to stop: it ends
 * when its peers have gone, and leaves the TPM clean.
 */
static const struct process {
	const char *name;
	enum status (*run)(const struct job *job);
	unsigned keeps;
	bool prints;
	rlim_t files, memory;
	unsigned patience;
	int orphaned;
} processes[PROCESS_COUNT] = {
    [PROCESS_SEND] = {"send", send_run, KEEPS(FD_FRONT), false, 32,
        MEBIBYTES(256), 0, SIGKILL},
    [PROCESS_SEAL] = {"seal", seal_run,
        KEEPS(FD_SEAL_FRONT) | KEEPS(FD_SEAL_BACK) | KEEPS(FD_EVENTLOG) |
            KEEPS(FD_AGENT) | KEEPS(FD_BOOT_ID) | KEEPS(FD_STATE),
        false, 32, MEBIBYTES(256), 500, 0},
    [PROCESS_COLLECT] = {"collect", collect_run,
        KEEPS(FD_COLLECT) | KEEPS(FD_EVIDENCE), false, 1024,
        MEBIBYTES(65536), 1000, SIGKILL},
    [PROCESS_MEASURE] = {"collect", collect_measure, 0, true, 1024,
        MEBIBYTES(65536), 0, SIGKILL},
    [PROCESS_NONCES] = {"collect", collect_run, KEEPS(FD_COLLECT), true, 1024,
        MEBIBYTES(65536), 1000, SIGKILL},
    [PROCESS_ENROL_SEND] = {"send", enrol_send_run,
        KEEPS(FD_FRONT) | KEEPS(FD_RESPONSE) | KEEPS(FD_OUT), true, 32,
        MEBIBYTES(256), 0, SIGKILL},
    [PROCESS_ENROL_SEAL] = {"seal", enrol_seal_run,
        KEEPS(FD_SEAL_FRONT) | KEEPS(FD_EK_CERT), false, 32, MEBIBYTES(256),
        500, 0},
};

enum {
	GRACE_MS = 2000, /* after the deadline, before SIGKILL */
	LAST_MS = 1000,  /* after SIGKILL, before giving up */
};

/* Processes under way. */
struct running {
	pid_t pid[PROCESS_COUNT]; /* 0: none, or reaped */
	unsigned left;
	enum status st; /* the first failure that has a cause of its own */
	bool failed;    /* any failure at all */
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void
job_init(struct job *job, const struct config *cf)
{
	memset(job, 0, sizeof(*job));
	job->config = cf;
	job->deadline = deadline_in(cf->timeout * 1000);
	for (size_t i = 0; i < FD_COUNT; i++)
		job->fd[i] = -1;
}

static void
job_close(struct job *job)
{
	for (size_t i = 0; i < FD_COUNT; i++)
		close_fd(&job->fd[i]);
}

/* Two ends of a connection, neither of which can block. */
static enum status
job_pair(struct job *job, enum job_fd a, enum job_fd b)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	        ends) != 0)
		return say(INTERNAL, "socketpair: %s", strerror(errno));
	job->fd[a] = ends[0];
	job->fd[b] = ends[1];
	return OK;
}

/* Everything that [seal] reads, so that it needs to open nothing. */
static enum status
job_open(struct job *job)
{
	const struct config *cf = job->config;
	bool log_optional = !config_given(cf, "eventlog");
	enum status st;

	st = file_open("/proc/self/exe", false, &job->fd[FD_AGENT]);
	if (st == OK)
		st = file_open("/proc/sys/kernel/random/boot_id", false,
		    &job->fd[FD_BOOT_ID]);
	if (st == OK && cf->send_eventlog)
		st = file_open(
		    cf->eventlog, log_optional, &job->fd[FD_EVENTLOG]);
	if (st == OK)
		st = job_pair(job, FD_FRONT, FD_SEAL_FRONT);
	if (st == OK)
		st = job_pair(job, FD_SEAL_BACK, FD_COLLECT);
	return st;
}

/* Both limits of R brought down to MOST. */
static const struct rlimit *
lower(struct rlimit *r, rlim_t most)
{
	if (r->rlim_max > most)
		r->rlim_max = most;
	r->rlim_cur = r->rlim_max;
	return r;
}

/* Give up what the process has no use for.  Nothing here may fail. */
static bool
confine(const struct process *p)
{
	struct rlimit r;

#ifndef ASSAY_SANITIZED
	/* Sanitizers reserve more address space than any limit here. */
	if (getrlimit(RLIMIT_AS, &r) != 0 ||
	    setrlimit(RLIMIT_AS, lower(&r, p->memory)) != 0)
		return false;
#endif
	if (getrlimit(RLIMIT_NOFILE, &r) != 0 ||
	    setrlimit(RLIMIT_NOFILE, lower(&r, p->files)) != 0)
		return false;
	if (getrlimit(RLIMIT_CORE, &r) != 0 ||
	    setrlimit(RLIMIT_CORE, lower(&r, 0)) != 0)
		return false;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* Signals as at the start of a program, but for [seal]. */
static void
reset_signals(const struct process *p)
{
	sigset_t none;

	if (p->orphaned == 0) {
		(void)signal(SIGINT, SIG_IGN);
		(void)signal(SIGTERM, SIG_IGN);
	}
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Keep of the descriptors what the table says, and standard error. */
static bool
keep_descriptors(const struct process *p, struct job *job)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool done = null >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
	            (p->prints || dup2(null, STDOUT_FILENO) >= 0);

	close_fd(&null);
	for (size_t i = 0; i < FD_COUNT; i++)
		if ((p->keeps >> i & 1) == 0)
			close_fd(&job->fd[i]);
	return done;
}

/* The life of a process after the fork. */
static enum status
child(const struct process *p, struct job *job, pid_t supervisor)
{
	char name[16];

	say_process(p->name);
	(void)snprintf(name, sizeof(name), "assay-%s", p->name);
	(void)prctl(PR_SET_NAME, name);
	reset_signals(p);

	/* The supervisor may have gone before the signal was set. */
	if (p->orphaned != 0)
		(void)prctl(PR_SET_PDEATHSIG, p->orphaned);
	if (getppid() != supervisor)
		return PROCESS_DIED;

	if (!keep_descriptors(p, job) || !confine(p))
		return say(
		    PERMISSION, "limits cannot be set: %s", strerror(errno));
	job->deadline += p->patience;
	return p->run(job);
}

/* An outcome as an exit status; nothing of the agent has another. */
static int
told(enum status st)
{
	return (int)(st < STATUS_AGENT_COUNT ? st : INTERNAL);
}

static enum status
start(struct running *r, enum process_id id, struct job *job)
{
	pid_t supervisor = getpid(), pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid < 0)
		return say(NO_MEMORY, "fork: %s", strerror(errno));
	if (pid == 0)
		exit(told(child(&processes[id], job, supervisor)));
	r->pid[id] = pid;
	r->left++;
	return OK;
}

static void
kill_all(const struct running *r, int sig)
{
	for (size_t i = 0; i < PROCESS_COUNT; i++)
		if (r->pid[i] > 0)
			(void)kill(r->pid[i], sig);
}

/* One has ended with wait status WS: remember why, once. */
static void
note_end(struct running *r, size_t id, int ws)
{
	enum status st = INTERNAL;

	r->pid[id] = 0;
	r->left--;
	if (WIFEXITED(ws) && WEXITSTATUS(ws) < STATUS_AGENT_COUNT)
		st = (enum status)WEXITSTATUS(ws);
	else if (WIFSIGNALED(ws) && !r->failed)
		st = say(PROCESS_DIED, "[%s] was ended by signal %d",
		    processes[id].name, WTERMSIG(ws));
	else if (WIFSIGNALED(ws))
		st = PROCESS_DIED;
	if (st == OK)
		return;

	/* A process that only lost its peer is not the cause. */
	r->failed = true;
	if (r->st == OK || r->st == PROCESS_DIED)
		r->st = st;
}

static void
reap(struct running *r)
{
	for (size_t i = 0; i < PROCESS_COUNT; i++) {
		int ws = 0;

		if (r->pid[i] > 0 && waitpid(r->pid[i], &ws, WNOHANG) > 0)
			note_end(r, i, ws);
	}
}

/* The signals waited for: of a child, and of who wants an end. */
static sigset_t
awaited(bool stop_too)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	if (stop_too) {
		(void)sigaddset(&set, SIGTERM);
		(void)sigaddset(&set, SIGINT);
	}
	return set;
}

/* Wait for one of the signals held back; its number, or -1. */
static int
wait_signal(bool stop_too, int ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000L};
	sigset_t set = awaited(stop_too);

	return sigtimedwait(&set, NULL, &ts);
}

void
process_block_signals(bool stop_too)
{
	sigset_t set = awaited(stop_too);

	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

bool
process_pause(uint64_t ms)
{
	uint64_t deadline = deadline_in(ms);

	for (;;) {
		int left = deadline_left(deadline);
		int sig;

		if (left == 0)
			return false;
		sig = wait_signal(true, left);
		if (sig == SIGTERM || sig == SIGINT)
			return true;
	}
}

/* Sooner, if that is sooner. */
static void
advance(uint64_t *when, uint64_t ms)
{
	uint64_t t = deadline_in(ms);

	if (t < *when)
		*when = t;
}

/*
 * Until all have ended.  Each has the deadline itself; whoever is still there
 * a while after it, or after one has failed, is killed.  A process that even
 * that does not end hangs in the kernel, and is left to it.
 */
static enum status
wait_all(struct running *r, uint64_t deadline, bool *stopped)
{
	uint64_t kill_at = deadline + GRACE_MS, leave_at = UINT64_MAX;

	for (reap(r); r->left > 0; reap(r)) {
		int sig;

		if (r->failed)
			advance(&kill_at, GRACE_MS);
		if (deadline_left(leave_at) == 0)
			return say(TIMEOUT, "a process cannot be ended; it "
			                    "hangs in the kernel");
		if (leave_at == UINT64_MAX && deadline_left(kill_at) == 0) {
			if (!r->failed)
				r->st = say(TIMEOUT, "%s; see timeout",
				    status_text(TIMEOUT));
			r->failed = true;
			kill_all(r, SIGKILL);
			leave_at = deadline_in(LAST_MS);
		}
		sig = wait_signal(stopped != NULL,
		    deadline_left(leave_at == UINT64_MAX ? kill_at : leave_at));
		if (sig == SIGTERM || sig == SIGINT) {
			*stopped = true;
			r->failed = true;
			kill_all(r, SIGTERM);
		}
	}
	return r->st;
}

enum status
process_measure(const struct config *cf, bool json)
{
	struct running r = {.st = OK};
	struct job job;
	enum status st;

	job_init(&job, cf);
	job.json = json;
	if ((st = start(&r, PROCESS_MEASURE, &job)) != OK)
		return st;
	return wait_all(&r, job.deadline, NULL);
}

/* Start what a report needs; the supervisor keeps only its own end. */
static enum status
start_report(struct running *r, struct job *job)
{
	enum status st = OK;

	if (job->from_send)
		st = start(r, PROCESS_SEND, job);
	if (st == OK)
		st = start(r,
		    job->nonces_only ? PROCESS_NONCES : PROCESS_COLLECT, job);
	if (st == OK)
		st = start(r, PROCESS_SEAL, job);
	for (size_t i = 0; i < FD_COUNT; i++)
		if (i != FD_FRONT || job->from_send)
			close_fd(&job->fd[i]);
	return st;
}

enum status
process_report(const struct config *cf, struct bytes nonce,
    const char *evidence, struct writer *bundle)
{
	struct running r = {.st = OK};
	struct channel seal;
	struct job job;
	enum status st, ended;

	job_init(&job, cf);
	job.nonces_only = bundle == NULL;
	if ((st = job_open(&job)) != OK)
		goto out;
	if (evidence != NULL)
		st = file_open_folder(evidence, &job.fd[FD_EVIDENCE]);
	if (st != OK)
		goto out;
	if ((st = start_report(&r, &job)) != OK)
		goto out;

	/* 32 bytes there, the bundle back; what is in it is not looked at. */
	seal = channel_of(job.fd[FD_FRONT], ROLE_SUPERVISOR, ROLE_SEAL);
	st = channel_send(&seal, MESSAGE_NONCE, nonce, job.deadline);
	if (st == OK && bundle != NULL)
		st = channel_receive(
		    &seal, MESSAGE_BUNDLE, bundle, job.deadline);
	if (st != OK && st != PROCESS_DIED)
		(void)say(st, "waiting for the bundle: %s", status_text(st));
out:
	job_close(&job);
	ended = wait_all(&r, job.deadline, NULL);
	return ended != OK ? ended : st;
}

enum status
process_send(const struct config *cf, bool *stopped)
{
	struct running r = {.st = OK};
	struct job job;
	enum status st, ended;

	job_init(&job, cf);
	job.from_send = true;
	st = file_open_state(
	    cf->state, !config_given(cf, "state"), &job.fd[FD_STATE]);
	if (st == OK)
		st = job_open(&job);
	if (st == OK)
		st = start_report(&r, &job);
	job_close(&job);
	ended = wait_all(&r, job.deadline, stopped);
	return ended != OK ? ended : st;
}

enum status
process_enrol(const struct config *cf, const struct enrol_files *files)
{
	struct running r = {.st = OK};
	struct job job;
	enum status st, ended;

	job_init(&job, cf);
	job.keys_only = files->request != NULL;
	st = job_pair(&job, FD_FRONT, FD_SEAL_FRONT);
	if (st == OK && files->ek_cert != NULL)
		st = file_open(files->ek_cert, false, &job.fd[FD_EK_CERT]);
	if (st == OK && files->response != NULL)
		st = file_open(files->response, false, &job.fd[FD_RESPONSE]);
	if (st == OK && files->request != NULL)
		st = file_create(files->request, &job.fd[FD_OUT]);
	if (st == OK)
		st = start(&r, PROCESS_ENROL_SEND, &job);
	if (st == OK)
		st = start(&r, PROCESS_ENROL_SEAL, &job);
	job_close(&job);
	ended = wait_all(&r, job.deadline, NULL);
	return ended != OK ? ended : st;
}
