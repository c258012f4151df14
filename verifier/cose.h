/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COSE_Sign1 (RFC 9052, 4.2) with ES256 and ES384 (RFC 9053, 2.1).  What was
 * signed is rebuilt here from its parts; nothing is believed before.
 */
#ifndef ASSAY_COSE_H
#define ASSAY_COSE_H

#include "curves.h"

/* Tag, algorithms and header labels (RFC 9052; IANA, COSE). */
enum {
	COSE_TAG_SIGN1 = 18,
	COSE_ES256 = -7,
	COSE_ES384 = -35,
	COSE_HEADER_ALG = 1,
	COSE_HEADER_CRIT = 2,
	COSE_HEADER_CONTENT_TYPE = 3,
	COSE_HEADER_CWT_CLAIMS = 15, /* RFC 9597 */
	COSE_HEADER_X5CHAIN = 33,    /* RFC 9360 */
};

/* The contents of the byte strings of a COSE_Sign1. */
struct cose_sign1 {
	struct bytes protected_header;
	struct bytes payload;
	struct bytes signature;
};

/* Digest of the Sig_structure without external data (RFC 9052, 4.4). */
enum status cose_digest(
    enum hash alg, const struct cose_sign1 *msg, struct digest *out);

/*
 * Does KEY sign MSG with the algorithm that COSE numbers ALG?
 * REFERENCE_ALGORITHM when the algorithm is another one or does not fit the
 * key, else what curves_verify says.
 */
enum status cose_verify(const struct cose_sign1 *msg, int64_t alg,
    const struct public_key *key, struct curves *curves);

#endif
