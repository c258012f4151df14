/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor.h"

#include <ctype.h>

/* RFC 7468: 64 digits a line.  The root stands first in DER, last in PEM. */
bool
nvidia_pem(struct bytes der, struct writer *w)
{
	struct bytes cert[8];
	size_t n = 0, k;

	while (der.n > 0) {
		/* A SEQUENCE with a length of two bytes (X.690, 8.1.3). */
		if (n == sizeof(cert) / sizeof(cert[0]) || der.n < 4 ||
		    der.p[0] != 0x30 || der.p[1] != 0x82)
			return false;
		k = 4 + ((size_t)der.p[2] << 8 | der.p[3]);
		if (k > der.n)
			return false;
		cert[n++] = bytes_sub(der, 0, k);
		der = bytes_sub(der, k, der.n - k);
	}
	while (n-- > 0) {
		write_str(w, "-----BEGIN CERTIFICATE-----\n");
		for (size_t at = 0; at < cert[n].n; at += k) {
			k = cert[n].n - at < 48 ? cert[n].n - at : 48;
			write_base64(w, bytes_sub(cert[n], at, k));
			write_u8(w, '\n');
		}
		write_str(w, "-----END CERTIFICATE-----\n");
	}
	return !w->failed;
}

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
