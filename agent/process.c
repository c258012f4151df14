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
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "roles.h"
#include "say.h"

_Static_assert(STATUS_AGENT_COUNT <= 256, "it is told as an exit status");

enum {
	GRACE_MS = 2000, /* after the deadline, before SIGKILL */
	LAST_MS = 1000,  /* after SIGKILL, before giving up */
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

enum status
job_init(struct job *job, const struct config *cf)
{
	unsigned missing;

	memset(job, 0, sizeof(*job));
	job->config = cf;
	job->deadline = deadline_in(cf->timeout * 1000);
	for (size_t i = 0; i < FD_COUNT; i++)
		job->fd[i] = -1;
	sandbox_probe(&job->sandbox);
	missing = sandbox_required() & ~job->sandbox.bits;
	if (missing == 0 || !cf->require_sandbox)
		return OK;
	return say(SANDBOX_MISSING, "no %s on this kernel; see require-sandbox",
	    (missing & SANDBOX_LANDLOCK) != 0 ? "Landlock" : "seccomp");
}

bool
job_tpm_socket(const struct job *job)
{
	return strncmp(job->config->tpm, "swtpm:", 6) == 0;
}

void
job_close(struct job *job)
{
	for (size_t i = 0; i < FD_COUNT; i++)
		close_fd(&job->fd[i]);
}

void
job_close_one(struct job *job, enum job_fd which)
{
	close_fd(&job->fd[which]);
}

enum status
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
	return true;
}

/* What of the settings the process may open. */
static bool
enter(const struct process *p, const struct job *job)
{
	struct sandbox_more more = {.folder = -1};
	char folder[CONFIG_TEXT_MAX];
	const char *colon = strchr(job->config->platform, ':');
	const char *device = strchr(job->config->tpm, ':');

	if (p->role == SANDBOX_COLLECT) {
		/* Behind a comma stands no part of the folder's name. */
		(void)snprintf(folder, sizeof(folder), "%.*s",
		    colon == NULL ? 0 : (int)strcspn(colon + 1, ","),
		    colon == NULL ? "" : colon + 1);
		more.read = folder[0] == '\0' ? NULL : folder;
		more.folder = job->fd[FD_EVIDENCE];
	} else if (p->role == SANDBOX_SEAL) {
		more.tpm_socket = job_tpm_socket(job);
		more.device = more.tpm_socket || device == NULL ? NULL
		                                                : device + 1;
	} else {
		more.read = job->config->ca_file;
	}
	return sandbox_enter(&job->sandbox, p->role, &more);
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
	/* Nobody types into the terminal of who started us (TIOCSTI). */
	(void)setsid();
	if (!keep_descriptors(p, job) || !confine(p) || !enter(p, job))
		return say(SANDBOX_FAILED, "%s", strerror(errno));

	/* The supervisor may have gone before the signal was set. */
	if (p->orphaned != 0)
		(void)prctl(PR_SET_PDEATHSIG, p->orphaned);
	if (getppid() != supervisor)
		return PROCESS_DIED;

	/* [send] looks up names and certificates before it shuts the door. */
	if (p->role != SANDBOX_SEND &&
	    !sandbox_filter(&job->sandbox, p->role, job_tpm_socket(job)))
		return say(SANDBOX_FAILED, "seccomp: %s", strerror(errno));
	job->deadline += p->patience;
	return p->run(job);
}

/* An outcome as an exit status; nothing of the agent has another. */
static int
told(enum status st)
{
	return (int)(st < STATUS_AGENT_COUNT ? st : INTERNAL);
}

enum status
process_start(struct running *r, const struct process *p, struct job *job)
{
	pid_t supervisor = getpid(), pid;

	if (r->count == PROCESSES_MAX)
		return say(INTERNAL, "too many processes");
	(void)fflush(NULL);
	pid = fork();
	if (pid < 0)
		return say(NO_MEMORY, "fork: %s", strerror(errno));
	if (pid == 0)
		exit(told(child(p, job, supervisor)));
	r->one[r->count].what = p;
	r->one[r->count++].pid = pid;
	r->left++;
	return OK;
}

static void
kill_all(const struct running *r, int sig)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->one[i].pid > 0)
			(void)kill(r->one[i].pid, sig);
}

/* One has ended with wait status WS: remember why, once. */
static void
note_end(struct running *r, size_t id, int ws)
{
	enum status st = INTERNAL;

	r->one[id].pid = 0;
	r->left--;
	if (WIFEXITED(ws) && WEXITSTATUS(ws) < STATUS_AGENT_COUNT)
		st = (enum status)WEXITSTATUS(ws);
	else if (WIFSIGNALED(ws) && !r->failed)
		st = say(PROCESS_DIED, "[%s] was ended by signal %d",
		    r->one[id].what->name, WTERMSIG(ws));
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
	for (size_t i = 0; i < r->count; i++) {
		int ws = 0;

		if (r->one[i].pid > 0 &&
		    waitpid(r->one[i].pid, &ws, WNOHANG) > 0)
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

enum status
process_wait(struct running *r, uint64_t deadline, bool *stopped)
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
