/* SPDX-License-Identifier: Apache-2.0 */
/* Who signed a response: the issuer, or one to whom it delegated that. */
#include "ocsp.h"

#include "chain_path.h"
#include "der.h"

/* Extended key usage, 2.5.29.37, and id-kp-OCSPSigning. */
static const uint8_t oid_usage[] = {0x55, 0x1d, 0x25};
static const uint8_t oid_signing[] = {
    0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09};
/* id-pkix-ocsp-nocheck, 1.3.6.1.5.5.7.48.1.5 */
static const uint8_t oid_nocheck[] = {
    0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05};

static struct bytes
view(const mbedtls_x509_buf *b)
{
	return bytes_view(b->p, b->len);
}

/* Is this who says to have signed? */
static bool
is_responder(const struct ocsp *in, const mbedtls_x509_crt *crt)
{
	struct digest d;

	if (!in->by_key)
		return bytes_eq(in->responder, view(&crt->subject_raw));
	return hash_one(HASH_SHA1, spki_bits(view(&crt->pk_raw)), &d) == OK &&
	    bytes_eq(in->responder, digest_view(&d));
}

static enum status
signed_with(const struct ocsp *in, const struct public_key *key,
    struct curves *curves)
{
	enum status st = signed_verify(&in->whole, key, curves);

	if (st == SIGNATURE_ALGORITHM || st == PUBLIC_UNSUPPORTED)
		return OCSP_ALGORITHM;
	return st == OK || st == CRYPTO_FAILED ? st : OCSP_SIGNATURE;
}

/* Called for extensions that mbedTLS does not know. */
static int
on_extension(void *user, const mbedtls_x509_crt *crt,
    const mbedtls_x509_buf *oid, int critical, const unsigned char *p,
    const unsigned char *end)
{
	(void)user;
	(void)crt;
	(void)p;
	(void)end;
	return critical && !bytes_eq(view(oid), BYTES_OF(oid_nocheck))
	    ? MBEDTLS_ERR_X509_INVALID_EXTENSIONS
	    : 0;
}

/* Does it name OCSP signing itself?  Any purpose is not enough. */
static bool
may_answer(const mbedtls_x509_crt *crt)
{
	struct extension usage;
	struct reader top, list;
	bool named = false;

	if (!extension_find(
		view(&crt->v3_ext), BYTES_OF(oid_usage), &usage))
		return false;
	top = reader_of(usage.value);
	list = reader_of(der_get(&top, DER_SEQUENCE));
	while (list.rest.n > 0 && !list.failed)
		named |= bytes_eq(
		    der_get(&list, DER_OID), BYTES_OF(oid_signing));
	return named && !list.failed && reader_at_end(&top) &&
	    mbedtls_x509_crt_check_key_usage(
		crt, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) == 0;
}

/* Given out by ISSUER itself, for this purpose, for this time? */
static bool
is_delegate(const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer,
    const struct public_key *key, const int64_t *time,
    struct curves *curves)
{
	return may_answer(crt) &&
	    (time == NULL ||
		(*time >= chain_seconds(&crt->valid_from) &&
		    *time <= chain_seconds(&crt->valid_to))) &&
	    chain_signed_by(crt, issuer, key, curves) == OK;
}

/*
 * One certificate of the response; OCSP_RESPONDER when it is another's, or
 * the issuer's own, which needs no delegation.
 */
static enum status
try_delegate(const struct ocsp *in, struct bytes der,
    const mbedtls_x509_crt *issuer, const struct public_key *issuer_key,
    const int64_t *time, struct curves *curves, struct ocsp_signer *out)
{
	struct extension nocheck;
	struct public_key key;
	mbedtls_x509_crt crt;
	enum status st = OCSP_RESPONDER;

	mbedtls_x509_crt_init(&crt);
	if (mbedtls_x509_crt_parse_der_with_ext_cb(
		&crt, der.p, der.n, 1, on_extension, NULL) != 0)
		goto out; /* a certificate of no use here */
	if (!is_responder(in, &crt) ||
	    bytes_eq(view(&crt.raw), view(&issuer->raw)))
		goto out;
	st = OCSP_DELEGATION;
	if (!is_delegate(&crt, issuer, issuer_key, time, curves))
		goto out;
	st = OCSP_ALGORITHM;
	if (key_from_spki(view(&crt.pk_raw), &key) != OK)
		goto out;
	out->from = chain_seconds(&crt.valid_from);
	out->until = chain_seconds(&crt.valid_to);
	out->ask = der;
	if (extension_find(
		view(&crt.v3_ext), BYTES_OF(oid_nocheck), &nocheck))
		out->ask = (struct bytes){NULL, 0};
	st = signed_with(in, &key, curves);
out:
	mbedtls_x509_crt_free(&crt);
	return st;
}

/* Every certificate of the response, until one has signed it. */
static enum status
try_delegates(const struct ocsp *in, const mbedtls_x509_crt *issuer,
    const struct public_key *key, const int64_t *time, struct curves *curves,
    struct ocsp_signer *out)
{
	struct reader list = reader_of(in->certs);
	enum status st = OCSP_RESPONDER;

	while (list.rest.n > 0 && st != OK) {
		struct bytes der = read_bytes(&list, der_size(list.rest));
		enum status last;

		if (list.failed || der.n == 0)
			return OCSP_MALFORMED;
		last = try_delegate(
		    in, der, issuer, key, time, curves, out);
		if (last != OCSP_RESPONDER)
			st = last;
	}
	return st;
}

enum status
ocsp_verify(const struct ocsp *in, const mbedtls_x509_crt *issuer,
    const int64_t *time, struct curves *curves, struct ocsp_signer *out)
{
	enum status own = OCSP_RESPONDER, st;
	struct public_key key;

	*out = (struct ocsp_signer){.from = INT64_MIN, .until = INT64_MAX};
	if (key_from_spki(view(&issuer->pk_raw), &key) != OK)
		return OCSP_ALGORITHM;
	if (is_responder(in, issuer))
		own = signed_with(in, &key, curves);
	if (own == OK || own == CRYPTO_FAILED)
		return own;

	/* A delegate may bear the issuer's name. */
	st = try_delegates(in, issuer, &key, time, curves, out);
	return st == OCSP_RESPONDER ? own : st;
}
