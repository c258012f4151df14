/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about a device as a verifier reads them; views into the input. */
#ifndef ASSAY_FACTS_READ_H
#define ASSAY_FACTS_READ_H

#include "claims.h"
#include "dcbor.h"

/* A fact's value: unsigned, text or bytes. */
struct fact {
	uint64_t key;
	uint64_t source;
	enum dcbor_type type; /* CBOR_UINT, CBOR_TSTR or CBOR_BSTR */
	uint64_t number;
	struct bytes text;
};

/* Check the whole table of facts and its types. */
enum status facts_check(struct bytes encoded);
/* Step through a checked table; false at the end.  Start with *POS = 0. */
struct fact_cursor {
	struct dcbor c;
	struct dcbor_map by_key, by_source;
	uint64_t key;
};
enum status facts_open(struct bytes encoded, struct fact_cursor *cur);
bool facts_next(struct fact_cursor *cur, struct fact *out);

#endif
