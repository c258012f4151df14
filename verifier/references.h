/* SPDX-License-Identifier: Apache-2.0 */
/* The reference values that a caller gave: a set of normal forms. */
#ifndef ASSAY_REFERENCES_H
#define ASSAY_REFERENCES_H

#include "reference.h"

struct references;

/* An empty set that verifies with CURVES; NULL without memory. */
struct references *references_new(struct curves *curves);
void references_free(struct references *set); /* NULL is fine */

/* The key, in PEM, whose signatures count for what is added later. */
enum status references_set_key(struct references *set, struct bytes pem);

/*
 * What the importer says to have written: sets that it names are not verified
 * one by one.  The bytes are copied.  REFERENCE_KEY_MISSING before a key was
 * set, otherwise as reference_index_decode.
 */
enum status references_set_index(struct references *set, struct bytes cose);

/*
 * Verify and add one; the bytes are copied.  REFERENCE_KEY_MISSING before a
 * key was set, otherwise as reference_decode.
 */
enum status references_add(struct references *set, struct bytes cose);

bool references_any(const struct references *set);

/*
 * Number I of those of this kind, product and version (case aside), or NULL
 * past the last.
 */
const struct reference *references_get(const struct references *set,
    enum reference_kind kind, const char *product, const char *version,
    size_t i);

#endif
