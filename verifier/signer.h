/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing with a private P-384 key in PEM, as assay_key makes it.
 */
#ifndef ASSAY_SIGNER_H
#define ASSAY_SIGNER_H

#include "crypto.h"

enum { SIGNER_SIGNATURE = 96, SIGNER_SPKI = 120, SIGNER_PUBLIC_PEM = 320 };

/*
 * ES384: sign DIGEST, SHA-384; r and s at field width.  KEY_MALFORMED,
 * CRYPTO_FAILED.
 */
enum status signer_sign(const char *key_pem, const struct digest *digest,
    uint8_t sig[SIGNER_SIGNATURE]);

/* The public half as SubjectPublicKeyInfo, DER (RFC 5480). */
enum status signer_spki(const char *key_pem, uint8_t der[SIGNER_SPKI]);

/* The public half as PEM "PUBLIC KEY" (RFC 5480) with a NUL. */
enum status signer_public(const char *key_pem, char pem[SIGNER_PUBLIC_PEM]);

#endif
