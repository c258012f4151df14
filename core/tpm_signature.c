/* SPDX-License-Identifier: Apache-2.0 */
/* TPMT_SIGNATURE (TPM 2.0 Library, Part 2, revision 1.59). */
#include "tpm_attest.h"

/* TPM_ALG_ID of signature schemes (Part 2, 6.3). */
enum { ALG_RSASSA = 0x0014, ALG_RSAPSS = 0x0016, ALG_ECDSA = 0x0018 };

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
