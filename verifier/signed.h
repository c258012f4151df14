/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What certificates, revocation lists and OCSP responses have in common: the
 * form in which they are signed, and extensions.
 */
#ifndef ASSAY_SIGNED_H
#define ASSAY_SIGNED_H

#include "curves.h"

/* What is signed, by which algorithm, and the signature. */
struct signed_der {
	struct bytes content;  /* the element that is signed, with its head */
	enum sig_scheme scheme;
	enum hash hash;        /* HASH_NONE: not an algorithm accepted here */
	struct bytes signature; /* the bits of the BIT STRING */
};

/*
 * Read SEQUENCE { content, AlgorithmIdentifier, BIT STRING, ... } (RFC 5280,
 * 4.1.1; RFC 6960, 4.2.1), which must be all of DER; REST is what follows
 * the signature in it.  False when it has another form.
 */
bool signed_read(struct bytes der, struct signed_der *out, struct bytes *rest);

/*
 * Is it signed by KEY?  ECDSA on P-256 and P-384 and RSASSA-PKCS1-v1_5 from
 * 2048 bits, with SHA-256, SHA-384 or SHA-512.  SIGNATURE_ALGORITHM, or a
 * code of verify_digest.  CURVES may be NULL.
 */
enum status signed_verify(const struct signed_der *in,
    const struct public_key *key, struct curves *curves);

/* The bits of the key in a SubjectPublicKeyInfo; empty when malformed. */
struct bytes spki_bits(struct bytes spki);

/* One Extension (RFC 5280, 4.1). */
struct extension {
	struct bytes oid;
	bool critical;
	struct bytes value; /* content of the OCTET STRING */
};

/* Read the next one; false at the end and when R fails. */
bool extension_next(struct reader *r, struct extension *out);

/*
 * The one with this OID in EXTENSIONS, an element SEQUENCE OF Extension;
 * false when it is not there, comes twice, or they are malformed.
 */
bool extension_find(
    struct bytes extensions, struct bytes oid, struct extension *out);

/*
 * The name of a CRLReason (RFC 5280, 5.3.1), which must be all of DER:
 * "keyCompromise"; NULL when it is none.
 */
const char *reason_read(struct bytes der);

#endif
