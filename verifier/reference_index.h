/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sets of reference values an importer has written: their digests under
 * one signature, so that a folder of many costs one verification.
 */
#ifndef ASSAY_REFERENCE_INDEX_H
#define ASSAY_REFERENCE_INDEX_H

#include "reference.h"

#define REFERENCE_INDEX_TYPE "application/vnd.assay.reference-index+cbor"

enum { REFERENCE_SETS = 1024, REFERENCE_INDEX_BYTES = 40 * 1024 };

/* Digests, ascending; borrows from the input. */
struct reference_index {
	struct bytes elements; /* byte strings in CBOR */
	size_t count;
};

/*
 * Verify the signature of SIGNER over COSE and decode strictly.  OUT is valid
 * on OK only.  As reference_decode; CURVES may be NULL.
 */
enum status reference_index_decode(struct bytes cose,
    const struct public_key *signer, struct curves *curves,
    struct reference_index *out);

/* Is this SHA-256 one of them? */
bool reference_index_has(
    const struct reference_index *index, struct bytes digest);

/*
 * reference_decode of a set whose bytes INDEX names: whoever signed the one
 * signed the other.  REFERENCE_SIGNATURE when it does not name them.
 */
enum status reference_decode_listed(struct bytes cose,
    const struct reference_index *index, struct reference *out);

/* The payload from COUNT digests of 32 bytes each, which are put in order. */
void reference_index_payload(
    uint8_t (*digests)[32], size_t count, struct writer *w);

#endif
