/* SPDX-License-Identifier: Apache-2.0 */
/* Just enough DER (X.690) to look into certificates and OCSP responses. */
#ifndef ASSAY_DER_H
#define ASSAY_DER_H

#include "bytes.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_4 = 0xa4, /* [4], constructed */
};

/*
 * Read one element of any tag and return its content; lengths are definite,
 * shortest and below 16 MiB, or R fails.
 */
struct bytes der_any(struct reader *r, uint8_t *tag);
/* The same; R fails when the tag is another. */
struct bytes der_get(struct reader *r, uint8_t tag);
/* Is the next element one of this tag? */
bool der_next_is(const struct reader *r, uint8_t tag);

/* How many bytes the first element of B takes, head included; 0 if none. */
size_t der_size(struct bytes b);

#endif
