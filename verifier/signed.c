/* SPDX-License-Identifier: Apache-2.0 */
#include "signed.h"

#include <string.h>

#include "der.h"

enum { DER_NULL = 0x05, TRUE = 0xff };

/* AlgorithmIdentifiers by their OIDs (RFC 5758, 3.2; RFC 4055, 5). */
static const uint8_t ecdsa_sha256[] = {
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
static const uint8_t ecdsa_sha384[] = {
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03};
static const uint8_t ecdsa_sha512[] = {
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04};
static const uint8_t rsa_sha256[] = {
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b};
static const uint8_t rsa_sha384[] = {
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c};
static const uint8_t rsa_sha512[] = {
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d};

static const struct {
	struct bytes oid;
	enum sig_scheme scheme;
	enum hash hash;
} algorithms[] = {
    {{ecdsa_sha256, sizeof(ecdsa_sha256)}, SIG_ECDSA, HASH_SHA256},
    {{ecdsa_sha384, sizeof(ecdsa_sha384)}, SIG_ECDSA, HASH_SHA384},
    {{ecdsa_sha512, sizeof(ecdsa_sha512)}, SIG_ECDSA, HASH_SHA512},
    {{rsa_sha256, sizeof(rsa_sha256)}, SIG_RSASSA, HASH_SHA256},
    {{rsa_sha384, sizeof(rsa_sha384)}, SIG_RSASSA, HASH_SHA384},
    {{rsa_sha512, sizeof(rsa_sha512)}, SIG_RSASSA, HASH_SHA512},
};

enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

/*
 * Parameters are absent with ECDSA and NULL with RSA, or the other way round:
 * mbedTLS 2.28 writes what it should not.
 */
static void
read_algorithm(struct bytes in, struct signed_der *out)
{
	struct reader r = reader_of(in);
	struct bytes oid = der_get(&r, DER_OID);

	out->hash = HASH_NONE;
	if (der_next_is(&r, DER_NULL) && der_get(&r, DER_NULL).n != 0)
		r.failed = true;
	if (!reader_at_end(&r))
		return;
	for (size_t i = 0; i < ALGORITHMS; i++) {
		if (!bytes_eq(oid, algorithms[i].oid))
			continue;
		out->scheme = algorithms[i].scheme;
		out->hash = algorithms[i].hash;
	}
}

bool
signed_read(struct bytes der, struct signed_der *out, struct bytes *rest)
{
	struct reader top = reader_of(der), r, bits;
	struct bytes all;
	size_t n;

	*out = (struct signed_der){.hash = HASH_NONE};
	all = der_get(&top, DER_SEQUENCE);
	n = der_size(all);
	r = reader_of(all);
	out->content = read_bytes(&r, n);
	read_algorithm(der_get(&r, DER_SEQUENCE), out);
	bits = reader_of(der_get(&r, DER_BIT_STRING));
	if (read_u8(&bits) != 0) /* unused bits */
		bits.failed = true;
	out->signature = bits.rest;
	*rest = r.rest;
	return n > 0 && !r.failed && !bits.failed && reader_at_end(&top);
}

/* A positive INTEGER in its only encoding, at the end of OUT. */
static bool
read_half(struct reader *r, uint8_t *out, size_t n)
{
	struct bytes v = der_get(r, DER_INTEGER);

	if (v.n == 0 || v.p[0] >= 0x80 ||
	    (v.n > 1 && v.p[0] == 0 && v.p[1] < 0x80))
		return false;
	if (v.p[0] == 0)
		v = bytes_sub(v, 1, v.n - 1);
	if (v.n > n)
		return false;
	memset(out, 0, n);
	memcpy(out + n - v.n, v.p, v.n);
	return true;
}

enum { FIELD_MAX = 48 };

/* ECDSA-Sig-Value ::= SEQUENCE { r, s } (RFC 3279, 2.2.3), as r and s. */
static enum status
verify_ecdsa(const struct signed_der *in, const struct public_key *key,
    struct bytes digest, struct curves *curves)
{
	size_t field = key->bits / 8;
	struct reader top = reader_of(in->signature), r;
	uint8_t raw[2 * FIELD_MAX];

	r = reader_of(der_get(&top, DER_SEQUENCE));
	if (field > FIELD_MAX || !read_half(&r, raw, field) ||
	    !read_half(&r, raw + field, field) || !reader_at_end(&r) ||
	    !reader_at_end(&top))
		return SIGNATURE_INVALID;
	return curves_verify(curves, key, SIG_ECDSA, in->hash, digest,
	    bytes_view(raw, 2 * field));
}

enum status
signed_verify(const struct signed_der *in, const struct public_key *key,
    struct curves *curves)
{
	struct digest d;
	enum status st;

	if (in->hash == HASH_NONE)
		return SIGNATURE_ALGORITHM;
	if ((key->type == KEY_RSA) != (in->scheme == SIG_RSASSA))
		return SIGNATURE_SCHEME;
	if ((st = hash_one(in->hash, in->content, &d)) != OK)
		return st;
	if (in->scheme == SIG_ECDSA)
		return verify_ecdsa(in, key, digest_view(&d), curves);
	return verify_digest(
	    key, in->scheme, in->hash, digest_view(&d), in->signature);
}

struct bytes
spki_bits(struct bytes spki)
{
	struct reader top = reader_of(spki), r, bits;

	r = reader_of(der_get(&top, DER_SEQUENCE));
	(void)der_get(&r, DER_SEQUENCE);
	bits = reader_of(der_get(&r, DER_BIT_STRING));
	(void)read_u8(&bits);
	return bits.rest;
}

bool
extension_next(struct reader *r, struct extension *out)
{
	struct reader one;

	*out = (struct extension){.critical = false};
	if (r->failed || r->rest.n == 0)
		return false;
	one = reader_of(der_get(r, DER_SEQUENCE));
	out->oid = der_get(&one, DER_OID);

	/* FALSE is the default and so never written (X.690, 11.5). */
	if (der_next_is(&one, DER_BOOLEAN)) {
		struct bytes b = der_get(&one, DER_BOOLEAN);

		if (b.n != 1 || b.p[0] != TRUE)
			one.failed = true;
		out->critical = true;
	}
	out->value = der_get(&one, DER_OCTET_STRING);
	if (!reader_at_end(&one) || out->oid.n == 0)
		r->failed = true;
	return !r->failed;
}

bool
extension_find(
    struct bytes extensions, struct bytes oid, struct extension *out)
{
	struct reader top = reader_of(extensions), r;
	struct extension at;
	unsigned found = 0;

	r = reader_of(der_get(&top, DER_SEQUENCE));
	while (extension_next(&r, &at))
		if (bytes_eq(at.oid, oid)) {
			*out = at;
			found++;
		}
	return found == 1 && !r.failed && reader_at_end(&top);
}

const char *
reason_read(struct bytes der)
{
	/* 7 is not used. */
	static const char *const names[] = {"unspecified", "keyCompromise",
	    "cACompromise", "affiliationChanged", "superseded",
	    "cessationOfOperation", "certificateHold", NULL, "removeFromCRL",
	    "privilegeWithdrawn", "aACompromise"};
	struct reader r = reader_of(der);
	struct bytes v = der_get(&r, DER_ENUMERATED);

	if (v.n != 1 || v.p[0] >= sizeof(names) / sizeof(names[0]) ||
	    !reader_at_end(&r))
		return NULL;
	return names[v.p[0]];
}
