/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoRIMs as vendors write them, under every wrapper that is tolerated, and
 * with one thing wrong.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcbor.h"
#include "rim_forge.h"

enum { AT = 1780000000 };

/* Bits: how the CoRIM is wrapped, and what is wrong with it. */
enum twist {
	SOUND = 0,
	UNSIGNED = 1 << 0,
	WRAP_OLD = 1 << 1,     /* 500(502(...)), a bare map, bare strings */
	NEST_SWAPPED = 1 << 2, /* bstr(506(map)) */
	NO_CHAIN = 1 << 3,
	CHAIN_UNPROTECTED = 1 << 4,
	CRITICAL = 1 << 5,
	ALG_OTHER = 1 << 6,
	BAD_SIGNATURE = 1 << 7,
	EXPIRED = 1 << 8,      /* validity of the CoRIM */
	META_EXPIRED = 1 << 9, /* validity of the signature */
	KEY_TEXT = 1 << 10,    /* mkey is text */
	NO_VERSION = 1 << 11,
	TWO_MODELS = 1 << 12,
	INDEX_TWICE = 1 << 13,
	SHORT_DIGEST = 1 << 14,
	TWO_ALGORITHMS = 1 << 15, /* SHA-256 beside SHA-384 */
	SHA512_ONLY = 1 << 16,
	TRAILING = 1 << 17,
	INDEX_ZERO = 1 << 18,
};

static struct forge_board board;
static struct public_key leaf_key;
static struct anchors *anchors;
static struct document doc;
static struct fault fault;

static const struct row {
	const char *name;
	unsigned twist;
	bool allow_unsigned, name_signer;
	enum status want;
} rows[] = {
    {"sound", SOUND, false, false, OK},
    {"chain outside the signature", CHAIN_UNPROTECTED, false, false, OK},
    {"older wrappers", WRAP_OLD, false, false, OK},
    {"nested the other way", WRAP_OLD | NEST_SWAPPED, false, false, OK},
    {"a named key", NO_CHAIN, false, true, OK},
    {"a named key before the chain", SOUND, false, true, OK},
    {"unsigned, allowed", UNSIGNED, true, false, OK},
    {"unsigned, older wrappers", UNSIGNED | WRAP_OLD, true, false, OK},
    {"two algorithms", TWO_ALGORITHMS, false, false, OK},
    {"SHA-512", SHA512_ONLY, false, false, OK},

    {"unsigned", UNSIGNED, false, false, RIM_UNSIGNED},
    {"no chain", NO_CHAIN, false, false, RIM_UNTRUSTED},
    {"critical parameters", CRITICAL, false, false, CORIM_UNSUPPORTED},
    {"another algorithm", ALG_OTHER, false, false, RIM_ALGORITHM},
    {"a bad signature", BAD_SIGNATURE, false, false, RIM_SIGNATURE},
    {"a bad signature, unsigned allowed", BAD_SIGNATURE, true, false,
	RIM_SIGNATURE},
    {"expired", EXPIRED, false, false, RIM_EXPIRED},
    {"signature expired", META_EXPIRED, false, false, RIM_EXPIRED},
    {"keys that are text", KEY_TEXT, false, false, RIM_EMPTY},
    {"index 0", INDEX_ZERO, false, false, RIM_EMPTY},
    {"no version", NO_VERSION, false, false, CORIM_UNSUPPORTED},
    {"two models", TWO_MODELS, false, false, CORIM_UNSUPPORTED},
    {"an index twice", INDEX_TWICE, false, false, RIM_INDEX_DUPLICATE},
    {"a digest too short", SHORT_DIGEST, false, false, RIM_VALUE},
    {"bytes after the map", TRAILING, false, false, CORIM_MALFORMED},
};

static void
put_text(struct writer *w, const char *s)
{
	dcbor_put_tstr(w, bytes_str(s));
}

static void
put_digest(struct writer *w, unsigned number, size_t size)
{
	static const uint8_t digest[64] = {0x5a};

	dcbor_put_array(w, 2);
	dcbor_put_uint(w, number);
	dcbor_put_bstr(w, bytes_view(digest, size));
}

static void
put_measurement(struct writer *w, unsigned twist, unsigned index)
{
	dcbor_put_map(w, 2);
	/* Keys not in order: that is tolerated. */
	dcbor_put_uint(w, 1);
	dcbor_put_map(w, (twist & NO_VERSION) != 0 ? 1 : 2);
	dcbor_put_uint(w, 2);
	dcbor_put_array(w, (twist & TWO_ALGORITHMS) != 0 ? 2 : 1);
	if ((twist & TWO_ALGORITHMS) != 0)
		put_digest(w, 1, 32);
	if ((twist & SHA512_ONLY) != 0)
		put_digest(w, 8, 64);
	else
		put_digest(w, 7, (twist & SHORT_DIGEST) != 0 ? 47 : 48);
	if ((twist & NO_VERSION) == 0) {
		dcbor_put_uint(w, 0);
		dcbor_put_map(w, 1);
		dcbor_put_uint(w, 0);
		put_text(w, "620.54");
	}
	dcbor_put_uint(w, 0);
	if ((twist & KEY_TEXT) != 0)
		put_text(w, "key");
	else
		dcbor_put_uint(w, (twist & INDEX_ZERO) != 0 ? 0 : index);
}

static void
put_triple(struct writer *w, unsigned twist, const char *model, unsigned index)
{
	dcbor_put_array(w, 2);
	dcbor_put_map(w, 1);
	dcbor_put_uint(w, 0);
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 1);
	put_text(w, "NVIDIA");
	dcbor_put_uint(w, 2);
	put_text(w, model);
	dcbor_put_array(w, 1);
	put_measurement(w, twist, index);
}

static void
put_comid(struct writer *w, unsigned twist)
{
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 1);
	dcbor_put_map(w, 1);
	dcbor_put_uint(w, 0);
	put_text(w, "tag");
	dcbor_put_uint(w, 4);
	dcbor_put_map(w, 1);
	dcbor_put_uint(w, 0);
	dcbor_put_array(w, 2);
	put_triple(w, twist, "GR100", 8);
	put_triple(w, twist, (twist & TWO_MODELS) != 0 ? "GR200" : "GR100",
	    (twist & INDEX_TWICE) != 0 ? 8 : 33);
}

/* { 0 => not before, 1 => not after } */
static void
put_validity(struct writer *w, bool expired)
{
	dcbor_put_map(w, 2);
	dcbor_put_uint(w, 0);
	dcbor_put_tag(w, 1);
	dcbor_put_uint(w, 1000);
	dcbor_put_uint(w, 1);
	dcbor_put_tag(w, 1);
	dcbor_put_uint(w, expired ? AT - 1 : AT + 1);
}

static void
put_corim(struct writer *w, unsigned twist)
{
	uint8_t store[4096];
	struct writer comid = writer_of(store, sizeof(store));

	if ((twist & NEST_SWAPPED) != 0)
		dcbor_put_tag(&comid, 506);
	put_comid(&comid, twist);
	if ((twist & WRAP_OLD) == 0)
		dcbor_put_tag(w, 501);
	dcbor_put_map(w, 3);
	dcbor_put_uint(w, 0);
	put_text(w, "NV_GPU_DRIVER_GR100_620.54");
	dcbor_put_uint(w, 1);
	dcbor_put_array(w, 1);
	if ((twist & WRAP_OLD) == 0)
		dcbor_put_tag(w, 506);
	dcbor_put_bstr(w, writer_view(&comid));
	dcbor_put_uint(w, 4);
	put_validity(w, (twist & EXPIRED) != 0);
	if ((twist & TRAILING) != 0)
		write_u8(w, 0);
}

static void
put_chain(struct writer *w)
{
	dcbor_put_uint(w, 33);
	dcbor_put_array(w, 2);
	dcbor_put_bstr(w, bytes_view(board.leaf, board.leaf_len));
	dcbor_put_bstr(w, bytes_view(board.root, board.root_len));
}

static void
put_header(struct writer *w, unsigned twist)
{
	uint8_t store[64];
	struct writer meta = writer_of(store, sizeof(store));
	bool chain = (twist & (NO_CHAIN | CHAIN_UNPROTECTED)) == 0;
	bool critical = (twist & CRITICAL) != 0;

	dcbor_put_map(&meta, 1);
	dcbor_put_uint(&meta, 1);
	put_validity(&meta, (twist & META_EXPIRED) != 0);

	dcbor_put_map(w, 3u + chain + critical);
	dcbor_put_uint(w, 1);
	dcbor_put_int(w, (twist & ALG_OTHER) != 0 ? -7 : -35);
	if (critical) {
		dcbor_put_uint(w, 2);
		dcbor_put_array(w, 1);
		dcbor_put_uint(w, 99);
	}
	dcbor_put_uint(w, 3);
	put_text(w, "application/rim+cbor");
	dcbor_put_uint(w, 8);
	dcbor_put_bstr(w, writer_view(&meta));
	if (chain)
		put_chain(w);
}

static void
sign(struct writer *w, unsigned twist, struct bytes corim)
{
	uint8_t header[4096], tbs[8192], sig[96];
	struct writer h = writer_of(header, sizeof(header));
	struct writer t = writer_of(tbs, sizeof(tbs));

	put_header(&h, twist);
	dcbor_put_array(&t, 4);
	put_text(&t, "Signature1");
	dcbor_put_bstr(&t, writer_view(&h));
	dcbor_put_bstr(&t, (struct bytes){NULL, 0});
	dcbor_put_bstr(&t, corim);
	assert_true(rim_forge_sign(&board, writer_view(&t), sig));
	sig[95] ^= (twist & BAD_SIGNATURE) != 0;

	if ((twist & WRAP_OLD) != 0) {
		dcbor_put_tag(w, 500);
		dcbor_put_tag(w, 502);
	}
	dcbor_put_tag(w, 18);
	dcbor_put_array(w, 4);
	dcbor_put_bstr(w, writer_view(&h));
	if ((twist & CHAIN_UNPROTECTED) != 0) {
		dcbor_put_map(w, 1);
		put_chain(w);
	} else {
		dcbor_put_map(w, 0);
	}
	dcbor_put_bstr(w, corim);
	dcbor_put_bstr(w, BYTES_OF(sig));
}

static struct bytes
make(unsigned twist)
{
	static uint8_t store[8192], out[16384];
	struct writer c = writer_of(store, sizeof(store));
	struct writer w = writer_of(out, sizeof(out));

	put_corim(&c, twist);
	if ((twist & UNSIGNED) != 0) {
		/* A bare map needs its tag to be known for a CoRIM. */
		if ((twist & WRAP_OLD) != 0) {
			dcbor_put_tag(&w, 500);
			dcbor_put_tag(&w, 501);
		}
		write_bytes(&w, writer_view(&c));
	} else {
		sign(&w, twist, writer_view(&c));
	}
	assert_false(w.failed || c.failed);
	return writer_view(&w);
}

static enum status
read_bytes_of(struct bytes in, bool allow_unsigned, bool name_signer)
{
	struct rim_input input = {
	    .bytes = in,
	    .anchors = anchors,
	    .signer = name_signer ? &leaf_key : NULL,
	    .allow_unsigned = allow_unsigned,
	    .at = AT,
	};

	fault.text[0] = '\0';
	return rim_read(&input, &doc, &fault);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	enum status st = read_bytes_of(
	    make(row->twist), row->allow_unsigned, row->name_signer);

	if (st != row->want)
		print_message("%s\n", fault.text);
	assert_status(st, row->want);
	if (st != OK)
		return;
	assert_int_equal(doc.row_count, 2);
	assert_int_equal(doc.row[0].index, 7);
	assert_int_equal(doc.row[1].index, 32);
	assert_int_equal(doc.row[0].count, 1);
	assert_int_equal(doc.row[0].alg,
	    (row->twist & SHA512_ONLY) != 0 ? HASH_SHA512 : HASH_SHA384);
	assert_string_equal(doc.version, "620.54");
	assert_string_equal(doc.product, "GR100");
	assert_int_equal(doc.kind, REFERENCE_DRIVER);
	assert_int_equal(doc.trust,
	    (row->twist & UNSIGNED) != 0 ? REFERENCE_UNSIGNED
		: row->name_signer       ? REFERENCE_KEY
					 : REFERENCE_PINNED);
	assert_true(doc.not_after == AT + 1);
}

/* Cut and changed in every byte: a signature holds or it does not. */
static void
test_mutation(void **state)
{
	struct bytes in = make(SOUND);
	uint8_t *copy = malloc(in.n);

	(void)state;
	assert_non_null(copy);
	memcpy(copy, in.p, in.n);
	for (size_t i = 0; i < in.n; i++) {
		assert_int_not_equal(
		    read_bytes_of(bytes_view(copy, i), false, false), OK);
		copy[i] ^= 0x10;
		assert_int_not_equal(
		    read_bytes_of(bytes_view(copy, in.n), false, false), OK);
		copy[i] ^= 0x10;
	}
	free(copy);
}

static void
test_neither(void **state)
{
	static const char *const texts[] = {
	    "", "{}", "\xef\xbb\xbf<a/>", " <a/>", "MIIB", "\x80", "\xd2",
	    "\xd2\x84", "\xd9\x01\xf5\xa0", "\x9f"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_not_equal(
		    read_bytes_of(bytes_str(texts[i]), true, false), OK);
	assert_status(read_bytes_of(bytes_str("{}"), true, false),
	    RIM_UNKNOWN);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mutation),
	    cmocka_unit_test(test_neither),
	};
	struct bytes cert[2];
	struct chain chain;
	int rc;

	anchors = anchors_new(ANCHOR_REFERENCE);
	if (anchors == NULL || !forge_board_new(&board) ||
	    anchors_add(anchors, bytes_view(board.root, board.root_len)) != OK)
		return 1;
	cert[0] = bytes_view(board.leaf, board.leaf_len);
	cert[1] = bytes_view(board.root, board.root_len);
	if (chain_verify(anchors, cert, 2, NULL, &chain) != OK)
		return 1;
	leaf_key = chain.key;
	rc = kit_run_rows("rim_corim", rows, sizeof(rows[0]), COUNT(rows),
	    test_row, tests, COUNT(tests));
	forge_board_free(&board);
	anchors_free(anchors);
	return rc;
}
