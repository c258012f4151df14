/* SPDX-License-Identifier: Apache-2.0 */
#include "bytes.h"

#include <string.h>

struct bytes
bytes_view(const void *p, size_t n)
{
	return (struct bytes){p, n};
}

struct bytes
bytes_str(const char *s)
{
	return bytes_view(s, strlen(s));
}

bool
bytes_eq(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int
bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

struct bytes
bytes_sub(struct bytes b, size_t at, size_t n)
{
	if (at > b.n || n > b.n - at)
		return (struct bytes){NULL, 0};
	return (struct bytes){b.p + at, n};
}

bool
bytes_is_zero(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != 0)
			return false;
	return true;
}

/*
 * Length of the well-formed UTF-8 sequence at the start of B, or 0
 * (RFC 3629 section 4: no overlong forms, no surrogates, at most U+10FFFF).
 */
static size_t
utf8_sequence(struct bytes b)
{
	static const struct {
		uint8_t first_lo, first_hi, second_lo, second_hi, len;
	} rows[] = {
	    {0x01, 0x7f, 0x00, 0x00, 1},
	    {0xc2, 0xdf, 0x80, 0xbf, 2},
	    {0xe0, 0xe0, 0xa0, 0xbf, 3},
	    {0xe1, 0xec, 0x80, 0xbf, 3},
	    {0xed, 0xed, 0x80, 0x9f, 3},
	    {0xee, 0xef, 0x80, 0xbf, 3},
	    {0xf0, 0xf0, 0x90, 0xbf, 4},
	    {0xf1, 0xf3, 0x80, 0xbf, 4},
	    {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (b.p[0] < rows[i].first_lo || b.p[0] > rows[i].first_hi)
			continue;
		if (b.n < rows[i].len)
			return 0;
		if (rows[i].len > 1 && (b.p[1] < rows[i].second_lo ||
					   b.p[1] > rows[i].second_hi))
			return 0;
		for (size_t k = 2; k < rows[i].len; k++)
			if ((b.p[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

bool
bytes_is_text(struct bytes b)
{
	while (b.n > 0) {
		size_t k = utf8_sequence(b);

		if (k == 0)
			return false;
		b = bytes_sub(b, k, b.n - k);
	}
	return true;
}

struct reader
reader_of(struct bytes b)
{
	return (struct reader){b, false};
}

struct bytes
read_bytes(struct reader *r, size_t n)
{
	struct bytes got;

	if (r->failed || n > r->rest.n) {
		r->failed = true;
		return (struct bytes){NULL, 0};
	}
	got = (struct bytes){r->rest.p, n};
	if (n > 0)
		r->rest = (struct bytes){r->rest.p + n, r->rest.n - n};
	return got;
}

static uint64_t
read_be(struct reader *r, size_t n)
{
	struct bytes b = read_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < b.n; i++)
		v = v << 8 | b.p[i];
	return v;
}

uint64_t
read_le(struct reader *r, size_t n)
{
	struct bytes b = read_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = b.n; i > 0; i--)
		v = v << 8 | b.p[i - 1];
	return v;
}

/* Numbers of a fixed size. */
#define READ(name, type, order, n)                                             \
	type name(struct reader *r)                                            \
	{                                                                      \
		return (type)order(r, n);                                      \
	}
READ(read_u8, uint8_t, read_be, 1)
READ(read_be16, uint16_t, read_be, 2)
READ(read_be32, uint32_t, read_be, 4)
READ(read_be64, uint64_t, read_be, 8)
READ(read_le32, uint32_t, read_le, 4)
#undef READ

struct bytes
read_tpm2b(struct reader *r)
{
	return read_bytes(r, read_be16(r));
}

bool
reader_at_end(const struct reader *r)
{
	return !r->failed && r->rest.n == 0;
}

struct writer
writer_of(void *p, size_t cap)
{
	return (struct writer){p, cap, 0, false};
}

uint8_t *
write_space(struct writer *w, size_t n)
{
	uint8_t *at;

	if (w->failed || n > w->cap - w->n) {
		w->failed = true;
		return NULL;
	}
	at = w->p + w->n;
	w->n += n;
	return at;
}

void
write_be(struct writer *w, uint64_t v, size_t n)
{
	uint8_t *at = write_space(w, n);

	for (size_t i = 0; at != NULL && i < n; i++)
		at[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

void
write_le(struct writer *w, uint64_t v, size_t n)
{
	uint8_t *at = write_space(w, n);

	for (size_t i = 0; at != NULL && i < n; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

#define WRITE(name, type, order, n)                                            \
	void name(struct writer *w, type v)                                    \
	{                                                                      \
		order(w, v, n);                                                \
	}
WRITE(write_u8, uint8_t, write_be, 1)
WRITE(write_be16, uint16_t, write_be, 2)
WRITE(write_be64, uint64_t, write_be, 8)
WRITE(write_le32, uint32_t, write_le, 4)
#undef WRITE

void
write_bytes(struct writer *w, struct bytes b)
{
	uint8_t *at = write_space(w, b.n);

	if (at != NULL && b.n > 0)
		memcpy(at, b.p, b.n);
}

void
write_str(struct writer *w, const char *s)
{
	write_bytes(w, bytes_str(s));
}

struct bytes
writer_view(const struct writer *w)
{
	return bytes_view(w->p, w->n);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void
write_base64(struct writer *w, struct bytes b)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "abcdefghijklmnopqrstuvwxyz"
	                             "0123456789+/";

	for (size_t i = 0; i < b.n && !w->failed; i += 3) {
		size_t n = b.n - i < 3 ? b.n - i : 3;
		uint32_t v = (uint32_t)b.p[i] << 16;

		v |= n > 1 ? (uint32_t)b.p[i + 1] << 8 : 0;
		v |= n > 2 ? b.p[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			write_u8(w,
			    (uint8_t)(k > n ? '='
			                    : digits[v >> (18 - 6 * k) & 63]));
	}
}

ptrdiff_t
bytes_from_hex(const char *s, size_t len, uint8_t *out, size_t cap)
{
	if (len % 2 != 0 || len / 2 > cap)
		return -1;
	for (size_t i = 0; i < len / 2; i++) {
		int hi = hex_digit(s[2 * i]);
		int lo = hex_digit(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return (ptrdiff_t)(len / 2);
}

void
bytes_to_hex(struct bytes b, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < b.n; i++) {
		*out++ = digits[b.p[i] >> 4];
		*out++ = digits[b.p[i] & 15];
	}
	*out = '\0';
}

bool
bytes_to_number(struct bytes t, unsigned base, size_t digits, uint64_t *out)
{
	uint64_t v = 0;

	if (t.n == 0 || t.n > digits)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		int d = t.p[i] >= 'A' && t.p[i] <= 'F' ? -1 :
		    hex_digit((char)t.p[i]);

		if (d < 0 || (unsigned)d >= base)
			return false;
		v = v * base + (unsigned)d;
	}
	*out = v;
	return true;
}

static const char base64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

ptrdiff_t
bytes_from_base64url(
    const char *s, size_t len, bool padded, uint8_t *out, size_t cap)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t n = 0;

	/* Padding, where allowed, only completes a group of four. */
	if (padded && len > 0 && len % 4 == 0 && s[len - 1] == '=')
		len -= s[len - 2] == '=' ? 2 : 1;
	if (len % 4 == 1)
		return -1;

	for (size_t i = 0; i < len; i++) {
		const char *at = s[i] == '\0' ? NULL : strchr(base64url, s[i]);

		if (at == NULL)
			return -1;
		bits = bits << 6 | (uint32_t)(at - base64url);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (n == cap)
			return -1;
		out[n++] = (uint8_t)(bits >> held);
		bits &= (1u << held) - 1;
	}
	return bits == 0 ? (ptrdiff_t)n : -1;
}
