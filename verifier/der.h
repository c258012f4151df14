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
	DER_ENUMERATED = 0x0a,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_IA5 = 0x16,
	DER_TIME = 0x18, /* GeneralizedTime */
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

/*
 * Is B one element after the other, and are those that are constructed
 * likewise, down to a bounded depth?
 */
bool der_is_sound(struct bytes b);

/*
 * YYYYMMDDHHMMSSZ, a time that there is (RFC 5280, 4.1.2.5.2), as seconds
 * since 1970; R fails on every other form.
 */
int64_t der_time(struct reader *r);

#endif
