/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys from a point or a modulus, as a TPM gives them. */
#include "crypto_mbedtls.h"

#include <string.h>

/* Field sizes and SPKI headers of the curves (SEC 2, RFC 5480). */
static const uint8_t p256_spki[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
static const uint8_t p384_spki[] = {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00};

static const struct curve curves[] = {
    {KEY_P256, 256, 32, {p256_spki, sizeof(p256_spki)}},
    {KEY_P384, 384, 48, {p384_spki, sizeof(p384_spki)}},
};

const struct curve *
key_curve(enum key_type type)
{
	return type == KEY_P256 ? &curves[0] : &curves[1];
}

enum status
key_import(const struct public_key *key, mbedtls_pk_context *pk)
{
	const struct curve *cv = key_curve(key->type);
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
	enum status st = key_import(key, &pk);

	mbedtls_pk_free(&pk);
	return st;
}

enum status
key_from_point(enum key_type type, struct bytes x, struct bytes y,
    struct public_key *out)
{
	const struct curve *cv = key_curve(type);

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

void
der_put_head(struct writer *w, uint8_t tag, size_t n)
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

void
der_put_uint(struct writer *w, struct bytes v)
{
	/* What would read as negative gets a zero in front. */
	bool sign = v.p[0] >= 0x80;

	der_put_head(w, 0x02, v.n + sign);
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
	der_put_uint(&inner, modulus);
	der_put_uint(&inner, ev);
	der_put_head(&w, 0x30, inner.n);
	write_bytes(&w, writer_view(&inner));
	if (inner.failed || w.failed)
		return PUBLIC_UNSUPPORTED;
	out->bits = (unsigned)modulus.n * 8;
	out->der_len = w.n;
	return try_key(out);
}
