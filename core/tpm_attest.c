/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPMS_ATTEST of a quote and TPMT_SIGNATURE (TPM 2.0 Library, Part 2,
 * revision 1.59).
 */
#include "tpm_attest.h"

#include <string.h>

/* TPM_ALG_ID of signature schemes (Part 2, 6.3). */
enum { ALG_RSASSA = 0x0014, ALG_RSAPSS = 0x0016, ALG_ECDSA = 0x0018 };

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

enum status
signature_parse(struct bytes in, struct tpm_signature *out)
{
	struct reader r = reader_of(in);
	uint16_t alg = read_be16(&r);
	uint16_t hash = read_be16(&r);

	*out = (struct tpm_signature){0};
	if (r.failed)
		return SIGNATURE_TRUNCATED;

	/* TPMT_SIGNATURE (11.3.4): the three schemes of attestation keys. */
	if (alg == ALG_ECDSA)
		out->scheme = SIG_ECDSA;
	else if (alg == ALG_RSASSA)
		out->scheme = SIG_RSASSA;
	else if (alg == ALG_RSAPSS)
		out->scheme = SIG_RSAPSS;
	else
		return SIGNATURE_ALGORITHM;
	if (hash_size(hash) == 0 || hash == HASH_SHA1)
		return SIGNATURE_HASH;
	out->hash = hash;

	out->r = read_tpm2b(&r);
	if (out->scheme == SIG_ECDSA)
		out->s = read_tpm2b(&r);
	if (r.failed)
		return SIGNATURE_TRUNCATED;
	return reader_at_end(&r) ? OK : SIGNATURE_TRAILING;
}

/* Left-pad V to WIDTH; the TPM may leave out leading zeros (11.2.4). */
static bool
put_padded(struct writer *w, struct bytes v, size_t width)
{
	if (v.n > width)
		return false;
	for (size_t i = v.n; i < width; i++)
		write_u8(w, 0);
	write_bytes(w, v);
	return true;
}

enum status
signature_verify(const struct tpm_public *pub, const struct tpm_signature *sig,
    struct bytes attest)
{
	uint8_t fixed[RSA_BYTES_MAX];
	struct writer w = writer_of(fixed, sizeof(fixed));
	struct digest digest;
	enum status st;

	/* The key fixes scheme and hash; the signature must follow. */
	if (pub->has_scheme && pub->scheme != sig->scheme)
		return SIGNATURE_SCHEME;
	if (pub->has_scheme && pub->scheme_hash != sig->hash)
		return SIGNATURE_HASH;

	if (sig->scheme != SIG_ECDSA) {
		write_bytes(&w, sig->r);
	} else if (!put_padded(&w, sig->r, pub->key.bits / 8) ||
	    !put_padded(&w, sig->s, pub->key.bits / 8)) {
		return SIGNATURE_LENGTH;
	}
	if (w.failed)
		return SIGNATURE_LENGTH;

	if ((st = hash_one(sig->hash, attest, &digest)) != OK)
		return st;
	return verify_digest(&pub->key, sig->scheme, sig->hash,
	    digest_view(&digest), writer_view(&w));
}
