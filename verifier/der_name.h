/* SPDX-License-Identifier: Apache-2.0 */
/* Names and object identifiers in DER, read and told to people. */
#ifndef ASSAY_DER_NAME_H
#define ASSAY_DER_NAME_H

#include "der.h"

enum { OID_TEXT = 128, NAME_TEXT = 512 };

/* AttributeTypeAndValue (RFC 5280, 4.1.2.4). */
struct name_part {
	struct bytes oid;
	uint8_t tag;
	struct bytes value;
};

/* The parts of a Name, one after the other, whatever set they stand in. */
struct name_reader {
	struct reader sets, set;
};

/* CONTENT is that of the SEQUENCE. */
struct name_reader name_reader_of(struct bytes content);
/* Read the next one; false at the end and when N->sets fails. */
bool name_next(struct name_reader *n, struct name_part *out);

/* Is it one element Name that has a part, and is it well-formed? */
bool name_is_sound(struct bytes name);

/*
 * The same parts in the same order?  Text is compared by its characters, case
 * and spaces included, whatever of UTF8String, PrintableString and IA5String
 * it is (RFC 5280, 7.1): makers write one name in several.
 */
bool name_same(struct bytes a, struct bytes b);

/* "CN=www.example.com, O=Example"; what is no text has its digits. */
void name_text(struct bytes name, char out[NAME_TEXT]);

/* Content of an OBJECT IDENTIFIER in its only encoding (X.690, 8.19)? */
bool oid_is_sound(struct bytes oid);

/* "2.23.133.2.17"; its digits when an arc is beyond 64 bits or all too long. */
void oid_text(struct bytes oid, char out[OID_TEXT]);

#endif
