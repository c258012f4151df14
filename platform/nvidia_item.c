/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor.h"

#include <ctype.h>

/* "Hopper" is written HOPPER; anything but letters is left out. */
static void
put_architecture(struct writer *w, const struct device *d)
{
	struct bytes name = device_text(d, FACT_ARCHITECTURE, SOURCE_DRIVER);
	size_t start = w->n;

	for (size_t i = 0; i < name.n; i++)
		if (isalpha(name.p[i]))
			write_u8(w, (uint8_t)toupper(name.p[i]));
	if (w->n == start)
		write_str(w, "UNKNOWN");
}

void
nvidia_item(const struct device *d, struct bytes chain, struct bytes report,
    const uint8_t nonce[NONCE_LEN], struct writer *w)
{
	char hex[2 * NONCE_LEN + 1];

	bytes_to_hex(bytes_view(nonce, NONCE_LEN), hex);
	write_str(w, "[{\"arch\":\"");
	put_architecture(w, d);
	write_str(w, "\",\"certificate\":\"");
	write_base64(w, chain);
	write_str(w, "\",\"evidence\":\"");
	write_base64(w, report);
	write_str(w, "\",\"nonce\":\"");
	write_str(w, hex);
	write_str(w, "\"}]");
}
