/* SPDX-License-Identifier: Apache-2.0 */
#include "sign1.h"

#include "cose.h"
#include "signer.h"

enum { CBOR_NIL = 0xf6 };

/* { 1 => alg, 3 => content type, -70200 => key } */
static enum status
read_head(struct bytes in, const struct sign1_kind *kind, struct bytes *spki)
{
	static const int64_t keys[] = {COSE_HEADER_ALG,
	    COSE_HEADER_CONTENT_TYPE, SIGN1_HEADER_KEY};
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m = dcbor_get_map(&c);
	int64_t key;

	if (m.left != 3)
		return kind->malformed;
	for (size_t i = 0; i < 3; i++) {
		if (!dcbor_key_int(&c, &m, &key) || key != keys[i])
			return kind->malformed;
		if (i == 0 && dcbor_get_int(&c) != COSE_ES384)
			return kind->malformed;
		if (i == 1 && !bytes_eq(dcbor_get_tstr(&c),
				  bytes_str(kind->content_type)))
			return kind->malformed;
		if (i == 2)
			*spki = dcbor_get_bstr(&c);
	}
	return dcbor_end(&c) == OK ? OK : kind->malformed;
}

/* 18([ protected, {}, payload or nil, signature ]) */
static enum status
read_message(struct dcbor *c, const struct sign1_kind *kind,
    struct bytes *payload, struct cose_sign1 *msg)
{
	struct dcbor_item nil;

	dcbor_want_tag(c, COSE_TAG_SIGN1);
	dcbor_want_array(c, 4);
	msg->protected_header = dcbor_get_bstr(c);
	if (dcbor_get_map(c).left != 0)
		return kind->malformed;
	if (!kind->detached)
		*payload = dcbor_get_bstr(c);
	else if (!dcbor_next(c, &nil) || nil.type != CBOR_NULL)
		return kind->malformed;
	msg->payload = *payload;
	msg->signature = dcbor_get_bstr(c);
	return c->st == OK ? OK : kind->malformed;
}

enum status
sign1_read(struct dcbor *c, const struct sign1_kind *kind,
    struct bytes *payload, struct digest *signer)
{
	struct cose_sign1 msg;
	struct public_key key;
	struct bytes spki = {NULL, 0};
	enum status st = read_message(c, kind, payload, &msg);

	if (st != OK ||
	    (st = read_head(msg.protected_header, kind, &spki)) != OK)
		return st;
	if (key_from_spki(spki, &key) != OK || key.type != KEY_P384)
		return kind->malformed;
	if (cose_verify(&msg, COSE_ES384, &key, NULL) != OK)
		return kind->mismatch;
	return hash_one(HASH_SHA256, spki, signer);
}

static void
put_message(struct writer *w, const struct cose_sign1 *msg, bool detached)
{
	dcbor_put_tag(w, COSE_TAG_SIGN1);
	dcbor_put_array(w, 4);
	dcbor_put_bstr(w, msg->protected_header);
	dcbor_put_map(w, 0);
	if (detached)
		write_u8(w, CBOR_NIL);
	else
		dcbor_put_bstr(w, msg->payload);
	dcbor_put_bstr(w, msg->signature);
}

enum status
sign1_write(const char *key_pem, const struct sign1_kind *kind,
    struct bytes payload, struct writer *w)
{
	uint8_t spki[SIGNER_SPKI], head[256], sig[SIGNER_SIGNATURE];
	struct writer h = writer_of(head, sizeof(head));
	struct cose_sign1 msg;
	struct digest d;
	enum status st;

	if ((st = signer_spki(key_pem, spki)) != OK)
		return st;

	/* What is signed, and under which words. */
	dcbor_put_map(&h, 3);
	dcbor_put_int(&h, COSE_HEADER_ALG);
	dcbor_put_int(&h, COSE_ES384);
	dcbor_put_int(&h, COSE_HEADER_CONTENT_TYPE);
	dcbor_put_tstr(&h, bytes_str(kind->content_type));
	dcbor_put_int(&h, SIGN1_HEADER_KEY);
	dcbor_put_bstr(&h, BYTES_OF(spki));
	msg = (struct cose_sign1){writer_view(&h), payload, BYTES_OF(sig)};
	if ((st = cose_digest(HASH_SHA384, &msg, &d)) != OK ||
	    (st = signer_sign(key_pem, &d, sig)) != OK)
		return st;
	put_message(w, &msg, kind->detached);
	return OK;
}

enum status
sign1_signer(const char *key_pem, struct digest *out)
{
	uint8_t spki[SIGNER_SPKI];
	enum status st = signer_spki(key_pem, spki);

	return st != OK ? st : hash_one(HASH_SHA256, BYTES_OF(spki), out);
}
