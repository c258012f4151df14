/* SPDX-License-Identifier: Apache-2.0 */
/* What lists and responses say of a platform certificate and its signer. */
#include "platform_signer.h"

#include <string.h>

#include "chain_path.h"
#include "der.h"
#include "revocation.h"

/*
 * A certificate that has this number, and an issuer of this name, and nothing
 * else: what is looked up in lists.
 */
static mbedtls_x509_crt
as_listed(const struct platform_cert *cert, const mbedtls_x509_crt *issuer)
{
	mbedtls_x509_crt crt;

	mbedtls_x509_crt_init(&crt);
	crt.issuer_raw = issuer->subject_raw;
	crt.serial.tag = DER_INTEGER;
	crt.serial.p = (unsigned char *)(uintptr_t)cert->serial.p;
	crt.serial.len = cert->serial.n;
	return crt;
}

enum status
platcert_find_revocation(const struct platform_cert *cert,
    const struct platform_signer *signer, const struct anchors *from,
    const int64_t *time, bool *found, char *note)
{
	struct revocation_finding f = {.source = REVOCATION_NOT_FOUND};
	mbedtls_x509_crt issuer, listed;
	enum status st = CHAIN_MALFORMED;

	mbedtls_x509_crt_init(&issuer);
	if (chain_parse_one(&issuer, bytes_view(signer->der, signer->len))) {
		listed = as_listed(cert, &issuer);
		st = revocation_find(anchors_revocation(from), &listed,
		    &issuer, time, anchors_curves(from), &f);
	}
	mbedtls_x509_crt_free(&issuer);
	*found = st == OK && f.source != REVOCATION_NOT_FOUND &&
	    !signer->authority;
	memcpy(note, f.note, CHAIN_NOTE);
	return st == CHAIN_REVOKED ? PLATFORM_REVOKED : st;
}

/* The certificate among links that issued another, while they go by. */
struct above {
	const mbedtls_x509_crt *crt;
	mbedtls_x509_crt found;
	bool any;
	struct curves *curves;
};

static enum status
on_link(void *arg, struct bytes der)
{
	struct above *a = arg;
	struct public_key key;
	mbedtls_x509_crt crt;

	mbedtls_x509_crt_init(&crt);
	if (!a->any && chain_parse_one(&crt, der) &&
	    crt.MBEDTLS_PRIVATE(ca_istrue) != 0 &&
	    key_from_spki(
		bytes_view(crt.pk_raw.p, crt.pk_raw.len), &key) == OK &&
	    chain_signed_by(a->crt, &crt, &key, a->curves) == OK) {
		a->found = crt;
		a->any = true;
		return OK;
	}
	mbedtls_x509_crt_free(&crt);
	return OK;
}

enum status
platcert_signer_revocation(const struct platform_signer *signer,
    struct bytes links, const struct anchors *from, const int64_t *time,
    bool *found, char *note)
{
	struct revocation_finding f = {.source = REVOCATION_NOT_FOUND};
	struct above above = {.curves = anchors_curves(from)};
	enum status st = CHAIN_MALFORMED;
	mbedtls_x509_crt crt;

	mbedtls_x509_crt_init(&crt);
	above.crt = &crt;
	if (chain_parse_one(&crt, bytes_view(signer->der, signer->len)) &&
	    (st = chain_each(links, on_link, &above)) == OK)
		st = revocation_find(anchors_revocation(from), &crt,
		    above.any ? &above.found : &crt, time, above.curves, &f);
	if (above.any)
		mbedtls_x509_crt_free(&above.found);
	mbedtls_x509_crt_free(&crt);
	*found = st == OK && f.source != REVOCATION_NOT_FOUND;
	memcpy(note, f.note, CHAIN_NOTE);
	return st;
}
