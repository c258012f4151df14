/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deterministic CBOR, RFC 8949 section 4.2.1, and nothing else: shortest
 * heads, definite lengths, map keys strictly ascending by their encoded
 * bytes, UTF-8 text, no floats.  Heads are read by libcbor's streaming
 * primitives; this file adds the strictness.  No allocation.
 * (The prefix is dcbor_ because libcbor owns cbor_.)
 */
#ifndef ASSAY_DCBOR_H
#define ASSAY_DCBOR_H

#include "bytes.h"
#include "dcbor_put.h"
#include "status.h"

struct dcbor_item {
	enum dcbor_type type;
	uint64_t value;
	struct bytes text; /* content of a byte or text string */
};

/*
 * A cursor with a sticky error: after the first failure every read returns
 * zero or empty and ST keeps the reason.
 */
struct dcbor {
	struct bytes rest;
	enum status st;
};

struct dcbor dcbor_of(struct bytes in);
/* Record the first failure. */
void dcbor_fail(struct dcbor *c, enum status st);

/* The next head, whatever it is.  False after a failure. */
bool dcbor_next(struct dcbor *c, struct dcbor_item *out);

/* The next item, which must be of this type. */
struct dcbor_item dcbor_want(struct dcbor *c, enum dcbor_type type);
/* The signed integer that ITEM stands for, when it is one and it fits. */
bool dcbor_item_int(const struct dcbor_item *item, int64_t *out);

uint64_t dcbor_get_uint(struct dcbor *c);
/* An integer of either sign that fits; CBOR_TYPE if it does not. */
int64_t dcbor_get_int(struct dcbor *c);
struct bytes dcbor_get_bstr(struct dcbor *c);
struct bytes dcbor_get_tstr(struct dcbor *c);
/* How many items follow.  Never more than the bytes that are left. */
uint64_t dcbor_get_array(struct dcbor *c);
void dcbor_want_array(struct dcbor *c, uint64_t n);
void dcbor_want_tag(struct dcbor *c, uint64_t tag);

/*
 * Skip one item with everything inside it, checking it as strictly as if it
 * were read, at most DEPTH levels deep.  Returns its encoded bytes.
 */
struct bytes dcbor_skip(struct dcbor *c, unsigned depth);

/* OK when nothing failed and nothing is left. */
enum status dcbor_end(const struct dcbor *c);

/*
 * Walking a map: dcbor_get_map, then cbor_key before each pair.  cbor_key
 * returns false when the map is done or on failure, and enforces the order.
 */
struct dcbor_map {
	uint64_t left;
	struct bytes last_key;
};

struct dcbor_map dcbor_get_map(struct dcbor *c);
/* The key as an item, whatever it is; then those of one type. */
bool dcbor_key(struct dcbor *c, struct dcbor_map *m, struct dcbor_item *key);
bool dcbor_key_int(struct dcbor *c, struct dcbor_map *m, int64_t *key);
bool dcbor_key_text(struct dcbor *c, struct dcbor_map *m, struct bytes *key);

#endif
