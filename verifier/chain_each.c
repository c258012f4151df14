/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of makers, one after the other in files. */
#include "chain_parse.h"

#include <string.h>

#include <mbedtls/oid.h>

#include "der.h"

/*
 * Extensions that mbedTLS leaves to us.  Certificate policies ask nothing of
 * who has no policy of its own; any other that is critical is refused.
 */
static int
on_extension(void *user, const mbedtls_x509_crt *crt,
    const mbedtls_x509_buf *oid, int critical, const unsigned char *p,
    const unsigned char *end)
{
	static const uint8_t attributes[] = {0x55, 0x1d, 0x09};
	struct bytes id = bytes_view(oid->p, oid->len);

	(void)user;
	(void)crt;
	(void)p;
	(void)end;
	if (!critical || bytes_eq(id, BYTES_OF(attributes)) ||
	    MBEDTLS_OID_CMP(MBEDTLS_OID_CERTIFICATE_POLICIES, oid) == 0)
		return 0;
	return MBEDTLS_ERR_X509_INVALID_EXTENSIONS;
}

bool
chain_parse_one(mbedtls_x509_crt *list, struct bytes der)
{
	return mbedtls_x509_crt_parse_der_with_ext_cb(
		   list, der.p, der.n, 1, on_extension, NULL) == 0;
}

/* Bytes that may follow a certificate in a file. */
static bool
is_filler(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != 0x00 && b.p[i] != 0xff && b.p[i] != '\r' &&
		    b.p[i] != '\n')
			return false;
	return true;
}

enum status
chain_each(struct bytes file, chain_der_fn *fn, void *arg)
{
	enum status st = OK;

	if (file.n == 0 || file.p[0] != DER_SEQUENCE)
		return chain_each_pem(file, fn, arg);
	while (st == OK && file.n > 0 && file.p[0] == DER_SEQUENCE) {
		size_t n = der_size(file);

		if (n == 0)
			return CHAIN_MALFORMED;
		st = fn(arg, bytes_sub(file, 0, n));
		file = bytes_sub(file, n, file.n - n);
	}
	return st == OK && !is_filler(file) ? CHAIN_MALFORMED : st;
}
