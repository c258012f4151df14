/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X.509 chains of devices (RFC 5280).  mbedTLS parses and verifies
 * signatures; validity is compared here with the time that the caller gave.
 */
#ifndef ASSAY_CHAIN_H
#define ASSAY_CHAIN_H

#include <stdint.h>

#include "crypto.h"

struct anchors;

/* An empty set; NULL without memory. */
struct anchors *anchors_new(void);
void anchors_free(struct anchors *a); /* NULL is fine */
/* Add one certificate, DER or PEM.  ANCHOR_MALFORMED. */
enum status anchors_add(struct anchors *a, struct bytes cert);

enum { CHAIN_MAX = 8, SUBJECT_MAX = 160, SERIAL_MAX = 64 };

struct leaf {
	struct public_key key;
	char subject[SUBJECT_MAX]; /* for a person */
	char serial[SERIAL_MAX];   /* serialNumber attribute (2.5.4.5), or "" */
};

/*
 * Verify CERTS, DER, leaf first, each signed by the next and the last by an
 * anchor (an anchor itself at the end is allowed).  TIME is NULL when
 * validity is not to be checked.  LEAF is valid on OK only.
 * CHAIN_MALFORMED, CHAIN_SIGNATURE, CHAIN_UNTRUSTED, CHAIN_EXPIRED.
 */
enum status chain_verify(const struct anchors *a, const struct bytes *certs,
    size_t count, const int64_t *time, struct leaf *leaf);

#endif
