/* SPDX-License-Identifier: Apache-2.0 */
/* Writing base64url (RFC 4648, section 5). */
#include "bytes.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

ptrdiff_t
bytes_to_base64url(struct bytes b, char *out, size_t cap)
{
	size_t need = b.n / 3 * 4 + (b.n % 3 == 0 ? 0 : b.n % 3 + 1);
	uint32_t bits = 0;
	unsigned held = 0;

	if (need >= cap)
		return -1;
	for (size_t i = 0; i < b.n; i++) {
		bits = bits << 8 | b.p[i];
		for (held += 8; held >= 6; held -= 6)
			*out++ = digits[bits >> (held - 6) & 63];
	}
	if (held > 0)
		*out++ = digits[bits << (6 - held) & 63];
	*out = '\0';
	return (ptrdiff_t)need;
}
