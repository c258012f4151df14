/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.h over mbedTLS: the intersection of 2.28 LTS and 3.6 LTS.
 *
 * Hashing and verifying go through md and pk, whose contexts are ours alone;
 * keys in slots and random numbers, which want PSA and its entropy, through
 * PSA.  A program that only verifies never waits for entropy.
 */
#include "crypto.h"

#include <string.h>

#include <mbedtls/md.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <psa/crypto.h>

static const struct {
	enum hash alg;
	size_t size;
	mbedtls_md_type_t md;
	const char *name;
} hashes[] = {
    {HASH_SHA1, 20, MBEDTLS_MD_SHA1, "sha1"},
    {HASH_SHA256, 32, MBEDTLS_MD_SHA256, "sha256"},
    {HASH_SHA384, 48, MBEDTLS_MD_SHA384, "sha384"},
    {HASH_SHA512, 64, MBEDTLS_MD_SHA512, "sha512"},
};

enum { HASHES = sizeof(hashes) / sizeof(hashes[0]) };

/* The row of ALG, or HASHES. */
static size_t
hash_row(enum hash alg)
{
	size_t i;

	for (i = 0; i < HASHES && hashes[i].alg != alg; i++)
		;
	return i;
}

size_t
hash_size(enum hash alg)
{
	size_t i = hash_row(alg);

	return i < HASHES ? hashes[i].size : 0;
}

const char *
hash_name(enum hash alg)
{
	size_t i = hash_row(alg);

	return i < HASHES ? hashes[i].name : "unknown";
}

enum hash
hash_from_name(struct bytes name)
{
	for (size_t i = 0; i < HASHES; i++)
		if (bytes_eq(name, bytes_str(hashes[i].name)))
			return hashes[i].alg;
	return HASH_NONE;
}

struct bytes
digest_view(const struct digest *d)
{
	return bytes_view(d->b, d->n);
}

enum status
crypto_init(void)
{
	return psa_crypto_init() == PSA_SUCCESS ? OK : CRYPTO_FAILED;
}

enum status
crypto_init_verify(void)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	/* There md and pk may stand upon PSA. */
	return crypto_init();
#else
	return OK;
#endif
}

enum status
hash_parts(enum hash alg, const struct bytes *parts, size_t count,
    struct digest *out)
{
	size_t row = hash_row(alg);
	const mbedtls_md_info_t *info;
	mbedtls_md_context_t ctx;
	enum status st = CRYPTO_FAILED;

	out->n = 0;
	if (row == HASHES)
		return INTERNAL;
	mbedtls_md_init(&ctx);
	info = mbedtls_md_info_from_type(hashes[row].md);
	if (info == NULL || mbedtls_md_setup(&ctx, info, 0) != 0 ||
	    mbedtls_md_starts(&ctx) != 0)
		goto out;
	for (size_t i = 0; i < count; i++)
		if (parts[i].n > 0 &&
		    mbedtls_md_update(&ctx, parts[i].p, parts[i].n) != 0)
			goto out;
	if (mbedtls_md_finish(&ctx, out->b) != 0)
		goto out;
	out->n = hashes[row].size;
	st = OK;
out:
	mbedtls_md_free(&ctx);
	return st;
}

enum status
hash_one(enum hash alg, struct bytes data, struct digest *out)
{
	return hash_parts(alg, &data, 1, out);
}

/* Field sizes, orders and SPKI headers of the curves (SEC 2, RFC 5480). */
static const uint8_t p256_order[] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25,
    0x51};
static const uint8_t p384_order[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d,
    0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19,
    0x6a, 0xcc, 0xc5, 0x29, 0x73};
static const uint8_t p256_spki[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
static const uint8_t p384_spki[] = {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00};

static const struct curve {
	enum key_type type;
	unsigned bits;
	size_t field;
	struct bytes order, spki;
} curves[] = {
    {KEY_P256, 256, 32, {p256_order, sizeof(p256_order)},
	{p256_spki, sizeof(p256_spki)}},
    {KEY_P384, 384, 48, {p384_order, sizeof(p384_order)},
	{p384_spki, sizeof(p384_spki)}},
};

static const struct curve *
curve_of(enum key_type type)
{
	return type == KEY_P256 ? &curves[0] : &curves[1];
}

/*
 * Give KEY to the library, which checks that the point is on the curve.  The
 * caller frees PK in either case.
 */
static enum status
import(const struct public_key *key, mbedtls_pk_context *pk)
{
	const struct curve *cv = curve_of(key->type);
	uint8_t spki[KEY_DER_MAX];
	struct writer w = writer_of(spki, sizeof(spki));

	/* RSAPublicKey stands alone, a point needs to say its curve. */
	if (key->type != KEY_RSA)
		write_bytes(&w, cv->spki);
	write_bytes(&w, bytes_view(key->der, key->der_len));
	mbedtls_pk_init(pk);
	return !w.failed && mbedtls_pk_parse_public_key(pk, spki, w.n) == 0
	    ? OK
	    : PUBLIC_UNSUPPORTED;
}

/* Does the library take the key, and is the point on the curve? */
static enum status
try_key(const struct public_key *key)
{
	mbedtls_pk_context pk;
	enum status st = import(key, &pk);

	mbedtls_pk_free(&pk);
	return st;
}

enum status
key_from_point(enum key_type type, struct bytes x, struct bytes y,
    struct public_key *out)
{
	const struct curve *cv = curve_of(type);

	*out = (struct public_key){.type = type, .bits = cv->bits};
	if (type == KEY_RSA || x.n > cv->field || y.n > cv->field ||
	    x.n == 0 || y.n == 0)
		return PUBLIC_UNSUPPORTED;
	out->der[0] = 4; /* uncompressed point, SEC 1 2.3.3 */
	memcpy(out->der + 1 + cv->field - x.n, x.p, x.n);
	memcpy(out->der + 1 + 2 * cv->field - y.n, y.p, y.n);
	out->der_len = 1 + 2 * cv->field;
	return try_key(out);
}

/* DER: tag, length and, for a positive INTEGER, a zero when it needs one. */
static void
put_der_head(struct writer *w, uint8_t tag, size_t n)
{
	write_u8(w, tag);
	if (n < 0x80) {
		write_u8(w, (uint8_t)n);
	} else if (n <= 0xff) {
		write_u8(w, 0x81);
		write_u8(w, (uint8_t)n);
	} else {
		write_u8(w, 0x82);
		write_be16(w, (uint16_t)n);
	}
}

static void
put_der_uint(struct writer *w, struct bytes v)
{
	bool sign = v.p[0] >= 0x80;

	put_der_head(w, 0x02, v.n + sign);
	if (sign)
		write_u8(w, 0);
	write_bytes(w, v);
}

enum status
key_from_rsa(struct bytes modulus, uint32_t exponent, struct public_key *out)
{
	uint8_t e[4], body[KEY_DER_MAX];
	struct writer we = writer_of(e, sizeof(e));
	struct writer inner = writer_of(body, sizeof(body));
	struct writer w = writer_of(out->der, sizeof(out->der));
	struct bytes ev;

	*out = (struct public_key){.type = KEY_RSA};
	/* 2048 to 4096 bits in whole bytes, top bit set, odd exponent > 3. */
	if (modulus.n < 256 || modulus.n > RSA_BYTES_MAX ||
	    modulus.p[0] < 0x80 || exponent < 5 || exponent % 2 == 0)
		return PUBLIC_UNSUPPORTED;
	write_be32(&we, exponent);
	ev = writer_view(&we);
	while (ev.p[0] == 0)
		ev = bytes_sub(ev, 1, ev.n - 1);

	/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } (RFC 8017) */
	put_der_uint(&inner, modulus);
	put_der_uint(&inner, ev);
	put_der_head(&w, 0x30, inner.n);
	write_bytes(&w, writer_view(&inner));
	if (inner.failed || w.failed)
		return PUBLIC_UNSUPPORTED;
	out->bits = (unsigned)modulus.n * 8;
	out->der_len = w.n;
	return try_key(out);
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
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		const struct curve *cv = &curves[i];
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

/* r and s in [1, order - 1] (FIPS 186-5, 6.4.2 step 1). */
static bool
in_range(const struct curve *cv, struct bytes v)
{
	return !bytes_is_zero(v) && bytes_cmp(v, cv->order) < 0;
}

/* Length and range for this kind of signature. */
static enum status
check_form(
    const struct public_key *key, enum sig_scheme scheme, struct bytes sig)
{
	const struct curve *cv = curve_of(key->type);

	if ((key->type == KEY_RSA) == (scheme == SIG_ECDSA))
		return SIGNATURE_SCHEME;
	if (scheme != SIG_ECDSA)
		return sig.n == key->bits / 8 ? OK : SIGNATURE_LENGTH;
	if (sig.n != 2 * cv->field)
		return SIGNATURE_LENGTH;
	return in_range(cv, bytes_sub(sig, 0, cv->field)) &&
		in_range(cv, bytes_sub(sig, cv->field, cv->field))
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

	put_der_uint(&inner, shortest(bytes_sub(sig, 0, half)));
	put_der_uint(&inner, shortest(bytes_sub(sig, half, half)));
	put_der_head(&w, 0x30, inner.n);
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
	size_t row = hash_row(alg);
	mbedtls_pk_context pk;
	enum status st;
	bool good;

	/* Signatures rest on SHA-256 or better. */
	if (row == HASHES || alg == HASH_SHA1 ||
	    digest.n != hashes[row].size)
		return SIGNATURE_HASH;
	if ((st = check_form(key, scheme, sig)) != OK)
		return st;
	if ((st = import(key, &pk)) == OK) {
		good = scheme == SIG_ECDSA
		    ? verify_ecdsa(&pk, hashes[row].md, digest, sig)
		    : verify_rsa(&pk, scheme, hashes[row].md, digest, sig);
		st = good ? OK : SIGNATURE_INVALID;
	}
	mbedtls_pk_free(&pk);
	return st;
}

enum status
random_bytes(uint8_t *out, size_t n)
{
	return psa_generate_random(out, n) == PSA_SUCCESS ? OK : CRYPTO_FAILED;
}
