/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
#include "worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "say.h"

void *
worker_memory(size_t n)
{
	void *p = mmap(
	    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
worker_free(void *p, size_t n)
{
	if (p != NULL)
		(void)munmap(p, n);
}

/* The next step from FIRST on that is due, or the count. */
static size_t
next_due(const struct work *w, size_t first)
{
	while (first < w->count && !w->due(w->arg, first))
		first++;
	return first;
}

/* All steps from FIRST on; one byte on FD for each that is done. */
static void
work(const struct work *w, size_t first, int fd)
{
	for (size_t i = first; i < w->count; i = next_due(w, i + 1)) {
		w->run(w->arg, i);
		if (write(fd, "", 1) != 1)
			return;
	}
}

/* Start a worker at a step; the end of its pipe is in *FD. */
static pid_t
start_worker(const struct work *w, size_t first, int *fd)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		/* What a library prints goes where our input comes from. */
		(void)dup2(STDIN_FILENO, STDOUT_FILENO);

		/* It does not outlive the one that waits for it. */
		(void)close(ends[0]);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			work(w, first, ends[1]);
		_exit(0);
	}
	(void)close(ends[1]);
	*fd = ends[0];
	if (pid < 0)
		(void)close(ends[0]);
	return pid;
}

/*
 * End a worker.  One that hangs in the kernel, perhaps only while it lets go
 * of its device, cannot be ended, and nobody waits for it.
 */
static void
end_worker(pid_t pid, int fd)
{
	int tries = 20;

	(void)close(fd);
	(void)kill(pid, SIGKILL);
	while (tries-- > 0 && waitpid(pid, NULL, WNOHANG) == 0)
		(void)poll(NULL, 0, 1);
}

/* Wait for the end of step I. */
static enum step_end
wait_step(const struct work *w, int fd)
{
	uint64_t limit = deadline_in(w->each);
	uint8_t byte;

	if (limit > w->deadline)
		limit = w->deadline;
	if (deadline_wait(fd, POLLIN, limit) != OK)
		return STEP_HANGS;
	return read(fd, &byte, 1) == 1 ? STEP_DONE : STEP_DIED;
}

/*
 * Follow one worker from step *I on until a step goes wrong; *I is then the
 * one after it.  False when there is nothing left to do.
 */
static bool
follow(const struct work *w, size_t *i, int fd, enum step_end *end)
{
	bool on = true;

	*end = STEP_DONE;
	while (*i < w->count && on && *end == STEP_DONE) {
		*end = wait_step(w, fd);
		on = w->ended(w->arg, *i, *end);
		*i = next_due(w, *i + 1);
	}
	return on && *i < w->count;
}

enum status
worker_run(const struct work *w)
{
	size_t i = next_due(w, 0);
	bool on = i < w->count;

	while (on) {
		enum step_end end;
		int fd = -1;
		pid_t pid = start_worker(w, i, &fd);

		if (pid < 0)
			return say(NO_MEMORY, "cannot start a process");
		on = follow(w, &i, fd, &end);
		end_worker(pid, fd);
	}
	return OK;
}
