/* SPDX-License-Identifier: Apache-2.0 */
/* [seal] */
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hash.h"
#include "deflate.h"
#include "evidence.h"
#include "say.h"

/* No program of ours is larger; debug builds come closest. */
enum { AGENT_MAX = 64 << 20 };
/* Claims but for devices, quote, and the heads of all. */
enum { ROOM_FOR_OTHERS = 64 * 1024 };

static enum status
host_times(struct host *h)
{
	struct timespec up = {0, 0};
	time_t now = time(NULL);

	if (now < 0 || clock_gettime(CLOCK_BOOTTIME, &up) != 0)
		return say(INTERNAL, "the clocks cannot be read");
	h->iat = (uint64_t)now;
	h->uptime = (uint64_t)up.tv_sec;
	return OK;
}

/* "6ef2...-...": 32 digits and four hyphens. */
static enum status
host_boot_id(int fd, struct host *h)
{
	char text[64], digits[2 * BOOT_ID_LEN];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	size_t have = 0;

	for (ssize_t i = 0; i < n && text[i] != '\n'; i++) {
		if (text[i] == '-')
			continue;
		if (have == sizeof(digits))
			return say(FILE_READ, "boot id: too long");
		digits[have++] = text[i];
	}
	if (bytes_from_hex(digits, have, h->boot_id, BOOT_ID_LEN) !=
	    BOOT_ID_LEN)
		return say(FILE_READ, "boot id: not a UUID");
	return OK;
}

/* SHA-256 of the program that runs, through a mapping of its file. */
enum status
host_agent_digest(int fd, struct host *h)
{
	struct stat sb;
	struct digest d;
	enum status st;
	size_t n;
	void *p;

	if (fstat(fd, &sb) != 0 || sb.st_size <= 0 || sb.st_size > AGENT_MAX)
		return say(FILE_READ, "this program's own file");
	n = (size_t)sb.st_size;
	p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return say(
		    FILE_READ, "this program's own file: %s", strerror(errno));
	st = hash_one(HASH_SHA256, bytes_view(p, n), &d);
	(void)munmap(p, n);
	if (st != OK)
		return say(st, "digest of this program");
	memcpy(h->agent_digest, d.b, AGENT_DIGEST_LEN);
	return OK;
}

/* The size of a file in sysfs is told only by reading it. */
enum status
host_file(int fd, uint8_t *buf, size_t cap, size_t *n)
{
	*n = 0;
	while (*n < cap) {
		ssize_t k = pread(fd, buf + *n, cap - *n, (off_t)*n);

		if (k == 0)
			break;
		if (k < 0 && errno != EINTR)
			return FILE_READ;
		*n += k > 0 ? (size_t)k : 0;
	}
	return *n < cap ? OK : FILE_TOO_LARGE;
}

static void
log_free(struct host_log *l)
{
	free(l->memory[0]);
	free(l->memory[1]);
	memset(l, 0, sizeof(*l));
}

/* A log, whole and deflated to at most ROOM bytes.  An empty one is none. */
static enum status
log_read(int fd, const char *name, const char *key, size_t room,
    struct host_log *l)
{
	size_t cap = LOG_MAX + 1, n = 0;
	enum status st = NO_MEMORY;

	log_free(l);
	l->memory[0] = malloc(cap);
	l->memory[1] = malloc(EVIDENCE_MAX);
	if (l->memory[0] != NULL && l->memory[1] != NULL)
		st = host_file(fd, l->memory[0], cap, &n);
	l->packed.p = l->memory[1];
	if (st == OK && n > 0)
		st = deflate_bytes(bytes_view(l->memory[0], n), l->memory[1],
		    room, &l->packed.n);
	l->raw = bytes_view(l->memory[0], st == OK ? n : 0);
	if (st == DEFLATE_TOO_LARGE)
		st = EVIDENCE_TOO_LARGE;
	if (st != OK)
		(void)say(st, "%s: %s; see %s", name, status_text(st), key);
	return st;
}

/* It grows for as long as the host is up: too large, it is left out. */
enum status
host_ima(const struct job *job, struct host *h, size_t board)
{
	size_t used = board + h->eventlog.packed.n + ROOM_FOR_OTHERS;
	enum status st = OK;

	if (job->fd[FD_IMA] >= 0)
		st = log_read(job->fd[FD_IMA], job->config->ima, "send-ima",
		    used < EVIDENCE_MAX ? EVIDENCE_MAX - used : 0, &h->ima);
	if (st != FILE_TOO_LARGE && st != EVIDENCE_TOO_LARGE)
		return st;
	say_note("%s: it is left out", job->config->ima);
	return OK;
}

bool
host_ima_grew(const struct job *job, const struct host *h)
{
	uint8_t more;

	return h->ima.raw.n > 0 &&
	       pread(job->fd[FD_IMA], &more, 1, (off_t)h->ima.raw.n) == 1;
}

enum status
host_read(const struct job *job, struct host *out)
{
	enum status st;

	memset(out, 0, sizeof(*out));
	if ((st = host_times(out)) != OK)
		return st;
	if ((st = host_boot_id(job->fd[FD_BOOT_ID], out)) != OK)
		return st;
	st = host_agent_digest(job->fd[FD_AGENT], out);
	if (st == OK && job->fd[FD_EVENTLOG] >= 0)
		st = log_read(job->fd[FD_EVENTLOG], job->config->eventlog,
		    "send-eventlog", EVIDENCE_MAX, &out->eventlog);
	return st;
}

void
host_free(struct host *host)
{
	log_free(&host->eventlog);
	log_free(&host->ima);
}
