/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"

/* How long its end is waited for. */
enum { HANGS_MS = 50, LEAVES_MS = 2000 };

/* What the process with the driver says: that it begins, then how it went. */
struct message {
	enum { BEGINS, ENDED } kind;
	enum status st;
	struct fault fault;
	struct observation seen;
};

static bool
send_message(int fd, const struct message *m)
{
	const char *p = (const char *)m;
	size_t sent = 0;

	while (sent < sizeof(*m)) {
		ssize_t n = write(fd, p + sent, sizeof(*m) - sent);

		if (n <= 0)
			return false;
		sent += (size_t)n;
	}
	return true;
}

/* The process with the driver. */
static void
child(const struct watch *w, int fd)
{
	static struct gpu gpu;
	static struct message m;
	struct measure *measure = NULL;

	m.st = gpu_open(&gpu, w->device, &m.fault);
	if (m.st == OK)
		m.st = measure_prepare(&gpu, &measure, &m.fault);
	if (m.st == OK && send_message(fd, &m))
		m.st = measure_run(measure, w->budget_ms, &m.seen, &m.fault);
	m.kind = ENDED;
	if (send_message(fd, &m))
		gpu_close(&gpu);
}

/* The next message within its time. */
static enum status
receive(int fd, uint64_t deadline, struct message *m, struct fault *fault)
{
	char *p = (char *)m;
	size_t got = 0;

	while (got < sizeof(*m)) {
		enum status st = deadline_wait(fd, POLLIN, deadline);
		ssize_t n;

		if (st != OK)
			return st;
		n = read(fd, p + got, sizeof(*m) - got);
		if (n <= 0)
			return fault_set(fault, PROBE_DIED,
			    "the driver ended the process that had loaded it");
		got += (size_t)n;
	}
	m->fault.text[sizeof(m->fault.text) - 1] = '\0';
	return OK;
}

/* Both messages, or the reason why one did not come. */
static enum status
follow(const struct watch *w, int fd, struct message *m, struct fault *fault)
{
	enum status st = receive(fd, deadline_in(w->start_ms), m, fault);

	if (st == TIMEOUT)
		return fault_set(fault, TIMEOUT,
		    "the driver did not start within %u s",
		    (unsigned)((w->start_ms + 999) / 1000));
	if (st == OK && m->kind == BEGINS) {
		uint64_t ms = w->budget_ms + w->grace_ms;

		st = receive(fd, deadline_in(ms), m, fault);
		if (st == TIMEOUT)
			return fault_set(fault, TIMEOUT,
			    "the GPU did not come back within %u s",
			    (unsigned)((ms + 999) / 1000));
	}
	if (st != OK)
		return st;
	if (m->kind != ENDED)
		return fault_set(fault, INTERNAL, "an unexpected message");
	*fault = m->fault;
	return m->st;
}

/*
 * End the process.  One that hangs in the kernel cannot be ended; it goes
 * when its device lets go of it, and nobody waits for it.
 */
static void
end(pid_t pid, bool hangs)
{
	int tries = hangs ? HANGS_MS : LEAVES_MS;

	if (hangs)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (tries-- == 0) {
			(void)kill(pid, SIGKILL);
			return;
		}
		(void)poll(NULL, 0, 1);
	}
}

enum status
watch_run(const struct watch *w, struct observation *out, struct fault *fault)
{
	static struct message m;
	pid_t parent = getpid(), pid;
	enum status st;
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		return fault_set(fault, NO_MEMORY, "cannot start a process");
	if (pid == 0) {
		/* It does not outlive the one that waits for it. */
		(void)close(fd[0]);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			child(w, fd[1]);
		_exit(0);
	}
	(void)close(fd[1]);
	st = follow(w, fd[0], &m, fault);
	end(pid, st == TIMEOUT);
	(void)close(fd[0]);
	if (st == OK)
		*out = m.seen;
	return st;
}
