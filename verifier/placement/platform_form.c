/* SPDX-License-Identifier: Apache-2.0 */
/* The small parts that platform certificates are made of. */
#include "platform_form.h"

/* Every byte below 0x80? */
static bool
is_ascii(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] >= 0x80)
			return false;
	return true;
}

struct bytes
form_text(struct reader *r, uint8_t tag)
{
	struct bytes text = der_get(r, tag);

	if (!bytes_is_text(text) ||
	    (tag != DER_UTF8 && tag < TAG_0 && !is_ascii(text)))
		r->failed = true;
	return text;
}

struct bytes
form_oid(struct reader *r, uint8_t tag)
{
	struct bytes oid = der_get(r, tag);

	r->failed |= !oid_is_sound(oid);
	return oid;
}

/* The first nine bits are not all alike (X.690, 8.3.2). */
static bool
is_shortest(struct bytes v)
{
	return v.n == 1 || (v.n > 1 && !(v.p[0] == 0x00 && v.p[1] < 0x80) &&
	                       !(v.p[0] == 0xff && v.p[1] >= 0x80));
}

struct bytes
form_integer(struct reader *r)
{
	struct bytes v = der_get(r, DER_INTEGER);

	r->failed |= !is_shortest(v);
	return v;
}

uint64_t
form_uint(struct reader *r, uint8_t tag)
{
	struct bytes v = der_get(r, tag);
	uint64_t n = 0;

	r->failed |= !is_shortest(v) || v.p[0] >= 0x80 || v.n > sizeof(n);
	for (size_t i = 0; i < v.n && !r->failed; i++)
		n = n << 8 | v.p[i];
	return n;
}

bool
form_bool(struct reader *r, uint8_t tag)
{
	struct bytes v = der_get(r, tag);

	if (v.n != 1 || (v.p[0] != 0x00 && v.p[0] != 0xff))
		r->failed = true;
	return !r->failed && v.p[0] == 0xff;
}

void
form_end(struct reader *r, const struct reader *in)
{
	r->failed |= !reader_at_end(in);
}

bool
form_optional(struct reader *r, uint8_t tag, struct bytes *content)
{
	if (!der_next_is(r, tag))
		return false;
	*content = der_get(r, tag);
	return !r->failed;
}

void
form_uri(struct reader *r, struct bytes content, struct uri_reference *out)
{
	struct reader in = reader_of(content);
	struct bytes algorithm, bits;

	out->uri = form_text(&in, DER_IA5);
	if (form_optional(&in, DER_SEQUENCE, &algorithm)) {
		struct reader a = reader_of(algorithm);

		out->hash_oid = form_oid(&a, DER_OID);
		in.failed |= a.failed;
	}
	if (form_optional(&in, DER_BIT_STRING, &bits)) {
		in.failed |= bits.n < 1 || bits.p[0] != 0;
		out->hash = bytes_sub(bits, 1, bits.n - 1);
	}
	form_end(r, &in);
}

struct bytes
form_directory_name(struct reader *r, struct bytes names)
{
	struct reader in = reader_of(names);
	struct bytes name = der_get(&in, DER_CONTEXT_4);

	r->failed |= !reader_at_end(&in) || !name_is_sound(name);
	return name;
}

size_t
form_find(const struct form_known *known, size_t count, struct bytes oid)
{
	size_t i = 0;

	while (i < count && !bytes_eq(known[i].oid, oid))
		i++;
	return i;
}
