/* SPDX-License-Identifier: Apache-2.0 */
/* TPMS_ATTEST of a quote (TPM 2.0 Library, Part 2, revision 1.59). */
#include "tpm_attest.h"

/* sizeofSelect of a TPM with 24 PCRs (10.6.2; PC Client PTP 3.6.2). */
enum { SELECT_SIZE = 3 };

/* TPMS_PCR_SELECTION: hash, sizeofSelect, bitmap from the lowest PCR. */
static enum status
read_bank(struct reader *r, struct pcr_selection *sel)
{
	uint16_t alg = read_be16(r);
	uint8_t size = read_u8(r);
	struct bytes map;

	if (r->failed)
		return ATTEST_TRUNCATED;
	if (size != SELECT_SIZE || hash_size(alg) == 0)
		return ATTEST_SELECTION;
	map = read_bytes(r, size);
	if (r->failed)
		return ATTEST_TRUNCATED;

	/* One bank, one entry; in the order that pcrDigest follows. */
	for (size_t i = 0; i < sel->count; i++)
		if (sel->bank[i].alg == alg)
			return ATTEST_SELECTION;
	sel->bank[sel->count].alg = alg;
	sel->bank[sel->count].mask = (uint32_t)map.p[0] |
	    (uint32_t)map.p[1] << 8 | (uint32_t)map.p[2] << 16;
	sel->count++;
	return OK;
}

/* TPML_PCR_SELECTION (10.9.7). */
static enum status
read_selection(struct reader *r, struct pcr_selection *sel)
{
	uint32_t count = read_be32(r);

	if (r->failed)
		return ATTEST_TRUNCATED;
	if (count > BANKS_MAX)
		return ATTEST_SELECTION;
	for (uint32_t i = 0; i < count; i++) {
		enum status st = read_bank(r, sel);

		if (st != OK)
			return st;
	}
	return OK;
}

enum status
quote_parse(struct bytes attest, struct quote *out)
{
	struct reader r = reader_of(attest);
	uint32_t magic;
	uint16_t type;
	uint8_t safe;
	enum status st;

	*out = (struct quote){0};

	/* Who made it, and what it is, before anything inside is believed. */
	magic = read_be32(&r);
	type = read_be16(&r);
	if (r.failed)
		return ATTEST_TRUNCATED;
	if (magic != TPM_GENERATED)
		return ATTEST_MAGIC;
	if (type != TPM_ATTEST_QUOTE)
		return ATTEST_TYPE;

	/* The head common to every attestation (10.12.12). */
	out->qualified_signer = read_tpm2b(&r);
	out->extra_data = read_tpm2b(&r);
	out->clock = read_be64(&r);
	out->reset_count = read_be32(&r);
	out->restart_count = read_be32(&r);
	safe = read_u8(&r);
	out->firmware_version = read_be64(&r);
	if (r.failed)
		return ATTEST_TRUNCATED;
	if (safe > 1)
		return ATTEST_SAFE;
	out->safe = safe == 1;

	/* TPMS_QUOTE_INFO (10.12.1). */
	if ((st = read_selection(&r, &out->selection)) != OK)
		return st;
	out->pcr_digest = read_tpm2b(&r);
	if (r.failed)
		return ATTEST_TRUNCATED;
	if (!reader_at_end(&r))
		return ATTEST_TRAILING;
	switch (out->pcr_digest.n) {
	case 20:
	case 32:
	case 48:
	case 64:
		return OK;
	default:
		return ATTEST_DIGEST_SIZE;
	}
}
