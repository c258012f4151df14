/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests and random numbers: what programs that verify nothing need of
 * cryptography.  The rest is in crypto.h.
 *
 * What goes to PSA directly is not thread-safe with mbedTLS 2.28, whose key
 * slots race: one thread.
 */
#ifndef ASSAY_HASH_H
#define ASSAY_HASH_H

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

/* Cryptographic random bytes. */
enum status random_bytes(uint8_t *out, size_t n);

#endif
