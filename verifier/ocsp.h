/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSP responses (RFC 6960) as files: no request, no network, so no nonce is
 * looked at.
 */
#ifndef ASSAY_OCSP_H
#define ASSAY_OCSP_H

#include "chain_parse.h"
#include "signed.h"

enum { OCSP_FILE_MAX = 64 << 10, OCSP_CERTS_MAX = 8 };

/* A BasicOCSPResponse (4.2.1).  All views borrow from the input. */
struct ocsp {
	struct signed_der whole;
	bool by_key;            /* else by name */
	struct bytes responder; /* SHA-1 of its key, or its Name */
	struct bytes answers;   /* SingleResponses, one after the other */
	struct bytes certs;     /* Certificates, likewise */
};

/*
 * Parse a response strictly, every answer and extension in it, as DER.
 * OCSP_MALFORMED, OCSP_UNSUCCESSFUL, OCSP_UNSUPPORTED, OCSP_EXTENSION.
 */
enum status ocsp_parse(struct bytes der, struct ocsp *out);

enum ocsp_state { OCSP_STATE_GOOD, OCSP_STATE_REVOKED, OCSP_STATE_UNKNOWN };

/* What is said of one certificate. */
struct ocsp_answer {
	enum ocsp_state state;
	int64_t this_update; /* seconds since 1970 */
	int64_t next_update; /* when HAS_NEXT */
	bool has_next;
	int64_t revoked_at; /* when revoked */
	const char *reason; /* "keyCompromise" (RFC 5280, 5.3.1), or NULL */
};

/*
 * Find what it says of CRT, issued by ISSUER: by the hashes of the issuer's
 * name and key, which SHA-1 may have made, and the serial number.  *FOUND is
 * false when it says nothing.  OCSP_DUPLICATE, CRYPTO_FAILED.
 */
enum status ocsp_find(const struct ocsp *in, const mbedtls_x509_crt *crt,
    const mbedtls_x509_crt *issuer, struct ocsp_answer *out, bool *found);

/* Who signed a response. */
struct ocsp_signer {
	int64_t from, until; /* its certificate's validity, if it has one */
	struct bytes ask;    /* that certificate, when it may be revoked, too */
};

/*
 * Is it signed by ISSUER, or by a responder to whom it gave a certificate
 * for that (4.2.2.2), valid at TIME unless that is NULL?  A certificate
 * without id-pkix-ocsp-nocheck may itself have been revoked (4.2.2.2.1).
 * OCSP_RESPONDER, OCSP_DELEGATION, OCSP_ALGORITHM, OCSP_SIGNATURE.
 */
enum status ocsp_verify(const struct ocsp *in, const mbedtls_x509_crt *issuer,
    const int64_t *time, struct curves *curves, struct ocsp_signer *out);

#endif
