/* SPDX-License-Identifier: Apache-2.0 */
/* [send] */
#include "http.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void
http_write_request(const struct http_request *req, struct writer *w)
{
	char length[24];

	write_str(w, req->method);
	write_str(w, " ");
	write_str(w, req->target);
	write_str(w, " HTTP/1.1\r\nHost: ");
	write_bytes(w, req->host);
	write_str(w, "\r\nAccept: ");
	write_str(w, req->accept);
	if (req->content_type != NULL) {
		write_str(w, "\r\nContent-Type: ");
		write_str(w, req->content_type);
	}
	(void)snprintf(length, sizeof(length), "%zu", req->length);
	write_str(w, "\r\nContent-Length: ");
	write_str(w, length);
	write_str(w, "\r\nConnection: close\r\n\r\n");
}

void
http_begin(struct http_reply *r, struct writer body)
{
	memset(r, 0, offsetof(struct http_reply, line));
	r->body = body;
	r->step = HTTP_STATUS_LINE;
}

/* "HTTP/1.1 201 Created" (RFC 9112, 4); the words may be missing. */
static enum status
status_line(struct http_reply *r)
{
	const char *s = r->line;
	uint64_t v;

	if (r->line_len < 12 || memcmp(s, "HTTP/1.", 7) != 0 ||
	    (s[7] != '0' && s[7] != '1') || s[8] != ' ' ||
	    !bytes_to_number(bytes_view(s + 9, 3), 10, 3, &v))
		return HTTP_MALFORMED;
	if (r->line_len > 12 && s[12] != ' ')
		return HTTP_MALFORMED;
	/* 101 would change the protocol, which nobody asked for. */
	if (v < 100 || v > 599 || v == 101)
		return HTTP_MALFORMED;
	r->http10 = s[7] == '0';
	r->status = (unsigned)v;
	r->step = HTTP_HEADER;
	return OK;
}

/* Keep the value of a header that may be there once. */
static enum status
keep(char out[HTTP_VALUE_MAX], const char *value)
{
	size_t n = strlen(value);

	if (out[0] != '\0' || n == 0)
		return HTTP_MALFORMED;
	if (n >= HTTP_VALUE_MAX)
		return HTTP_TOO_LARGE;
	memcpy(out, value, n + 1);
	return OK;
}

static enum status
on_location(struct http_reply *r, const char *value)
{
	return keep(r->location, value);
}

static enum status
on_content_type(struct http_reply *r, const char *value)
{
	return keep(r->content_type, value);
}

/* Our verifier's word for a refusal; anything else is left alone. */
static enum status
on_code(struct http_reply *r, const char *value)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	size_t n = strlen(value);

	if (n < sizeof(r->code) && strspn(value, letters) == n)
		memcpy(r->code, value, n + 1);
	return OK;
}

/* Twice is refused even when both agree (RFC 9112, 6.3). */
static enum status
on_content_length(struct http_reply *r, const char *value)
{
	if (r->has_length ||
	    !bytes_to_number(bytes_str(value), 10, 10, &r->left))
		return HTTP_MALFORMED;
	r->has_length = true;
	return OK;
}

static enum status
on_transfer_encoding(struct http_reply *r, const char *value)
{
	if (r->chunked || r->http10 || strcasecmp(value, "chunked") != 0)
		return HTTP_MALFORMED;
	r->chunked = true;
	return OK;
}

static enum status
on_content_encoding(struct http_reply *r, const char *value)
{
	(void)r;
	return strcasecmp(value, "identity") == 0 ? OK : HTTP_MALFORMED;
}

/* The headers that matter; all others are checked and forgotten. */
static const struct {
	const char *name;
	enum status (*take)(struct http_reply *r, const char *value);
} headers[] = {
    {"location", on_location},
    {"content-type", on_content_type},
    {"content-length", on_content_length},
    {"transfer-encoding", on_transfer_encoding},
    {"content-encoding", on_content_encoding},
    {"assay-code", on_code},
};

/* A character of a field name (RFC 9110, 5.6.2). */
static bool
is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static enum status
header_line(struct http_reply *r)
{
	char *value, *end = r->line + r->line_len;
	size_t n = 0;

	/* A name, a colon straight after it: no folding (RFC 9112, 5.2). */
	while (n < r->line_len && is_token(r->line[n]))
		n++;
	if (n == 0 || n == r->line_len || r->line[n] != ':')
		return HTTP_MALFORMED;
	r->line[n] = '\0';

	/* The value without the white space around it. */
	value = r->line + n + 1;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';

	/* In a trailer nothing is of use. */
	if (r->step == HTTP_TRAILER)
		return OK;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (strcasecmp(r->line, headers[i].name) == 0)
			return headers[i].take(r, value);
	return OK;
}

/* An empty line ended the headers: what follows them? (RFC 9112, 6.3) */
static enum status
headers_end(struct http_reply *r)
{
	if (r->chunked && r->has_length)
		return HTTP_MALFORMED;

	/* An interim answer: the real one follows, within the same limits. */
	if (r->status < 200) {
		if (r->chunked || r->has_length)
			return HTTP_MALFORMED;
		r->location[0] = r->content_type[0] = r->code[0] = '\0';
		r->step = HTTP_STATUS_LINE;
		return OK;
	}
	if (r->status >= 300)
		return r->status < 400 ? HTTP_REDIRECT : HTTP_STATUS;

	if (r->status == 204)
		r->step = HTTP_DONE;
	else if (r->chunked)
		r->step = HTTP_CHUNK_SIZE;
	else if (!r->has_length)
		r->step = HTTP_BODY_CLOSE;
	else if (r->left > r->body.cap - r->body.n)
		return HTTP_TOO_LARGE;
	else
		r->step = r->left == 0 ? HTTP_DONE : HTTP_BODY;
	return OK;
}

/*
 * "1a ;extension" (RFC 9112, 7.1); extensions, and the white space that may
 * stand before them, are ignored as they must be.
 */
static enum status
chunk_size(struct http_reply *r)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < r->line_len && strchr("; \t", r->line[i]) == NULL; i++) {
		char c = r->line[i];

		if (i == 8)
			return HTTP_MALFORMED;
		if (c >= '0' && c <= '9')
			v = v << 4 | (uint64_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v << 4 | (uint64_t)((c | 0x20) - 'a' + 10);
		else
			return HTTP_MALFORMED;
	}
	if (i == 0)
		return HTTP_MALFORMED;
	while (i < r->line_len && (r->line[i] == ' ' || r->line[i] == '\t'))
		i++;
	if (i < r->line_len && r->line[i] != ';')
		return HTTP_MALFORMED;
	if (v > r->body.cap - r->body.n)
		return HTTP_TOO_LARGE;
	r->left = v;
	r->step = v == 0 ? HTTP_TRAILER : HTTP_CHUNK_DATA;
	return OK;
}

static enum status
line_done(struct http_reply *r)
{
	/* The chunk sizes are bounded by bytes, all other lines also by count.
	 */
	if (r->step != HTTP_CHUNK_SIZE && r->step != HTTP_CHUNK_END &&
	    ++r->lines > HTTP_LINES_MAX)
		return HTTP_TOO_LARGE;

	switch (r->step) {
	case HTTP_STATUS_LINE:
		return status_line(r);
	case HTTP_HEADER:
		return r->line_len == 0 ? headers_end(r) : header_line(r);
	case HTTP_CHUNK_SIZE:
		return chunk_size(r);
	case HTTP_CHUNK_END:
		r->step = HTTP_CHUNK_SIZE;
		return r->line_len == 0 ? OK : HTTP_MALFORMED;
	case HTTP_TRAILER:
		if (r->line_len > 0)
			return header_line(r);
		r->step = HTTP_DONE;
		return OK;
	case HTTP_BODY:
	case HTTP_BODY_CLOSE:
	case HTTP_CHUNK_DATA:
	case HTTP_DONE:
		break;
	}
	return INTERNAL;
}

/*
 * One byte of framing.  Lines end with CR LF and hold no other control byte
 * but the tab; a lone CR or LF is refused.
 */
static enum status
framing_byte(struct http_reply *r, uint8_t c)
{
	bool cr = r->line_len > 0 && r->line[r->line_len - 1] == '\r';
	enum status st;

	if (++r->framing > HTTP_HEAD_MAX)
		return HTTP_TOO_LARGE;
	if (cr != (c == '\n'))
		return HTTP_MALFORMED;
	if (c == '\n') {
		r->line[--r->line_len] = '\0';
		st = line_done(r);
		r->line_len = 0;
		return st;
	}
	if (c != '\r' && c != '\t' && (c < 0x20 || c == 0x7f))
		return HTTP_MALFORMED;
	if (r->line_len == HTTP_LINE_MAX - 1)
		return HTTP_TOO_LARGE;
	r->line[r->line_len++] = (char)c;
	return OK;
}

/* Bytes of the body: at most what is announced and what has room. */
static enum status
body_bytes(struct http_reply *r, struct bytes *in)
{
	size_t n = in->n;

	if (r->step != HTTP_BODY_CLOSE && n > r->left)
		n = (size_t)r->left;
	write_bytes(&r->body, bytes_sub(*in, 0, n));
	if (r->body.failed)
		return HTTP_TOO_LARGE;
	*in = bytes_sub(*in, n, in->n - n);
	if (r->step == HTTP_BODY_CLOSE)
		return OK;
	r->left -= n;
	if (r->left == 0)
		r->step = r->step == HTTP_BODY ? HTTP_DONE : HTTP_CHUNK_END;
	return OK;
}

enum status
http_feed(struct http_reply *r, struct bytes in)
{
	enum status st = OK;

	while (in.n > 0 && st == OK) {
		switch (r->step) {
		case HTTP_BODY:
		case HTTP_BODY_CLOSE:
		case HTTP_CHUNK_DATA:
			st = body_bytes(r, &in);
			break;
		case HTTP_STATUS_LINE:
		case HTTP_HEADER:
		case HTTP_CHUNK_SIZE:
		case HTTP_CHUNK_END:
		case HTTP_TRAILER:
			st = framing_byte(r, in.p[0]);
			in = bytes_sub(in, 1, in.n - 1);
			break;
		case HTTP_DONE:
			/* Nobody asked for a second answer. */
			st = HTTP_MALFORMED;
			break;
		}
	}
	return st;
}

enum status
http_end(struct http_reply *r)
{
	if (r->step == HTTP_BODY_CLOSE)
		r->step = HTTP_DONE;
	return r->step == HTTP_DONE ? OK : HTTP_MALFORMED;
}
