/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h over mbedTLS: the intersection of 2.28 LTS and 3.6 LTS.
 *
 * Hashing and verifying go through md and pk, whose contexts are ours alone;
 * keys in slots and random numbers, which want PSA and its entropy, through
 * PSA.  A program that only verifies never waits for entropy.
 */
#include "hash.h"

#include <mbedtls/md.h>
#include <mbedtls/version.h>
#include <psa/crypto.h>

static const struct {
	enum hash alg;
	size_t size;
	mbedtls_md_type_t md;
	const char *name;
} hashes[] = {
    {HASH_SHA1, 20, MBEDTLS_MD_SHA1, "sha1"},
    {HASH_SHA256, 32, MBEDTLS_MD_SHA256, "sha256"},
    {HASH_SHA384, 48, MBEDTLS_MD_SHA384, "sha384"},
    {HASH_SHA512, 64, MBEDTLS_MD_SHA512, "sha512"},
};

enum { HASHES = sizeof(hashes) / sizeof(hashes[0]) };

/* The row of ALG, or HASHES. */
static size_t
hash_row(enum hash alg)
{
	size_t i;

	for (i = 0; i < HASHES && hashes[i].alg != alg; i++)
		;
	return i;
}

size_t
hash_size(enum hash alg)
{
	size_t i = hash_row(alg);

	return i < HASHES ? hashes[i].size : 0;
}

const char *
hash_name(enum hash alg)
{
	size_t i = hash_row(alg);

	return i < HASHES ? hashes[i].name : "unknown";
}

enum hash
hash_from_name(struct bytes name)
{
	for (size_t i = 0; i < HASHES; i++)
		if (bytes_eq(name, bytes_str(hashes[i].name)))
			return hashes[i].alg;
	return HASH_NONE;
}

struct bytes
digest_view(const struct digest *d)
{
	return bytes_view(d->b, d->n);
}

enum status
crypto_init(void)
{
	return psa_crypto_init() == PSA_SUCCESS ? OK : CRYPTO_FAILED;
}

enum status
crypto_init_verify(void)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	/* There md and pk may stand upon PSA. */
	return crypto_init();
#else
	return OK;
#endif
}

enum status
hash_parts(enum hash alg, const struct bytes *parts, size_t count,
    struct digest *out)
{
	size_t row = hash_row(alg);
	const mbedtls_md_info_t *info;
	mbedtls_md_context_t ctx;
	enum status st = CRYPTO_FAILED;
	int rc;

	out->n = 0;
	if (row == HASHES)
		return INTERNAL;
	mbedtls_md_init(&ctx);
	info = mbedtls_md_info_from_type(hashes[row].md);
	if (info == NULL || mbedtls_md_setup(&ctx, info, 0) != 0)
		goto out;
	rc = mbedtls_md_starts(&ctx);
	for (size_t i = 0; i < count && rc == 0; i++)
		if (parts[i].n > 0)
			rc = mbedtls_md_update(&ctx, parts[i].p, parts[i].n);
	if (rc != 0 || mbedtls_md_finish(&ctx, out->b) != 0)
		goto out;
	out->n = hashes[row].size;
	st = OK;
out:
	mbedtls_md_free(&ctx);
	return st;
}

enum status
hash_one(enum hash alg, struct bytes data, struct digest *out)
{
	return hash_parts(alg, &data, 1, out);
}

enum status
random_bytes(uint8_t *out, size_t n)
{
	return psa_generate_random(out, n) == PSA_SUCCESS ? OK : CRYPTO_FAILED;
}
