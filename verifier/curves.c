/* SPDX-License-Identifier: Apache-2.0 */
#include "curves.h"

#include <stdlib.h>

#include <mbedtls/ecdsa.h>

enum { CURVES = 2 };

struct curves {
	mbedtls_ecp_group group[CURVES]; /* P-256, P-384 */
	bool ready[CURVES];
};

struct curves *
curves_new(void)
{
	return calloc(1, sizeof(struct curves));
}

void
curves_free(struct curves *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < CURVES; i++)
		if (c->ready[i])
			mbedtls_ecp_group_free(&c->group[i]);
	free(c);
}

/* The library fills in its multiples of the base point as it goes. */
static mbedtls_ecp_group *
group_of(struct curves *c, enum key_type type)
{
	size_t i = type == KEY_P256 ? 0 : 1;

	if (!c->ready[i]) {
		mbedtls_ecp_group_init(&c->group[i]);
		if (mbedtls_ecp_group_load(&c->group[i],
			i == 0 ? MBEDTLS_ECP_DP_SECP256R1
			       : MBEDTLS_ECP_DP_SECP384R1) != 0)
			return NULL;
		c->ready[i] = true;
	}
	return &c->group[i];
}

/* r and s in [1, order - 1] (FIPS 186-5, 6.4.2 step 1). */
static bool
in_range(const mbedtls_ecp_group *g, const mbedtls_mpi *v)
{
	return mbedtls_mpi_cmp_int(v, 0) > 0 &&
	    mbedtls_mpi_cmp_mpi(v, &g->N) < 0;
}

static enum status
verify_on(mbedtls_ecp_group *g, const struct public_key *key,
    struct bytes digest, struct bytes sig)
{
	size_t half = sig.n / 2;
	mbedtls_ecp_point q;
	mbedtls_mpi r, s;
	enum status st = CRYPTO_FAILED;

	mbedtls_ecp_point_init(&q);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	if (mbedtls_mpi_read_binary(&r, sig.p, half) != 0 ||
	    mbedtls_mpi_read_binary(&s, sig.p + half, half) != 0)
		goto out;
	st = SIGNATURE_RANGE;
	if (!in_range(g, &r) || !in_range(g, &s))
		goto out;
	st = PUBLIC_UNSUPPORTED;
	if (mbedtls_ecp_point_read_binary(g, &q, key->der, key->der_len) !=
		0 ||
	    mbedtls_ecp_check_pubkey(g, &q) != 0)
		goto out;
	st = mbedtls_ecdsa_verify(g, digest.p, digest.n, &q, &r, &s) == 0
	    ? OK
	    : SIGNATURE_INVALID;
out:
	mbedtls_ecp_point_free(&q);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	return st;
}

enum status
curves_verify(struct curves *c, const struct public_key *key,
    enum sig_scheme scheme, enum hash alg, struct bytes digest,
    struct bytes sig)
{
	mbedtls_ecp_group *g;

	if (c == NULL || key->type == KEY_RSA || scheme != SIG_ECDSA)
		return verify_digest(key, scheme, alg, digest, sig);
	if (alg == HASH_SHA1 || digest.n == 0 || digest.n != hash_size(alg))
		return SIGNATURE_HASH;
	if ((g = group_of(c, key->type)) == NULL)
		return CRYPTO_FAILED;
	if (sig.n != 2 * ((key->bits + 7) / 8))
		return SIGNATURE_LENGTH;
	return verify_on(g, key, digest, sig);
}
