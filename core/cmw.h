/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conceptual Message Wrapper, RFC 9999: records and collections in CBOR.
 */
#ifndef ASSAY_CMW_H
#define ASSAY_CMW_H

#include "bytes.h"
#include "dcbor_put.h"
#include "status.h"

/* Indicator bits, RFC 9999 section 3.1. */
enum cmw_indicator {
	CMW_REFERENCE_VALUES = 1,
	CMW_ENDORSEMENTS = 2,
	CMW_EVIDENCE = 4,
	CMW_RESULTS = 8,
	CMW_POLICY = 16,
};

/*
 * A record.  The type is a CoAP Content-Format or a media type: TYPE_TEXT is
 * empty when TYPE_CF counts.  IND is 0 when the record has none.  WHOLE is
 * the encoded record.  All views borrow.
 */
struct cmw_record {
	uint16_t type_cf;
	struct bytes type_text;
	struct bytes value;
	uint64_t ind;
	struct bytes whole;
};

struct dcbor;

/* Read one record at the cursor: 2 or 3 elements, never indicator 0. */
enum status cmw_get_record(struct dcbor *c, struct cmw_record *out);

/* Write one record; an IND of 0 writes the two-element form. */
void cmw_put_record(struct writer *w, const struct cmw_record *rec);

/* Does the record have this media type, or this Content-Format? */
bool cmw_is_text(const struct cmw_record *rec, const char *type);
bool cmw_is_cf(const struct cmw_record *rec, uint16_t cf);

#endif
