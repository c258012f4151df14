/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only those need who verify: comparing in constant time, keys as others
 * write them, signatures.
 */
#include "crypto_mbedtls.h"

#include <string.h>

#include <mbedtls/pem.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>

bool
bytes_eq_ct(struct bytes a, struct bytes b)
{
	uint8_t diff = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		diff = (uint8_t)(diff | (a.p[i] ^ b.p[i]));
	return diff == 0;
}

/* Read a DER head with this tag and return its content. */
static struct bytes
get_der(struct reader *r, uint8_t tag)
{
	size_t n;

	if (read_u8(r) != tag)
		r->failed = true;
	n = read_u8(r);
	if (n == 0x81) {
		n = read_u8(r);
		r->failed |= n < 0x80;
	} else if (n == 0x82) {
		n = read_be16(r);
		r->failed |= n <= 0xff;
	} else if (n >= 0x80) {
		r->failed = true;
	}
	return read_bytes(r, n);
}

/* A non-negative INTEGER in its only encoding, without the sign byte. */
static struct bytes
get_der_uint(struct reader *r)
{
	struct bytes v = get_der(r, 0x02);

	if (v.n == 0 || v.p[0] >= 0x80 ||
	    (v.n > 1 && v.p[0] == 0 && v.p[1] < 0x80)) {
		r->failed = true;
		return (struct bytes){NULL, 0};
	}
	return v.p[0] == 0 ? bytes_sub(v, 1, v.n - 1) : v;
}

static enum status
rsa_from_spki(struct bytes der, struct public_key *out)
{
	/* AlgorithmIdentifier rsaEncryption with NULL (RFC 8017, A.1) */
	static const uint8_t rsa[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
	    0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	struct reader top = reader_of(der), r, bits, key;
	struct bytes n, e;
	uint32_t exponent = 0;

	r = reader_of(get_der(&top, 0x30));
	if (!bytes_eq(get_der(&r, 0x30), BYTES_OF(rsa)))
		return PUBLIC_UNSUPPORTED;
	bits = reader_of(get_der(&r, 0x03));
	if (read_u8(&bits) != 0)
		return PUBLIC_MALFORMED;
	key = reader_of(get_der(&bits, 0x30));
	n = get_der_uint(&key);
	e = get_der_uint(&key);
	if (!reader_at_end(&key) || !reader_at_end(&bits) ||
	    !reader_at_end(&r) || !reader_at_end(&top))
		return PUBLIC_MALFORMED;
	if (e.n > 4)
		return PUBLIC_UNSUPPORTED;
	for (size_t i = 0; i < e.n; i++)
		exponent = exponent << 8 | e.p[i];
	return key_from_rsa(n, exponent, out);
}

enum status
key_from_spki(struct bytes der, struct public_key *out)
{
	*out = (struct public_key){0};
	/* On a curve, everything before the point is fixed: compare it all. */
	for (enum key_type type = KEY_P256; type != KEY_RSA; type++) {
		const struct curve *cv = key_curve(type);
		size_t head = cv->spki.n;

		if (der.n != head + 1 + 2 * cv->field ||
		    !bytes_eq(bytes_sub(der, 0, head), cv->spki))
			continue;
		if (der.p[head] != 4)
			return PUBLIC_UNSUPPORTED;
		return key_from_point(cv->type,
		    bytes_sub(der, head + 1, cv->field),
		    bytes_sub(der, head + 1 + cv->field, cv->field), out);
	}
	return rsa_from_spki(der, out);
}

/* Nothing but white space? */
static bool
blank(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != ' ' && b.p[i] != '\t' && b.p[i] != '\r' &&
		    b.p[i] != '\n')
			return false;
	return true;
}

enum status
key_from_pem(struct bytes pem, struct public_key *out)
{
	char text[4096];
	mbedtls_pem_context ctx;
	enum status st = PUBLIC_MALFORMED;
	size_t used = 0;

	if (pem.n >= sizeof(text))
		return PUBLIC_MALFORMED;
	memcpy(text, pem.p, pem.n);
	text[pem.n] = '\0';

	mbedtls_pem_init(&ctx);
	if (mbedtls_pem_read_buffer(&ctx, "-----BEGIN PUBLIC KEY-----",
		"-----END PUBLIC KEY-----", (const unsigned char *)text, NULL,
		0, &used) == 0 &&
	    blank(bytes_sub(pem, used, pem.n - used))) {
#if MBEDTLS_VERSION_MAJOR >= 3
		size_t n;
		const unsigned char *p = mbedtls_pem_get_buffer(&ctx, &n);

		st = key_from_spki(bytes_view(p, n), out);
#else
		st = key_from_spki(bytes_view(ctx.buf, ctx.buflen), out);
#endif
	}
	mbedtls_pem_free(&ctx);
	return st;
}

/* Orders of the curves (SEC 2, 2.4.2 and 2.5.1). */
static const uint8_t p256_order[] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25,
    0x51};
static const uint8_t p384_order[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d,
    0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19,
    0x6a, 0xcc, 0xc5, 0x29, 0x73};

/* r and s in [1, order - 1] (FIPS 186-5, 6.4.2 step 1). */
static bool
in_range(enum key_type type, struct bytes v)
{
	struct bytes order =
	    type == KEY_P256 ? BYTES_OF(p256_order) : BYTES_OF(p384_order);

	return !bytes_is_zero(v) && bytes_cmp(v, order) < 0;
}

/* Length and range for this kind of signature. */
static enum status
check_form(
    const struct public_key *key, enum sig_scheme scheme, struct bytes sig)
{
	const struct curve *cv = key_curve(key->type);

	if ((key->type == KEY_RSA) == (scheme == SIG_ECDSA))
		return SIGNATURE_SCHEME;
	if (scheme != SIG_ECDSA)
		return sig.n == key->bits / 8 ? OK : SIGNATURE_LENGTH;
	if (sig.n != 2 * cv->field)
		return SIGNATURE_LENGTH;
	return in_range(key->type, bytes_sub(sig, 0, cv->field)) &&
		in_range(key->type, bytes_sub(sig, cv->field, cv->field))
	    ? OK
	    : SIGNATURE_RANGE;
}

/* V without leading zeros; V is not zero. */
static struct bytes
shortest(struct bytes v)
{
	while (v.p[0] == 0)
		v = bytes_sub(v, 1, v.n - 1);
	return v;
}

/* ECDSA-Sig-Value (RFC 3279, 2.2.3), which is what pk takes. */
static bool
verify_ecdsa(mbedtls_pk_context *pk, mbedtls_md_type_t md,
    struct bytes digest, struct bytes sig)
{
	uint8_t body[128], der[132];
	struct writer inner = writer_of(body, sizeof(body));
	struct writer w = writer_of(der, sizeof(der));
	size_t half = sig.n / 2;

	der_put_uint(&inner, shortest(bytes_sub(sig, 0, half)));
	der_put_uint(&inner, shortest(bytes_sub(sig, half, half)));
	der_put_head(&w, 0x30, inner.n);
	write_bytes(&w, writer_view(&inner));
	return !inner.failed && !w.failed &&
	    mbedtls_pk_verify(pk, md, digest.p, digest.n, der, w.n) == 0;
}

static bool
verify_rsa(mbedtls_pk_context *pk, enum sig_scheme scheme,
    mbedtls_md_type_t md, struct bytes digest, struct bytes sig)
{
	/* Any salt length: a TPM uses the largest or the digest's. */
	const mbedtls_pk_rsassa_pss_options pss = {
	    .mgf1_hash_id = md,
	    .expected_salt_len = MBEDTLS_RSA_SALT_LEN_ANY,
	};
	bool is_pss = scheme == SIG_RSAPSS;

	return mbedtls_pk_verify_ext(
		   is_pss ? MBEDTLS_PK_RSASSA_PSS : MBEDTLS_PK_RSA,
		   is_pss ? &pss : NULL, pk, md, digest.p, digest.n, sig.p,
		   sig.n) == 0;
}

enum status
verify_digest(const struct public_key *key, enum sig_scheme scheme,
    enum hash alg, struct bytes digest, struct bytes sig)
{
	mbedtls_md_type_t md = hash_md(alg);
	mbedtls_pk_context pk;
	enum status st;
	bool good;

	/* Signatures rest on SHA-256 or better. */
	if (md == MBEDTLS_MD_NONE || alg == HASH_SHA1 ||
	    digest.n != hash_size(alg))
		return SIGNATURE_HASH;
	if ((st = check_form(key, scheme, sig)) != OK)
		return st;
	if ((st = key_import(key, &pk)) == OK) {
		good = scheme == SIG_ECDSA
		    ? verify_ecdsa(&pk, md, digest, sig)
		    : verify_rsa(&pk, scheme, md, digest, sig);
		st = good ? OK : SIGNATURE_INVALID;
	}
	mbedtls_pk_free(&pk);
	return st;
}
