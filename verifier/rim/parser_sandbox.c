/* SPDX-License-Identifier: Apache-2.0 */
#include "parser_sandbox.h"

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PIPE_FD = 3,          /* the only descriptor of the child */
	UNCONFINED = 71,      /* the child's exit status */
	CPU_SECONDS = 5,
	DEADLINE_MS = 20000,
	MEMORY = 512 << 20,
};

bool
sandbox_filters(void)
{
#ifdef ASSAY_SANITIZED
	return false;
#else
	return true;
#endif
}

/* What a process needs to compute, to answer and to end. */
static bool
add_rules(scmp_filter_ctx ctx)
{
	static const int plain[] = {
	    SCMP_SYS(brk),
	    SCMP_SYS(munmap),
	    SCMP_SYS(mremap),
	    SCMP_SYS(madvise),
	    SCMP_SYS(futex),
	    SCMP_SYS(exit),
	    SCMP_SYS(exit_group),
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, plain[i], 0) != 0)
			return false;
	/* Memory that can be executed is not given out. */
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		   SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
	    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
		SCMP_A0(SCMP_CMP_EQ, PIPE_FD, 0)) == 0;
}

/* The default for every other call is death of the process. */
static bool
filter(void)
{
	scmp_filter_ctx ctx;
	bool ok;

	if (!sandbox_filters())
		return true;
	if ((ctx = seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
		return false;
	ok = add_rules(ctx) && seccomp_load(ctx) == 0;
	seccomp_release(ctx);
	return ok;
}

static bool
limit(int what, rlim_t value)
{
	struct rlimit r = {value, value};

	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* Drop everything but the pipe, then the right to get anything back. */
static bool
confine(int out)
{
	if (dup2(out, PIPE_FD) != PIPE_FD ||
	    close_range(PIPE_FD + 1, ~0U, 0) != 0)
		return false;
	(void)close(STDIN_FILENO);
	(void)close(STDOUT_FILENO);
	if (sandbox_filters())
		(void)close(STDERR_FILENO);
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	    prctl(PR_SET_DUMPABLE, 0) == 0 &&
	    limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
	    limit(RLIMIT_CPU, CPU_SECONDS) &&
	    (!sandbox_filters() || limit(RLIMIT_AS, MEMORY)) &&
	    limit(RLIMIT_NOFILE, 0) && limit(RLIMIT_NPROC, 0) &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter();
}

static void
child(int out, void (*work)(void *, struct writer *), void *arg, size_t cap)
{
	struct writer w;
	uint8_t *buf = malloc(cap);
	size_t done = 0;

	/* The C library would open the time zone's file later. */
	tzset();
	if (buf == NULL || !confine(out))
		_exit(UNCONFINED);
	w = writer_of(buf, cap);
	work(arg, &w);
	while (!w.failed && done < w.n) {
		ssize_t k = write(PIPE_FD, w.p + done, w.n - done);

		if (k <= 0)
			_exit(1);
		done += (size_t)k;
	}
	_exit(w.failed ? 1 : 0);
}

static int
left(const struct timespec *start)
{
	struct timespec now;
	int64_t ms;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - start->tv_sec) * INT64_C(1000) +
	    (now.tv_nsec - start->tv_nsec) / 1000000;
	return ms >= DEADLINE_MS ? 0 : (int)(DEADLINE_MS - ms);
}

/* Read until the child closes the pipe; false when it says too much. */
static bool
collect(int in, uint8_t *buf, size_t cap, size_t *n)
{
	struct timespec start;
	struct pollfd p = {.fd = in, .events = POLLIN};

	*n = 0;
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		uint8_t extra;
		bool full = *n == cap;
		ssize_t k;

		if (poll(&p, 1, left(&start)) <= 0) {
			if (errno == EINTR && left(&start) > 0)
				continue;
			return false;
		}
		k = read(in, full ? &extra : buf + *n, full ? 1 : cap - *n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return k == 0;
		if (full)
			return false;
		*n += (size_t)k;
	}
}

/* How the child ended, in words. */
static enum status
judge(int status, bool heard, struct fault *fault)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == UNCONFINED)
		return fault_set(fault, SANDBOX_FAILED,
		    "the parser could not be confined and was not run; "
		    "seccomp filters and resource limits are required");
	if (WIFSIGNALED(status) && heard)
		return fault_set(fault, PARSER_DIED,
		    "the confined parser was stopped by signal %d (%s); the "
		    "file is not a sane manifest",
		    WTERMSIG(status),
		    WTERMSIG(status) == SIGSYS ? "a forbidden system call"
			: WTERMSIG(status) == SIGKILL ? "a limit"
						      : "a fault");
	if (!heard || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return fault_set(fault, PARSER_DIED,
		    "the confined parser did not answer within its limits; "
		    "the file is not a sane manifest");
	return OK;
}

enum status
sandbox_run(void (*work)(void *arg, struct writer *out), void *arg,
    uint8_t *buf, size_t cap, size_t *n, struct fault *fault)
{
	int fd[2], status = 0;
	bool heard;
	pid_t pid;

	if (pipe(fd) != 0 || (pid = fork()) < 0)
		return fault_errno(fault, SANDBOX_FAILED, "the parser",
		    "a pipe and a process are required");
	if (pid == 0)
		child(fd[1], work, arg, cap);
	(void)close(fd[1]);
	heard = collect(fd[0], buf, cap, n);
	(void)close(fd[0]);
	if (!heard)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return judge(status, heard, fault);
}
