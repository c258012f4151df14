/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
/*
 * A small strict reader of HTTP/1.1 answers (RFC 9112) and a writer of
 * requests.  Pure: bytes are fed in, there is no socket here.
 *
 * Whatever stands in an answer, at most HTTP_HEAD_MAX bytes of framing and
 * HTTP_LINES_MAX lines are read, and never more body than the caller's
 * memory holds.
 */
#ifndef ASSAY_HTTP_H
#define ASSAY_HTTP_H

#include <stdbool.h>

#include "bytes.h"
#include "status.h"

enum {
	HTTP_HEAD_MAX = 16 * 1024, /* status line, headers, chunk sizes */
	HTTP_LINES_MAX = 64,
	HTTP_LINE_MAX = 4096,
	HTTP_BODY_MAX = 64 * 1024,
	HTTP_VALUE_MAX = 512,
	HTTP_CODE_MAX = 48,
};

/* A request without its body. */
struct http_request {
	const char *method;
	const char *target;
	struct bytes host;
	const char *accept;
	const char *content_type; /* NULL: no body */
	size_t length;
};

void http_write_request(const struct http_request *req, struct writer *w);

enum http_step {
	HTTP_STATUS_LINE,
	HTTP_HEADER,
	HTTP_BODY,       /* LEFT bytes */
	HTTP_BODY_CLOSE, /* until the connection closes */
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_END,
	HTTP_TRAILER,
	HTTP_DONE,
};

struct http_reply {
	/* Good once the headers have been read. */
	unsigned status;
	char location[HTTP_VALUE_MAX];
	char content_type[HTTP_VALUE_MAX];
	char code[HTTP_CODE_MAX]; /* why, "CHAIN_REVOKED", or "" */
	/* The caller's memory; its capacity is the limit of the body. */
	struct writer body;

	/* Where the reader stands. */
	enum http_step step;
	size_t framing;
	unsigned lines;
	bool http10, has_length, chunked;
	uint64_t left;
	size_t line_len;
	char line[HTTP_LINE_MAX];
};

void http_begin(struct http_reply *r, struct writer body);

/*
 * Take in what has arrived; R->step is HTTP_DONE when the answer is whole.
 * HTTP_REDIRECT for any 3xx and HTTP_STATUS for 4xx and 5xx, both as soon
 * as the headers are read; HTTP_MALFORMED and HTTP_TOO_LARGE otherwise.
 */
enum status http_feed(struct http_reply *r, struct bytes in);

/* The peer has closed: OK when that completes the answer. */
enum status http_end(struct http_reply *r);

#endif
