/* SPDX-License-Identifier: Apache-2.0 */
#include "platform_signer.h"

#include <string.h>

#include "chain_parse.h"
#include "der_name.h"

enum { ISSUERS_MAX = 16 };

/* Candidates while they go by. */
struct search {
	const struct platform_cert *cert;
	struct curves *curves;
	struct platform_signer *out;
	enum status best;
	size_t count;
};

static struct bytes
view(const mbedtls_x509_buf *b)
{
	return bytes_view(b->p, b->len);
}

/* Has it signed, and may it? */
static enum status
judge(const struct search *s, const mbedtls_x509_crt *crt)
{
	struct public_key key;
	enum status st;

	if (key_from_spki(view(&crt->pk_raw), &key) != OK)
		return PLATFORM_ALGORITHM;
	st = signed_verify(&s->cert->whole, &key, s->curves);
	if (st == SIGNATURE_ALGORITHM || st == PUBLIC_UNSUPPORTED)
		return PLATFORM_ALGORITHM;
	if (st != OK)
		return st == CRYPTO_FAILED ? st : PLATFORM_SIGNATURE;
	return mbedtls_x509_crt_check_key_usage(
	           crt, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) == 0
	           ? OK
	           : PLATFORM_ISSUER_USAGE;
}

static void
keep(struct platform_signer *out, const mbedtls_x509_crt *crt)
{
	struct chain_link link = {.subject = ""};

	chain_describe(crt, &link);
	memcpy(out->subject, link.subject, sizeof(out->subject));
	out->not_before = link.not_before;
	out->not_after = link.not_after;
	out->authority = crt->MBEDTLS_PRIVATE(ca_istrue) != 0;
	memcpy(out->der, crt->raw.p, crt->raw.len);
	out->len = crt->raw.len;
}

/* A name may have had several keys: the first that signed counts. */
static enum status
on_candidate(void *arg, struct bytes der)
{
	struct search *s = arg;
	mbedtls_x509_crt crt;
	enum status st = CHAIN_MALFORMED;

	if (++s->count > ISSUERS_MAX || der.n > ISSUER_MAX)
		return st;
	mbedtls_x509_crt_init(&crt);
	if (chain_parse_one(&crt, der) && crt.raw.len == der.n) {
		st = OK;
		if (s->best != OK &&
		    name_same(view(&crt.subject_raw), s->cert->issuer) &&
		    (s->best = judge(s, &crt)) == OK)
			keep(s->out, &crt);
	}
	mbedtls_x509_crt_free(&crt);
	return st;
}

enum status
platcert_find_signer(const struct platform_cert *cert, struct bytes issuers,
    struct curves *curves, struct platform_signer *out)
{
	struct search s = {.cert = cert,
	    .curves = curves,
	    .out = out,
	    .best = PLATFORM_ISSUER};
	enum status st;

	out->len = 0;
	st = chain_each(issuers, on_candidate, &s);
	if (st == OK && s.count == 0)
		st = CHAIN_MALFORMED;
	return st == OK ? s.best : st;
}
