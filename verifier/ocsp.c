/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a response, and what it says of one certificate. */
#include "ocsp.h"

#include <string.h>

#include "der.h"

/* Tags of RFC 6960, 4.2.1 and its ASN.1 module. */
enum {
	TAG_NULL = 0x05,
	TAG_GOOD = 0x80,     /* [0] IMPLICIT NULL */
	TAG_UNKNOWN = 0x82,  /* [2] IMPLICIT NULL */
	TAG_0 = 0xa0,        /* [0], constructed, and so on */
	TAG_1 = 0xa1,
	TAG_2 = 0xa2,
};

enum { SUCCESSFUL = 0, SHA1_SIZE = 20 };

/* id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1 */
static const uint8_t oid_basic[] = {
    0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};

/* Hashes that name an issuer; SHA-1 signs nothing here. */
static const uint8_t oid_sha1[] = {0x2b, 0x0e, 0x03, 0x02, 0x1a};
static const uint8_t oid_sha256[] = {
    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
static const uint8_t oid_sha384[] = {
    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02};
static const uint8_t oid_sha512[] = {
    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03};

static const struct {
	struct bytes oid;
	enum hash hash;
} hashes[] = {
    {{oid_sha1, sizeof(oid_sha1)}, HASH_SHA1},
    {{oid_sha256, sizeof(oid_sha256)}, HASH_SHA256},
    {{oid_sha384, sizeof(oid_sha384)}, HASH_SHA384},
    {{oid_sha512, sizeof(oid_sha512)}, HASH_SHA512},
};

/* A CertID and what is said of it. */
struct single {
	enum hash hash; /* HASH_NONE: one that is not known here */
	struct bytes name_hash, key_hash, serial;
	struct ocsp_answer answer;
};

/* [N] EXPLICIT around one element: a reader of it. */
static struct reader
inside(struct reader *r, uint8_t tag)
{
	return reader_of(der_get(r, tag));
}

/* Extensions: none that is critical is known here. */
static enum status
read_extensions(struct reader *r)
{
	struct reader outer = inside(r, TAG_1);
	struct reader list = inside(&outer, DER_SEQUENCE);
	struct extension ext;
	enum status st = OK;

	if (list.rest.n == 0)
		list.failed = true;
	while (extension_next(&list, &ext))
		if (ext.critical)
			st = OCSP_EXTENSION;
	if (!reader_at_end(&list) || !reader_at_end(&outer))
		r->failed = true;
	return st;
}

/* RevokedInfo ::= SEQUENCE { time, [0] EXPLICIT CRLReason OPTIONAL } */
static void
read_revoked(struct reader *r, struct ocsp_answer *out)
{
	struct reader in = inside(r, TAG_1);

	out->state = OCSP_STATE_REVOKED;
	out->revoked_at = der_time(&in);
	if (der_next_is(&in, TAG_0)) {
		struct reader outer = inside(&in, TAG_0);

		out->reason = reason_read(outer.rest);
		in.failed |= out->reason == NULL;
	}
	if (!reader_at_end(&in))
		r->failed = true;
}

/* CertStatus ::= CHOICE */
static void
read_state(struct reader *r, struct ocsp_answer *out)
{
	if (der_next_is(r, TAG_1)) {
		read_revoked(r, out);
	} else if (der_next_is(r, TAG_UNKNOWN)) {
		out->state = OCSP_STATE_UNKNOWN;
		if (der_get(r, TAG_UNKNOWN).n != 0)
			r->failed = true;
	} else if (der_get(r, TAG_GOOD).n != 0) {
		r->failed = true;
	}
}

/* CertID ::= SEQUENCE { algorithm, name hash, key hash, serial } */
static void
read_id(struct reader *r, struct single *out)
{
	struct reader id = inside(r, DER_SEQUENCE);
	struct reader alg = inside(&id, DER_SEQUENCE);
	struct bytes oid = der_get(&alg, DER_OID);

	if (der_next_is(&alg, TAG_NULL) && der_get(&alg, TAG_NULL).n != 0)
		alg.failed = true;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (bytes_eq(oid, hashes[i].oid))
			out->hash = hashes[i].hash;
	out->name_hash = der_get(&id, DER_OCTET_STRING);
	out->key_hash = der_get(&id, DER_OCTET_STRING);
	out->serial = der_get(&id, DER_INTEGER);
	if (!reader_at_end(&alg) || !reader_at_end(&id) ||
	    out->serial.n == 0 ||
	    (out->hash != HASH_NONE &&
		(out->name_hash.n != hash_size(out->hash) ||
		    out->key_hash.n != hash_size(out->hash))))
		r->failed = true;
}

/* SingleResponse; R fails when it is malformed. */
static enum status
read_single(struct reader *r, struct single *out)
{
	struct reader in = inside(r, DER_SEQUENCE);
	struct ocsp_answer *a = &out->answer;
	enum status st = OK;

	*out = (struct single){.hash = HASH_NONE};
	read_id(&in, out);
	read_state(&in, a);
	a->this_update = der_time(&in);
	if (der_next_is(&in, TAG_0)) {
		struct reader outer = inside(&in, TAG_0);

		a->next_update = der_time(&outer);
		a->has_next = true;
		if (!reader_at_end(&outer) || a->next_update < a->this_update)
			in.failed = true;
	}
	if (der_next_is(&in, TAG_1))
		st = read_extensions(&in);
	if (!reader_at_end(&in))
		r->failed = true;
	return st;
}

/* Each answer in turn; a malformed one counts before an odd one. */
static enum status
read_answers(struct reader *r, struct ocsp *out)
{
	struct reader list;
	struct single one;
	enum status st = OK, last;

	out->answers = der_get(r, DER_SEQUENCE);
	list = reader_of(out->answers);
	while (list.rest.n > 0 && !list.failed)
		if ((last = read_single(&list, &one)) != OK)
			st = last;
	r->failed |= list.failed;
	return st;
}

/* ResponderID ::= CHOICE { [1] Name, [2] KeyHash } */
static void
read_responder(struct reader *r, struct ocsp *out)
{
	struct reader in;

	out->by_key = der_next_is(r, TAG_2);
	in = inside(r, out->by_key ? TAG_2 : TAG_1);
	if (out->by_key) {
		out->responder = der_get(&in, DER_OCTET_STRING);
		in.failed |= out->responder.n != SHA1_SIZE;
	} else {
		out->responder = read_bytes(&in, der_size(in.rest));
		in.failed |= out->responder.n == 0 ||
		    out->responder.p[0] != DER_SEQUENCE;
	}
	if (!reader_at_end(&in))
		r->failed = true;
}

/* ResponseData; v1 is the default and so never written. */
static enum status
read_data(struct bytes content, struct ocsp *out)
{
	struct reader top = reader_of(content);
	struct reader r = inside(&top, DER_SEQUENCE);
	enum status st, last = OK;

	if (der_next_is(&r, TAG_0))
		return OCSP_UNSUPPORTED;
	read_responder(&r, out);
	(void)der_time(&r); /* producedAt: the answers have their own times */
	st = read_answers(&r, out);
	if (der_next_is(&r, TAG_1))
		last = read_extensions(&r);
	if (!reader_at_end(&r) || !reader_at_end(&top))
		return OCSP_MALFORMED;
	return st != OK ? st : last;
}

/* certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL; no more than a few. */
static bool
read_certs(struct bytes rest, struct ocsp *out)
{
	struct reader r = reader_of(rest), outer, list;
	size_t n = 0;

	if (rest.n == 0)
		return true;
	outer = inside(&r, TAG_0);
	out->certs = der_get(&outer, DER_SEQUENCE);
	for (list = reader_of(out->certs); list.rest.n > 0 && !list.failed;
	     n++)
		(void)der_get(&list, DER_SEQUENCE);
	return !list.failed && reader_at_end(&outer) && reader_at_end(&r) &&
	    n <= OCSP_CERTS_MAX;
}

/* OCSPResponse: the BasicOCSPResponse in it. */
static enum status
unwrap(struct bytes der, struct bytes *basic)
{
	struct reader top = reader_of(der);
	struct reader r = inside(&top, DER_SEQUENCE), outer, in;
	struct bytes status = der_get(&r, DER_ENUMERATED), type;

	if (r.failed || status.n != 1 || !reader_at_end(&top))
		return OCSP_MALFORMED;
	if (status.p[0] != SUCCESSFUL)
		return r.rest.n == 0 ? OCSP_UNSUCCESSFUL : OCSP_MALFORMED;
	outer = inside(&r, TAG_0);
	in = inside(&outer, DER_SEQUENCE);
	type = der_get(&in, DER_OID);
	*basic = der_get(&in, DER_OCTET_STRING);
	if (!reader_at_end(&in) || !reader_at_end(&outer) ||
	    !reader_at_end(&r))
		return OCSP_MALFORMED;
	return bytes_eq(type, BYTES_OF(oid_basic)) ? OK : OCSP_UNSUPPORTED;
}

enum status
ocsp_parse(struct bytes der, struct ocsp *out)
{
	struct bytes basic, rest;
	enum status st;

	*out = (struct ocsp){.by_key = false};
	if (der.n > OCSP_FILE_MAX)
		return OCSP_MALFORMED;
	if ((st = unwrap(der, &basic)) != OK)
		return st;
	if (!signed_read(basic, &out->whole, &rest) || !read_certs(rest, out))
		return OCSP_MALFORMED;
	return read_data(out->whole.content, out);
}

static enum status
hash_is(enum hash alg, struct bytes data, struct bytes want, bool *same)
{
	struct digest d;
	enum status st = hash_one(alg, data, &d);

	*same = st == OK && bytes_eq(digest_view(&d), want);
	return st;
}

/* Is this answer about CRT? */
static enum status
is_about(const struct single *one, const mbedtls_x509_crt *crt,
    const mbedtls_x509_crt *issuer, bool *same)
{
	enum status st;

	*same = false;
	if (one->hash == HASH_NONE ||
	    !bytes_eq(one->serial, bytes_view(crt->serial.p, crt->serial.len)))
		return OK;
	st = hash_is(one->hash,
	    bytes_view(issuer->subject_raw.p, issuer->subject_raw.len),
	    one->name_hash, same);
	if (st != OK || !*same)
		return st;
	return hash_is(one->hash,
	    spki_bits(bytes_view(issuer->pk_raw.p, issuer->pk_raw.len)),
	    one->key_hash, same);
}

enum status
ocsp_find(const struct ocsp *in, const mbedtls_x509_crt *crt,
    const mbedtls_x509_crt *issuer, struct ocsp_answer *out, bool *found)
{
	struct reader list = reader_of(in->answers);
	struct single one;
	enum status st;

	*found = false;
	while (list.rest.n > 0) {
		bool same;

		(void)read_single(&list, &one);
		if (list.failed)
			return OCSP_MALFORMED;
		if ((st = is_about(&one, crt, issuer, &same)) != OK)
			return st;
		if (!same)
			continue;
		if (*found)
			return OCSP_DUPLICATE;
		*out = one.answer;
		*found = true;
	}
	return OK;
}
