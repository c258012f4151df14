/* SPDX-License-Identifier: Apache-2.0 */
/* The container, what carries messages, and the way from one to the next. */
#include "spdm_exchange.h"

#include "dcbor.h"
#include "spdm_walk.h"

enum { FORM = 1, REQUEST = 0, RESPONSE = 1 };

/* Codes that belong to no pair (DSP0274 1.2.1, tables 4 and 5). */
enum {
	ERROR = 0x7f,
	RESPOND_IF_READY = 0xff,
	RESPONSE_NOT_READY = 0x42, /* param1 of ERROR */
	VERSION_1_0 = 0x10,        /* of GET_VERSION and its answer */
};

/*
 * The requests that may be recorded, with their answers.  The first three
 * are the agreement: they come once, in this order, before everything else.
 */
static const struct verb {
	uint8_t request, response;
	spdm_step *ask, *answer;
} verbs[] = {
    {0x84, 0x04, spdm_get_version, spdm_version},
    {0xe1, 0x61, spdm_get_capabilities, spdm_capabilities},
    {0xe3, 0x63, spdm_negotiate_algorithms, spdm_algorithms},
    {0x81, 0x01, spdm_get_digests, spdm_digests},
    {0x82, 0x02, spdm_get_certificate, spdm_certificate},
    {0x83, 0x03, spdm_challenge, spdm_challenge_auth},
    {0xe0, 0x60, spdm_get_measurements, spdm_measurements},
};

enum {
	VERBS = sizeof(verbs) / sizeof(verbs[0]),
	AGREEMENT = SPDM_VCA_PARTS / 2,
	MEASURE = VERBS - 1,
};

struct recording {
	struct bytes message[SPDM_MESSAGES_MAX];
	uint8_t direction[SPDM_MESSAGES_MAX];
	size_t messages;
	struct bytes cert[CHAIN_MAX];
	size_t certs;
};

/* How messages are carried: the first one decides for all. */
enum transport { BARE, MCTP, DOE };

enum {
	MCTP_SPDM = 0x05, /* DSP0275: message type, integrity check not set */
	DOE_VENDOR = 0x0001, /* PCI-SIG (PCI Express 6.0, 6.30.1) */
	DOE_DISCOVERY = 0,
	DOE_SPDM = 1,
};

/* Where the walk stands. */
struct place {
	struct spdm_walk w;
	enum transport transport;
	size_t pairs;            /* of the agreement, or past it */
	const struct verb *verb; /* waits for its answer, or NULL */
	bool not_ready;          /* was told to ask again with TOKEN */
	uint8_t token;
};

static void
get_messages(struct dcbor *c, struct recording *out)
{
	uint64_t n = dcbor_get_array(c);

	if (c->st != OK)
		return;
	if (n > SPDM_MESSAGES_MAX) {
		dcbor_fail(c, SPDM_TOO_LARGE);
		return;
	}
	for (out->messages = 0; out->messages < n; out->messages++) {
		uint64_t direction;

		dcbor_want_array(c, 2);
		direction = dcbor_get_uint(c);
		if (direction > RESPONSE)
			dcbor_fail(c, SPDM_MALFORMED);
		out->direction[out->messages] = (uint8_t)direction;
		out->message[out->messages] = dcbor_get_bstr(c);
	}
}

static void
get_certs(struct dcbor *c, struct recording *out)
{
	uint64_t n = dcbor_get_array(c);

	if (c->st == OK && (n == 0 || n > CHAIN_MAX))
		dcbor_fail(c, CHAIN_MALFORMED);
	for (out->certs = 0; c->st == OK && out->certs < n; out->certs++)
		out->cert[out->certs] = dcbor_get_bstr(c);
}

static enum status
decode(struct bytes in, struct recording *out)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m;
	uint64_t form = 0;
	int64_t key;
	enum status st;

	*out = (struct recording){0};
	if (in.n > SPDM_EXCHANGE_MAX)
		return SPDM_TOO_LARGE;
	m = dcbor_get_map(&c);
	while (dcbor_key_int(&c, &m, &key)) {
		if (key == 0)
			form = dcbor_get_uint(&c);
		else if (key == 1)
			get_messages(&c, out);
		else if (key == 2)
			get_certs(&c, out);
		else
			dcbor_fail(&c, SPDM_MALFORMED);
	}
	if ((st = dcbor_end(&c)) != OK)
		return st;
	return form == FORM && out->messages > 0 ? OK : SPDM_MALFORMED;
}

/* GET_VERSION as it stands, after a message type, after a DOE header. */
static enum transport
transport_of(struct bytes first)
{
	if (first.n > 0 && first.p[0] == MCTP_SPDM)
		return MCTP;
	return first.n > 0 && first.p[0] == (DOE_VENDOR & 0xff) ? DOE : BARE;
}

/* A data object: header, and a length in words that is the whole object's. */
static bool
open_object(struct reader *r, size_t whole, uint8_t *type)
{
	uint16_t vendor = read_le16(r);
	uint32_t words;

	*type = read_u8(r);
	read_u8(r); /* reserved */
	words = read_le32(r);
	return !r->failed && vendor == DOE_VENDOR && words == whole / 4 &&
	       whole % 4 == 0;
}

/*
 * Take away what carried the message.  SKIP says that it was the discovery
 * of what the mailbox can do, which may come before everything else.
 */
static enum status
open_message(
    const struct place *at, struct bytes in, struct spdm_message *m, bool *skip)
{
	struct reader r = reader_of(in);
	uint8_t type = DOE_SPDM;

	*skip = false;
	if (at->transport == MCTP && read_u8(&r) != MCTP_SPDM)
		return SPDM_TRANSPORT;
	if (at->transport == DOE && !open_object(&r, in.n, &type))
		return SPDM_TRANSPORT;
	if (type == DOE_DISCOVERY && at->pairs == 0 && at->verb == NULL) {
		*skip = true;
		return OK;
	}
	if (type != DOE_SPDM)
		return SPDM_TRANSPORT;

	m->whole = r.rest;
	m->r = r;
	m->version = read_u8(&m->r);
	m->code = read_u8(&m->r);
	m->param1 = read_u8(&m->r);
	m->param2 = read_u8(&m->r);
	return m->r.failed ? SPDM_MALFORMED : OK;
}

/* The message ends here; DOE may fill the last word with zeros. */
static enum status
close_message(const struct place *at, struct spdm_message *m)
{
	struct bytes tail = m->r.rest;

	if (m->r.failed || tail.n > (at->transport == DOE ? 3 : 0) ||
	    !bytes_is_zero(tail))
		return SPDM_MALFORMED;
	m->whole = bytes_sub(m->whole, 0, m->whole.n - tail.n);
	return OK;
}

/* Every message has the version agreed on, those about versions have 1.0. */
static bool
version_holds(const struct place *at, const struct spdm_message *m)
{
	uint8_t agreed = at->w.out->version;

	if (at->pairs == 0)
		return m->version == VERSION_1_0;
	return agreed == 0 || m->version == agreed;
}

/* The verb that may come now with this request code, or NULL. */
static const struct verb *
find_verb(const struct place *at, uint8_t code)
{
	size_t from = at->pairs, to = from + 1;

	if (at->pairs >= AGREEMENT) {
		from = AGREEMENT;
		to = VERBS;
	}
	for (size_t i = from; i < to; i++)
		if (verbs[i].request == code)
			return &verbs[i];
	return NULL;
}

/* The request again, after "not ready": L1 keeps the first one. */
static enum status
ask_again(struct place *at, struct spdm_message *m)
{
	at->not_ready = false;
	if (m->param1 != at->verb->request || m->param2 != at->token)
		return SPDM_SEQUENCE;
	return close_message(at, m);
}

static enum status
take_request(struct place *at, struct spdm_message *m)
{
	enum status st;

	if (!version_holds(at, m))
		return SPDM_VERSION;
	if (at->not_ready && m->code == RESPOND_IF_READY)
		return ask_again(at, m);

	/* Giving up on an answer, like anything but measuring, ends L1. */
	if (at->not_ready)
		spdm_reset_l1(&at->w);
	at->not_ready = false;
	if ((at->verb = find_verb(at, m->code)) == NULL)
		return SPDM_SEQUENCE;
	if (at->verb != &verbs[MEASURE] && at->pairs >= AGREEMENT)
		spdm_reset_l1(&at->w);

	at->w.ask = (struct spdm_question){0};
	if ((st = at->verb->ask(&at->w, m)) != OK ||
	    (st = close_message(at, m)) != OK)
		return st;
	at->w.request = m->whole;
	return OK;
}

/*
 * ERROR ends L1, except for "not ready", which promises the same answer for
 * later (clause 10.11.3; extended data: exponent, request code, token,
 * multiplier).  No agreement comes about with errors.
 */
static enum status
take_error(struct place *at, struct spdm_message *m)
{
	if (at->pairs < AGREEMENT)
		return SPDM_SEQUENCE;
	if (m->param1 != RESPONSE_NOT_READY) {
		spdm_reset_l1(&at->w);
		at->verb = NULL;
		return OK;
	}
	read_u8(&m->r);
	if (read_u8(&m->r) != at->verb->request)
		return SPDM_SEQUENCE;
	at->token = read_u8(&m->r);
	read_u8(&m->r);
	at->not_ready = true;
	return close_message(at, m);
}

static enum status
take_response(struct place *at, struct spdm_message *m)
{
	struct spdm_exchange *out = at->w.out;
	enum status st;

	if (!version_holds(at, m))
		return SPDM_VERSION;
	if (m->code == ERROR)
		return take_error(at, m);
	if (m->code != at->verb->response)
		return SPDM_SEQUENCE;
	if ((st = at->verb->answer(&at->w, m)) != OK ||
	    (st = close_message(at, m)) != OK)
		return st;
	at->verb = NULL;
	if (at->pairs >= AGREEMENT)
		return OK;

	/* The agreement is signed too, since 1.2. */
	out->part[out->part_count++] = at->w.request;
	out->part[out->part_count++] = m->whole;
	at->w.l1 = out->part_count;
	at->pairs++;
	return OK;
}

/* Requests and responses take turns. */
static enum status
take(struct place *at, uint8_t direction, struct bytes in)
{
	struct spdm_message m;
	bool skip, waits = at->verb != NULL && !at->not_ready;
	enum status st;

	if ((st = open_message(at, in, &m, &skip)) != OK || skip)
		return st;
	if (direction != (waits ? RESPONSE : REQUEST))
		return SPDM_SEQUENCE;
	return direction == REQUEST ? take_request(at, &m)
	                            : take_response(at, &m);
}

enum status
spdm_exchange_parse(struct bytes in, struct spdm_exchange *out)
{
	struct recording rec;
	struct place at = {.w = {.out = out}};
	enum status st;

	*out = (struct spdm_exchange){0};
	if ((st = decode(in, &rec)) != OK)
		return st;
	at.transport = transport_of(rec.message[0]);
	for (size_t i = 0; i < rec.messages; i++) {
		out->message = i + 1;
		st = take(&at, rec.direction[i], rec.message[i]);
		if (st != OK)
			return st;
	}

	/* Nothing is left open, and something is signed. */
	if (at.verb != NULL)
		return SPDM_SEQUENCE;
	out->message = 0;
	spdm_reset_l1(&at.w);
	if (out->seal_count == 0 || out->block_count == 0)
		return SPDM_UNSIGNED;
	return spdm_collect_chain(&at.w, rec.cert, rec.certs);
}
