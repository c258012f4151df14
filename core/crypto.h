/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one boundary to a cryptographic library: hash, verify, parse a key.
 * Two back ends are foreseen; this one is crypto_mbedtls.c with what
 * crypto_mbedtls.h lists.
 *
 * What goes to PSA directly is not thread-safe with mbedTLS 2.28, whose key
 * slots race: one thread.
 */
#ifndef ASSAY_CRYPTO_H
#define ASSAY_CRYPTO_H

#include "bytes.h"
#include "status.h"

/* TCG algorithm identifiers (TCG Algorithm Registry, TPM_ALG_ID). */
enum hash {
	HASH_NONE = 0,
	HASH_SHA1 = 0x0004, /* old PCR banks and logs only, never signatures */
	HASH_SHA256 = 0x000b,
	HASH_SHA384 = 0x000c,
	HASH_SHA512 = 0x000d, /* PCR banks, logs and the TEE nonce only */
};

enum { HASH_MAX = 64 };

/* Bytes of a digest; 0 for an algorithm not listed above. */
size_t hash_size(enum hash alg);

/* The name used by tools, "sha256", and back; HASH_NONE when unknown. */
const char *hash_name(enum hash alg);
enum hash hash_from_name(struct bytes name);

/* A digest and its length. */
struct digest {
	uint8_t b[HASH_MAX];
	size_t n;
};

struct bytes digest_view(const struct digest *d);

/*
 * Make the library ready; call one of them before anything below.  The first
 * gathers entropy, for random numbers and for what goes to PSA directly; to
 * hash and verify the second suffices.
 */
enum status crypto_init(void);
enum status crypto_init_verify(void);

/* Digest of the concatenation of COUNT parts. */
enum status hash_parts(enum hash alg, const struct bytes *parts, size_t count,
    struct digest *out);
enum status hash_one(enum hash alg, struct bytes data, struct digest *out);
/* HMAC (RFC 2104) of the concatenation under KEY. */
enum status hmac_parts(enum hash alg, struct bytes key,
    const struct bytes *parts, size_t count, struct digest *out);

/* A public key that can verify. */
enum key_type { KEY_P256, KEY_P384, KEY_RSA };

enum { RSA_BYTES_MAX = 512, KEY_DER_MAX = 550 };

struct public_key {
	enum key_type type;
	unsigned bits;               /* of the field or the modulus */
	uint8_t der[KEY_DER_MAX]; /* EC: 04 X Y; RSA: RSAPublicKey (PKCS#1) */
	size_t der_len;
};

enum sig_scheme { SIG_ECDSA, SIG_RSASSA, SIG_RSAPSS };

/*
 * Make OUT from the two coordinates of a point, each left-padded by us to
 * the field size, or from an RSA modulus (2048 to 4096 bits) and exponent.
 * PUBLIC_UNSUPPORTED when the sizes are not supported.
 */
enum status key_from_point(enum key_type type, struct bytes x, struct bytes y,
    struct public_key *out);
enum status key_from_rsa(
    struct bytes modulus, uint32_t exponent, struct public_key *out);

/*
 * Make OUT from SubjectPublicKeyInfo, DER, or from its PEM form ("PUBLIC
 * KEY").  The PEM text needs no NUL.
 */
enum status key_from_spki(struct bytes der, struct public_key *out);
enum status key_from_pem(struct bytes pem, struct public_key *out);

/*
 * Does SIG, r followed by s at field width or an RSA block at modulus width,
 * sign DIGEST made with ALG?  Length and range are checked first and have
 * codes of their own: SIGNATURE_LENGTH, SIGNATURE_RANGE, SIGNATURE_SCHEME,
 * SIGNATURE_INVALID.  RSAPSS accepts any salt length (Part 1, B.7).
 */
enum status verify_digest(const struct public_key *key, enum sig_scheme scheme,
    enum hash alg, struct bytes digest, struct bytes sig);

/* Cryptographic random bytes. */
enum status random_bytes(uint8_t *out, size_t n);

#endif
