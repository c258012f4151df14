/* SPDX-License-Identifier: Apache-2.0 */
#include "normal.h"

#include <stdlib.h>

#include "dcbor.h"
#include "reference_index.h"
#include "signer.h"

enum { TAG_URI = 32, TAG_CORIM = 501, TAG_COMID = 506, HEADER_MAX = 1024 };

static void
put_text(struct writer *w, const char *s)
{
	dcbor_put_tstr(w, bytes_str(s));
}

/* { 0 => mkey, 1 => { 0 => {0 => version}, 2 => digests, 11 => name } } */
static void
put_row(const struct document_row *row, const char *version, struct writer *w)
{
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 0);
	dcbor_put_uint(w, row->index + 1); /* SPDM counts from 1 */
	dcbor_put_uint(w, 1);
	dcbor_put_map(w, 3);
	dcbor_put_uint(w, 0);
	dcbor_put_map(w, 1);
	dcbor_put_uint(w, 0);
	put_text(w, version);
	dcbor_put_uint(w, 2);
	dcbor_put_array(w, row->count);
	for (size_t i = 0; i < row->count; i++) {
		dcbor_put_array(w, 2);
		dcbor_put_uint(w, reference_alg_number(row->alg));
		dcbor_put_bstr(
		    w, bytes_view(row->digest[i], hash_size(row->alg)));
	}
	dcbor_put_uint(w, 11);
	put_text(w, row->name);
}

/* { 1 => {0 => id}, 4 => { 0 => [ [ environment, measurements ] ] } } */
static void
put_comid(const struct document *doc, struct bytes id, struct writer *w)
{
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 1);
	dcbor_put_map(w, 1);
	dcbor_put_uint(w, 0);
	dcbor_put_tstr(w, id);
	dcbor_put_uint(w, 4);
	dcbor_put_map(w, 1);
	dcbor_put_uint(w, 0);
	dcbor_put_array(w, 1);
	dcbor_put_array(w, 2);
	dcbor_put_map(w, 1);
	dcbor_put_uint(w, 0);
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 1);
	put_text(w, doc->vendor);
	dcbor_put_uint(w, 2);
	put_text(w, doc->product);
	dcbor_put_array(w, doc->row_count);
	for (size_t i = 0; i < doc->row_count; i++)
		put_row(&doc->row[i], doc->version, w);
}

void
normal_payload(const struct document *doc, struct bytes id, struct writer *w)
{
	uint8_t *store = malloc(REFERENCE_MAX);
	struct writer comid = writer_of(store, REFERENCE_MAX);

	if (store == NULL) {
		w->failed = true;
		return;
	}
	put_comid(doc, id, &comid);
	w->failed |= comid.failed;
	dcbor_put_tag(w, TAG_CORIM);
	dcbor_put_map(w, 3);
	dcbor_put_uint(w, 0);
	dcbor_put_tstr(w, id);
	dcbor_put_uint(w, 1);
	dcbor_put_array(w, 1);
	dcbor_put_tag(w, TAG_COMID);
	dcbor_put_bstr(w, writer_view(&comid));
	dcbor_put_uint(w, 3);
	dcbor_put_tag(w, TAG_URI);
	put_text(w, REFERENCE_PROFILE_URI);
	free(store);
}

/* Keys in the order of their encoding: 1, 6, then -70200 and on. */
static void
put_claims(const struct reference *ref, struct writer *w)
{
	bool looked_up = ref->revocation != REVOCATION_OF_NONE;

	dcbor_put_map(w, looked_up ? 9 : 8);
	dcbor_put_int(w, REFERENCE_CLAIM_ISS);
	put_text(w, "assay-rim-import");
	dcbor_put_int(w, REFERENCE_CLAIM_IAT);
	dcbor_put_int(w, ref->imported);
	dcbor_put_int(w, REFERENCE_CLAIM_KIND);
	dcbor_put_uint(w, (uint64_t)ref->kind);
	dcbor_put_int(w, REFERENCE_CLAIM_AS_OF);
	dcbor_put_int(w, ref->as_of);
	dcbor_put_int(w, REFERENCE_CLAIM_SOURCE);
	dcbor_put_bstr(w, ref->source);
	dcbor_put_int(w, REFERENCE_CLAIM_TRUST);
	dcbor_put_uint(w, (uint64_t)ref->trust);
	dcbor_put_int(w, REFERENCE_CLAIM_SIGNER);
	dcbor_put_tstr(w, ref->signer);
	dcbor_put_int(w, REFERENCE_CLAIM_NOT_AFTER);
	dcbor_put_int(w, ref->signer_not_after);
	if (looked_up) {
		dcbor_put_int(w, REFERENCE_CLAIM_REVOCATION);
		dcbor_put_uint(w, (uint64_t)ref->revocation);
	}
}

/* The COSE_Sign1 with this protected header. */
static enum status
sign(const struct writer *header, struct bytes payload, const char *key_pem,
    struct writer *w)
{
	struct cose_sign1 msg = {.protected_header = writer_view(header),
	    .payload = payload};
	uint8_t sig[SIGNER_SIGNATURE];
	struct digest d;
	enum status st;

	if (header->failed)
		return INTERNAL;
	if ((st = cose_digest(HASH_SHA384, &msg, &d)) != OK ||
	    (st = signer_sign(key_pem, &d, sig)) != OK)
		return st;
	dcbor_put_tag(w, COSE_TAG_SIGN1);
	dcbor_put_array(w, 4);
	dcbor_put_bstr(w, msg.protected_header);
	dcbor_put_map(w, 0);
	dcbor_put_bstr(w, payload);
	dcbor_put_bstr(w, BYTES_OF(sig));
	return w->failed ? INTERNAL : OK;
}

/* { 1 => ES384, 3 => TYPE, ... }, PAIRS in all */
static void
put_header(struct writer *w, uint64_t pairs, const char *type)
{
	dcbor_put_map(w, pairs);
	dcbor_put_int(w, COSE_HEADER_ALG);
	dcbor_put_int(w, COSE_ES384);
	dcbor_put_int(w, COSE_HEADER_CONTENT_TYPE);
	put_text(w, type);
}

enum status
normal_sign(const struct reference *ref, struct bytes payload,
    const char *key_pem, struct writer *w)
{
	uint8_t header[HEADER_MAX];
	struct writer h = writer_of(header, sizeof(header));

	put_header(&h, 3, REFERENCE_CONTENT_TYPE);
	dcbor_put_int(&h, COSE_HEADER_CWT_CLAIMS);
	put_claims(ref, &h);
	return sign(&h, payload, key_pem, w);
}

enum status
normal_sign_index(
    struct bytes payload, const char *key_pem, struct writer *w)
{
	uint8_t header[HEADER_MAX];
	struct writer h = writer_of(header, sizeof(header));

	put_header(&h, 2, REFERENCE_INDEX_TYPE);
	return sign(&h, payload, key_pem, w);
}
