/* SPDX-License-Identifier: Apache-2.0 */
/* Private to chain.c: the way from a leaf to an anchor. */
#ifndef ASSAY_CHAIN_PATH_H
#define ASSAY_CHAIN_PATH_H

#include "chain_parse.h"
#include "curves.h"

enum { SPKI_DIGEST = 32, FINGERPRINTS_MAX = 16 };

/* Whom a set of anchors trusts. */
struct trust {
	mbedtls_x509_crt list; /* certificates that the caller gave */
	bool any;
	uint8_t spki[FINGERPRINTS_MAX][SPKI_DIGEST]; /* of known roots */
	size_t spki_count;
};

/* Each certificate, leaf first, and after it the one that signed it. */
struct chain_path {
	const mbedtls_x509_crt *cert[CHAIN_MAX + 1];
	size_t count; /* the last is an anchor */
	size_t own;   /* how many of them came with the chain */
};

/*
 * Follow CRT, each certificate signed by the next, to the first that is an
 * anchor or signed by one (RFC 5280, 6.1: names, signatures with SHA-256 or
 * better by keys on P-256 or P-384, version, basicConstraints with path
 * length, keyUsage; neither validity nor revocation).  What comes behind the
 * anchor does not count.  The signature of an anchor over itself proves
 * nothing and is not looked at.  CHAIN_UNTRUSTED.
 */
enum status chain_path_find(const struct trust *trust,
    const mbedtls_x509_crt *crt, struct curves *curves,
    struct chain_path *out);

/*
 * Is CRT signed by ISSUER, whose name it gives and whose key is KEY?
 * CHAIN_UNTRUSTED when it gives another, else as signed_verify.
 */
enum status chain_signed_by(const mbedtls_x509_crt *crt,
    const mbedtls_x509_crt *issuer, const struct public_key *key,
    struct curves *curves);

#endif
