/* SPDX-License-Identifier: Apache-2.0 */
#include "forge_key.h"

#include <string.h>

#include <mbedtls/version.h>

enum { FIELD = 32, POINT = 1 + 2 * FIELD, RSA_MAX = 256 };

/* The order of P-256 (SEC 2, 2.4.2). */
static const uint8_t order[FIELD] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25,
    0x51};

static int
from_psa(void *unused, unsigned char *out, size_t n)
{
	(void)unused;
	return random_bytes(out, n) == OK ? 0 : -1;
}

static bool
make_p256(struct forge_key *key)
{
	psa_key_attributes_t at = PSA_KEY_ATTRIBUTES_INIT;

	psa_set_key_type(
	    &at, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&at, 256);
	psa_set_key_usage_flags(&at, PSA_KEY_USAGE_SIGN_HASH);
	psa_set_key_algorithm(&at, PSA_ALG_ECDSA(PSA_ALG_ANY_HASH));
	return psa_generate_key(&at, &key->id) == PSA_SUCCESS;
}

bool
forge_key_make(struct forge_key *key, enum forge_kind kind)
{
	unsigned bits = kind == FORGE_RSA1024 ? 1024 : 2048;

	*key = (struct forge_key){.kind = kind};
#if MBEDTLS_VERSION_MAJOR >= 3
	mbedtls_rsa_init(&key->rsa);
#else
	mbedtls_rsa_init(&key->rsa, MBEDTLS_RSA_PKCS_V15, 0);
#endif
	if (kind == FORGE_P256)
		return make_p256(key);
	return mbedtls_rsa_gen_key(&key->rsa, from_psa, NULL, bits,
		   kind == FORGE_RSA_E3 ? 3 : 65537) == 0;
}

void
forge_key_free(struct forge_key *key)
{
	psa_destroy_key(key->id);
	mbedtls_rsa_free(&key->rsa);
}

static size_t
rsa_size(const struct forge_key *key)
{
	return mbedtls_rsa_get_len(&key->rsa);
}

/* The modulus, and the point as 04 X Y. */
static struct bytes
modulus(const struct forge_key *key, uint8_t out[RSA_MAX])
{
	size_t n = rsa_size(key);
	bool got = mbedtls_rsa_export_raw(&key->rsa, out, n, NULL, 0, NULL, 0,
		       NULL, 0, NULL, 0) == 0;

	return bytes_view(out, got ? n : 0);
}

static struct bytes
point(const struct forge_key *key, uint8_t out[POINT])
{
	size_t n = 0;

	if (psa_export_public_key(key->id, out, POINT, &n) != PSA_SUCCESS)
		n = 0;
	return bytes_view(out, n);
}

static void
put_2b(struct writer *w, struct bytes b)
{
	write_be16(w, (uint16_t)b.n);
	write_bytes(w, b);
}

/* TPMT_SYM_DEF_OBJECT and the scheme of a key (11.1.7, 11.2.4.3). */
static void
put_parameters(struct writer *w, const struct forge_template *t)
{
	enum { ALG_NULL = 0x0010, ALG_AES = 0x0006, MODE_CFB = 0x0043 };
	bool parent = (t->attributes & TPMA_DECRYPT) != 0 &&
	    t->scheme == ALG_NULL;

	write_be16(w, parent ? ALG_AES : ALG_NULL);
	if (parent) {
		write_be16(w, 128);
		write_be16(w, MODE_CFB);
	}
	write_be16(w, (uint16_t)t->scheme);
	if (t->scheme != ALG_NULL)
		write_be16(w, (uint16_t)t->scheme_hash);
}

void
forge_key_area(const struct forge_key *key, const struct forge_template *t,
    struct writer *w)
{
	enum { ALG_RSA = 0x0001, ALG_ECC = 0x0023, P256 = 3, NO_KDF = 0x0010 };
	bool ecc = key->kind == FORGE_P256;
	uint8_t xy[POINT], n[RSA_MAX];
	struct bytes p;

	write_be16(w, ecc ? ALG_ECC : ALG_RSA);
	write_be16(w, (uint16_t)t->name_alg);
	write_be32(w, (uint32_t)t->attributes);
	write_be16(w, 0); /* authPolicy */
	put_parameters(w, t);
	if (ecc) {
		p = point(key, xy);
		write_be16(w, P256);
		write_be16(w, NO_KDF);
		put_2b(w, bytes_sub(p, 1, FIELD));
		put_2b(w, bytes_sub(p, 1 + FIELD, FIELD));
		return;
	}
	write_be16(w, (uint16_t)(8 * rsa_size(key)));
	write_be32(w, key->kind == FORGE_RSA_E3 ? 3 : 0);
	put_2b(w, modulus(key, n));
}

/* DER: one head, for a body of N bytes. */
static void
put_head(struct writer *w, uint8_t tag, size_t n)
{
	write_u8(w, tag);
	if (n > 0xff) {
		write_u8(w, 0x82);
		write_be16(w, (uint16_t)n);
		return;
	}
	if (n > 0x7f)
		write_u8(w, 0x81);
	write_u8(w, (uint8_t)n);
}

void
forge_key_spki(const struct forge_key *key, struct writer *w)
{
	/* id-ecPublicKey, prime256v1; rsaEncryption (RFC 5480, RFC 8017) */
	static const uint8_t ec[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a,
	    0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
	    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
	static const uint8_t rsa[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
	    0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	static const uint8_t f4[] = {0x02, 0x03, 0x01, 0x00, 0x01};
	static const uint8_t three[] = {0x02, 0x01, 0x03};
	struct bytes e = key->kind == FORGE_RSA_E3 ? BYTES_OF(three)
						   : BYTES_OF(f4);
	uint8_t buf[RSA_MAX];
	uint8_t inner_bytes[320];
	struct writer inner = writer_of(inner_bytes, sizeof(inner_bytes));
	struct bytes n;

	if (key->kind == FORGE_P256) {
		write_bytes(w, BYTES_OF(ec));
		write_bytes(w, point(key, buf));
		return;
	}
	/* RSAPublicKey; the top bit of a modulus is set, hence the zero. */
	n = modulus(key, buf);
	put_head(&inner, 0x02, n.n + 1);
	write_u8(&inner, 0);
	write_bytes(&inner, n);
	write_bytes(&inner, e);

	put_head(w, 0x30, sizeof(rsa) + 4 + 1 + 4 + inner.n);
	write_bytes(w, BYTES_OF(rsa));
	put_head(w, 0x03, 1 + 4 + inner.n);
	write_u8(w, 0);
	put_head(w, 0x30, inner.n);
	write_bytes(w, writer_view(&inner));
}

/* EMSA-PKCS1-v1_5 (RFC 8017, 9.2), right or with what Bleichenbacher put. */
static size_t
rsa_block(struct forge_key *key, struct bytes digest, bool garbage,
    uint8_t out[RSA_MAX])
{
	static const uint8_t sha256[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09,
	    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
	    0x04, 0x20};
	size_t n = rsa_size(key);
	size_t pad = garbage ? 8 : n - 3 - sizeof(sha256) - digest.n;
	uint8_t block[RSA_MAX];
	struct writer w = writer_of(block, n);

	write_be16(&w, 0x0001);
	while (pad-- > 0)
		write_u8(&w, 0xff);
	write_u8(&w, 0);
	write_bytes(&w, BYTES_OF(sha256));
	write_bytes(&w, digest);
	while (w.n < n)
		write_u8(&w, 0x5a);
	return mbedtls_rsa_private(&key->rsa, from_psa, NULL, block, out) == 0
	    ? n
	    : 0;
}

/* S = order - S */
static void
negate(uint8_t s[FIELD])
{
	unsigned borrow = 0;

	for (size_t i = FIELD; i-- > 0;) {
		unsigned v = 0x100u + order[i] - s[i] - borrow;

		s[i] = (uint8_t)v;
		borrow = v < 0x100;
	}
}

/* INTEGER of a DER signature: as short as it can be, or one zero longer. */
static void
put_integer(struct writer *w, const uint8_t v[FIELD], bool zeros)
{
	struct bytes b = bytes_view(v, FIELD);
	size_t extra;

	while (b.n > 1 && b.p[0] == 0)
		b = bytes_sub(b, 1, b.n - 1);
	extra = (b.p[0] >> 7) + (zeros ? 1u : 0u);
	put_head(w, 0x02, b.n + extra);
	while (extra-- > 0)
		write_u8(w, 0);
	write_bytes(w, b);
}

static void
put_der(struct writer *w, const uint8_t sig[2 * FIELD], enum forge_shape shape)
{
	uint8_t body[80];
	struct writer inner = writer_of(body, sizeof(body));

	put_integer(&inner, sig, shape == FORM_DER_ZEROS);
	put_integer(&inner, sig + FIELD, shape == FORM_DER_ZEROS);
	put_head(w, 0x30, inner.n);
	write_bytes(w, writer_view(&inner));
	if (shape == FORM_DER_TRAILING)
		write_u8(w, 0);
}

/* Spoil R and S, 32 bytes each. */
static void
bend(uint8_t *r, uint8_t *s, enum forge_shape shape)
{
	if (shape == FORM_R_ZERO)
		memset(r, 0, FIELD);
	else if (shape == FORM_S_ZERO)
		memset(s, 0, FIELD);
	else if (shape == FORM_R_ORDER)
		memcpy(r, order, FIELD);
	else if (shape == FORM_S_ORDER)
		memcpy(s, order, FIELD);
	else if (shape == FORM_S_TOP)
		memset(s, 0xff, FIELD);
	else if (shape == FORM_S_NEGATED)
		negate(s);
}

static void
put_ecdsa(struct writer *w, const uint8_t sig[2 * FIELD],
    enum forge_shape shape)
{
	const uint8_t *r = sig, *s = sig + FIELD;

	if (shape == FORM_ONE_PART) {
		put_2b(w, bytes_view(r, (size_t)2 * FIELD));
		return;
	}
	write_be16(w, shape == FORM_R_EMPTY ? 0
		: shape == FORM_R_WIDE      ? FIELD + 1
					    : FIELD);
	if (shape == FORM_R_WIDE)
		write_u8(w, 1);
	if (shape != FORM_R_EMPTY)
		write_bytes(w, bytes_view(r, FIELD));
	put_2b(w, bytes_view(s, FIELD));
}

static void
put_rsa(struct writer *w, const uint8_t *sig, size_t n, enum forge_shape shape)
{
	if (shape == FORM_RSA_SHORT)
		n--;
	write_be16(w, (uint16_t)(n + (shape == FORM_RSA_LONG)));
	if (shape == FORM_RSA_LONG)
		write_u8(w, 0);
	write_bytes(w, bytes_view(sig, n));
}

/* The bare signature: r and s, or an RSA block. */
static size_t
sign(struct forge_key *key, enum hash alg, struct bytes message,
    enum forge_shape shape, uint8_t out[RSA_MAX])
{
	psa_algorithm_t md = alg == HASH_SHA384 ? PSA_ALG_SHA_384
	    : alg == HASH_SHA1			? PSA_ALG_SHA_1
						: PSA_ALG_SHA_256;
	struct digest d;
	size_t n = 0;

	if (hash_one(alg, message, &d) != OK)
		return 0;
	if (key->kind != FORGE_P256)
		return rsa_block(
		    key, digest_view(&d), shape == FORM_RSA_GARBAGE, out);
	if (psa_sign_hash(key->id, PSA_ALG_ECDSA(md), d.b, d.n, out, RSA_MAX,
		&n) != PSA_SUCCESS)
		return 0;
	bend(out, out + FIELD, shape);
	return n;
}

void
forge_key_sign(struct forge_key *key, enum hash alg, struct bytes message,
    const struct forge_form *form, struct writer *w)
{
	uint8_t sig[RSA_MAX];
	size_t n = sign(key, alg, message, form->shape, sig);

	if (n == 0)
		w->failed = true;
	if (form->shape == FORM_RAW) {
		write_bytes(w, bytes_view(sig, n));
		return;
	}
	if (form->shape == FORM_DER || form->shape == FORM_DER_ZEROS ||
	    form->shape == FORM_DER_TRAILING) {
		put_der(w, sig, form->shape);
		return;
	}

	/* TPMT_SIGNATURE (11.3.4) */
	write_be16(w, form->alg);
	write_be16(w, form->hash);
	if (key->kind == FORGE_P256)
		put_ecdsa(w, sig, form->shape);
	else
		put_rsa(w, sig, n, form->shape);
	if (form->shape == FORM_CUT)
		w->n--;
	if (form->shape == FORM_TRAILING)
		write_u8(w, 0);
}
