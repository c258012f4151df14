/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile-verifier: a verifier as it must not be, for whoever wants to see
 * what an agent makes of it.
 *
 *	hostile-verifier MODE              one kind of wrong, always
 *	hostile-verifier --seed N          all kinds, from a seed
 *
 * Listens on 127.0.0.1, at --port or any, prints the port, and serves one
 * connection after the other until it is ended, or until --count answers.
 * With a seed, every answer is a line on standard error: its number, what an
 * agent may say of it, "odd" when it must speak of a word too many, and what
 * is wrong with it; --first begins at a number that was seen there.
 */
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <time.h>
#include <unistd.h>

#include "modes.h"
#include "replies.h"

enum { REQUEST_MAX = 2 << 20 };
enum asks { ASKS_SESSION, ASKS_RECEIPT, ASKS_TLS, ASKS_NOTHING };

/* Read a whole request. */
static enum asks
read_request(int fd)
{
	static char buf[REQUEST_MAX + 1];
	size_t have = 0, need = 0;
	const char *at;
	ssize_t n;

	while (need == 0 || have < need) {
		n = recv(fd, buf + have, REQUEST_MAX - have, 0);
		if (n <= 0)
			return ASKS_NOTHING;
		have += (size_t)n;
		buf[have] = '\0';

		/* A record of a handshake (RFC 8446, 5.1). */
		if (buf[0] == 0x16)
			return ASKS_TLS;
		at = strstr(buf, "\r\n\r\n");
		if (need != 0 || at == NULL)
			continue;
		need = (size_t)(at - buf) + 4;
		at = strcasestr(buf, "\r\nContent-Length:");
		if (at != NULL)
			need += strtoul(at + 17, NULL, 10);
	}
	return strncmp(buf, "POST ", 5) == 0 &&
	               strstr(buf, "/newSession?nonceSize=32 HTTP/1.1\r\n") !=
	                   NULL
	           ? ASKS_SESSION
	           : ASKS_RECEIPT;
}

/* Byte by byte, for as long as the client bears it. */
static void
drip(int fd, const struct reply *r)
{
	static const struct timespec pause_between = {0, 50000000};

	for (size_t i = 0; i < r->n && put(fd, (const char *)r->bytes + i, 1);
	     i++)
		(void)nanosleep(&pause_between, NULL);
}

static void
give(int fd, const struct reply *r)
{
	const char *bytes = (const char *)r->bytes;

	if (r->ending == END_DRIP)
		drip(fd, r);
	else
		(void)put(fd, bytes, r->n);
	if (r->ending == END_STALL)
		drain(fd);
	while (r->ending == END_FLOOD &&
	       put(fd, bytes + r->n - r->flood, r->flood))
		;
}

static void
tell(uint64_t number, const struct reply *r)
{
	const char *between = "";

	(void)fprintf(stderr, "%" PRIu64 " ", number);
	for (size_t i = 0; i < outcome_count; i++) {
		if ((r->outcomes & outcome_names[i].bit) == 0)
			continue;
		(void)fprintf(stderr, "%s%s", between, outcome_names[i].name);
		between = "|";
	}
	(void)fprintf(stderr, " %s %s\n", r->odd ? "odd" : "plain", r->name);
	(void)fflush(stderr);
}

/* The answer NUMBER; every other session is one without fault. */
static void
answer(int fd, uint64_t seed, uint64_t number, enum asks asks)
{
	static struct reply r;
	struct luck luck = luck_of(~seed, number);
	char origin[64];

	(void)snprintf(origin, sizeof(origin), "http://127.0.0.1:%u", port);
	reply_make(seed, number, (enum stage)asks, origin,
	    asks == ASKS_SESSION && luck_below(&luck, 2) == 0, &r);
	tell(number, &r);
	give(fd, &r);
}

static int
listen_at(uint64_t where)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)where);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0) {
		perror("hostile-verifier");
		exit(1);
	}
	port = ntohs(a.sin_port);
	return fd;
}

static void __attribute__((noreturn))
usage(void)
{
	(void)fprintf(stderr,
	    "usage: hostile-verifier [--port N] MODE\n"
	    "       hostile-verifier [--port N] --seed N [--first N] "
	    "[--count N]\n"
	    "modes:\n");
	mode_list(stderr);
	exit(64);
}

static uint64_t
number_of(const char *s)
{
	char *end;
	uint64_t v = strtoull(s, &end, 10);

	if (*end != '\0' || end == s)
		usage();
	return v;
}

int
main(int argc, char **argv)
{
	enum { PORT, SEED, FIRST, TIMES, OPTIONS };
	static const struct option options[] = {
	    {"port", required_argument, NULL, PORT},
	    {"seed", required_argument, NULL, SEED},
	    {"first", required_argument, NULL, FIRST},
	    {"count", required_argument, NULL, TIMES}, {NULL, 0, NULL, 0}};
	uint64_t v[OPTIONS] = {0, 0, 0, UINT64_MAX};
	const struct mode *mode = NULL;
	bool seeded = false;
	int listener, c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c < 0 || c >= OPTIONS)
			usage();
		v[c] = number_of(optarg);
		seeded = seeded || c == SEED;
	}
	if (optind + 1 == argc)
		mode = mode_find(argv[optind]);
	if ((mode != NULL) == seeded || optind + !seeded != argc ||
	    v[PORT] > UINT16_MAX)
		usage();

	(void)signal(SIGPIPE, SIG_IGN);
	listener = listen_at(v[PORT]);
	(void)printf("%u\n", port);
	(void)fflush(stdout);
	for (uint64_t n = 0; n < v[TIMES];) {
		int fd = accept(listener, NULL, NULL);
		enum asks asks;

		if (fd < 0)
			continue;
		asks = read_request(fd);
		if (asks != ASKS_NOTHING && seeded)
			answer(fd, v[SEED], v[FIRST] + n++, asks);
		else if (asks != ASKS_NOTHING)
			(asks == ASKS_SESSION ? mode->open : mode->take)(fd);
		(void)shutdown(fd, SHUT_WR);
		drain(fd);
		(void)close(fd);
	}
	return 0;
}
