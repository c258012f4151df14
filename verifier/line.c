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

static void
put_char(struct line *l, unsigned c)
{
	if (c == '\\')
		line_put(l, "\\\\");
	else if (c >= 0x20 && c <= 0x7e)
		line_put(l, "%c", (int)c);
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
	for (size_t i = 0; i < b.n && l->n < LINE_MAX_BYTES; i++)
		line_put(l, "%02x", b.p[i]);
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
