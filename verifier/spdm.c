/* SPDX-License-Identifier: Apache-2.0 */
#include "spdm.h"

enum {
	SPDM_1_1 = 0x11,
	GET_MEASUREMENTS = 0xe0,
	MEASUREMENTS = 0x60,
	WANT_SIGNATURE = 0x01, /* param1, table 42 */
	ALL_INDICES = 0xff,    /* param2 */
	DMTF_SPECIFICATION = 0x01,
};

/* Table 42: version, code, attributes, operation, nonce, slot. */
static bool
read_request(struct reader *r, struct spdm_report *out)
{
	uint8_t version = read_u8(r), code = read_u8(r);
	uint8_t attributes = read_u8(r), operation = read_u8(r);

	out->request_nonce = read_bytes(r, SPDM_NONCE);
	read_u8(r); /* SlotIDParam */
	return !r->failed && version == SPDM_1_1 && code == GET_MEASUREMENTS &&
	    (attributes & WANT_SIGNATURE) != 0 && operation == ALL_INDICES;
}

/* Tables 45 and 46: one measurement block in the DMTF form. */
static bool
read_block(struct reader *r, struct spdm_block *b)
{
	struct reader inner;
	uint8_t spec;

	b->index = read_u8(r);
	spec = read_u8(r);
	inner = reader_of(read_bytes(r, read_le16(r)));
	b->type = read_u8(&inner);
	b->value = read_bytes(&inner, read_le16(&inner));
	return !r->failed && reader_at_end(&inner) &&
	    spec == DMTF_SPECIFICATION && b->index != 0 && b->index != 0xff;
}

bool
spdm_read_blocks(struct bytes record, size_t blocks, struct spdm_block *out,
    size_t room)
{
	struct reader r = reader_of(record);

	if (blocks > room)
		return false;
	for (size_t i = 0; i < blocks; i++) {
		if (!read_block(&r, &out[i]))
			return false;
		for (size_t k = 0; k < i; k++)
			if (out[k].index == out[i].index)
				return false;
	}
	return reader_at_end(&r);
}

/* Table 44: the response up to its signature. */
static bool
read_response(struct reader *r, struct spdm_report *out)
{
	uint8_t version = read_u8(r), code = read_u8(r);
	struct bytes record;

	read_u8(r); /* param1: number of indices, only for operation 0 */
	read_u8(r); /* param2: slot */
	out->block_count = read_u8(r);
	record = read_bytes(r, read_le24(r));
	if (r->failed || version != SPDM_1_1 || code != MEASUREMENTS ||
	    out->block_count == 0 ||
	    !spdm_read_blocks(
		record, out->block_count, out->block, SPDM_BLOCKS_MAX))
		return false;
	out->response_nonce = read_bytes(r, SPDM_NONCE);
	out->opaque = read_bytes(r, read_le16(r));
	return !r->failed;
}

enum status
spdm_parse(struct bytes in, struct spdm_report *out)
{
	struct reader r = reader_of(in);

	*out = (struct spdm_report){0};
	if (!read_request(&r, out) || !read_response(&r, out))
		return SPDM_MALFORMED;
	out->signed_part = bytes_sub(in, 0, in.n - r.rest.n);
	out->signature = read_bytes(&r, SPDM_P384_SIGNATURE);
	return reader_at_end(&r) ? OK : SPDM_MALFORMED;
}

enum status
spdm_verify(const struct spdm_report *report, const struct public_key *key,
    struct curves *curves)
{
	struct digest d;
	enum status st = hash_one(HASH_SHA384, report->signed_part, &d);

	if (st != OK)
		return st;
	if (key->type != KEY_P384 ||
	    curves_verify(curves, key, SIG_ECDSA, HASH_SHA384,
		digest_view(&d), report->signature) != OK)
		return DEVICE_SIGNATURE;
	return OK;
}
