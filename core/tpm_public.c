/* SPDX-License-Identifier: Apache-2.0 */
/* TPMT_PUBLIC (TPM 2.0 Library, Part 2, clause 12.2, revision 1.59). */
#include "tpm_attest.h"

enum {
	ALG_RSA = 0x0001,
	ALG_NULL = 0x0010,
	ALG_RSASSA = 0x0014,
	ALG_RSAPSS = 0x0016,
	ALG_ECDSA = 0x0018,
	ALG_ECC = 0x0023,
	CURVE_P256 = 0x0003,
	CURVE_P384 = 0x0004,
	RSA_DEFAULT_EXPONENT = 65537,
};

/* TPMT_SYM_DEF_OBJECT (11.1.7): NULL, or algorithm, key bits, mode. */
static void
skip_symmetric(struct reader *r)
{
	if (read_be16(r) != ALG_NULL)
		read_be32(r);
}

/* TPMT_RSA_SCHEME, TPMT_ECC_SCHEME (11.2.4.3, 11.2.5.6). */
static enum status
read_scheme(struct reader *r, struct tpm_public *out)
{
	uint16_t alg = read_be16(r);

	if (alg == ALG_NULL)
		return OK;
	if (alg == ALG_RSASSA)
		out->scheme = SIG_RSASSA;
	else if (alg == ALG_RSAPSS)
		out->scheme = SIG_RSAPSS;
	else if (alg == ALG_ECDSA)
		out->scheme = SIG_ECDSA;
	else
		return PUBLIC_UNSUPPORTED;
	out->has_scheme = true;
	out->scheme_hash = read_be16(r);
	return OK;
}

/* TPMS_ECC_PARMS (12.2.3.6) and the point. */
static enum status
read_ecc(struct reader *r, struct tpm_public *out)
{
	uint16_t curve;
	struct bytes x, y;
	enum status st;

	skip_symmetric(r);
	if ((st = read_scheme(r, out)) != OK)
		return st;
	curve = read_be16(r);
	if (read_be16(r) != ALG_NULL) /* kdf */
		return r->failed ? PUBLIC_MALFORMED : PUBLIC_UNSUPPORTED;
	x = read_tpm2b(r);
	y = read_tpm2b(r);
	if (r->failed)
		return PUBLIC_MALFORMED;
	if (curve != CURVE_P256 && curve != CURVE_P384)
		return PUBLIC_UNSUPPORTED;
	return key_from_point(
	    curve == CURVE_P256 ? KEY_P256 : KEY_P384, x, y, &out->key);
}

/* TPMS_RSA_PARMS (12.2.3.5) and the modulus. */
static enum status
read_rsa(struct reader *r, struct tpm_public *out)
{
	uint32_t exponent;
	uint16_t bits;
	struct bytes n;
	enum status st;

	skip_symmetric(r);
	if ((st = read_scheme(r, out)) != OK)
		return st;
	bits = read_be16(r);
	exponent = read_be32(r);
	n = read_tpm2b(r);
	if (r->failed)
		return PUBLIC_MALFORMED;
	if (bits / 8 != n.n || bits % 8 != 0)
		return PUBLIC_UNSUPPORTED;
	return key_from_rsa(
	    n, exponent == 0 ? RSA_DEFAULT_EXPONENT : exponent, &out->key);
}

/* TPM2B_PUBLIC is its own length and a TPMT_PUBLIC; take off the length. */
static struct bytes
unwrap(struct bytes in)
{
	struct reader r = reader_of(in);

	if (read_be16(&r) == r.rest.n && !r.failed)
		return r.rest;
	return in;
}

enum status
public_parse(struct bytes in, struct tpm_public *out)
{
	struct bytes wire = unwrap(in);
	struct reader r = reader_of(wire);
	uint16_t type = read_be16(&r);
	enum status st;

	*out = (struct tpm_public){0};
	out->name_alg = read_be16(&r);
	out->attributes = read_be32(&r);
	read_tpm2b(&r); /* authPolicy */
	if (r.failed || (type != ALG_RSA && type != ALG_ECC))
		return PUBLIC_MALFORMED;
	if (hash_size(out->name_alg) == 0)
		return PUBLIC_UNSUPPORTED;

	st = type == ALG_ECC ? read_ecc(&r, out) : read_rsa(&r, out);
	if (st != OK)
		return st;
	if (!reader_at_end(&r))
		return PUBLIC_TRAILING;
	out->wire = wire;
	return OK;
}

enum status
public_check_ak(const struct tpm_public *pub)
{
	static const uint32_t must = TPMA_FIXED_TPM | TPMA_FIXED_PARENT |
	    TPMA_SENSITIVE_DATA_ORIGIN | TPMA_RESTRICTED | TPMA_SIGN;

	if (pub->name_alg != HASH_SHA256 && pub->name_alg != HASH_SHA384)
		return AK_NAME_ALG;
	if ((pub->attributes & must) != must ||
	    (pub->attributes & TPMA_DECRYPT) != 0)
		return AK_ATTRIBUTES;
	if (!pub->has_scheme || (pub->scheme_hash != HASH_SHA256 &&
				    pub->scheme_hash != HASH_SHA384))
		return AK_SCHEME;
	return OK;
}

enum status
name_of(const struct tpm_public *pub, struct tpm_name *out)
{
	return name_over(
	    pub->name_alg, pub->wire, (struct bytes){NULL, 0}, out);
}
