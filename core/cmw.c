/* SPDX-License-Identifier: Apache-2.0 */
/* Reading CMW records, as they come from a stranger. */
#include "cmw.h"

#include "dcbor.h"

/* RFC 9999, 3.1: every bit that is assigned. */
enum { INDICATOR_ALL = 31 };

/* Is this the shape of a media type, "type/subtype" in printable ASCII? */
static bool
media_type_ok(struct bytes t)
{
	size_t slashes = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < 0x20 || t.p[i] > 0x7e)
			return false;
		slashes += t.p[i] == '/';
	}
	return slashes >= 1 && t.p[0] != '/';
}

enum status
cmw_get_record(struct dcbor *c, struct cmw_record *out)
{
	struct bytes before = c->rest;
	struct dcbor_item type;
	uint64_t n;

	*out = (struct cmw_record){0};
	n = dcbor_get_array(c);
	if (c->st == OK && n != 2 && n != 3)
		dcbor_fail(c, CMW_RECORD);

	/* The type: a Content-Format or a media type. */
	if (dcbor_next(c, &type)) {
		out->type_text = type.text;
		if (type.type == CBOR_UINT && type.value <= UINT16_MAX)
			out->type_cf = (uint16_t)type.value;
		else if (type.type != CBOR_TSTR || !media_type_ok(type.text))
			dcbor_fail(c, CMW_RECORD);
	}

	out->value = dcbor_get_bstr(c);
	if (n == 3) {
		out->ind = dcbor_get_uint(c);
		if (c->st == OK &&
		    (out->ind == 0 || out->ind > INDICATOR_ALL))
			dcbor_fail(c, CMW_INDICATOR);
	}
	if (c->st == OK)
		out->whole = bytes_sub(before, 0, before.n - c->rest.n);
	return c->st;
}

bool
cmw_is_text(const struct cmw_record *rec, const char *type)
{
	return bytes_eq(rec->type_text, bytes_str(type));
}

bool
cmw_is_cf(const struct cmw_record *rec, uint16_t cf)
{
	return rec->type_text.n == 0 && rec->type_cf == cf;
}
