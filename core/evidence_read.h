/* SPDX-License-Identifier: Apache-2.0 */
/* Reading evidence, which those who only make it do not. */
#ifndef ASSAY_EVIDENCE_READ_H
#define ASSAY_EVIDENCE_READ_H

#include "evidence.h"

/* A decoded collection: views into the bytes it was decoded from. */
struct evidence {
	struct bytes whole;
	struct bytes claims; /* value of the record: #6.601(claims) */
	struct bytes quote;  /* value of the record: tpm2-quote */
	/* Every item but claims and quote, in the order of the encoding. */
	struct evidence_item items[ITEMS_MAX];
	size_t item_count;
};

/*
 * Decode strictly: deterministic CBOR, known items with their types and
 * indicators, limits.  What is decoded is well-formed, not yet true.
 */
enum status evidence_decode(struct bytes in, struct evidence *out);

/* The item with that label, or NULL. */
const struct evidence_item *evidence_find(
    const struct evidence *ev, const char *label);

/* The parts of a quote as carried, strictly. */
enum status quote_parts_decode(struct bytes in, struct quote_parts *out);

#endif
