/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of text, put together from pieces and bounded.  What comes from
 * logs is brought to printable ASCII: a backslash is written twice, everything
 * else \xNN.
 */
#ifndef ASSAY_LINE_H
#define ASSAY_LINE_H

#include "bytes.h"

enum { LINE_MAX_BYTES = 512 };

struct line {
	char text[LINE_MAX_BYTES]; /* always ends with a NUL */
	size_t n;
};

/* Append; what has no room ends in "...". */
void line_put(struct line *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Bytes as text, UTF-16 (little-endian) as text, bytes as digits. */
void line_put_text(struct line *l, struct bytes b);
void line_put_utf16(struct line *l, struct bytes b);
void line_put_hex(struct line *l, struct bytes b);
/* A GUID as UEFI writes it: its first three parts are little-endian. */
void line_put_guid(struct line *l, struct bytes guid);

#endif
