/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether certificates were revoked, from files alone: revocation lists
 * (RFC 5280, 5) and OCSP responses (RFC 6960).
 */
#ifndef ASSAY_REVOCATION_H
#define ASSAY_REVOCATION_H

#include "chain_parse.h"
#include "curves.h"

struct revocation;

struct revocation *revocation_new(void); /* NULL without memory */
void revocation_free(struct revocation *r); /* NULL is fine */

/*
 * Add lists, DER or PEM, or one response, DER.  The bytes are copied; whose
 * signature they carry is seen once a certificate is looked up.
 * CRL_MALFORMED; NO_MEMORY or as ocsp_parse.
 */
enum status revocation_add_crl(struct revocation *r, struct bytes crl);
enum status revocation_add_ocsp(struct revocation *r, struct bytes der);

bool revocation_any(const struct revocation *r);

/* What was found about one certificate. */
struct revocation_finding {
	enum revocation_source source;
	int64_t from, until; /* when that holds, seconds since 1970 */
	char note[CHAIN_NOTE]; /* on refusal: which, when, why */
};

/*
 * Look up CRT, which ISSUER signed, in every list and response about it.
 * One answer of TIME that it was not revoked is enough, but any other than
 * that counts, of whatever time.  TIME is NULL when it is not known: then
 * nothing is too old.
 *
 * CHAIN_REVOKED, CHAIN_CRL_INVALID, CHAIN_CRL_EXPIRED, OCSP_UNKNOWN,
 * OCSP_EXPIRED, OCSP_UNBOUNDED, or as ocsp_find and ocsp_verify.
 */
enum status revocation_find(const struct revocation *r,
    const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer,
    const int64_t *time, struct curves *curves,
    struct revocation_finding *out);

#endif
