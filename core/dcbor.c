/* SPDX-License-Identifier: Apache-2.0 */
#include "dcbor.h"

#include <cbor/callbacks.h>
#include <cbor/streaming.h>

struct dcbor
dcbor_of(struct bytes in)
{
	return (struct dcbor){in, OK};
}

void
dcbor_fail(struct dcbor *c, enum status st)
{
	if (c->st == OK)
		c->st = st;
}

/* What one call of the streaming decoder reported. */
struct head {
	struct dcbor_item item;
	enum status st;
};

static void
on_number(struct head *h, enum dcbor_type type, uint64_t v)
{
	h->item = (struct dcbor_item){type, v, {NULL, 0}};
	h->st = OK;
}

static void
on_bstr(void *ctx, cbor_data p, size_t n)
{
	struct head *h = ctx;

	on_number(h, CBOR_BSTR, n);
	h->item.text = bytes_view(p, n);
}

static void
on_tstr(void *ctx, cbor_data p, size_t n)
{
	struct head *h = ctx;

	on_number(h, CBOR_TSTR, n);
	h->item.text = bytes_view(p, n);
}

/* libcbor has one callback for each width of a number. */
#define ON_NUMBER(name, type, width)                                           \
	static void name(void *ctx, width v)                                   \
	{                                                                      \
		on_number(ctx, type, v);                                       \
	}
ON_NUMBER(on_uint8, CBOR_UINT, uint8_t)
ON_NUMBER(on_uint16, CBOR_UINT, uint16_t)
ON_NUMBER(on_uint32, CBOR_UINT, uint32_t)
ON_NUMBER(on_uint64, CBOR_UINT, uint64_t)
ON_NUMBER(on_negint8, CBOR_NINT, uint8_t)
ON_NUMBER(on_negint16, CBOR_NINT, uint16_t)
ON_NUMBER(on_negint32, CBOR_NINT, uint32_t)
ON_NUMBER(on_negint64, CBOR_NINT, uint64_t)
ON_NUMBER(on_array, CBOR_ARRAY, size_t)
ON_NUMBER(on_map, CBOR_MAP, size_t)
ON_NUMBER(on_tag, CBOR_TAG, uint64_t)
ON_NUMBER(on_bool, CBOR_BOOL, bool)
#undef ON_NUMBER

static void
on_null(void *ctx)
{
	on_number(ctx, CBOR_NULL, 0);
}

static void
on_indefinite(void *ctx)
{
	((struct head *)ctx)->st = CBOR_INDEFINITE;
}

static void
on_float(void *ctx, float v)
{
	(void)v;
	((struct head *)ctx)->st = CBOR_UNSUPPORTED;
}

static void
on_double(void *ctx, double v)
{
	(void)v;
	((struct head *)ctx)->st = CBOR_UNSUPPORTED;
}

static void
on_undefined(void *ctx)
{
	((struct head *)ctx)->st = CBOR_UNSUPPORTED;
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = on_negint8,
    .negint16 = on_negint16,
    .negint32 = on_negint32,
    .negint64 = on_negint64,
    .byte_string = on_bstr,
    .byte_string_start = on_indefinite,
    .string = on_tstr,
    .string_start = on_indefinite,
    .array_start = on_array,
    .indef_array_start = on_indefinite,
    .map_start = on_map,
    .indef_map_start = on_indefinite,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_undefined,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = on_indefinite,
};

/* Bytes of the shortest head with this argument (RFC 8949, 4.2.1). */
static size_t
shortest_head(const struct dcbor_item *item)
{
	if (item->type == CBOR_BOOL || item->type == CBOR_NULL)
		return 1;
	if (item->value < 24)
		return 1;
	if (item->value <= UINT8_MAX)
		return 2;
	if (item->value <= UINT16_MAX)
		return 3;
	return item->value <= UINT32_MAX ? 5 : 9;
}

bool
dcbor_next(struct dcbor *c, struct dcbor_item *out)
{
	struct head h = {.st = CBOR_UNSUPPORTED};
	struct cbor_decoder_result got;

	*out = (struct dcbor_item){CBOR_NULL, 0, {NULL, 0}};
	if (c->st != OK)
		return false;
	if (c->rest.n == 0) {
		c->st = CBOR_TRUNCATED;
		return false;
	}

	/* Tags 0 to 23: libcbor 0.8 refuses those it knows no use of. */
	if (c->rest.p[0] >= 0xc0 && c->rest.p[0] <= 0xd7) {
		*out = (struct dcbor_item){
		    CBOR_TAG, c->rest.p[0] & 0x1f, {NULL, 0}};
		c->rest = bytes_sub(c->rest, 1, c->rest.n - 1);
		return true;
	}

	/* One head, with its content if it is a string. */
	got = cbor_stream_decode(c->rest.p, c->rest.n, &callbacks, &h);
	if (got.status == CBOR_DECODER_NEDATA)
		c->st = CBOR_TRUNCATED;
	else if (got.status != CBOR_DECODER_FINISHED)
		c->st = CBOR_UNSUPPORTED;
	else
		c->st = h.st;
	if (c->st != OK)
		return false;

	/* Only the shortest form, and only real text. */
	if (got.read != shortest_head(&h.item) + h.item.text.n)
		c->st = CBOR_NOT_SHORTEST;
	else if (h.item.type == CBOR_TSTR && !bytes_is_text(h.item.text))
		c->st = CBOR_TEXT;
	if (c->st != OK)
		return false;

	c->rest = bytes_sub(c->rest, got.read, c->rest.n - got.read);

	/* An item takes at least one byte, a pair two: no larger claims. */
	if ((h.item.type == CBOR_ARRAY && h.item.value > c->rest.n) ||
	    (h.item.type == CBOR_MAP && h.item.value > c->rest.n / 2)) {
		c->st = CBOR_TRUNCATED;
		return false;
	}
	*out = h.item;
	return true;
}

struct dcbor_item
dcbor_want(struct dcbor *c, enum dcbor_type type)
{
	struct dcbor_item item;

	if (dcbor_next(c, &item) && item.type != type) {
		dcbor_fail(c, CBOR_TYPE);
		item = (struct dcbor_item){CBOR_NULL, 0, {NULL, 0}};
	}
	return item;
}

uint64_t
dcbor_get_uint(struct dcbor *c)
{
	return dcbor_want(c, CBOR_UINT).value;
}

bool
dcbor_item_int(const struct dcbor_item *item, int64_t *out)
{
	if (item->value > INT64_MAX)
		return false;
	*out = (int64_t)item->value;
	if (item->type == CBOR_NINT)
		*out = -1 - *out;
	return item->type == CBOR_UINT || item->type == CBOR_NINT;
}

struct bytes
dcbor_get_bstr(struct dcbor *c)
{
	return dcbor_want(c, CBOR_BSTR).text;
}

struct bytes
dcbor_get_tstr(struct dcbor *c)
{
	return dcbor_want(c, CBOR_TSTR).text;
}

uint64_t
dcbor_get_array(struct dcbor *c)
{
	return dcbor_want(c, CBOR_ARRAY).value;
}

void
dcbor_want_array(struct dcbor *c, uint64_t n)
{
	if (dcbor_get_array(c) != n)
		dcbor_fail(c, CBOR_TYPE);
}

/* Check that the key which ended at the cursor follows the last one. */
static void
key_in_order(struct dcbor *c, struct bytes before, struct bytes *last)
{
	struct bytes key = bytes_sub(before, 0, before.n - c->rest.n);

	if (c->st == OK && last->n > 0 && bytes_cmp(*last, key) >= 0)
		dcbor_fail(c, CBOR_KEY_ORDER);
	*last = key;
}

static void
skip(struct dcbor *c, unsigned depth)
{
	struct dcbor_item item;
	struct bytes last = {NULL, 0};

	if (!dcbor_next(c, &item))
		return;
	if (item.type != CBOR_ARRAY && item.type != CBOR_MAP &&
	    item.type != CBOR_TAG)
		return;
	if (depth == 0) {
		dcbor_fail(c, CBOR_DEPTH);
		return;
	}
	if (item.type == CBOR_TAG)
		item.value = 1;

	for (uint64_t i = 0; i < item.value && c->st == OK; i++) {
		struct bytes before = c->rest;

		skip(c, depth - 1);
		if (item.type != CBOR_MAP)
			continue;
		key_in_order(c, before, &last);
		skip(c, depth - 1);
	}
}

struct bytes
dcbor_skip(struct dcbor *c, unsigned depth)
{
	struct bytes before = c->rest;

	skip(c, depth);
	if (c->st != OK)
		return (struct bytes){NULL, 0};
	return bytes_sub(before, 0, before.n - c->rest.n);
}

enum status
dcbor_end(const struct dcbor *c)
{
	if (c->st != OK)
		return c->st;
	return c->rest.n == 0 ? OK : CBOR_TRAILING;
}

struct dcbor_map
dcbor_get_map(struct dcbor *c)
{
	return (struct dcbor_map){dcbor_want(c, CBOR_MAP).value, {NULL, 0}};
}

bool
dcbor_key(struct dcbor *c, struct dcbor_map *m, struct dcbor_item *key)
{
	struct bytes before = c->rest;

	if (c->st != OK || m->left == 0)
		return false;
	m->left--;
	if (!dcbor_next(c, key))
		return false;
	key_in_order(c, before, &m->last_key);
	return c->st == OK;
}

bool
dcbor_key_int(struct dcbor *c, struct dcbor_map *m, int64_t *key)
{
	struct dcbor_item item;

	if (!dcbor_key(c, m, &item))
		return false;
	if (!dcbor_item_int(&item, key)) {
		dcbor_fail(c, CBOR_TYPE);
		return false;
	}
	return true;
}
