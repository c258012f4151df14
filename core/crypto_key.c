/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for mbedTLS; a public key from a point, as a TPM gives it. */
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

enum status
key_try(const struct public_key *key)
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
	return key_try(out);
}
