/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR (RFC 8949) as vendors write it: any order of map keys, heads of any
 * length.  Items of definite length only, no floats, bounded depth.  For
 * foreign manifests alone; what assay itself writes is read by dcbor.h.
 */
#ifndef RIM_LOOSE_H
#define RIM_LOOSE_H

#include "bytes.h"

enum loose_type {
	LOOSE_UINT,
	LOOSE_NINT, /* -1 - value */
	LOOSE_BSTR,
	LOOSE_TSTR,
	LOOSE_ARRAY,
	LOOSE_MAP,
	LOOSE_TAG,
	LOOSE_SIMPLE,
};

/* A head; TEXT is the content of a string. */
struct loose_item {
	enum loose_type type;
	uint64_t value;
	struct bytes text;
};

/* Read the next head; sets r->failed when there is none. */
bool loose_next(struct reader *r, struct loose_item *out);

/* Skip one item with what is inside it and return its bytes. */
struct bytes loose_skip(struct reader *r);

/* Reads that expect a type; they set r->failed and return zero or empty. */
struct bytes loose_bstr(struct reader *r);
struct bytes loose_tstr(struct reader *r);
uint64_t loose_uint(struct reader *r);
/* The number of elements, never more than the bytes that are left. */
size_t loose_array(struct reader *r);

/* Step over a tag with this number, if one is next. */
bool loose_tag(struct reader *r, uint64_t number);

/* The type of the next item; false at the end. */
bool loose_peek(const struct reader *r, enum loose_type *out);

/*
 * The values of one map under small integer keys.  Keys outside 0 to
 * LOOSE_KEYS - 1, and text keys, are skipped; a key that comes twice is
 * malformed.
 */
enum { LOOSE_KEYS = 64 };

struct loose_map {
	struct bytes value[LOOSE_KEYS]; /* empty when the key is not there */
};

void loose_map(struct reader *r, struct loose_map *out);

#endif
