/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one boundary to a cryptographic library: hash.h, HMAC, keys, verifying.
 * Two back ends are foreseen; this one is hash.c and what crypto_mbedtls.h
 * lists.
 */
#ifndef ASSAY_CRYPTO_H
#define ASSAY_CRYPTO_H

#include "hash.h"

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

#endif
