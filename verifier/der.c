/* SPDX-License-Identifier: Apache-2.0 */
#include "der.h"

#include <time.h>

enum { DEPTH_MAX = 16, TIME_DIGITS = 14 };
enum { CONSTRUCTED = 0x20, LONG_TAG = 0x1f };

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

/* Elements whose number does not fit one byte have no place here. */
static bool
is_sound(struct bytes b, unsigned depth)
{
	struct reader r = reader_of(b);

	while (!r.failed && r.rest.n > 0) {
		uint8_t tag;
		struct bytes in = der_any(&r, &tag);

		r.failed |= (tag & LONG_TAG) == LONG_TAG;
		if (!r.failed && (tag & CONSTRUCTED) != 0)
			r.failed = depth == 0 || !is_sound(in, depth - 1);
	}
	return !r.failed;
}

bool
der_is_sound(struct bytes b)
{
	return is_sound(b, DEPTH_MAX);
}

static unsigned
two_digits(struct bytes t, size_t at)
{
	return (unsigned)(t.p[at] - '0') * 10 + (unsigned)(t.p[at + 1] - '0');
}

int64_t
der_time(struct reader *r)
{
	struct bytes t = der_get(r, DER_TIME);
	struct tm tm = {0}, back;
	int64_t seconds;

	r->failed |= t.n != TIME_DIGITS + 1 || t.p[TIME_DIGITS] != 'Z';
	for (size_t i = 0; i < TIME_DIGITS && !r->failed; i++)
		r->failed = t.p[i] < '0' || t.p[i] > '9';
	if (r->failed)
		return 0;
	tm.tm_year = (int)(two_digits(t, 0) * 100 + two_digits(t, 2)) - 1900;
	tm.tm_mon = (int)two_digits(t, 4) - 1;
	tm.tm_mday = (int)two_digits(t, 6);
	tm.tm_hour = (int)two_digits(t, 8);
	tm.tm_min = (int)two_digits(t, 10);
	tm.tm_sec = (int)two_digits(t, 12);

	/* timegm puts right what no calendar has: then it is another. */
	back = tm;
	seconds = timegm(&back);
	r->failed |= back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday ||
	    back.tm_hour != tm.tm_hour || back.tm_min != tm.tm_min ||
	    back.tm_sec != tm.tm_sec;
	return seconds;
}
