/* SPDX-License-Identifier: Apache-2.0 */
#include "eventlog.h"

#include <string.h>

enum {
	EV_NO_ACTION = 0x00000003,
	ALGORITHMS_MAX = 16,
	DIGEST_SIZE_MAX = 128,
	EVENTS_MAX = 100000,
	DRTM_FIRST = 17, /* PCR 17 to 22 start as all ones (PTP 3.6.2) */
	DRTM_LAST = 22,
};

/* A digest algorithm as the log declares it (PFP 10.4.5.1). */
struct algorithm {
	uint16_t id;
	uint16_t size;
};

struct log {
	struct reader r;
	bool agile;
	struct algorithm alg[ALGORITHMS_MAX];
	uint32_t algs;
	bool locality_seen;
	struct replay *out;
};

/* Start values of every PCR in one bank. */
static bool
start_bank(struct replay *out, enum hash alg)
{
	uint8_t start[HASH_MAX];

	for (unsigned i = 0; i < PCR_COUNT; i++) {
		bool ones = i >= DRTM_FIRST && i <= DRTM_LAST;

		memset(start, ones ? 0xff : 0, sizeof(start));
		if (!pcrs_set(&out->pcrs, alg, i,
			bytes_view(start, hash_size(alg))))
			return false;
	}
	return true;
}

/* The storage of a PCR, for the replay alone. */
static uint8_t *
pcr_at(struct replay *out, enum hash alg, unsigned index)
{
	for (size_t b = 0; b < out->pcrs.have.count; b++)
		if (out->pcrs.have.bank[b].alg == alg)
			return out->pcrs.value[b][index];
	return NULL;
}

/* TCG_EfiSpecIDEvent (PFP 10.4.5.1): the algorithms of what follows. */
static enum status
read_spec_id(struct log *log, struct bytes event)
{
	struct reader r = reader_of(event);
	uint8_t vendor;

	read_bytes(&r, 16); /* signature, compared by the caller */
	read_le32(&r);      /* platformClass */
	read_le32(&r);      /* versions, errata, uintnSize */
	log->algs = read_le32(&r);
	if (r.failed || log->algs == 0 || log->algs > ALGORITHMS_MAX)
		return EVENTLOG_MALFORMED;
	for (uint32_t i = 0; i < log->algs; i++) {
		struct algorithm *a = &log->alg[i];

		a->id = read_le16(&r);
		a->size = read_le16(&r);
		if (r.failed || a->size == 0 || a->size > DIGEST_SIZE_MAX)
			return EVENTLOG_MALFORMED;
		for (uint32_t k = 0; k < i; k++)
			if (log->alg[k].id == a->id)
				return EVENTLOG_MALFORMED;
		if (hash_size(a->id) == 0)
			continue;
		if (a->size != hash_size(a->id) ||
		    !start_bank(log->out, a->id))
			return EVENTLOG_MALFORMED;
	}
	vendor = read_u8(&r);
	read_bytes(&r, vendor);
	return reader_at_end(&r) ? OK : EVENTLOG_MALFORMED;
}

/*
 * The first record always has the SHA-1 form; when it is a Spec ID event the
 * rest is crypto-agile, otherwise the record is an ordinary first event.
 */
static enum status
read_first(struct log *log)
{
	struct reader ahead = log->r;
	uint32_t pcr = read_le32(&ahead);
	uint32_t type = read_le32(&ahead);
	struct bytes digest = read_bytes(&ahead, 20);
	struct bytes event = read_bytes(&ahead, read_le32(&ahead));

	if (ahead.failed)
		return EVENTLOG_MALFORMED;
	if (type != EV_NO_ACTION ||
	    !bytes_eq(bytes_sub(event, 0, 16),
		bytes_view("Spec ID Event03", 16)))
		return start_bank(log->out, HASH_SHA1) ? OK : INTERNAL;
	if (pcr != 0 || !bytes_is_zero(digest))
		return EVENTLOG_MALFORMED;
	log->agile = true;
	log->r = ahead;
	log->out->events++;
	return read_spec_id(log, event);
}

/* PCR := H(PCR || digest) (TPM 2.0 Library, Part 1, 17.4). */
static enum status
extend(struct log *log, enum hash alg, unsigned index, struct bytes digest)
{
	uint8_t *at = pcr_at(log->out, alg, index);
	struct bytes parts[] = {bytes_view(at, hash_size(alg)), digest};
	struct digest d;
	enum status st;

	if (at == NULL)
		return INTERNAL;
	if ((st = hash_parts(alg, parts, 2, &d)) != OK)
		return st;
	memcpy(at, d.b, d.n);
	log->out->touched |= UINT32_C(1) << index;
	return OK;
}

/* The digests of one record: one for every declared algorithm. */
static enum status
read_digests(struct log *log, uint32_t pcr, bool no_action)
{
	uint32_t count = log->agile ? read_le32(&log->r) : 1;
	uint32_t seen = 0;

	if (log->r.failed || (log->agile && count != log->algs))
		return EVENTLOG_MALFORMED;
	for (uint32_t i = 0; i < count; i++) {
		uint16_t id = log->agile ? read_le16(&log->r) : HASH_SHA1;
		uint16_t size = HASH_SHA1 == id ? 20 : 0;
		struct bytes digest;
		enum status st;
		uint32_t k;

		for (k = 0; k < log->algs && log->alg[k].id != id; k++)
			;
		if (log->agile && (k == log->algs || seen >> k & 1))
			return EVENTLOG_MALFORMED;
		if (log->agile)
			size = log->alg[k].size;
		seen |= UINT32_C(1) << k;
		digest = read_bytes(&log->r, size);
		if (log->r.failed)
			return EVENTLOG_MALFORMED;
		/* EV_NO_ACTION extends nothing: its digests are zero. */
		if (no_action && !bytes_is_zero(digest))
			return EVENTLOG_MALFORMED;
		if (no_action || hash_size(id) == 0)
			continue;
		if ((st = extend(log, id, pcr, digest)) != OK)
			return st;
	}
	return OK;
}

/*
 * EFI_STARTUP_LOCALITY_EVENT (PFP 10.4.5.3) sets the last byte of PCR 0's
 * start: once, in PCR 0, before anything was measured there.
 */
static enum status
read_no_action(struct log *log, uint32_t pcr, struct bytes event)
{
	if (!bytes_eq(bytes_sub(event, 0, 16),
		bytes_view("StartupLocality", 16)))
		return OK;
	if (event.n != 17 || pcr != 0 || log->locality_seen ||
	    (log->out->touched & 1) != 0)
		return EVENTLOG_MALFORMED;
	log->locality_seen = true;
	for (size_t b = 0; b < log->out->pcrs.have.count; b++) {
		enum hash alg = log->out->pcrs.have.bank[b].alg;

		pcr_at(log->out, alg, 0)[hash_size(alg) - 1] = event.p[16];
	}
	return OK;
}

static enum status
read_record(struct log *log)
{
	uint32_t pcr = read_le32(&log->r);
	uint32_t type = read_le32(&log->r);
	struct bytes event;
	enum status st;

	if (log->r.failed)
		return EVENTLOG_MALFORMED;
	if (pcr >= PCR_COUNT)
		return EVENTLOG_PCR_INDEX;
	if ((st = read_digests(log, pcr, type == EV_NO_ACTION)) != OK)
		return st;
	event = read_bytes(&log->r, read_le32(&log->r));
	if (log->r.failed)
		return EVENTLOG_MALFORMED;
	log->out->events++;
	return type == EV_NO_ACTION ? read_no_action(log, pcr, event) : OK;
}

enum status
eventlog_replay(struct bytes in, struct replay *out)
{
	struct log log = {.r = reader_of(in), .out = out};
	enum status st;

	memset(out, 0, sizeof(*out));
	if ((st = read_first(&log)) != OK)
		return st;
	while (log.r.rest.n > 0 && st == OK)
		st = out->events < EVENTS_MAX ? read_record(&log)
					      : EVENTLOG_MALFORMED;
	return st;
}

enum status
replay_compare(const struct replay *replay, const struct pcr_selection *quoted,
    const struct pcr_values *values, unsigned *first_wrong, uint32_t *later)
{
	*later = 0;
	for (size_t b = 0; b < quoted->count; b++) {
		enum hash alg = quoted->bank[b].alg;

		for (unsigned i = 0; i < PCR_COUNT; i++) {
			struct bytes is = pcrs_get(values, alg, i);
			struct bytes want = pcrs_get(&replay->pcrs, alg, i);

			if (!(quoted->bank[b].mask >> i & 1))
				continue;
			if (want.n == 0)
				return EVENTLOG_BANK_MISSING;
			if (bytes_eq(is, want))
				continue;
			if (EVENTLOG_BOOT_PCRS >> i & 1) {
				*first_wrong = i;
				return EVENTLOG_MISMATCH;
			}
			*later |= UINT32_C(1) << i;
		}
	}
	return OK;
}
