/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The line is full: end it with dots, and take nothing more. */
static void
cut(struct line *l)
{
	memcpy(l->text + LINE_MAX_BYTES - 4, "...", 4);
	l->n = LINE_MAX_BYTES;
}

void
line_put(struct line *l, const char *format, ...)
{
	size_t room = LINE_MAX_BYTES - l->n;
	va_list ap;
	int n;

	if (room == 0)
		return;
	va_start(ap, format);
	n = vsnprintf(l->text + l->n, room, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		cut(l);
	else
		l->n += (size_t)n;
}

/* N characters as they are. */
static void
put_plain(struct line *l, const char *text, size_t n)
{
	if (l->n == LINE_MAX_BYTES)
		return;
	if (n >= LINE_MAX_BYTES - l->n) {
		n = LINE_MAX_BYTES - l->n - 1;
		memcpy(l->text + l->n, text, n);
		cut(l);
		return;
	}
	memcpy(l->text + l->n, text, n);
	l->n += n;
	l->text[l->n] = '\0';
}

static void
put_char(struct line *l, unsigned c)
{
	char plain = (char)c;

	if (c == '\\')
		put_plain(l, "\\\\", 2);
	else if (c >= 0x20 && c <= 0x7e)
		put_plain(l, &plain, 1);
	else
		line_put(l, c > 0xff ? "\\u%04x" : "\\x%02x", c);
}

void
line_put_text(struct line *l, struct bytes b)
{
	for (size_t i = 0; i < b.n && l->n < LINE_MAX_BYTES; i++)
		put_char(l, b.p[i]);
}

void
line_put_utf16(struct line *l, struct bytes b)
{
	struct reader r = reader_of(b);

	while (r.rest.n >= 2 && l->n < LINE_MAX_BYTES)
		put_char(l, read_le16(&r));
}

void
line_put_hex(struct line *l, struct bytes b)
{
	char hex[2 * 16 + 1];

	while (b.n > 0 && l->n < LINE_MAX_BYTES) {
		size_t n = b.n < 16 ? b.n : 16;

		bytes_to_hex(bytes_sub(b, 0, n), hex);
		put_plain(l, hex, 2 * n);
		b = bytes_sub(b, n, b.n - n);
	}
}

void
line_put_guid(struct line *l, struct bytes guid)
{
	struct reader r = reader_of(guid);
	uint32_t a = read_le32(&r);
	uint16_t b = read_le16(&r), c = read_le16(&r);

	line_put(l, "%08x-%04x-%04x-", a, b, c);
	line_put_hex(l, bytes_sub(guid, 8, 2));
	line_put(l, "-");
	line_put_hex(l, bytes_sub(guid, 10, 6));
}
