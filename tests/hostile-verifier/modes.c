/* SPDX-License-Identifier: Apache-2.0 */
#include "modes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPE "application/vnd.veraison.challenge-response-session+json"

enum { ANSWER_MAX = 8192 };

unsigned port;

bool
put(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, s, n, MSG_NOSIGNAL);

		if (k <= 0)
			return false;
		s += k;
		n -= (size_t)k;
	}
	return true;
}

static void
put_text(int fd, const char *s)
{
	(void)put(fd, s, strlen(s));
}

void
drain(int fd)
{
	char buf[4096];

	while (recv(fd, buf, sizeof(buf), 0) > 0)
		;
}

/* An answer with a code, a further header line and a body. */
static void
answer(int fd, const char *code, const char *header, const char *body)
{
	char buf[ANSWER_MAX];

	(void)snprintf(buf, sizeof(buf),
	    "HTTP/1.1 %s\r\nContent-Type: " TYPE "\r\nContent-Length: %zu\r\n"
	    "%sConnection: close\r\n\r\n%s",
	    code, strlen(body), header, body);
	put_text(fd, buf);
}

/* N random bytes in base64url. */
static void
make_nonce(size_t n, char *out)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
	                          "qrstuvwxyz0123456789-_";
	uint8_t b[64] = {0};

	if (getrandom(b, n, 0) < 0)
		exit(1);
	for (size_t i = 0; i < n; i += 3) {
		unsigned v =
		    (unsigned)b[i] << 16 | (unsigned)b[i + 1] << 8 | b[i + 2];
		size_t left = n - i < 3 ? n - i : 3;

		for (size_t k = 0; k <= left; k++)
			*out++ = set[v >> (18 - 6 * k) & 63];
	}
	*out = '\0';
}

static void
session_of(int fd, size_t nonce_len, const char *location, const char *format)
{
	char nonce[128], header[256], body[1024];

	make_nonce(nonce_len, nonce);
	(void)snprintf(header, sizeof(header), "Location: %s\r\n", location);
	(void)snprintf(body, sizeof(body),
	    "{\"status\":\"waiting\",\"nonce\":\"%s\"%s%s%s,\"expiry\":"
	    "\"2030-01-01T00:00:00Z\",\"accept\":[\"application/cmw+cbor\"]}",
	    nonce, format[0] == '\0' ? "" : ",\"nonce\":\"",
	    format[0] == '\0' ? "" : nonce, format[0] == '\0' ? "" : "\"");
	answer(fd, "201 Created", header, body);
}

/* The ways to answer a request for a session, or evidence. */

static void
good_session(int fd)
{
	session_of(fd, 32, "session/4d1e4b7a", "");
}

static void
nonce_31(int fd)
{
	session_of(fd, 31, "session/4d1e4b7a", "");
}

static void
nonce_33(int fd)
{
	session_of(fd, 33, "session/4d1e4b7a", "");
}

static void
duplicate_keys(int fd)
{
	session_of(fd, 32, "session/4d1e4b7a", "twice");
}

static void
location_foreign(int fd)
{
	session_of(fd, 32, "http://verifier.invalid/session/4d1e4b7a", "");
}

static void
body_1gib(int fd)
{
	static char block[65536];

	memset(block, 'a', sizeof(block));
	put_text(fd, "HTTP/1.1 201 Created\r\nContent-Type: " TYPE
	             "\r\nContent-Length: 1073741824\r\n\r\n");
	for (int i = 0; i < 16384 && put(fd, block, sizeof(block)); i++)
		;
}

static void
body_endless_chunked(int fd)
{
	char block[4096 + 8];

	memcpy(block, "1000\r\n", 6);
	memset(block + 6, ' ', 4096);
	memcpy(block + 6 + 4096, "\r\n", 2);
	put_text(fd, "HTTP/1.1 201 Created\r\nContent-Type: " TYPE
	             "\r\nTransfer-Encoding: chunked\r\n\r\n");
	while (put(fd, block, sizeof(block)))
		;
}

static void
body_endless_close(int fd)
{
	char block[4096];

	memset(block, ' ', sizeof(block));
	put_text(fd, "HTTP/1.1 201 Created\r\nContent-Type: " TYPE "\r\n\r\n");
	while (put(fd, block, sizeof(block)))
		;
}

static void
endless_headers(int fd)
{
	static const char line[] = "X-More: and more\r\n";

	put_text(fd, "HTTP/1.1 201 Created\r\n");
	while (put(fd, line, sizeof(line) - 1))
		;
}

static void
endless_line(int fd)
{
	put_text(fd, "HTTP/1.1 201 ");
	while (put(fd, "Created and ", 12))
		;
}

static void
redirect(int fd)
{
	char header[64];

	(void)snprintf(
	    header, sizeof(header), "Location: http://127.0.0.1:%u/\r\n", port);
	answer(fd, "307 Temporary Redirect", header, "");
}

static void
garbage_json(int fd)
{
	answer(fd, "201 Created", "Location: session/1\r\n",
	    "{\"status\":\"waiting\",\"nonce\":[[[[[[{{{{");
}

static void
trickle(int fd)
{
	static const char slow[] = "HTTP/1.1 201 Created\r\nX-Slow: aaaaaaaaaa"
	                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	for (size_t i = 0; i < sizeof(slow) - 1 && put(fd, slow + i, 1); i++)
		(void)sleep(1);
}

static void
no_answer(int fd)
{
	drain(fd);
}

static void
close_early(int fd)
{
	put_text(fd, "HTTP/1.1 201 Cre");
}

static void
close_at_once(int fd)
{
	(void)fd;
}

static void
status_500(int fd)
{
	answer(fd, "500 Internal Server Error", "", "{\"status\":500}");
}

static void
session_failed(int fd)
{
	answer(fd, "200 OK", "", "{\"status\":\"failed\",\"nonce\":\"x\"}");
}

static void
accept_any(int fd)
{
	answer(fd, "200 OK", "",
	    "{\"status\":\"complete\",\"nonce\":\"x\",\"result\":"
	    "\"!!! not a token; rm -rf / ; \\u0007\"}");
}

/* A result that says contraindicated, in the form of a token. */
static void
accept_contraindicated(int fd)
{
	answer(fd, "200 OK", "",
	    "{\"status\":\"complete\",\"result\":\"eyJhbGciOiJFUzM4NCJ9."
	    "eyJzdWJtb2RzIjp7Imhvc3QiOnsiZWFyX3N0YXR1cyI6OTZ9fX0.AAAA\"}");
}

static void
accept_later(int fd)
{
	answer(fd, "202 Accepted", "", "{\"state\":\"processing\"}");
}

static const struct mode modes[] = {
    {"nonce-31", nonce_31, accept_any},
    {"nonce-33", nonce_33, accept_any},
    {"body-1gib", body_1gib, accept_any},
    {"body-endless-chunked", body_endless_chunked, accept_any},
    {"body-endless-close", body_endless_close, accept_any},
    {"endless-headers", endless_headers, accept_any},
    {"endless-line", endless_line, accept_any},
    {"redirect", redirect, redirect},
    {"garbage-json", garbage_json, accept_any},
    {"duplicate-keys", duplicate_keys, accept_any},
    {"trickle", trickle, trickle},
    {"no-answer", no_answer, no_answer},
    {"close-early", close_early, close_early},
    {"close-at-once", close_at_once, close_at_once},
    {"status-500", status_500, status_500},
    {"location-foreign", location_foreign, accept_any},
    {"late-1gib", good_session, body_1gib},
    {"late-chunked", good_session, body_endless_chunked},
    {"late-redirect", good_session, redirect},
    {"late-500", good_session, status_500},
    {"late-failed", good_session, session_failed},
    {"late-no-answer", good_session, no_answer},
    {"late-close", good_session, close_at_once},
    {"accept-any", good_session, accept_any},
    {"accept-contraindicated", good_session, accept_contraindicated},
    {"accept-later", good_session, accept_later},
};

const struct mode *
mode_find(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(name, modes[i].name) == 0)
			return &modes[i];
	return NULL;
}

void
mode_list(FILE *f)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		(void)fprintf(f, "  %s\n", modes[i].name);
}
