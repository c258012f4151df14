/* SPDX-License-Identifier: Apache-2.0 */
/* Who signed a platform certificate, and what was taken back since. */
#ifndef ASSAY_PLATFORM_SIGNER_H
#define ASSAY_PLATFORM_SIGNER_H

#include "chain.h"
#include "platform_cert.h"

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
 * Was CERT revoked at TIME, say lists and responses FROM its SIGNER?  FOUND when one
 * of them answers for it.  An issuer of certificates for keys, which numbers
 * both alike, may leave attribute certificates out of its lists (RFC 5755,
 * 4.5): then only that it was revoked counts.  NOTE has room for CHAIN_NOTE.
 * PLATFORM_REVOKED, or as revocation_find.
 */
enum status platcert_find_revocation(const struct platform_cert *cert,
    const struct platform_signer *signer, const struct anchors *from,
    const int64_t *time, bool *found, char *note);

/*
 * Was the SIGNER revoked, if LINKS have who issued its certificate?  A
 * list that bears that name and cannot be verified counts against it.  As
 * revocation_find.
 */
enum status platcert_signer_revocation(const struct platform_signer *signer,
    struct bytes links, const struct anchors *from, const int64_t *time,
    bool *found, char *note);

#endif
