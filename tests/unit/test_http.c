/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of HTTP answers: whole ones, cut ones, hostile ones. */
#include "http.h"
#include "url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 64 };

#define OK_LINE "HTTP/1.1 200 OK\r\n"

/*
 * Each answer, the outcome, and the body.  An outcome of OK means whole once
 * the peer has closed.
 */
static const struct {
	const char *answer;
	enum status st;
	const char *body;
} answers[] = {
    /* Whole. */
    {OK_LINE "Content-Length: 5\r\n\r\nhello", OK, "hello"},
    {OK_LINE "content-length:5 \t\r\n\r\nhello", OK, "hello"},
    {OK_LINE "Content-Length: 0\r\n\r\n", OK, ""},
    {OK_LINE "\r\nuntil the end", OK, "until the end"},
    {"HTTP/1.0 200 OK\r\n\r\nold", OK, "old"},
    {"HTTP/1.1 200\r\n\r\n", OK, ""},
    {"HTTP/1.1 204 No Content\r\n\r\n", OK, ""},
    {"HTTP/1.1 100 Continue\r\n\r\n" OK_LINE "Content-Length: 1\r\n\r\na", OK,
        "a"},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n"
             "0\r\n\r\n",
        OK, "abcde"},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n3 \t; x=y\r\nabc\r\n2 \r\n"
             "de\r\n0\r\n\r\n",
        OK, "abcde"},
    {OK_LINE "Transfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n"
             "X-Trailer: yes\r\n\r\n",
        OK, "0123456789"},
    {OK_LINE "Content-Encoding: identity\r\n\r\n", OK, ""},

    /* Codes that end it. */
    {"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", HTTP_REDIRECT, NULL},
    {"HTTP/1.1 307 Moved\r\nContent-Length: 99999999\r\n\r\n", HTTP_REDIRECT,
        NULL},
    {"HTTP/1.1 404 Not Found\r\n\r\n", HTTP_STATUS, NULL},
    {"HTTP/1.1 503 Busy\r\n\r\n", HTTP_STATUS, NULL},

    /* The status line. */
    {"", HTTP_MALFORMED, NULL},
    {"\r\n" OK_LINE "\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/2 200\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.2 200 OK\r\n\r\n", HTTP_MALFORMED, NULL},
    {"ICY 200 OK\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.1 20 OK\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.1 2000 OK\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.1 0x0 OK\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.1 600 OK\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.1 101 Switching\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.1  200 OK\r\n\r\n", HTTP_MALFORMED, NULL},

    /* Lines. */
    {"HTTP/1.1 200 OK\n\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A: b\rc\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A: b\r\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A: \x01\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A: \x7f\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A b\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A : b\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE ": b\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A: b\r\n folded\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "A: b\r\n", HTTP_MALFORMED, NULL},

    /* Framing of the body. */
    {OK_LINE "Content-Length: 5\r\n\r\nhell", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length: 5\r\n\r\nhello!", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length: 5, 5\r\n\r\nhello", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length: -1\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length: +5\r\n\r\nhello", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length: 0x5\r\n\r\nhello", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length:\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Length: 18446744073709551617\r\n\r\n", HTTP_MALFORMED,
        NULL},
    {OK_LINE "Content-Length: 65\r\n\r\n", HTTP_TOO_LARGE, NULL},
    {OK_LINE "Content-Length: 9999999999\r\n\r\n", HTTP_TOO_LARGE, NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        HTTP_MALFORMED, NULL},
    {OK_LINE "Transfer-Encoding: gzip, chunked\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
             "\r\n",
        HTTP_MALFORMED, NULL},
    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_MALFORMED,
        NULL},
    {OK_LINE "Content-Encoding: gzip\r\n\r\n", HTTP_MALFORMED, NULL},
    {"HTTP/1.1 100 Continue\r\nContent-Length: 1\r\n\r\na", HTTP_MALFORMED,
        NULL},
    {"HTTP/1.1 100 Continue\r\n\r\n", HTTP_MALFORMED, NULL},

    /* Chunks. */
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\ng\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n1 1\r\na\r\n", HTTP_MALFORMED,
        NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n 1\r\na\r\n", HTTP_MALFORMED,
        NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n000000001\r\na\r\n",
        HTTP_MALFORMED, NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", HTTP_TOO_LARGE,
        NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        HTTP_MALFORMED, NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
        HTTP_MALFORMED, NULL},
    {OK_LINE "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore", HTTP_MALFORMED,
        NULL},

    /* Headers that may be there once, with a value. */
    {OK_LINE "Location: /a\r\nLocation: /a\r\n\r\n", HTTP_MALFORMED, NULL},
    {OK_LINE "Content-Type: a/b\r\ncontent-type: a/b\r\n\r\n", HTTP_MALFORMED,
        NULL},
    {OK_LINE "Location:  \r\n\r\n", HTTP_MALFORMED, NULL},
};

/* Feed ANSWER in pieces of STEP bytes, then the end. */
static enum status
feed(struct http_reply *r, uint8_t body[CAP], struct bytes answer, size_t step)
{
	enum status st = OK;

	http_begin(r, writer_of(body, CAP));
	for (size_t at = 0; at < answer.n && st == OK; at += step) {
		size_t n = answer.n - at < step ? answer.n - at : step;

		st = http_feed(r, bytes_sub(answer, at, n));
	}
	return st == OK ? http_end(r) : st;
}

static void
test_answers(void **state)
{
	static const size_t steps[] = {1, 2, 7, 4096};
	struct http_reply r;
	uint8_t body[CAP];

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct bytes in = bytes_str(answers[i].answer);

		for (size_t k = 0; k < 4; k++) {
			enum status st = feed(&r, body, in, steps[k]);

			if (st != answers[i].st)
				fail_msg("answer %zu: %s, not %s", i,
				    status_name(st),
				    status_name(answers[i].st));
			if (st == OK)
				assert_true(bytes_eq(writer_view(&r.body),
				    bytes_str(answers[i].body)));
		}
	}
}

static void
test_values(void **state)
{
	struct http_reply r;
	uint8_t body[CAP];

	(void)state;
	assert_int_equal(feed(&r, body,
	                     BYTES_LIT("HTTP/1.1 201 Created\r\n"
	                               "Location: session/1 \r\n"
	                               "Content-Type: a/b; c=d\r\n\r\n"),
	                     1),
	    OK);
	assert_int_equal(r.status, 201);
	assert_string_equal(r.location, "session/1");
	assert_string_equal(r.content_type, "a/b; c=d");
}

/* A refusal's code goes to a terminal: nothing but its letters does. */
static void
test_code(void **state)
{
	static const struct {
		const char *value, *want;
	} codes[] = {
	    {"CHAIN_REVOKED", "CHAIN_REVOKED"},
	    {"X509_1", "X509_1"},
	    {"", ""},
	    {"Chain_Revoked", ""},
	    {"CHAIN REVOKED", ""},
	    {"CHAIN_REVOKED;", ""},
	    {"\xc2\x9b" "2J", ""},
	    {"A234567890123456789012345678901234567890123456",
	        "A234567890123456789012345678901234567890123456"},
	    {"A23456789012345678901234567890123456789012345678", ""},
	};
	char answer[256];
	struct http_reply r;
	uint8_t body[CAP];

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		(void)snprintf(answer, sizeof(answer),
		    "HTTP/1.1 403 Forbidden\r\nAssay-Code: %s\r\n\r\n",
		    codes[i].value);
		assert_int_equal(
		    feed(&r, body, bytes_str(answer), 7), HTTP_STATUS);
		assert_string_equal(r.code, codes[i].want);
	}
}

/* N bytes of LINE, over and over, after a good beginning. */
static enum status
feed_endless(const char *begin, const char *line, size_t n)
{
	struct http_reply r;
	uint8_t body[CAP];
	enum status st;

	http_begin(&r, writer_of(body, CAP));
	st = http_feed(&r, bytes_str(begin));
	for (size_t at = 0; at < n && st == OK; at += strlen(line))
		st = http_feed(&r, bytes_str(line));
	return st;
}

static void
test_endless(void **state)
{
	(void)state;
	assert_int_equal(
	    feed_endless("", "HTTP/1.1 200 ", 1 << 20), HTTP_TOO_LARGE);
	assert_int_equal(
	    feed_endless(OK_LINE, "A: b\r\n", 1 << 20), HTTP_TOO_LARGE);
	assert_int_equal(
	    feed_endless(OK_LINE, "abcdefgh", 1 << 20), HTTP_TOO_LARGE);
	assert_int_equal(feed_endless("", "HTTP/1.1 100 Go\r\n\r\n", 1 << 20),
	    HTTP_TOO_LARGE);
	assert_int_equal(
	    feed_endless(OK_LINE "\r\n", "abcdefgh", 1 << 20), HTTP_TOO_LARGE);
	assert_int_equal(
	    feed_endless(OK_LINE "Transfer-Encoding: chunked\r\n\r\n0\r\n",
	        "A: b\r\n", 1 << 20),
	    HTTP_TOO_LARGE);
	assert_int_equal(
	    feed_endless(OK_LINE "Transfer-Encoding: chunked\r\n\r\n1;",
	        "extension", 1 << 20),
	    HTTP_TOO_LARGE);
}

/* 64 lines are read, 65 are not. */
static void
test_line_count(void **state)
{
	struct http_reply r;
	uint8_t body[CAP];
	enum status st;

	(void)state;
	for (unsigned lines = 61; lines <= 64; lines++) {
		http_begin(&r, writer_of(body, CAP));
		st = http_feed(&r, BYTES_LIT(OK_LINE));
		for (unsigned i = 0; i < lines && st == OK; i++)
			st = http_feed(&r, BYTES_LIT("A: b\r\n"));
		if (st == OK)
			st = http_feed(&r, BYTES_LIT("\r\n"));
		assert_int_equal(st, lines <= 62 ? OK : HTTP_TOO_LARGE);
	}
}

/* Cut a good answer anywhere: never whole, never a crash. */
static void
test_cut(void **state)
{
	struct bytes whole =
	    BYTES_LIT(OK_LINE "Transfer-Encoding: chunked\r\n\r\n"
	                      "3\r\nabc\r\n0\r\n\r\n");
	struct http_reply r;
	uint8_t body[CAP];

	(void)state;
	for (size_t n = 0; n < whole.n; n++)
		assert_int_equal(
		    feed(&r, body, bytes_sub(whole, 0, n), 3), HTTP_MALFORMED);
}

/* Flip each bit: an outcome, whatever it is, and a body within bounds. */
static void
test_flip(void **state)
{
	static const char whole[] =
	    OK_LINE "Content-Length: 5\r\nContent-Type: a/b\r\n\r\nhello";
	struct http_reply r;
	uint8_t body[CAP], copy[sizeof(whole)];

	(void)state;
	for (size_t bit = 0; bit < 8 * (sizeof(whole) - 1); bit++) {
		memcpy(copy, whole, sizeof(whole));
		copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ 1u << bit % 8);
		(void)feed(&r, body, bytes_view(copy, sizeof(whole) - 1), 1);
		assert_true(r.body.n <= CAP);
	}
}

static void
test_request(void **state)
{
	struct http_request req = {.method = "POST",
	    .target = "/a?b=c",
	    .host = BYTES_LIT("h:1"),
	    .accept = "x/y"};
	uint8_t buf[256];
	struct writer w = writer_of(buf, sizeof(buf));

	(void)state;
	http_write_request(&req, &w);
	assert_true(bytes_eq(writer_view(&w),
	    BYTES_LIT("POST /a?b=c HTTP/1.1\r\nHost: h:1\r\nAccept: x/y\r\n"
	              "Content-Length: 0\r\nConnection: close\r\n\r\n")));
	req.content_type = "a/b";
	req.length = 77;
	w = writer_of(buf, sizeof(buf));
	http_write_request(&req, &w);
	assert_true(bytes_eq(writer_view(&w),
	    BYTES_LIT("POST /a?b=c HTTP/1.1\r\nHost: h:1\r\nAccept: x/y\r\n"
	              "Content-Type: a/b\r\nContent-Length: 77\r\n"
	              "Connection: close\r\n\r\n")));
}

static const struct {
	const char *text;
	enum status st;
	const char *host, *port, *path, *authority;
} urls[] = {
    {"http://verifier", OK, "verifier", "80", "", "verifier"},
    {"HTTPS://Verifier.Example/", OK, "verifier.example", "443", "",
        "verifier.example"},
    {"http://127.0.0.1:8080/base/", OK, "127.0.0.1", "8080", "/base",
        "127.0.0.1:8080"},
    {"https://[::1]:8443/a/b", OK, "::1", "8443", "/a/b", "[::1]:8443"},
    {"http://[::1]", OK, "::1", "80", "", "[::1]"},
    {"https://h:443", OK, "h", "443", "", "h"},
    {"", URL_MALFORMED, "", "", "", ""},
    {"verifier", URL_MALFORMED, "", "", "", ""},
    {"ftp://verifier", URL_MALFORMED, "", "", "", ""},
    {"http://", URL_MALFORMED, "", "", "", ""},
    {"http:///path", URL_MALFORMED, "", "", "", ""},
    {"http://user@host", URL_MALFORMED, "", "", "", ""},
    {"http://h:0", URL_MALFORMED, "", "", "", ""},
    {"http://h:65536", URL_MALFORMED, "", "", "", ""},
    {"http://h:", URL_MALFORMED, "", "", "", ""},
    {"http://h:080", URL_MALFORMED, "", "", "", ""},
    {"http://h:8a", URL_MALFORMED, "", "", "", ""},
    {"http://[::1", URL_MALFORMED, "", "", "", ""},
    {"http://[::1]8", URL_MALFORMED, "", "", "", ""},
    {"http://[]", URL_MALFORMED, "", "", "", ""},
    {"http://h/a?b", URL_MALFORMED, "", "", "", ""},
    {"http://h/a#b", URL_MALFORMED, "", "", "", ""},
    {"http://h/a b", URL_MALFORMED, "", "", "", ""},
    {"http://h/a\r\nX: y", URL_MALFORMED, "", "", "", ""},
    {"http://h/../x", URL_MALFORMED, "", "", "", ""},
    {"http://h\\x", URL_MALFORMED, "", "", "", ""},
};

static void
test_urls(void **state)
{
	struct url url;
	uint8_t buf[300];

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct writer w = writer_of(buf, sizeof(buf));
		enum status st = url_parse(urls[i].text, &url);

		if (st != urls[i].st)
			fail_msg("%s: %s", urls[i].text, status_name(st));
		if (st != OK)
			continue;
		assert_string_equal(url.host, urls[i].host);
		assert_string_equal(url.port, urls[i].port);
		assert_string_equal(url.path, urls[i].path);
		url_authority(&url, &w);
		assert_true(
		    bytes_eq(writer_view(&w), bytes_str(urls[i].authority)));
	}
}

static const struct {
	const char *location;
	enum status st;
	const char *path;
} locations[] = {
    {"session/1", OK, "/base/v1/session/1"},
    {"/v1/session/1", OK, "/v1/session/1"},
    {"http://h:81/v1/session/1", OK, "/v1/session/1"},
    {"HTTP://H:81/v1/session/1", OK, "/v1/session/1"},
    {"http://h/v1/session/1", SESSION_MALFORMED, ""},
    {"https://h:81/v1/session/1", SESSION_MALFORMED, ""},
    {"http://other:81/v1/session/1", SESSION_MALFORMED, ""},
    {"http://h:81@other/v1", SESSION_MALFORMED, ""},
    {"http://h:81", SESSION_MALFORMED, ""},
    {"//other/v1", SESSION_MALFORMED, ""},
    {"", SESSION_MALFORMED, ""},
    {"../session/1", SESSION_MALFORMED, ""},
    {"session/..", SESSION_MALFORMED, ""},
    {"./session/1", SESSION_MALFORMED, ""},
    {"session/1?x=y", SESSION_MALFORMED, ""},
    {"session/1#x", SESSION_MALFORMED, ""},
    {"session/1 HTTP/1.1", SESSION_MALFORMED, ""},
    {"session/\"1\"", SESSION_MALFORMED, ""},
    {"session/a:b", OK, "/base/v1/session/a:b"},
    {"file:/etc/passwd", SESSION_MALFORMED, ""},
    {"file:x", SESSION_MALFORMED, ""},
    {"javascript:alert(1)", SESSION_MALFORMED, ""},
};

static void
test_locations(void **state)
{
	struct url base;
	char out[URL_PATH_MAX], longer[2 * URL_PATH_MAX];

	(void)state;
	assert_int_equal(url_parse("http://h:81/base", &base), OK);
	for (size_t i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
		enum status st = url_locate(&base, "/base/v1/newSession?x=/y",
		    locations[i].location, out);

		if (st != locations[i].st)
			fail_msg(
			    "%s: %s", locations[i].location, status_name(st));
		if (st == OK)
			assert_string_equal(out, locations[i].path);
	}
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(url_locate(&base, "/base/v1/newSession", longer, out),
	    SESSION_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_code),
	    cmocka_unit_test(test_endless),
	    cmocka_unit_test(test_line_count),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_flip),
	    cmocka_unit_test(test_request),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_locations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
