/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read platform certificates share. */
#ifndef ASSAY_PLATFORM_FORM_H
#define ASSAY_PLATFORM_FORM_H

#include "der_name.h"
#include "platform_cert.h"

/* Context-specific tags; with 0x20, constructed. */
enum { TAG_0 = 0x80, TAG_CONSTRUCTED = 0x20 };

/* A string of this tag: UTF-8 without NUL, or ASCII where it must be. */
struct bytes form_text(struct reader *r, uint8_t tag);
struct bytes form_oid(struct reader *r, uint8_t tag);
/* An integer in its only encoding; and one that is not below 0. */
struct bytes form_integer(struct reader *r);
uint64_t form_uint(struct reader *r, uint8_t tag);
/* False may be written, although it is the default: makers do. */
bool form_bool(struct reader *r, uint8_t tag);
/* URIReference, which must be all of CONTENT. */
void form_uri(struct reader *r, struct bytes content,
    struct uri_reference *out);
/* R fails unless IN was read to its end. */
void form_end(struct reader *r, const struct reader *in);

/* Does the next element have this tag?  Then take it: for OPTIONAL ones. */
bool form_optional(struct reader *r, uint8_t tag, struct bytes *content);

/* The Name of GeneralNames that are one directoryName (RFC 5280, 4.2.1.6). */
struct bytes form_directory_name(struct reader *r, struct bytes names);

/* What an attribute or extension of a known type is read by, and its name. */
struct form_known {
	struct bytes oid;
	void (*run)(struct platform_cert *c, struct reader *value);
	const char *name;
};
/* The row of OID, or COUNT. */
size_t form_find(
    const struct form_known *known, size_t count, struct bytes oid);

/* Read Attributes (RFC 5755, 4.2.7): each at most once in the certificate. */
void form_attributes(
    struct reader *r, struct bytes list, struct platform_cert *out);
/* Extensions, likewise. */
void form_extensions(
    struct reader *r, struct bytes list, struct platform_cert *out);

#endif
