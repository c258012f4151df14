/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto_mbedtls.h"

mbedtls_md_type_t
hash_md(enum hash alg)
{
	switch (alg) {
	case HASH_SHA1:
		return MBEDTLS_MD_SHA1;
	case HASH_SHA256:
		return MBEDTLS_MD_SHA256;
	case HASH_SHA384:
		return MBEDTLS_MD_SHA384;
	case HASH_SHA512:
		return MBEDTLS_MD_SHA512;
	case HASH_NONE:
		break;
	}
	return MBEDTLS_MD_NONE;
}

enum status
hmac_parts(enum hash alg, struct bytes key, const struct bytes *parts,
    size_t count, struct digest *out)
{
	const mbedtls_md_info_t *info = mbedtls_md_info_from_type(hash_md(alg));
	mbedtls_md_context_t ctx;
	enum status st = CRYPTO_FAILED;
	int rc;

	out->n = 0;
	mbedtls_md_init(&ctx);
	if (info == NULL || mbedtls_md_setup(&ctx, info, 1) != 0)
		goto out;
	rc = mbedtls_md_hmac_starts(&ctx, key.p, key.n);
	for (size_t i = 0; i < count && rc == 0; i++)
		if (parts[i].n > 0)
			rc = mbedtls_md_hmac_update(
			    &ctx, parts[i].p, parts[i].n);
	if (rc != 0 || mbedtls_md_hmac_finish(&ctx, out->b) != 0)
		goto out;
	out->n = hash_size(alg);
	st = OK;
out:
	mbedtls_md_free(&ctx);
	return st;
}
