/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X.509 chains of devices and of signers of reference values (RFC 5280).
 * mbedTLS parses and verifies signatures; validity is compared here with the
 * time that the caller gave.
 */
#ifndef ASSAY_CHAIN_H
#define ASSAY_CHAIN_H

#include <stdint.h>

#include "crypto.h"

/* What an anchor may vouch for; bits. */
enum anchor_use { ANCHOR_DEVICE = 1, ANCHOR_REFERENCE = 2 };

struct anchors;

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

enum { CHAIN_MAX = 8, SUBJECT_MAX = 160, SERIAL_MAX = 64, FWID_LEN = 48 };

struct chain_link {
	char subject[SUBJECT_MAX]; /* for a person */
	char serial[SERIAL_MAX];   /* serialNumber attribute (2.5.4.5), or "" */
	int64_t not_before, not_after; /* seconds since 1970 */
};

/* A chain, leaf first. */
struct chain {
	struct public_key key; /* of the leaf */
	struct chain_link link[CHAIN_MAX];
	size_t count;
	bool has_fwid; /* the leaf carries a DICE firmware identifier */
	uint8_t fwid[FWID_LEN];
	size_t outside; /* on CHAIN_EXPIRED: the link outside its validity */
	bool revocation_checked; /* a list was there for every issuer */
	bool simulated; /* a link or the anchor calls itself SIMULATED */
};

/*
 * Verify CERTS, DER, leaf first, each signed by the next, the last by an
 * anchor certificate or itself a root whose public key is an anchor.  TIME
 * is NULL when validity is not to be checked.  On CHAIN_MALFORMED nothing of
 * OUT counts; on every other status links and FWID are filled, and KEY is
 * valid on OK only.
 * CHAIN_MALFORMED, CHAIN_UNTRUSTED, CHAIN_EXPIRED, CHAIN_REVOKED,
 * CHAIN_CRL_INVALID, CHAIN_CRL_EXPIRED.  Without revocation lists a chain
 * that was trusted is remembered in A, so that only its validity is judged
 * again.
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
