/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X.509 chains of devices and of signers of reference values (RFC 5280).
 * mbedTLS parses and verifies signatures; validity is compared here with the
 * time that the caller gave.
 */
#ifndef ASSAY_CHAIN_H
#define ASSAY_CHAIN_H

#include <stdint.h>

#include "curves.h"

/* What an anchor may vouch for; bits. */
enum anchor_use { ANCHOR_DEVICE = 1, ANCHOR_REFERENCE = 2 };

struct anchors;
struct revocation;

/*
 * A set that holds the roots of certs/anchors.def whose use is among USES;
 * NULL without memory.
 */
struct anchors *anchors_new(unsigned uses);
void anchors_free(struct anchors *a); /* NULL is fine */
/* Add one certificate, DER or PEM.  ANCHOR_MALFORMED. */
enum status anchors_add(struct anchors *a, struct bytes cert);
/*
 * Add revocation lists, DER or PEM.  They count for certificates of the
 * same issuer, whose signature they must carry.  CRL_MALFORMED.
 */
enum status anchors_add_crl(struct anchors *a, struct bytes crl);
/*
 * Add one OCSP response, DER (ocsp.h).  It counts for the certificates that
 * it answers for, whose issuer it must come from.  OCSP_MALFORMED,
 * OCSP_UNSUCCESSFUL, OCSP_UNSUPPORTED, OCSP_EXTENSION, NO_MEMORY.
 */
enum status anchors_add_ocsp(struct anchors *a, struct bytes der);

/* What is kept of the curves between signatures, for others' use. */
struct curves *anchors_curves(const struct anchors *a);
/* And what was given about revocation. */
const struct revocation *anchors_revocation(const struct anchors *a);

enum {
	CHAIN_MAX = 8,
	SUBJECT_MAX = 160,
	SERIAL_MAX = 64,
	FWID_LEN = 48,
	CHAIN_NOTE = SUBJECT_MAX + 128,
};

/* What says that a certificate was not revoked. */
enum revocation_source {
	REVOCATION_NOT_FOUND,
	REVOCATION_BY_LIST,
	REVOCATION_BY_OCSP,
};

/* Of the certificates below an anchor, which were looked up. */
enum revocation_extent {
	REVOCATION_OF_NONE,
	REVOCATION_OF_SOME,
	REVOCATION_OF_ALL,
};

struct chain_link {
	char subject[SUBJECT_MAX]; /* for a person */
	char serial[SERIAL_MAX];   /* serialNumber attribute (2.5.4.5), or "" */
	int64_t not_before, not_after; /* seconds since 1970 */
	enum revocation_source revocation;
};

/* A chain, leaf first. */
struct chain {
	struct public_key key; /* of the leaf */
	struct chain_link link[CHAIN_MAX];
	size_t count;
	bool has_fwid; /* the leaf carries a DICE firmware identifier */
	uint8_t fwid[FWID_LEN];
	size_t outside; /* on CHAIN_EXPIRED: the link outside its validity */
	bool simulated; /* a link or the anchor calls itself SIMULATED */
	size_t below; /* the anchor: how many links can be revoked */
	enum revocation_extent revocation;
	char note[CHAIN_NOTE]; /* when refused for revocation: which and why */
};

/*
 * Verify CERTS, DER, leaf first, each signed by the next, to the first that
 * is an anchor certificate, is signed by one, or is itself a root whose
 * public key is an anchor; what comes behind that does not count.  TIME is
 * NULL when validity is not to be checked.  On CHAIN_MALFORMED nothing of
 * OUT counts; on every other status links and FWID are filled, and KEY is
 * valid on OK and on CHAIN_EXPIRED, which comes last: all else holds.
 *
 * CHAIN_MALFORMED, CHAIN_UNTRUSTED, CHAIN_EXPIRED, or why revocation_find
 * refuses a certificate.  A chain that held is remembered in A, and while
 * what was found of revocation holds only its validity is judged again.
 */
enum status chain_verify(const struct anchors *a, const struct bytes *certs,
    size_t count, const int64_t *time, struct chain *out);

/*
 * Split PEM certificates, concatenated, into DER.  Writes into the CAP bytes
 * at STORE and points CERTS there.  CHAIN_MALFORMED.
 */
enum status chain_from_pem(struct bytes pem, uint8_t *store, size_t cap,
    struct bytes certs[CHAIN_MAX], size_t *count);

#endif
