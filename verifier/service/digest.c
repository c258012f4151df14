/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <psa/crypto.h>

enum status
digest_sha256(const uint8_t *p, size_t len, uint8_t out[SHA256_LEN])
{
	size_t n = 0;

	/* Harmless when the library was made ready before. */
	if (psa_crypto_init() != PSA_SUCCESS ||
	    psa_hash_compute(PSA_ALG_SHA_256, p, len, out, SHA256_LEN, &n) !=
	        PSA_SUCCESS ||
	    n != SHA256_LEN)
		return CRYPTO_FAILED;
	return OK;
}
