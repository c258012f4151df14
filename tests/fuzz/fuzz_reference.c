/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference values as CBOR.  The first byte chooses the reader: the normal
 * form, its CoRIM alone, a vendor's CoRIM, or the payload of an index, which
 * is then signed.
 */
#include "fuzz.h"

#include <assay/result.h>

#include "document.h"
#include "normal.h"
#include "reference_index.h"
#include "signer.h"

enum { WAYS = 4 };

static char pem[1024];
static struct public_key key;
static struct anchors *anchors;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char pub[SIGNER_PUBLIC_PEM];

	(void)argc;
	(void)argv;
	MUST(assay_key(ASSAY_KEY_NEW, NULL, pem, sizeof(pem)) > 0);
	MUST(signer_public(pem, pub) == OK);
	MUST(key_from_pem(bytes_str(pub), &key) == OK);
	MUST((anchors = anchors_new(ANCHOR_REFERENCE)) != NULL);
	return 0;
}

static void
check(const struct reference *ref)
{
	MUST(ref->row_count >= 1 && ref->row_count <= REFERENCE_ROWS);
	MUST(reference_id_ok(ref->id));
	for (size_t i = 0; i < ref->row_count; i++) {
		const struct reference_row *row = &ref->row[i];

		MUST(reference_find(ref, row->index) == row);
		MUST(row->count >= 1 && row->count <= REFERENCE_ALTERNATIVES);
		for (size_t k = 0; k < row->count; k++)
			MUST(row->digest[k].n == hash_size(row->alg));
	}
}

/* A vendor's CoRIM becomes a normal form that its reader accepts. */
static void
as_vendor(struct bytes in)
{
	static uint8_t store[REFERENCE_MAX];
	static struct reference ref;
	static struct document doc;
	struct writer w = writer_of(store, sizeof(store));
	struct rim_input input = {
	    .bytes = in, .anchors = anchors, .allow_unsigned = true, .at = 1};
	struct fault fault;

	if (in.n == 0 || in.p[0] == '<' ||
	    rim_read(&input, &doc, &fault) != OK)
		return;
	normal_payload(&doc, BYTES_LIT("id"), &w);
	MUST(!w.failed);
	MUST(reference_payload_decode(writer_view(&w), &ref) == OK);
	check(&ref);
}

/* Whatever an index holds, each of its digests is found in it. */
static void
as_index(struct bytes in)
{
	static uint8_t store[REFERENCE_INDEX_BYTES];
	struct writer w = writer_of(store, sizeof(store));
	struct reference_index index;

	MUST(reference_index_decode(in, &key, NULL, &index) != OK);
	if (normal_sign_index(in, pem, &w) != OK ||
	    reference_index_decode(writer_view(&w), &key, NULL, &index) != OK)
		return;
	MUST(index.count <= REFERENCE_SETS);
	for (size_t i = 0; i < index.count; i++)
		MUST(reference_index_has(
		    &index, bytes_sub(index.elements, 34 * i + 2, 32)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reference ref;
	struct bytes in;

	if (size < 1)
		return 0;
	in = bytes_view(data + 1, size - 1);
	if (data[0] % WAYS == 3)
		as_index(in);
	else if (data[0] % WAYS == 0)
		MUST(reference_decode(in, &key, NULL, &ref) != OK);
	else if (data[0] % WAYS == 1) {
		if (reference_payload_decode(in, &ref) == OK)
			check(&ref);
	} else {
		as_vendor(in);
	}
	return 0;
}
