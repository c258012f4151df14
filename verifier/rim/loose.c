/* SPDX-License-Identifier: Apache-2.0 */
#include "loose.h"

#include <string.h>

enum { DEPTH = 16 };

/* The argument of a head (RFC 8949, 3). */
static uint64_t
argument(struct reader *r, uint8_t info)
{
	switch (info) {
	case 24:
		return read_u8(r);
	case 25:
		return read_be16(r);
	case 26:
		return read_be32(r);
	case 27:
		return read_be64(r);
	default:
		/* 28 to 30 are reserved, 31 is an indefinite length. */
		if (info > 27)
			r->failed = true;
		return info;
	}
}

bool
loose_next(struct reader *r, struct loose_item *out)
{
	uint8_t head = read_u8(r);

	*out = (struct loose_item){.type = (enum loose_type)(head >> 5)};
	out->value = argument(r, head & 31);
	if (out->type == LOOSE_BSTR || out->type == LOOSE_TSTR) {
		if (out->value > r->rest.n)
			r->failed = true;
		else
			out->text = read_bytes(r, (size_t)out->value);
	}
	if (out->type == LOOSE_TSTR && !bytes_is_text(out->text))
		r->failed = true;
	/* false, true, null, undefined; no floats (RFC 8949, 3.3). */
	if (out->type == LOOSE_SIMPLE && (head & 31) > 23)
		r->failed = true;
	return !r->failed;
}

struct bytes
loose_skip(struct reader *r)
{
	const struct bytes start = r->rest;
	uint64_t left[DEPTH];
	size_t depth = 0;

	left[0] = 1;
	for (;;) {
		struct loose_item it;
		uint64_t inside = 0;

		if (!loose_next(r, &it))
			return (struct bytes){NULL, 0};
		if (it.type == LOOSE_ARRAY)
			inside = it.value;
		else if (it.type == LOOSE_MAP)
			inside = it.value > r->rest.n ? it.value
						      : 2 * it.value;
		else if (it.type == LOOSE_TAG)
			inside = 1;
		left[depth]--;
		/* Every item inside has at least one byte. */
		if (inside > r->rest.n || (inside > 0 && depth + 1 == DEPTH)) {
			r->failed = true;
			return (struct bytes){NULL, 0};
		}
		if (inside > 0)
			left[++depth] = inside;
		while (left[depth] == 0) {
			if (depth == 0)
				return bytes_sub(
				    start, 0, start.n - r->rest.n);
			depth--;
		}
	}
}

/* The next item if it has this TYPE. */
static struct loose_item
expect(struct reader *r, enum loose_type type)
{
	struct loose_item it;

	if (!loose_next(r, &it) || it.type != type) {
		r->failed = true;
		memset(&it, 0, sizeof(it));
	}
	return it;
}

struct bytes
loose_bstr(struct reader *r)
{
	return expect(r, LOOSE_BSTR).text;
}

struct bytes
loose_tstr(struct reader *r)
{
	return expect(r, LOOSE_TSTR).text;
}

uint64_t
loose_uint(struct reader *r)
{
	return expect(r, LOOSE_UINT).value;
}

size_t
loose_array(struct reader *r)
{
	uint64_t n = expect(r, LOOSE_ARRAY).value;

	if (n > r->rest.n) {
		r->failed = true;
		n = 0;
	}
	return (size_t)n;
}

bool
loose_tag(struct reader *r, uint64_t number)
{
	struct reader ahead = *r;
	struct loose_item it;

	if (!loose_next(&ahead, &it) || it.type != LOOSE_TAG ||
	    it.value != number)
		return false;
	*r = ahead;
	return true;
}

bool
loose_peek(const struct reader *r, enum loose_type *out)
{
	struct reader ahead = *r;
	struct loose_item it;

	if (!loose_next(&ahead, &it))
		return false;
	*out = it.type;
	return true;
}

void
loose_map(struct reader *r, struct loose_map *out)
{
	uint64_t n = expect(r, LOOSE_MAP).value;

	memset(out, 0, sizeof(*out));
	for (uint64_t i = 0; i < n && !r->failed; i++) {
		struct reader key = reader_of(loose_skip(r));
		struct bytes value = loose_skip(r);
		struct loose_item it;

		if (r->failed || !loose_next(&key, &it) ||
		    it.type != LOOSE_UINT || it.value >= LOOSE_KEYS)
			continue;
		if (out->value[it.value].n > 0)
			r->failed = true;
		out->value[it.value] = value;
	}
}
