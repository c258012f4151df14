/* SPDX-License-Identifier: Apache-2.0 */
/* [collect] */
#include "devices.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "say.h"

struct answer *
devices_answers(size_t n)
{
	void *p = mmap(NULL, n * sizeof(struct answer), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
devices_free(struct answer *answers, size_t n)
{
	if (answers != NULL)
		(void)munmap(answers, n * sizeof(struct answer));
}

/* One device, in the worker. */
static enum status
ask_one(const struct question *q, const struct device *d, struct answer *a)
{
	struct writer w = writer_of(a->bytes, sizeof(a->bytes));
	uint8_t nonce[NONCE_LEN];
	enum status st;

	st = evidence_device_nonce(
	    q->nonce, q->ak_name, bytes_str(d->label), nonce);
	if (st == OK)
		st = q->port->evidence(q->ctx, d, nonce, a->type, &w);
	if (st == OK && w.failed)
		st = EVIDENCE_TOO_LARGE;
	if (st == OK && (w.n == 0 || a->type[0] == '\0'))
		st = EVIDENCE_ITEM_MISSING;
	a->len = w.n;
	a->type[MEDIA_TYPE_MAX - 1] = '\0';
	return st;
}

/* The next device from FIRST on that signs, or the count. */
static size_t
next_signer(const struct board *board, size_t first)
{
	while (first < board->count && !board->device[first].signs)
		first++;
	return first;
}

/* All devices from FIRST on; one byte on FD for each that is done. */
static void
work(const struct question *q, struct answer *answers, size_t first, int fd)
{
	size_t i = first;

	for (; (i = next_signer(q->board, i)) < q->board->count; i++) {
		answers[i].st = ask_one(q, &q->board->device[i], &answers[i]);
		if (write(fd, "", 1) != 1)
			return;
	}
}

/* Start a worker; the end of its pipe is in *FD. */
static pid_t
start_worker(
    const struct question *q, struct answer *answers, size_t first, int *fd)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		/* It does not outlive the one that waits for it. */
		(void)close(ends[0]);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			work(q, answers, first, ends[1]);
		_exit(0);
	}
	(void)close(ends[1]);
	*fd = ends[0];
	if (pid < 0)
		(void)close(ends[0]);
	return pid;
}

/*
 * End a worker.  One that hangs in the kernel cannot be ended, and nobody
 * waits for it: it goes when its device lets go of it.
 */
static void
end_worker(pid_t pid, int fd, bool hangs)
{
	int tries = 20;

	(void)close(fd);
	if (!hangs) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return;
	}
	(void)kill(pid, SIGKILL);
	while (tries-- > 0 && waitpid(pid, NULL, WNOHANG) == 0)
		(void)poll(NULL, 0, 1);
}

/* Wait for one worker; returns the device it got stuck at, or the count. */
static size_t
follow(const struct question *q, struct answer *answers, size_t i, int fd,
    bool *hangs)
{
	for (; i < q->board->count; i = next_signer(q->board, i + 1)) {
		uint64_t limit = deadline_in(q->per_device);
		ssize_t n = -1;
		uint8_t byte;

		if (limit > q->deadline)
			limit = q->deadline;
		*hangs = deadline_wait(fd, POLLIN, limit) != OK;
		if (!*hangs)
			n = read(fd, &byte, 1);
		if (n == 1)
			continue;
		answers[i].st = say(DEVICE_UNRESPONSIVE,
		    "%s: %s; its signed evidence will be missing",
		    q->board->device[i].label,
		    *hangs ? "no answer in its time; see device-timeout"
		           : "the process that asked it died");
		break;
	}
	return i;
}

enum status
devices_ask(const struct question *q, struct answer *answers)
{
	size_t i = next_signer(q->board, 0);

	while (i < q->board->count) {
		bool hangs = false;
		int fd = -1;
		pid_t pid = start_worker(q, answers, i, &fd);

		if (pid < 0)
			return say(NO_MEMORY, "cannot start a process");
		i = follow(q, answers, i, fd, &hangs);
		end_worker(pid, fd, hangs);
		if (i < q->board->count)
			i = next_signer(q->board, i + 1);
	}
	return OK;
}
