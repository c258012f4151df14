/* SPDX-License-Identifier: Apache-2.0 */
/* A public key from a modulus, and the DER that it is made of. */
#include "crypto_mbedtls.h"

void
der_put_head(struct writer *w, uint8_t tag, size_t n)
{
	write_u8(w, tag);
	if (n < 0x80) {
		write_u8(w, (uint8_t)n);
	} else if (n <= 0xff) {
		write_u8(w, 0x81);
		write_u8(w, (uint8_t)n);
	} else {
		write_u8(w, 0x82);
		write_be16(w, (uint16_t)n);
	}
}

void
der_put_uint(struct writer *w, struct bytes v)
{
	/* What would read as negative gets a zero in front. */
	bool sign = v.p[0] >= 0x80;

	der_put_head(w, 0x02, v.n + sign);
	if (sign)
		write_u8(w, 0);
	write_bytes(w, v);
}

enum status
key_from_rsa(struct bytes modulus, uint32_t exponent, struct public_key *out)
{
	uint8_t e[4], body[KEY_DER_MAX];
	struct writer we = writer_of(e, sizeof(e));
	struct writer inner = writer_of(body, sizeof(body));
	struct writer w = writer_of(out->der, sizeof(out->der));
	struct bytes ev;

	*out = (struct public_key){.type = KEY_RSA};
	/* 2048 to 4096 bits in whole bytes, top bit set, odd exponent > 3. */
	if (modulus.n < 256 || modulus.n > RSA_BYTES_MAX ||
	    modulus.p[0] < 0x80 || exponent < 5 || exponent % 2 == 0)
		return PUBLIC_UNSUPPORTED;
	write_be32(&we, exponent);
	ev = writer_view(&we);
	while (ev.p[0] == 0)
		ev = bytes_sub(ev, 1, ev.n - 1);

	/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } (RFC 8017) */
	der_put_uint(&inner, modulus);
	der_put_uint(&inner, ev);
	der_put_head(&w, 0x30, inner.n);
	write_bytes(&w, writer_view(&inner));
	if (inner.failed || w.failed)
		return PUBLIC_UNSUPPORTED;
	out->bits = (unsigned)modulus.n * 8;
	out->der_len = w.n;
	return key_try(out);
}
