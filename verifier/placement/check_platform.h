/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECK_PLATFORM_H
#define ASSAY_CHECK_PLATFORM_H

#include "context.h"
#include "platform_cert.h"
#include "verdict.h"

/* What is shown of a machine; EK and ISSUERS without a pointer: not given. */
struct platform_shown {
	struct bytes cert;    /* DER or PEM */
	struct bytes ek;      /* DER, padded or not, or PEM */
	struct bytes issuers; /* who signed CERT and links above, DER or PEM */
};

/*
 * A platform certificate: reasons at "platform", "ek" and "issuer", facts,
 * and what was not checked.  NULL only without memory.
 */
struct assay_result *check_platform(
    const struct assay *ctx, const struct platform_shown *in);

/* Put what the certificate says into DATA. */
void platcert_describe(const struct platform_cert *cert, json_t *data);

enum { ISSUER_MAX = 8 << 10 };

/* Who signed. */
struct platform_signer {
	uint8_t der[ISSUER_MAX];
	size_t len;
	char subject[SUBJECT_MAX];
	int64_t not_before, not_after;
	bool authority; /* it may issue certificates of keys, too */
};

/*
 * Which of the certificates in ISSUERS signed CERT?  Its name is that of the
 * issuer and its key usage, when it has one, allows signatures (RFC 5755,
 * 4.5).  PLATFORM_ISSUER, PLATFORM_ISSUER_USAGE, PLATFORM_ALGORITHM,
 * PLATFORM_SIGNATURE, CHAIN_MALFORMED, NO_MEMORY, CRYPTO_FAILED.
 */
enum status platcert_find_signer(const struct platform_cert *cert,
    struct bytes issuers, struct curves *curves, struct platform_signer *out);

/*
 * Was CERT revoked, as lists and responses of its SIGNER say?  FOUND when one
 * of them answers for it.  An issuer of certificates for keys, which numbers
 * both alike, may leave attribute certificates out of its lists (RFC 5755,
 * 4.5): then only that it was revoked counts.  NOTE has room for CHAIN_NOTE.
 * PLATFORM_REVOKED, or as revocation_find.
 */
enum status platcert_find_revocation(const struct platform_cert *cert,
    const struct platform_signer *signer, const struct assay *ctx,
    bool *found, char *note);

#endif
