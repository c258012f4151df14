/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files that put crypto.h over mbedTLS share, crypto_hmac.c,
 * crypto_key.c, crypto_rsa.c and crypto_verify.c: the library's own names for
 * our algorithms and keys.
 */
#ifndef ASSAY_CRYPTO_MBEDTLS_H
#define ASSAY_CRYPTO_MBEDTLS_H

#include "crypto.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

/* MBEDTLS_MD_NONE for an algorithm not listed in hash.h. */
mbedtls_md_type_t hash_md(enum hash alg);

/*
 * A curve: bits and bytes of its field, and all that stands before a point
 * in SubjectPublicKeyInfo (RFC 5480).
 */
struct curve {
	enum key_type type;
	unsigned bits;
	size_t field;
	struct bytes spki;
};

/* The curve of a key that is not KEY_RSA. */
const struct curve *key_curve(enum key_type type);

/*
 * Give KEY to the library, which checks that the point is on the curve.  The
 * caller frees PK in either case.
 */
enum status key_import(const struct public_key *key, mbedtls_pk_context *pk);

/* Does the library take the key, and is the point on the curve? */
enum status key_try(const struct public_key *key);

/* DER: tag and length; a positive INTEGER from V without leading zeros. */
void der_put_head(struct writer *w, uint8_t tag, size_t n);
void der_put_uint(struct writer *w, struct bytes v);

#endif
