/* SPDX-License-Identifier: Apache-2.0 */
#include "der.h"

struct bytes
der_any(struct reader *r, uint8_t *tag)
{
	size_t n;

	*tag = read_u8(r);
	n = read_u8(r);
	if (n == 0x81) {
		n = read_u8(r);
		r->failed |= n < 0x80;
	} else if (n == 0x82) {
		n = read_be16(r);
		r->failed |= n <= 0xff;
	} else if (n == 0x83) {
		n = (size_t)read_u8(r) << 16;
		n |= read_be16(r);
		r->failed |= n <= 0xffff;
	} else if (n >= 0x80) {
		r->failed = true;
	}
	return read_bytes(r, n);
}

struct bytes
der_get(struct reader *r, uint8_t tag)
{
	uint8_t got;
	struct bytes content = der_any(r, &got);

	if (got == tag)
		return content;
	r->failed = true;
	return (struct bytes){NULL, 0};
}

bool
der_next_is(const struct reader *r, uint8_t tag)
{
	return !r->failed && r->rest.n > 0 && r->rest.p[0] == tag;
}

size_t
der_size(struct bytes b)
{
	struct reader r = reader_of(b);
	uint8_t tag;

	der_any(&r, &tag);
	return r.failed ? 0 : b.n - r.rest.n;
}
