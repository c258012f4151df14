/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier's own key: P-384, in PEM as SEC 1 "EC PRIVATE KEY"
 * (RFC 5915), and compact JWS with ES384 (RFC 7515, RFC 7518 3.4).  The DER
 * has one layout of fixed length, so it is built and compared, not parsed.
 */
#include "signer.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/pem.h>
#include <mbedtls/version.h>
#include <psa/crypto.h>

#include "crypto.h"

#define PEM_BEGIN "-----BEGIN EC PRIVATE KEY-----\n"
#define PEM_END "-----END EC PRIVATE KEY-----\n"

enum { SCALAR = 48, POINT = 97, KEY_DER = 167, SIGNATURE = 96 };

/* ECPrivateKey ::= { 1, scalar, [0] secp384r1, [1] point } (RFC 5915, 3). */
static const uint8_t der_head[] = {0x30, 0x81, 0xa4, 0x02, 0x01, 0x01, 0x04,
    0x30};
static const uint8_t der_middle[] = {0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81, 0x04,
    0x00, 0x22, 0xa1, 0x64, 0x03, 0x62, 0x00};

static psa_key_attributes_t
attributes(void)
{
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;

	psa_set_key_type(
	    &at, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&at, 384);
	psa_set_key_algorithm(
	    &at, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_384));
	psa_set_key_usage_flags(
	    &at, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_EXPORT);
	return at;
}

/* Put the key with this identifier into its DER form. */
static bool
key_to_der(psa_key_id_t id, uint8_t der[KEY_DER])
{
	struct writer w = writer_of(der, KEY_DER);
	uint8_t *scalar, *point;
	size_t n = 0, m = 0;

	write_bytes(&w, BYTES_OF(der_head));
	scalar = write_space(&w, SCALAR);
	write_bytes(&w, BYTES_OF(der_middle));
	point = write_space(&w, POINT);
	return !w.failed && w.n == KEY_DER &&
	    psa_export_key(id, scalar, SCALAR, &n) == PSA_SUCCESS &&
	    psa_export_public_key(id, point, POINT, &m) == PSA_SUCCESS &&
	    n == SCALAR && m == POINT;
}

/* Import the key in PEM; false unless it is exactly what we would write. */
static bool
key_from_text(const char *pem, psa_key_id_t *id, uint8_t point[POINT])
{
	psa_key_attributes_t at = attributes();
	mbedtls_pem_context ctx;
	uint8_t again[KEY_DER];
	bool ok = false;
	size_t used = 0, n = 0;
	const unsigned char *der;

	*id = 0;
	mbedtls_pem_init(&ctx);
	if (mbedtls_pem_read_buffer(&ctx, "-----BEGIN EC PRIVATE KEY-----",
		"-----END EC PRIVATE KEY-----", (const unsigned char *)pem,
		NULL, 0, &used) != 0)
		goto out;
#if MBEDTLS_VERSION_MAJOR >= 3
	der = mbedtls_pem_get_buffer(&ctx, &n);
#else
	der = ctx.buf;
	n = ctx.buflen;
#endif
	if (n != KEY_DER || psa_import_key(&at, der + sizeof(der_head), SCALAR,
				id) != PSA_SUCCESS)
		goto out;
	if (!key_to_der(*id, again) || memcmp(again, der, KEY_DER) != 0)
		goto out;
	memcpy(point, der + KEY_DER - POINT, POINT);
	ok = true;
out:
	mbedtls_pem_free(&ctx);
	explicit_bzero(again, sizeof(again));
	if (!ok) {
		psa_destroy_key(*id);
		*id = 0;
	}
	return ok;
}

static long
generate(char *pem, size_t cap)
{
	psa_key_attributes_t at = attributes();
	uint8_t der[KEY_DER];
	psa_key_id_t id = 0;
	long n = -1;
	size_t used = 0;

	if (crypto_init() != OK || psa_generate_key(&at, &id) != PSA_SUCCESS)
		return -1;
	if (key_to_der(id, der)) {
		mbedtls_pem_write_buffer(
		    PEM_BEGIN, PEM_END, der, sizeof(der), NULL, 0, &used);
		n = (long)used - 1;
		if (used <= cap && mbedtls_pem_write_buffer(PEM_BEGIN, PEM_END,
				       der, sizeof(der), (unsigned char *)pem,
				       cap, &used) != 0)
			n = -1;
	}
	explicit_bzero(der, sizeof(der));
	psa_destroy_key(id);
	return n;
}

/* The members of the JWK in the order of RFC 7638, and its thumbprint. */
static bool
make_jwk(const uint8_t point[POINT], char jwk[256], char kid[48])
{
	char x[72], y[72];
	struct digest d;

	bytes_to_base64url(bytes_view(point + 1, SCALAR), x, sizeof(x));
	bytes_to_base64url(
	    bytes_view(point + 1 + SCALAR, SCALAR), y, sizeof(y));
	snprintf(jwk, 256,
	    "{\"crv\":\"P-384\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x,
	    y);
	return hash_one(HASH_SHA256, bytes_str(jwk), &d) == OK &&
	    bytes_to_base64url(digest_view(&d), kid, 48) > 0;
}

static long
public_jwk(const char *key_pem, char *jwk, size_t cap)
{
	char thin[256], kid[48];
	uint8_t point[POINT];
	psa_key_id_t id;
	int n;

	if (crypto_init() != OK || !key_from_text(key_pem, &id, point))
		return -1;
	psa_destroy_key(id);
	if (!make_jwk(point, thin, kid))
		return -1;

	/* The thumbprint's members first, then what only describes. */
	n = snprintf(jwk, cap,
	    "%.*s,\"alg\":\"ES384\",\"use\":\"sig\",\"kid\":\"%s\"}",
	    (int)strlen(thin) - 1, thin, kid);
	return n;
}

long
signer_jws(const char *key_pem, const char *payload, size_t len, char *out,
    size_t cap)
{
	char jwk[256], kid[48], head[160];
	uint8_t point[POINT], sig[SIGNATURE];
	psa_key_id_t id = 0;
	struct digest d;
	size_t n = 0, need, at;
	long ret = -1;

	if (crypto_init() != OK || !key_from_text(key_pem, &id, point) ||
	    !make_jwk(point, jwk, kid))
		goto out;
	snprintf(head, sizeof(head),
	    "{\"alg\":\"ES384\",\"kid\":\"%s\",\"typ\":\"eat+jwt\"}", kid);

	/* base64url(head) "." base64url(payload) "." base64url(signature) */
	need = (strlen(head) * 4 + 2) / 3 + 1 + (len * 4 + 2) / 3 + 1 +
	    SIGNATURE * 4 / 3;
	ret = (long)need;
	if (need >= cap)
		goto out;
	at = (size_t)bytes_to_base64url(bytes_str(head), out, cap);
	out[at++] = '.';
	at += (size_t)bytes_to_base64url(
	    bytes_view(payload, len), out + at, cap - at);

	ret = -1;
	if (hash_one(HASH_SHA384, bytes_view(out, at), &d) != OK ||
	    psa_sign_hash(id, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_384),
		d.b, d.n, sig, sizeof(sig), &n) != PSA_SUCCESS ||
	    n != SIGNATURE)
		goto out;
	out[at++] = '.';
	at += (size_t)bytes_to_base64url(BYTES_OF(sig), out + at, cap - at);
	ret = (long)at;
out:
	psa_destroy_key(id);
	return ret;
}

enum status
signer_sign(const char *key_pem, const struct digest *digest,
    uint8_t sig[SIGNER_SIGNATURE])
{
	uint8_t point[POINT];
	psa_key_id_t id = 0;
	size_t n = 0;
	enum status st;

	if ((st = crypto_init()) != OK)
		return st;
	if (!key_from_text(key_pem, &id, point))
		return KEY_MALFORMED;
	st = CRYPTO_FAILED;
	if (psa_sign_hash(id, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_384),
		digest->b, digest->n, sig, SIGNATURE, &n) == PSA_SUCCESS &&
	    n == SIGNATURE)
		st = OK;
	psa_destroy_key(id);
	return st;
}

enum status
signer_spki(const char *key_pem, uint8_t der[SIGNER_SPKI])
{
	/* SubjectPublicKeyInfo before a P-384 point (RFC 5480, 2). */
	static const uint8_t head[SIGNER_SPKI - POINT] = {0x30, 0x76, 0x30,
	    0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
	    0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00};
	psa_key_id_t id = 0;
	enum status st;

	if ((st = crypto_init()) != OK)
		return st;
	memcpy(der, head, sizeof(head));
	if (!key_from_text(key_pem, &id, der + sizeof(head)))
		return KEY_MALFORMED;
	psa_destroy_key(id);
	return OK;
}

enum status
signer_public(const char *key_pem, char pem[SIGNER_PUBLIC_PEM])
{
	uint8_t der[SIGNER_SPKI];
	size_t used = 0;
	enum status st = signer_spki(key_pem, der);

	if (st != OK)
		return st;
	return mbedtls_pem_write_buffer("-----BEGIN PUBLIC KEY-----\n",
		   "-----END PUBLIC KEY-----\n", der, sizeof(der),
		   (unsigned char *)pem, SIGNER_PUBLIC_PEM, &used) == 0
	    ? OK
	    : CRYPTO_FAILED;
}

/* The public half in a form of fixed length. */
static long
public_text(enum assay_key_form form, const char *key_pem, char *out,
    size_t cap)
{
	char text[SIGNER_PUBLIC_PEM];
	uint8_t der[SIGNER_SPKI];
	struct digest d;
	enum status st = signer_spki(key_pem, der);

	if (st == OK && form == ASSAY_KEY_PUBLIC)
		st = signer_public(key_pem, text);
	if (st == OK && form == ASSAY_KEY_FINGERPRINT)
		st = hash_one(HASH_SHA256, BYTES_OF(der), &d);
	if (st == OK && form == ASSAY_KEY_FINGERPRINT)
		bytes_to_hex(digest_view(&d), text);
	return st == OK ? snprintf(out, cap, "%s", text) : -1;
}

long
assay_key(enum assay_key_form form, const char *key_pem, char *out, size_t cap)
{
	switch (form) {
	case ASSAY_KEY_NEW:
		return generate(out, cap);
	case ASSAY_KEY_JWK:
		return public_jwk(key_pem, out, cap);
	case ASSAY_KEY_PUBLIC:
	case ASSAY_KEY_FINGERPRINT:
		return public_text(form, key_pem, out, cap);
	}
	return -1;
}
