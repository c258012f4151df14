/* SPDX-License-Identifier: Apache-2.0 */
#include "eventlog.h"

#include "event_types.h"

enum {
	DIGEST_SIZE_MAX = 128,
	/* Handles of NV indices that firmware extends (PFP 3.3.6). */
	NV_EXTEND_FIRST = 0x01c40200,
	NV_EXTEND_LAST = 0x01c402ff,
};

/*
 * TCG_EfiSpecIDEvent (PFP 10.4.5.1): the algorithms of what follows.  Some
 * firmware does not count the vendor's bytes in the size of the event: they
 * are then the first of REST.
 */
static enum status
read_spec_id(struct eventlog *log, struct bytes event, struct reader *rest)
{
	struct reader r = reader_of(event);
	uint8_t vendor;

	read_bytes(&r, 16); /* signature, compared by the caller */
	read_le32(&r);      /* platformClass */
	read_le32(&r);      /* versions, errata, uintnSize */
	log->algs = read_le32(&r);
	if (r.failed || log->algs == 0 || log->algs > EVENTLOG_ALGORITHMS_MAX)
		return EVENTLOG_MALFORMED;
	for (uint32_t i = 0; i < log->algs; i++) {
		struct event_algorithm *a = &log->alg[i];

		a->id = read_le16(&r);
		a->size = read_le16(&r);
		if (r.failed || a->size == 0 || a->size > DIGEST_SIZE_MAX)
			return EVENTLOG_MALFORMED;
		for (uint32_t k = 0; k < i; k++)
			if (log->alg[k].id == a->id)
				return EVENTLOG_MALFORMED;
		if (hash_size(a->id) != 0 && a->size != hash_size(a->id))
			return EVENTLOG_MALFORMED;
	}
	vendor = read_u8(&r);
	if (reader_at_end(&r))
		read_bytes(rest, vendor);
	else
		read_bytes(&r, vendor);
	return reader_at_end(&r) && !rest->failed ? OK : EVENTLOG_MALFORMED;
}

/* A record of the SHA-1 form: TCG_PCClientPCREvent (PFP 10.2.1). */
static bool
read_sha1_record(struct reader *r, struct event *e)
{
	e->pcr = read_le32(r);
	e->type = read_le32(r);
	e->digests = 1;
	e->digest[0].id = HASH_SHA1;
	e->digest[0].value = read_bytes(r, 20);
	e->data = read_bytes(r, read_le32(r));
	return !r->failed;
}

/*
 * The first record always has the SHA-1 form; when it is a Spec ID event the
 * rest is crypto-agile, otherwise the record is an ordinary first event.
 */
enum status
eventlog_open(struct bytes in, struct eventlog *log)
{
	struct reader ahead = reader_of(in);
	struct event e;

	*log = (struct eventlog){.r = reader_of(in), .algs = 1,
	    .alg = {{HASH_SHA1, 20}}, .st = EVENTLOG_MALFORMED};
	if (!read_sha1_record(&ahead, &e))
		return log->st;
	if (e.type == EV_NO_ACTION &&
	    bytes_eq(bytes_sub(e.data, 0, 16),
		bytes_view("Spec ID Event03", 16))) {
		if (e.pcr != 0 || !bytes_is_zero(e.digest[0].value) ||
		    read_spec_id(log, e.data, &ahead) != OK)
			return log->st;
		log->agile = true;
		log->after = ahead;
	}
	log->st = OK;
	return OK;
}

/* The digests of one record: one for every declared algorithm. */
static bool
read_digests(struct eventlog *log, struct event *e)
{
	uint32_t count = read_le32(&log->r);
	uint32_t seen = 0;

	if (log->r.failed || count != log->algs)
		return false;
	e->digests = count;
	for (uint32_t i = 0; i < count; i++) {
		uint16_t id = read_le16(&log->r);
		uint32_t k;

		for (k = 0; k < log->algs && log->alg[k].id != id; k++)
			;
		if (k == log->algs || seen >> k & 1)
			return false;
		seen |= UINT32_C(1) << k;
		e->digest[i].id = id;
		e->digest[i].value = read_bytes(&log->r, log->alg[k].size);
	}
	return !log->r.failed;
}

/* EV_NO_ACTION that is in no PCR, and lawfully so. */
static bool
outside_pcrs(const struct eventlog *log, const struct event *e)
{
	if (e->type != EV_NO_ACTION)
		return false;
	return log->agile
	    ? e->pcr >= NV_EXTEND_FIRST && e->pcr <= NV_EXTEND_LAST
	    : e->pcr == UINT32_MAX;
}

static enum status
read_record(struct eventlog *log, struct event *e)
{
	bool agile = log->agile && log->count > 0;

	if (!agile && !read_sha1_record(&log->r, e))
		return EVENTLOG_MALFORMED;
	if (log->agile && !agile)
		log->r = log->after;
	if (agile) {
		e->pcr = read_le32(&log->r);
		e->type = read_le32(&log->r);
		if (log->r.failed)
			return EVENTLOG_MALFORMED;
	}
	if (e->pcr >= PCR_COUNT && !outside_pcrs(log, e))
		return EVENTLOG_PCR_INDEX;
	if (agile) {
		if (!read_digests(log, e))
			return EVENTLOG_MALFORMED;
		e->data = read_bytes(&log->r, read_le32(&log->r));
		if (log->r.failed)
			return EVENTLOG_MALFORMED;
	}
	if (e->type == EV_NO_ACTION && e->pcr < PCR_COUNT)
		for (size_t i = 0; i < e->digests; i++)
			if (!bytes_is_zero(e->digest[i].value))
				return EVENTLOG_MALFORMED;
	return OK;
}

bool
eventlog_next(struct eventlog *log, struct event *e)
{
	if (log->st != OK || log->r.rest.n == 0)
		return false;
	log->st = log->count < EVENTLOG_EVENTS_MAX ? read_record(log, e)
						   : EVENTLOG_MALFORMED;
	e->number = log->count;
	log->count += log->st == OK;
	return log->st == OK;
}

bool
event_extends(const struct event *e)
{
	return e->type != EV_NO_ACTION;
}

struct bytes
event_digest(const struct event *e, enum hash bank)
{
	for (size_t i = 0; i < e->digests; i++)
		if (e->digest[i].id == bank)
			return e->digest[i].value;
	return (struct bytes){NULL, 0};
}
