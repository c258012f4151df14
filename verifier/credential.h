/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPM2_MakeCredential without a TPM (TPM 2.0 Library, Part 1, 24 and 11.4.10,
 * B.10.4, C.6.4): a secret that only the TPM with the endorsement key can
 * open, and only beside the key of the given name.
 */
#ifndef ASSAY_CREDENTIAL_H
#define ASSAY_CREDENTIAL_H

#include "tpm_attest.h"

enum {
	CREDENTIAL_SECRET = 32,  /* bytes that are wrapped */
	CREDENTIAL_BLOB_MAX = 2 + 2 + HASH_MAX + 2 + CREDENTIAL_SECRET,
	CREDENTIAL_SEED_MAX = 2 + RSA_BYTES_MAX,
};

struct credential {
	uint8_t blob[CREDENTIAL_BLOB_MAX]; /* TPM2B_ID_OBJECT */
	size_t blob_len;
	uint8_t seed[CREDENTIAL_SEED_MAX]; /* TPM2B_ENCRYPTED_SECRET */
	size_t seed_len;
};

/*
 * Wrap SECRET for the TPM that has EK, beside the key named AK_NAME.  EK is
 * RSA or on P-256 or P-384, its name hash SHA-256 or SHA-384, its symmetric
 * cipher AES-CFB of 128 or 256 bits: PUBLIC_UNSUPPORTED otherwise.
 */
enum status credential_make(const struct tpm_public *ek, struct bytes ak_name,
    const uint8_t secret[CREDENTIAL_SECRET], struct credential *out);

/*
 * The key derivations of Part 1, 11.4.10.2 and 11.4.10.3: BITS, a multiple
 * of eight, into OUT.  LABEL is hashed with its NUL.
 */
enum status credential_kdfa(enum hash alg, struct bytes key,
    const char *label, struct bytes u, struct bytes v, unsigned bits,
    uint8_t *out);
enum status credential_kdfe(enum hash alg, struct bytes z, const char *label,
    struct bytes u, struct bytes v, unsigned bits, uint8_t *out);

#endif
