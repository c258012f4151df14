/* SPDX-License-Identifier: Apache-2.0 */
#include "table_sign.h"

#include <string.h>

#include "cose.h"
#include "dcbor.h"
#include "signer.h"

enum { CBOR_NIL = 0xf6 };

/* { 1 => alg, 3 => content type, -70200 => key } */
static enum status
read_head(struct bytes in, struct bytes *spki)
{
	static const int64_t keys[] = {COSE_HEADER_ALG,
	    COSE_HEADER_CONTENT_TYPE, TABLE_HEADER_KEY};
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m = dcbor_get_map(&c);
	int64_t key;

	if (m.left != 3)
		return TABLE_SIGNATURES_MALFORMED;
	for (size_t i = 0; i < 3; i++) {
		if (!dcbor_key_int(&c, &m, &key) || key != keys[i])
			return TABLE_SIGNATURES_MALFORMED;
		if (i == 0 && dcbor_get_int(&c) != COSE_ES384)
			return TABLE_SIGNATURES_MALFORMED;
		if (i == 1 && !bytes_eq(dcbor_get_tstr(&c),
				  BYTES_LIT(TABLE_CONTENT_TYPE)))
			return TABLE_SIGNATURES_MALFORMED;
		if (i == 2)
			*spki = dcbor_get_bstr(&c);
	}
	return dcbor_end(&c) == OK ? OK : TABLE_SIGNATURES_MALFORMED;
}

/* 18([ protected, {}, nil, signature ]), its payload being TABLE. */
static void
read_one(struct dcbor *c, struct bytes table, struct cose_sign1 *msg)
{
	struct dcbor_item nil;

	dcbor_want_tag(c, COSE_TAG_SIGN1);
	dcbor_want_array(c, 4);
	msg->protected_header = dcbor_get_bstr(c);
	if (dcbor_get_map(c).left != 0 || !dcbor_next(c, &nil) ||
	    nil.type != CBOR_NULL)
		dcbor_fail(c, TABLE_SIGNATURES_MALFORMED);
	msg->payload = table;
	msg->signature = dcbor_get_bstr(c);
}

/* One signature: the key it names, and whether it verifies under it. */
static enum status
check_one(const struct cose_sign1 *msg, struct digest *id)
{
	struct public_key key;
	struct bytes spki;
	enum status st = read_head(msg->protected_header, &spki);

	if (st != OK)
		return st;
	if (key_from_spki(spki, &key) != OK || key.type != KEY_P384)
		return TABLE_SIGNATURES_MALFORMED;
	if (cose_verify(msg, COSE_ES384, &key, NULL) != OK)
		return TABLE_SIGNATURE;
	return hash_one(HASH_SHA256, spki, id);
}

/* Read all; a signature that does not verify ends it, or is left out. */
static enum status
read_all(struct bytes table, struct bytes cose, bool lenient,
    struct table_signers *out)
{
	struct dcbor c = dcbor_of(cose);
	uint64_t n = dcbor_get_array(&c);
	enum status st;

	out->count = 0;
	if (cose.n > TABLE_COSE_MAX || n == 0 || n > TABLE_SIGNERS_MAX)
		return TABLE_SIGNATURES_MALFORMED;
	for (uint64_t i = 0; i < n; i++) {
		struct digest *id = &out->id[out->count];
		struct bytes start = c.rest;
		struct cose_sign1 msg;

		read_one(&c, table, &msg);
		if (c.st != OK)
			return TABLE_SIGNATURES_MALFORMED;
		st = check_one(&msg, id);
		if (st == TABLE_SIGNATURE && lenient)
			continue;
		if (st != OK)
			return st;

		/* Nobody counts twice. */
		if (table_signers_trusted(out, id, 1) > 0)
			return TABLE_SIGNATURES_MALFORMED;
		out->signature[out->count++] =
		    bytes_sub(start, 0, start.n - c.rest.n);
	}
	return dcbor_end(&c) == OK ? OK : TABLE_SIGNATURES_MALFORMED;
}

enum status
table_signers_read(
    struct bytes table, struct bytes cose, struct table_signers *out)
{
	return read_all(table, cose, false, out);
}

size_t
table_signers_trusted(const struct table_signers *s,
    const struct digest *trusted, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; k < count; k++)
			n += bytes_eq(digest_view(&s->id[i]),
			    digest_view(&trusted[k]));
	return n;
}

static void
put_one(struct writer *w, struct bytes head, struct bytes signature)
{
	dcbor_put_tag(w, COSE_TAG_SIGN1);
	dcbor_put_array(w, 4);
	dcbor_put_bstr(w, head);
	dcbor_put_map(w, 0);
	write_u8(w, CBOR_NIL);
	dcbor_put_bstr(w, signature);
}

enum status
table_sign(const char *key_pem, struct bytes table, struct bytes before,
    struct writer *out)
{
	struct table_signers old = {.count = 0};
	uint8_t spki[SIGNER_SPKI], head[256], sig[SIGNER_SIGNATURE];
	struct writer h = writer_of(head, sizeof(head));
	struct cose_sign1 msg;
	struct digest id, d;
	size_t kept = 0;
	enum status st;

	if ((st = signer_spki(key_pem, spki)) != OK ||
	    (st = hash_one(HASH_SHA256, BYTES_OF(spki), &id)) != OK)
		return st;
	if (before.n > 0 &&
	    (st = read_all(table, before, true, &old)) != OK)
		return st;

	/* What is signed, and under which words. */
	dcbor_put_map(&h, 3);
	dcbor_put_int(&h, COSE_HEADER_ALG);
	dcbor_put_int(&h, COSE_ES384);
	dcbor_put_int(&h, COSE_HEADER_CONTENT_TYPE);
	dcbor_put_tstr(&h, BYTES_LIT(TABLE_CONTENT_TYPE));
	dcbor_put_int(&h, TABLE_HEADER_KEY);
	dcbor_put_bstr(&h, BYTES_OF(spki));
	msg = (struct cose_sign1){writer_view(&h), table, {NULL, 0}};
	if ((st = cose_digest(HASH_SHA384, &msg, &d)) != OK ||
	    (st = signer_sign(key_pem, &d, sig)) != OK)
		return st;

	/* Others stay; an older one of our own does not. */
	for (size_t i = 0; i < old.count; i++)
		kept += !bytes_eq(digest_view(&old.id[i]), digest_view(&id));
	if (kept == TABLE_SIGNERS_MAX)
		return FILE_TOO_LARGE;
	dcbor_put_array(out, kept + 1);
	for (size_t i = 0; i < old.count; i++)
		if (!bytes_eq(digest_view(&old.id[i]), digest_view(&id)))
			write_bytes(out, old.signature[i]);
	put_one(out, writer_view(&h), BYTES_OF(sig));
	return out->failed ? FILE_TOO_LARGE : OK;
}
