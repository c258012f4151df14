/* SPDX-License-Identifier: Apache-2.0 */
#include "chain_path.h"

#include <string.h>

#include "signed.h"

static struct bytes
view(const mbedtls_x509_buf *b)
{
	return bytes_view(b->p, b->len);
}

/* Is it, byte for byte, a certificate that the caller gave? */
static bool
is_listed(const struct trust *t, const mbedtls_x509_crt *crt)
{
	const mbedtls_x509_crt *a = t->any ? &t->list : NULL;

	for (; a != NULL; a = a->next)
		if (bytes_eq(view(&a->raw), view(&crt->raw)))
			return true;
	return false;
}

/* Is its public key one of the fingerprints? */
static bool
is_known(const struct trust *t, const mbedtls_x509_crt *crt)
{
	struct digest d;

	if (hash_one(HASH_SHA256, view(&crt->pk_raw), &d) != OK)
		return false;
	for (size_t i = 0; i < t->spki_count; i++)
		if (memcmp(t->spki[i], d.b, SPKI_DIGEST) == 0)
			return true;
	return false;
}

static bool
named_by(const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer)
{
	return bytes_eq(view(&crt->issuer_raw), view(&issuer->subject_raw));
}

/*
 * Number AT of a chain.  A device that the caller lists must have made its
 * certificate itself; a root that is known by its key is nobody's device.
 */
static bool
is_anchor(const struct trust *t, const mbedtls_x509_crt *crt, size_t at)
{
	if (at == 0)
		return named_by(crt, crt) && is_listed(t, crt);
	return is_listed(t, crt) || is_known(t, crt);
}

/* Intermediate certificates up to and with number AT that are not renewals
 * of their own issuer's key (RFC 5280, 4.2.1.9). */
static int
intermediates(const struct chain_path *path, size_t at)
{
	int n = 0;

	for (size_t i = 1; i <= at; i++)
		n += !named_by(path->cert[i], path->cert[i]);
	return n;
}

/* May ISSUER sign number AT of the path, with what is below it? */
static bool
may_issue(const mbedtls_x509_crt *issuer, bool anchor,
    const struct chain_path *path, size_t at)
{
	int limit = issuer->MBEDTLS_PRIVATE(max_pathlen); /* plus 1, or 0 */
	bool ca = issuer->MBEDTLS_PRIVATE(ca_istrue) != 0;

	/* Before version 3 there was no way to say so. */
	if (!ca && !(anchor && issuer->version < 3))
		return false;
	if (limit > 0 && intermediates(path, at) > limit - 1)
		return false;
	return mbedtls_x509_crt_check_key_usage(
		   issuer, MBEDTLS_X509_KU_KEY_CERT_SIGN) == 0;
}

enum status
chain_signed_by(const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer,
    const struct public_key *key, struct curves *curves)
{
	struct signed_der s;
	struct bytes rest;

	if (!named_by(crt, issuer) ||
	    !signed_read(view(&crt->raw), &s, &rest) || rest.n != 0)
		return CHAIN_UNTRUSTED;
	return signed_verify(&s, key, curves);
}

/* Its key, when it is on one of the curves that devices use. */
static bool
curve_key(const mbedtls_x509_crt *crt, struct public_key *key)
{
	return key_from_spki(view(&crt->pk_raw), key) == OK &&
	    key->type != KEY_RSA;
}

static bool
holds(const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer,
    struct curves *curves)
{
	struct public_key key;

	return curve_key(issuer, &key) &&
	    chain_signed_by(crt, issuer, &key, curves) == OK;
}

/* One of the caller's certificates that signed number AT, or NULL. */
static const mbedtls_x509_crt *
anchor_above(const struct trust *t, const struct chain_path *path, size_t at,
    struct curves *curves)
{
	const mbedtls_x509_crt *a = t->any ? &t->list : NULL;

	for (; a != NULL; a = a->next)
		if (named_by(path->cert[at], a) &&
		    may_issue(a, true, path, at) &&
		    holds(path->cert[at], a, curves))
			return a;
	return NULL;
}

/* Could it lead anywhere?  Without signatures, which take long. */
static bool
promises(const struct trust *t, const mbedtls_x509_crt *crt)
{
	for (size_t at = 0; crt != NULL; crt = crt->next, at++) {
		const mbedtls_x509_crt *a = t->any ? &t->list : NULL;

		if (is_anchor(t, crt, at))
			return true;
		for (; a != NULL; a = a->next)
			if (named_by(crt, a))
				return true;
	}
	return false;
}

enum status
chain_path_find(const struct trust *trust, const mbedtls_x509_crt *crt,
    struct curves *curves, struct chain_path *out)
{
	const mbedtls_x509_crt *above;
	struct public_key key;

	*out = (struct chain_path){.count = 0};
	if (!promises(trust, crt) || !curve_key(crt, &key))
		return CHAIN_UNTRUSTED;
	for (size_t at = 0; at < CHAIN_MAX; at++, crt = crt->next) {
		out->cert[at] = crt;
		out->count = out->own = at + 1;
		if (is_anchor(trust, crt, at))
			return OK;
		above = anchor_above(trust, out, at, curves);
		if (above != NULL) {
			out->cert[out->count++] = above;
			out->own += crt->next != NULL &&
			    bytes_eq(view(&crt->next->raw), view(&above->raw));
			return OK;
		}
		if (crt->next == NULL)
			break;
		if (!may_issue(crt->next, is_anchor(trust, crt->next, at + 1),
			out, at) ||
		    !holds(crt, crt->next, curves))
			break;
	}
	return CHAIN_UNTRUSTED;
}
