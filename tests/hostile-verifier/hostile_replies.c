/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile-replies [ANSWERS [SEED [FIRST]]]: [send] itself, against answers
 * from replies.c, as many and as fast as one process can.  Its sockets are
 * one end of a pair whose other end has the answer; all else is the code of
 * the agent.  After every run: its outcome is one that the answers allow and
 * stands in its log, [seal] got a nonce of 32 bytes or nothing, and what was
 * sent went where it should.  At the end: no file, no process, no descriptor
 * more than before, and the memory of a bounded program.
 */
#include "replies.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "message.h"
#include "roles.h"
#include "say.h"

#define ORIGIN "http://verifier.test"
#define SECURE "https://verifier.test"

enum {
	GUARD_S = 120,    /* no run may come near it; then SIGALRM */
	PATIENT = 30000, /* ms, for an answer that ends */
	BRISK = 15,       /* ms, for one that does not */
	BUNDLE_LEN = 64,
	LOG_MAX_BYTES = 16 * 1024,
#ifdef ASSAY_SANITIZED
	RSS_MAX_KB = 1024 * 1024,
#else
	RSS_MAX_KB = 24 * 1024,
#endif
};

static uint64_t seed = 1;
static uint64_t number; /* of the run */
static struct reply replies[2];
static size_t connections, piece;
static int far_end[2] = {-1, -1}, near_end = -1;
static bool dripping;

/* May this process write files?  Its output may be one. */
static void
writing(bool may)
{
	struct rlimit r;

	(void)getrlimit(RLIMIT_FSIZE, &r);
	r.rlim_cur = may ? r.rlim_max : 0;
	(void)setrlimit(RLIMIT_FSIZE, &r);
}

static void __attribute__((noreturn, format(printf, 1, 2)))
fail(const char *format, ...)
{
	va_list ap;

	writing(true);
	va_start(ap, format);
	(void)fprintf(stdout, "not ok 1 - ");
	(void)vfprintf(stdout, format, ap);
	(void)fprintf(stdout, "\n# answers: \"%s\", then \"%s\"\n"
	                      "# again: hostile-replies 1 %" PRIu64 " %" PRIu64
	                      "\n",
	    replies[0].name, replies[1].name, seed, number);
	va_end(ap);
	(void)fflush(stdout);
	_exit(1);
}

/* --- The network, as [send] sees it. */

int __wrap_socket(int family, int type, int protocol);
int __wrap_connect(int fd, const struct sockaddr *a, socklen_t n);
int __wrap_getsockopt(
    int fd, int level, int option, void *value, socklen_t *n);
ssize_t __wrap_recv(int fd, void *p, size_t n, int flags);
ssize_t __real_recv(int fd, void *p, size_t n, int flags);
int __wrap_getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **out);
void __wrap_freeaddrinfo(struct addrinfo *a);

/* Again and again until no more fits, which nobody should read. */
static void
feed_flood(int fd, const struct reply *r)
{
	static uint8_t block[32 * 1024];
	size_t n = sizeof(block) / r->flood * r->flood;

	for (size_t i = 0; i < n; i += r->flood)
		memcpy(block + i, r->bytes + r->n - r->flood, r->flood);
	while (send(fd, block, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n)
		;
}

/* The answer into the far end, and what comes after it. */
static void
feed(int fd, const struct reply *r)
{
	if (r->n > 0 && send(fd, r->bytes, r->n, MSG_NOSIGNAL | MSG_DONTWAIT) !=
	                    (ssize_t)r->n)
		fail("no room for an answer of %zu bytes", r->n);
	if (r->ending == END_FLOOD)
		feed_flood(fd, r);
	if (r->ending == END_CLOSE || r->ending == END_DRIP)
		(void)shutdown(fd, SHUT_WR);
}

int
__wrap_socket(int family, int type, int protocol)
{
	int fd[2], room = 1 << 20;

	(void)protocol;
	if (family != AF_INET || connections == 2)
		fail("a socket of family %d, number %zu", family, connections);
	if (socketpair(AF_UNIX, type, 0, fd) != 0)
		fail("socketpair: %s", strerror(errno));
	(void)setsockopt(fd[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	near_end = fd[0];
	far_end[connections] = fd[1];
	return fd[0];
}

int
__wrap_connect(int fd, const struct sockaddr *a, socklen_t n)
{
	(void)a;
	(void)n;
	if (fd != near_end)
		fail("connect of another socket");
	dripping = replies[connections].ending == END_DRIP;
	feed(far_end[connections], &replies[connections]);
	connections++;
	return 0;
}

int
__wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *n)
{
	(void)fd;
	(void)level;
	(void)option;
	memset(value, 0, *n);
	return 0;
}

/* From the network in pieces of any size; drop by drop when told so. */
ssize_t
__wrap_recv(int fd, void *p, size_t n, int flags)
{
	static const struct timespec ms = {0, 500000};

	if (fd == near_end && dripping) {
		(void)nanosleep(&ms, NULL);
		n = n > 0 ? 1 : 0;
	} else if (fd == near_end && n > piece) {
		n = piece;
	}
	return __real_recv(fd, p, n, flags);
}

int
__wrap_getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	static struct sockaddr where;
	static struct addrinfo one = {.ai_family = AF_INET,
	    .ai_socktype = SOCK_STREAM,
	    .ai_addr = &where,
	    .ai_addrlen = sizeof(where)};

	(void)service;
	(void)hints;
	if (strcmp(node, "verifier.test") != 0)
		fail("the address of %s was asked for", node);
	*out = &one;
	return 0;
}

void
__wrap_freeaddrinfo(struct addrinfo *a)
{
	(void)a;
}

/* --- One run. */

static struct config config;
static int log_pipe[2];

/* [seal], which has the bundle ready whatever it is asked. */
static void
put_bundle(int fd)
{
	uint8_t frame[MESSAGE_HEAD + BUNDLE_LEN] = {
	    MESSAGE_BUNDLE, BUNDLE_LEN, 0, 0, 0, 'S', 'I', 'M'};

	if (send(fd, frame, sizeof(frame), MSG_NOSIGNAL) != sizeof(frame))
		fail("[seal] cannot speak");
}

/* What reached [seal]: nothing, or one nonce and that of the answer. */
static bool
check_seal(int fd)
{
	uint8_t got[256];
	ssize_t n = __real_recv(fd, got, sizeof(got), MSG_DONTWAIT);
	static const uint8_t head[] = {MESSAGE_NONCE, 32, 0, 0, 0};

	if (n <= 0)
		return false;
	if (n != MESSAGE_HEAD + 32 || memcmp(got, head, sizeof(head)) != 0)
		fail("%zd bytes reached [seal]", n);
	if ((replies[0].outcomes & ~(unsigned)(MAY_PASS | MAY_TIMEOUT)) == 0 &&
	    memcmp(got + MESSAGE_HEAD, replies[0].nonce, 32) != 0)
		fail("another nonce than the session's reached [seal]");
	return true;
}

/* What was asked of the verifier, in plain HTTP. */
static void
check_request(size_t i)
{
	static const char *const targets[] = {
	    "POST /challenge-response/v1/newSession?nonceSize=32 HTTP/1.1\r\n",
	    "POST /"};
	char got[4096];
	ssize_t n = __real_recv(far_end[i], got, sizeof(got) - 1, MSG_DONTWAIT);
	const char *end;

	if (n <= 0)
		fail("no request");
	got[n] = '\0';
	end = strstr(got, "\r\n\r\n");
	if (strncmp(got, targets[i], strlen(targets[i])) != 0 || end == NULL ||
	    strstr(got, "\r\nHost: verifier.test\r\n") == NULL ||
	    strcasestr(got, "cookie") != NULL)
		fail("an odd request");
	if (n - (end + 4 - got) != (i == 0 ? 0 : BUNDLE_LEN))
		fail("a request of another length");
}

static const char *
outcome_name_of(unsigned bit)
{
	for (size_t i = 0; i < outcome_count; i++)
		if (outcome_names[i].bit == bit)
			return outcome_names[i].name;
	return "?";
}

static unsigned
outcome_of(const char *code)
{
	for (size_t i = 0; i < outcome_count; i++)
		if (strcmp(outcome_names[i].name, code) == 0)
			return outcome_names[i].bit;
	fail("the outcome %s", code);
}

/* The log of this run: what went wrong stands there, by its name. */
static void
check_log(enum status st, bool odd)
{
	static char log[LOG_MAX_BYTES];
	const unsigned known = MAY_PASS | MAY_TIMEOUT;
	char code[80];
	ssize_t n = read(log_pipe[0], log, sizeof(log) - 1);

	log[n > 0 ? n : 0] = '\0';
	for (ssize_t i = 0; i < n; i++)
		if ((log[i] < 0x20 && log[i] != '\n') || log[i] == 0x7f)
			fail("a control byte in the log");
	(void)snprintf(
	    code, sizeof(code), "[send]: %s: ", status_name(st));
	if (st != OK && strstr(log, code) == NULL)
		fail("%s is not in the log: %s", code, log);
	if (odd && strstr(log, "VERIFIER_ANOMALY: ") == NULL)
		fail("a word too many is not in the log");
	if (((replies[0].outcomes | replies[1].outcomes) & ~known) == 0 &&
	    st == OK && !odd && n > 0)
		fail("a log without a reason: %s", log);
}

static bool
is_brisk(const struct reply *r)
{
	return r->ending == END_STALL || r->ending == END_DRIP;
}

/* Is ST what the answers that were used allow? */
static unsigned
check_outcome(enum status st, bool nonce)
{
	unsigned got = outcome_of(status_name(st));
	unsigned first = replies[0].outcomes, last = replies[1].outcomes;

	/* Where one is not waited for, the other may be late too. */
	if (is_brisk(&replies[0]) || is_brisk(&replies[1])) {
		first |= MAY_TIMEOUT;
		last |= MAY_TIMEOUT;
	}

	/* The second answer is asked for only after a nonce went in. */
	if (connections == 2 && (!nonce || (first & MAY_PASS) == 0))
		fail("a second connection");
	if ((got & (connections == 2 ? last : first)) == 0)
		fail("%s, of %zu connections", outcome_name_of(got),
		    connections);
	if (connections < 2 && nonce && st != TIMEOUT)
		fail("a nonce went in, and no evidence out");
	if (connections < 2 && st == OK)
		fail("success without evidence");
	return got;
}

/* The answers of this run, and how patiently they are awaited. */
static bool
prepare(void)
{
	struct luck luck = luck_of(~seed, number);
	bool secure = luck_below(&luck, 64) == 0;
	bool good = luck_below(&luck, 2) == 0;

	reply_make(seed, 2 * number, secure ? STAGE_TLS : STAGE_SESSION, ORIGIN,
	    good && !secure, &replies[0]);
	reply_make(seed, 2 * number + 1, STAGE_RECEIPT, ORIGIN, false,
	    &replies[1]);
	(void)snprintf(config.verifier, sizeof(config.verifier), "%s",
	    secure ? SECURE : ORIGIN);
	piece = (size_t[]){1, 7, 512, 65536}[luck_below(&luck, 4)];
	return secure;
}

static unsigned
run_one(void)
{
	struct job job = {.config = &config, .from_send = true};
	bool secure = prepare(), nonce, odd;
	int seal[2];
	enum status st;
	unsigned got;

	for (size_t i = 0; i < FD_COUNT; i++)
		job.fd[i] = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, seal) != 0)
		fail("socketpair");
	put_bundle(seal[1]);
	job.fd[FD_FRONT] = seal[0];
	connections = 0;
	job.deadline = deadline_in(
	    is_brisk(&replies[0]) || is_brisk(&replies[1]) ? BRISK : PATIENT);

	(void)alarm(GUARD_S);
	st = send_run(&job);
	nonce = check_seal(seal[1]);
	got = check_outcome(st, nonce);
	odd = (nonce && replies[0].odd) ||
	      (connections == 2 && replies[1].odd && st == OK);
	if (st == OK || nonce || !replies[0].odd)
		check_log(st, odd);
	else
		check_log(st, false);
	for (size_t i = 0; i < connections; i++) {
		if (!secure)
			check_request(i);
		(void)close(far_end[i]);
	}
	(void)close(seal[0]);
	(void)close(seal[1]);
	return got;
}

/* --- This process before and after. */

static size_t
entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	if (dir == NULL)
		fail("%s: %s", path, strerror(errno));
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static long
memory_kb(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static uint64_t
number_of(const char *s)
{
	char *end;
	uint64_t v = strtoull(s, &end, 10);

	if (*end == '\0' && end != s)
		return v;
	(void)fprintf(stderr,
	    "usage: hostile-replies [ANSWERS [SEED [FIRST]]]\n");
	exit(64);
}

static void
summary(uint64_t answers, uint64_t runs, const uint64_t *counts)
{
	(void)printf("# %" PRIu64 " answers in %" PRIu64
	             " runs, seed %" PRIu64 "; at most %ld kB of memory\n#",
	    answers, runs, seed, memory_kb());
	for (size_t i = 0; i < outcome_count; i++)
		(void)printf(
		    " %s %" PRIu64, outcome_names[i].name, counts[i]);
	(void)printf("\n");
}

int
main(int argc, char **argv)
{
	uint64_t want = argc > 1 ? number_of(argv[1]) : 10000, answers = 0;
	uint64_t counts[16] = {0}, first, runs = 0;
	const char *ca = getenv("ASSAY_CA");
	char folder[] = "/tmp/hostile.XXXXXX";
	size_t fds;

	seed = argc > 2 ? number_of(argv[2]) : 1;
	first = number = argc > 3 ? number_of(argv[3]) : 0;
	config_defaults(&config);
	(void)snprintf(config.ca_file, sizeof(config.ca_file), "%s",
	    ca != NULL ? ca : "nobody.pem");

	/* Nothing can be written but the log, which is read at once. */
	if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
	    pipe2(log_pipe, O_CLOEXEC | O_NONBLOCK) != 0 ||
	    dup2(log_pipe[1], STDERR_FILENO) < 0)
		return 1;
	writing(false);
	say_process("send");
	fds = entries("/proc/self/fd");

	for (; answers < want; number++) {
		unsigned got = run_one();

		answers += connections;
		runs++;
		for (size_t i = 0; i < outcome_count; i++)
			counts[i] += outcome_names[i].bit == got;
		if (number % 64 == 0 && entries("/proc/self/fd") != fds)
			fail("a descriptor is left open");
	}
	(void)alarm(0);
	writing(true);

	if (entries(".") != 2)
		fail("a file was made in %s", folder);
	if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
		fail("a process was made");
	if (memory_kb() > RSS_MAX_KB)
		fail("%ld kB of memory, of at most %d", memory_kb(),
		    RSS_MAX_KB);
	for (size_t i = 0; want >= 10000 && first == 0 && i < outcome_count;
	     i++)
		if (counts[i] == 0)
			fail("%s never came about", outcome_names[i].name);
	(void)rmdir(folder);
	summary(answers, runs, counts);
	(void)printf("ok 1 - T32 T33 hostile answers\n1..1\n");
	return 0;
}
