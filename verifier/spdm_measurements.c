/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET_MEASUREMENTS, MEASUREMENTS and the transcript L1 that a signature
 * covers (DSP0274 1.2.1, clause 10.11).
 */
#include <string.h>

#include "spdm_walk.h"

enum {
	SIGN = 0x01,       /* param1 of the request: SignatureRequested */
	COUNT_ONLY = 0x00, /* param2: how many indices there are */
	ALL_INDICES = 0xff,
	SLOT = 0x0f,    /* param2 of the response */
	CONTENT = 0x30, /* param2 of a signed response, since 1.2 */
	CONTENT_CHANGED = 0x10,
	OPAQUE_MAX = 1024, /* OpaqueDataLength */
};

const char *
spdm_type_name(uint8_t type)
{
	/* DMTFSpecMeasurementValueType, bits 6 to 0. */
	static const char *const names[] = {
	    "immutable ROM",
	    "mutable firmware",
	    "hardware configuration",
	    "firmware configuration",
	    "manifest",
	    "device mode",
	    "firmware version",
	    "security version",
	    "hash-extended",
	    "informational",
	    "structured manifest",
	};

	type &= 0x7f;
	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

void
spdm_reset_l1(struct spdm_walk *w)
{
	w->out->part_count = w->l1;
	w->unsealed = 0;
	w->before = false;
}

/* The request: a nonce and a slot only when a signature is wanted. */
enum status
spdm_get_measurements(struct spdm_walk *w, struct spdm_message *m)
{
	w->ask.sign = (m->param1 & SIGN) != 0;
	w->ask.operation = m->param2;
	if (!w->ask.sign)
		return OK;
	w->ask.nonce = read_bytes(&m->r, SPDM_NONCE);
	w->ask.slot = read_u8(&m->r) & SLOT;
	return OK;
}

/* Are these the blocks that the request asked for? */
static bool
fits_request(const struct spdm_question *ask, const struct spdm_block *block,
    size_t count)
{
	if (ask->operation == COUNT_ONLY)
		return count == 0;
	if (ask->operation == ALL_INDICES)
		return count > 0;
	return count == 1 && block[0].index == ask->operation;
}

/* MeasurementRecord, behind the blocks that wait for a signature. */
static enum status
read_record(struct spdm_walk *w, struct reader *r)
{
	size_t used = w->out->block_count + w->unsealed;
	struct spdm_block *at = w->out->block + used;
	size_t room = SPDM_MEASUREMENTS_MAX - used, count = read_u8(r);
	struct bytes record = read_bytes(r, read_le24(r));

	if (count > room)
		return SPDM_TOO_LARGE;
	if (!spdm_read_blocks(record, count, at, room) ||
	    !fits_request(&w->ask, at, count))
		return SPDM_MALFORMED;
	w->unsealed += count;
	w->before |= count > 0 && !w->ask.sign;
	return OK;
}

/*
 * What was measured twice must not differ.  The same index with another type,
 * a digest and the raw bits behind it, is another measurement.
 */
static enum status
keep_block(struct spdm_exchange *out, struct spdm_block block)
{
	for (size_t i = 0; i < out->block_count; i++) {
		if (out->block[i].index != block.index ||
		    out->block[i].type != block.type)
			continue;
		return bytes_eq(out->block[i].value, block.value)
		           ? OK
		           : SPDM_CHANGED;
	}
	out->block[out->block_count++] = block;
	return OK;
}

/* A signature ends L1 and makes its blocks count. */
static enum status
seal(struct spdm_walk *w, const struct spdm_seal *s)
{
	struct spdm_exchange *out = w->out;
	size_t from = out->block_count, to = from + w->unsealed;

	/* One leaf signs all of it. */
	if (out->seal_count > 0 && out->slot != w->ask.slot)
		return SPDM_SEQUENCE;
	out->slot = w->ask.slot;
	for (size_t i = from; i < to; i++) {
		enum status st = keep_block(out, out->block[i]);

		if (st != OK)
			return st;
	}
	/* A signed request for everything has everything read again. */
	out->read_before |= w->before && w->ask.operation != ALL_INDICES;
	out->seal[out->seal_count++] = *s;
	w->l1 = out->part_count;
	w->unsealed = 0;
	w->before = false;
	return OK;
}

enum status
spdm_measurements(struct spdm_walk *w, struct spdm_message *m)
{
	struct spdm_exchange *out = w->out;
	struct spdm_seal s = {.first = w->l1};
	uint16_t opaque;
	enum status st;

	if ((st = read_record(w, &m->r)) != OK)
		return st;
	s.response_nonce = read_bytes(&m->r, SPDM_NONCE);
	opaque = read_le16(&m->r);
	read_bytes(&m->r, opaque);
	if (m->r.failed || opaque > OPAQUE_MAX)
		return SPDM_MALFORMED;

	/* Request and response go into L1, the signature does not. */
	out->part[out->part_count++] = w->request;
	out->part[out->part_count++] =
	    bytes_sub(m->whole, 0, m->whole.n - m->r.rest.n);
	if (!w->ask.sign)
		return OK;

	if ((m->param2 & SLOT) != w->ask.slot)
		return SPDM_MALFORMED;
	if (out->version >= SPDM_V1_2 &&
	    (m->param2 & CONTENT) == CONTENT_CHANGED)
		return SPDM_CHANGED;
	s.count = out->part_count - s.first;
	s.request_nonce = w->ask.nonce;
	s.signature = read_bytes(&m->r, w->signature_size);
	return m->r.failed ? SPDM_MALFORMED : seal(w, &s);
}

/*
 * The text that SPDM 1.2 signs before the hash of the transcript: a prefix
 * of 64 characters, zeros, and the context, 100 bytes together (clause 15).
 */
static void
write_context(struct writer *w, uint8_t version)
{
	static const uint8_t zeros[6];
	char prefix[] = "dmtf-spdm-v1.0.*";

	prefix[13] = (char)('0' + (version & 0x0f));
	for (int i = 0; i < 4; i++)
		write_bytes(w, bytes_str(prefix));
	write_bytes(w, BYTES_OF(zeros));
	write_str(w, "responder-measurements signing");
}

/* 1.1: hash(L1).  1.2: hash(context || hash(VCA || L1)). */
static enum status
signed_digest(const struct spdm_exchange *ex, const struct spdm_seal *s,
    struct digest *out)
{
	struct bytes all[SPDM_MESSAGES_MAX], outer[2];
	uint8_t context[100];
	struct writer w = writer_of(context, sizeof(context));
	struct digest inner;
	enum status st;

	if (ex->version == SPDM_V1_1)
		return hash_parts(ex->hash, ex->part + s->first, s->count, out);

	memcpy(all, ex->part, SPDM_VCA_PARTS * sizeof(all[0]));
	memcpy(all + SPDM_VCA_PARTS, ex->part + s->first,
	    s->count * sizeof(all[0]));
	st = hash_parts(ex->hash, all, SPDM_VCA_PARTS + s->count, &inner);
	if (st != OK)
		return st;
	write_context(&w, ex->version);
	outer[0] = writer_view(&w);
	outer[1] = digest_view(&inner);
	return hash_parts(ex->hash, outer, 2, out);
}

enum status
spdm_exchange_verify(
    const struct spdm_exchange *ex, const struct public_key *key)
{
	if (ex->seal_count == 0)
		return SPDM_UNSIGNED;
	if (key->type != ex->key_type)
		return DEVICE_SIGNATURE;
	for (size_t i = 0; i < ex->seal_count; i++) {
		const struct spdm_seal *s = &ex->seal[i];
		struct digest d;
		enum status st = signed_digest(ex, s, &d);

		if (st != OK)
			return st;
		if (verify_digest(key, SIG_ECDSA, ex->hash, digest_view(&d),
		        s->signature) != OK)
			return DEVICE_SIGNATURE;
	}
	return OK;
}

bool
spdm_exchange_answers(const struct spdm_exchange *ex, struct bytes nonce)
{
	for (size_t i = 0; i < ex->seal_count; i++)
		if (!bytes_eq_ct(ex->seal[i].request_nonce, nonce))
			return false;
	return ex->seal_count > 0;
}
