/* SPDX-License-Identifier: Apache-2.0 */
#include "replies.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bodies.h"

const struct outcome_name outcome_names[] = {
    {MAY_PASS, "OK"},
    {MAY_REDIRECT, "HTTP_REDIRECT"},
    {MAY_STATUS, "HTTP_STATUS"},
    {MAY_MALFORMED, "HTTP_MALFORMED"},
    {MAY_LARGE, "HTTP_TOO_LARGE"},
    {MAY_SESSION, "SESSION_MALFORMED"},
    {MAY_NONCE, "NONCE_SIZE"},
    {MAY_TIMEOUT, "TIMEOUT"},
    {MAY_LOST, "CONNECT_FAILED"},
    {MAY_TLS, "TLS_FAILED"},
};
const size_t outcome_count = sizeof(outcome_names) / sizeof(outcome_names[0]);

/* SplitMix64 (Steele, Lea, Flood 2014): no seed is a bad one. */
uint64_t
luck_next(struct luck *l)
{
	uint64_t z = l->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

struct luck
luck_of(uint64_t seed, uint64_t number)
{
	struct luck l = {seed};

	l.state = luck_next(&l) ^ number * UINT64_C(0xd1342543de82ef95);
	return l;
}

size_t
luck_below(struct luck *l, size_t n)
{
	return (size_t)(luck_next(l) % n);
}

/* An answer that is being put together. */
struct draft {
	struct reply *out;
	struct luck *luck;
	const char *origin, *nonce; /* the latter in base64url */
	bool good;
	size_t named;
};

static void
name(struct draft *d, const char *what)
{
	struct reply *r = d->out;
	int k = snprintf(r->name + d->named, REPLY_NAME_MAX - d->named, "%s%s",
	    d->named > 0 ? ", " : "", what);

	if (k > 0 && (size_t)k < REPLY_NAME_MAX - d->named)
		d->named += (size_t)k;
}

/* Bytes; what has no room is left away. */
static void
put(struct draft *d, const void *p, size_t n)
{
	struct reply *r = d->out;

	if (n > REPLY_MAX - r->n)
		n = REPLY_MAX - r->n;
	memcpy(r->bytes + r->n, p, n);
	r->n += n;
}

static void
put_str(struct draft *d, const char *s)
{
	put(d, s, strlen(s));
}

static void
put_times(struct draft *d, int c, size_t n)
{
	struct reply *r = d->out;

	if (n > REPLY_MAX - r->n)
		n = REPLY_MAX - r->n;
	memset(r->bytes + r->n, c, n);
	r->n += n;
}

/* A gzip member that says the same block of zeros again and again. */
static void
put_bomb(struct draft *d)
{
	static const uint8_t head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3};
	static const uint8_t block[] = {
	    0xec, 0xc1, 0x31, 1, 0, 0, 0, 0xc2, 0xa0, 0xf5, 0x4f, 0xed, 0x6b};

	put(d, head, sizeof(head));
	for (size_t i = 0; i < 3000; i++)
		put(d, block, sizeof(block));
}

/* The text of a row, with what it has in place of @ and a letter. */
static void
put_row(struct draft *d, const struct row *row)
{
	for (const char *s = row->text; *s != '\0'; s++) {
		if (*s != '@') {
			put(d, s, 1);
			continue;
		}
		switch (*++s) {
		case 'N':
			put_str(d, d->nonce);
			break;
		case 'O':
			put_str(d, d->origin);
			break;
		case 'F':
			put_times(d, 'A', row->fill);
			break;
		case 'B':
			put_times(d, '[', row->fill);
			break;
		case 'Z':
			put(d, "", 1);
			break;
		case 'I':
			put_bomb(d);
			break;
		case 'C':
			for (size_t i = 0; i < row->fill; i++) {
				put_str(d, "HTTP/1.1 ");
				put_str(d, s + 1);
			}
			put_str(d, "HTTP/1.1 200 OK");
			return;
		default:
			put(d, --s, 1);
		}
	}
}

/* A row: a harmless one, or with luck any; what is wrong is noted. */
static const struct row *
choose(struct draft *d, const struct rows *rows, unsigned one_in)
{
	bool any = !d->good && luck_below(d->luck, one_in) == 0;
	const struct row *row =
	    &rows->row[luck_below(d->luck, any ? rows->count : rows->good)];

	d->out->outcomes |= row->outcomes;
	if (row->outcomes != 0 || row->odd)
		name(d, row->name);
	return row;
}

/* Chunks of at most MOST bytes, and what may follow. */
static void
put_chunks(struct draft *d, const uint8_t *body, size_t n, size_t most)
{
	char head[64];

	while (n > 0) {
		size_t k = 1 + luck_below(d->luck, most);

		if (k > n)
			k = n;
		put(d, head,
		    (size_t)snprintf(head, sizeof(head), "%zx%s\r\n", k,
		        luck_below(d->luck, 4) == 0 ? ";do=shutdown" : ""));
		put(d, body, k);
		put_str(d, "\r\n");
		body += k;
		n -= k;
	}
}

/* How a body is framed, and wrongly so. */
enum framing {
	LENGTH,
	CHUNKED,
	UNTIL_CLOSE,
	TRAILER,
	FRAMING_GOOD,
	LENGTH_MORE = FRAMING_GOOD,
	LENGTH_LESS,
	LENGTH_HUGE,
	LENGTH_ODD,
	BOTH,
	CHUNK_HUGE,
	CHUNK_ODD,
	CHUNK_GLUED,
	CHUNK_ENDLESS,
	CHUNK_TINY,
	TRAILERS,
	FRAMINGS
};
static const struct {
	const char *name;
	unsigned outcomes;
} framings[FRAMINGS] = {
    [LENGTH_MORE] = {"more length than body", MAY_MALFORMED},
    [LENGTH_LESS] = {"less length than body", MAY_MALFORMED | MAY_SESSION | MAY_NONCE},
    [LENGTH_HUGE] = {"length without end", MAY_LARGE},
    [LENGTH_ODD] = {"a length that is none", MAY_MALFORMED},
    [BOTH] = {"length and chunks", MAY_MALFORMED},
    [CHUNK_HUGE] = {"a huge chunk", MAY_LARGE},
    [CHUNK_ODD] = {"a chunk without a size", MAY_MALFORMED},
    [CHUNK_GLUED] = {"chunks without a line between", MAY_MALFORMED},
    [CHUNK_ENDLESS] = {"no last chunk", MAY_MALFORMED},
    [CHUNK_TINY] = {"chunks of one byte", MAY_LARGE},
    [TRAILERS] = {"trailers without end", MAY_LARGE},
};

static void __attribute__((format(printf, 2, 3)))
put_header(struct draft *d, const char *format, ...)
{
	char line[128];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	put_str(d, line);
}

static void
put_length(struct draft *d, enum framing how, size_t n)
{
	static const char *const odd[] = {
	    "-1", "0x10", "1,1", "5 5", "1e3", "99999999999999999999", "+3"};

	if (how == LENGTH || how == BOTH)
		put_header(d, "Content-Length: %zu\r\n", n);
	else if (how == LENGTH_MORE)
		put_header(d, "Content-Length: %zu\r\n",
		    n + 1 + luck_below(d->luck, 99));
	else if (how == LENGTH_LESS)
		put_header(d, "Content-Length: %zu\r\n",
		    luck_below(d->luck, n > 0 ? n : 1));
	else if (how == LENGTH_HUGE)
		put_header(d, "Content-Length: %zu\r\n",
		    (size_t)1000000 + luck_below(d->luck, 8999999999));
	else if (how == LENGTH_ODD)
		put_header(d, "Content-Length: %s\r\n",
		    odd[luck_below(d->luck, sizeof(odd) / sizeof(odd[0]))]);
}

static void
put_body(struct draft *d, enum framing how, const uint8_t *body, size_t n)
{
	static const char *const odd[] = {
	    "\r\n", "0x5\r\n", "-5\r\n", "123456789\r\n", "g\r\n", " 5\r\n"};

	switch (how) {
	case CHUNKED:
	case TRAILER:
	case TRAILERS:
		put_chunks(d, body, n, n > 4000 ? n : 64 + n);
		put_str(d, "0\r\n");
		if (how == TRAILER)
			put_str(d, "X-After: shutdown\r\nContent-Length: 9\r\n");
		for (int i = 0; how == TRAILERS && i < 90; i++)
			put_str(d, "X-After: more\r\n");
		put_str(d, "\r\n");
		break;
	case CHUNK_HUGE:
		put_str(d, luck_below(d->luck, 2) ? "ffffffff\r\n" : "200000\r\n");
		put(d, body, n);
		break;
	case CHUNK_ODD:
		put_str(d, odd[luck_below(d->luck, sizeof(odd) / sizeof(odd[0]))]);
		put(d, body, n);
		break;
	case CHUNK_GLUED:
		put_str(d, "2\r\n{}2\r\n{}0\r\n\r\n");
		break;
	case CHUNK_ENDLESS:
		put_chunks(d, body, n, 64 + n);
		break;
	case CHUNK_TINY:
		for (int i = 0; i < 6000; i++)
			put_str(d, "1\r\n \r\n");
		break;
	case LENGTH:
	case UNTIL_CLOSE:
	case LENGTH_MORE:
	case LENGTH_LESS:
	case LENGTH_HUGE:
	case LENGTH_ODD:
	case BOTH:
	case FRAMINGS:
		put(d, body, n);
		break;
	}
}

static bool
is_chunked(enum framing how)
{
	return how == CHUNKED || how == TRAILER || how == TRAILERS ||
	       (how >= BOTH && how <= CHUNK_TINY);
}

/* Status, headers and body, each from its table. */
static void
compose(struct draft *d, enum stage stage)
{
	static uint8_t body[REPLY_MAX];
	struct reply *r = d->out;
	enum framing how = (enum framing)luck_below(d->luck, FRAMING_GOOD);
	const struct row *row;
	size_t n;

	/* The body first, as others speak of its length. */
	row = choose(d, &rows_body[stage], 3);
	r->odd = row->odd;
	put_row(d, row);
	n = r->n;
	memcpy(body, r->bytes, n);
	r->n = 0;

	if (!d->good && luck_below(d->luck, 6) == 0)
		how = (enum framing)luck_below(d->luck, FRAMINGS);
	if (framings[how].outcomes != 0)
		name(d, framings[how].name);
	r->outcomes |= framings[how].outcomes;

	put_row(d, choose(d, &rows_status[stage], 5));
	put_str(d, "\r\n");
	for (size_t i = luck_below(d->luck, 4); i > 0; i--)
		put_row(d, choose(d, &rows_header[stage], 10));
	put_row(d, choose(d, &rows_type, 8));
	if (stage == STAGE_SESSION)
		put_row(d, choose(d, &rows_location, 6));
	put_length(d, how, n);
	if (is_chunked(how))
		put_str(d, "Transfer-Encoding: chunked\r\n");
	put_str(d, "\r\n");
	put_body(d, how, body, n);
}

/* --- What is done to an answer as a whole. */

/* Some bytes changed, taken out, put in: anything may come of it. */
static void
mutate(struct draft *d)
{
	struct reply *r = d->out;

	name(d, "bytes changed");
	for (size_t left = 1 + luck_below(d->luck, 8); left > 0 && r->n > 1;
	     left--) {
		size_t at = luck_below(d->luck, r->n);

		switch (luck_below(d->luck, 4)) {
		case 0:
			r->bytes[at] ^= (uint8_t)(1u << luck_below(d->luck, 8));
			break;
		case 1:
			r->bytes[at] = (uint8_t)luck_next(d->luck);
			break;
		case 2:
			memmove(r->bytes + at, r->bytes + at + 1, --r->n - at);
			break;
		default:
			r->n = r->n < REPLY_MAX ? r->n + 1 : r->n;
			memmove(r->bytes + at + 1, r->bytes + at, r->n - 1 - at);
			r->bytes[at] = (uint8_t)luck_next(d->luck);
		}
	}
	r->odd = false;
	r->outcomes = MAY_ANY & ~(unsigned)(MAY_TLS | MAY_TIMEOUT);
}

static void
noise(struct draft *d)
{
	struct reply *r = d->out;

	name(d, "noise");
	r->odd = false;
	r->n = luck_below(d->luck, 3000);
	for (size_t i = 0; i < r->n; i++)
		r->bytes[i] = (uint8_t)luck_next(d->luck);
	r->outcomes = MAY_MALFORMED | MAY_LOST | MAY_LARGE;
}

/* Cut anywhere, then closed or held back. */
static void
cut(struct draft *d, enum ending ending)
{
	struct reply *r = d->out;

	name(d, ending == END_STALL ? "held back" : "cut");
	r->n = luck_below(d->luck, r->n + 1);
	r->ending = ending;
	r->odd = false;
	r->outcomes = MAY_ANY & ~(unsigned)MAY_TLS;
	if (ending == END_STALL)
		r->outcomes &= ~(unsigned)MAY_LOST;
	else
		r->outcomes &= ~(unsigned)MAY_TIMEOUT;
}

/* A part that comes again and again. */
static void
flood(struct draft *d)
{
	static const struct {
		const char *name, *before, *unit;
	} floods[] = {
	    {"headers without end", "HTTP/1.1 200 OK\r\n", "X-More: more\r\n"},
	    {"a line without end", "HTTP/1.1 200 ", "and on and "},
	    {"interim answers without end", "", "HTTP/1.1 100 Continue\r\n\r\n"},
	    {"a body without end", "HTTP/1.1 200 OK\r\n\r\n", "shutdown "},
	    {"chunks without end",
	        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	        "5\r\nagain\r\n"},
	    {"an extension without end",
	        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", "x=y;"},
	};
	size_t i = luck_below(d->luck, sizeof(floods) / sizeof(floods[0]));
	struct reply *r = d->out;

	r->n = 0;
	r->odd = false;
	name(d, floods[i].name);
	put_str(d, floods[i].before);
	r->flood = strlen(floods[i].unit);
	put_str(d, floods[i].unit);
	r->ending = END_FLOOD;
	r->outcomes = MAY_LARGE;
}

static void
hang_up(struct draft *d)
{
	name(d, "not a word");
	d->out->n = 0;
	d->out->odd = false;
	d->out->outcomes = MAY_LOST;
}

static void
drip(struct draft *d)
{
	struct reply *r = d->out;

	name(d, "drop by drop");
	r->ending = END_DRIP;
	r->outcomes |= MAY_TIMEOUT;
}

static void
spoil(struct draft *d)
{
	size_t k = luck_below(d->luck, 1000);

	if (k < 120)
		mutate(d);
	else if (k < 150)
		noise(d);
	else if (k < 210)
		cut(d, END_CLOSE);
	else if (k < 214)
		cut(d, END_STALL);
	else if (k < 240)
		flood(d);
	else if (k < 244)
		drip(d);
	else if (k < 250)
		hang_up(d);
}

/* What is said to a greeting of TLS. */
static void
greet(struct draft *d)
{
	static const struct rows *t = &rows_tls;
	const struct row *row = &t->row[luck_below(d->luck, t->count)];

	name(d, row->name);
	d->out->outcomes = row->outcomes;
	put_row(d, row);
	if (luck_below(d->luck, 3) == 0) {
		mutate(d);
		d->out->outcomes = MAY_TLS;
	}
	if (luck_below(d->luck, 16) == 0) {
		d->out->ending = END_STALL;
		d->out->outcomes = MAY_TLS | MAY_TIMEOUT;
	}
}

/* 32 bytes in base64url, without padding. */
static void
nonce_text(const uint8_t nonce[REPLY_NONCE_LEN], char out[44])
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
	                          "qrstuvwxyz0123456789-_";
	uint32_t have = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < REPLY_NONCE_LEN; i++) {
		have = have << 8 | nonce[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*out++ = set[have >> (bits - 6) & 63];
	}
	*out++ = set[have << (6 - bits) & 63];
	*out = '\0';
}

void
reply_make(uint64_t seed, uint64_t number, enum stage stage,
    const char *origin, bool good, struct reply *out)
{
	struct luck luck = luck_of(seed, number);
	char nonce[44];
	struct draft d = {out, &luck, origin, nonce, good, 0};

	out->n = out->flood = 0;
	out->ending = END_CLOSE;
	out->outcomes = 0;
	out->odd = false;
	out->name[0] = '\0';
	for (size_t i = 0; i < REPLY_NONCE_LEN; i++)
		out->nonce[i] = (uint8_t)luck_next(&luck);
	nonce_text(out->nonce, nonce);

	if (stage == STAGE_TLS) {
		greet(&d);
		return;
	}
	compose(&d, stage);
	if (!good)
		spoil(&d);
	if (out->outcomes == 0 || out->outcomes == MAY_TIMEOUT)
		out->outcomes |= MAY_PASS;
	if (d.named == 0)
		name(&d, "nothing wrong");
}
