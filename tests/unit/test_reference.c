/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The normal form: what the importer writes is what the verifier reads, and
 * nothing else is.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/result.h>

#include "forge.h"
#include "normal.h"
#include "reference_index.h"
#include "references.h"
#include "signer.h"

#define LAST_TIME INT64_C(253402300799)

static char key_pem[1024];
static struct public_key key;
static struct document doc;
static struct reference ref, out;
static uint8_t payload[REFERENCE_MAX], cose[REFERENCE_MAX];
static const uint8_t source[32] = {1, 2, 3};

/* Two rows, one with two alternatives. */
static void
fill(struct document *d)
{
	struct document_row row = {.index = 7, .alg = HASH_SHA384, .count = 2};
	struct fault fault;

	memset(d, 0, sizeof(*d));
	strcpy(d->vendor, "NVIDIA");
	strcpy(d->product, "GH100");
	strcpy(d->version, "550.90.07");
	strcpy(row.name, "first");
	memset(row.digest[0], 0xaa, 48);
	memset(row.digest[1], 0xbb, 48);
	assert_status(document_add(d, &row, &fault), OK);
	row.index = 3;
	row.count = 1;
	strcpy(row.name, "");
	assert_status(document_add(d, &row, &fault), OK);
	assert_status(document_add(d, &row, &fault), RIM_INDEX_DUPLICATE);
}

static struct reference
sound(void)
{
	struct reference r = {
	    .kind = REFERENCE_DRIVER,
	    .trust = REFERENCE_PINNED,
	    .source = BYTES_OF(source),
	    .imported = 1780000000,
	    .as_of = 1770000000,
	    .signer = BYTES_LIT("CN=a signer"),
	    .signer_not_after = 1790000000,
	};

	return r;
}

static struct bytes
make_payload(void)
{
	struct writer w = writer_of(payload, sizeof(payload));

	fill(&doc);
	normal_payload(&doc, BYTES_LIT("TEST_ID"), &w);
	assert_false(w.failed);
	return writer_view(&w);
}

static struct bytes
make_cose(const struct reference *r, struct bytes content)
{
	struct writer w = writer_of(cose, sizeof(cose));

	assert_status(normal_sign(r, content, key_pem, &w), OK);
	return writer_view(&w);
}

static void
test_sound(void **state)
{
	const struct reference_row *row;

	(void)state;
	ref = sound();
	assert_status(
	    reference_decode(
		make_cose(&ref, make_payload()), &key, NULL, &out),
	    OK);
	assert_int_equal(out.kind, REFERENCE_DRIVER);
	assert_int_equal(out.trust, REFERENCE_PINNED);
	assert_true(bytes_eq(out.id, BYTES_LIT("TEST_ID")));
	assert_true(bytes_eq(out.vendor, BYTES_LIT("NVIDIA")));
	assert_true(bytes_eq(out.product, BYTES_LIT("GH100")));
	assert_true(bytes_eq(out.version, BYTES_LIT("550.90.07")));
	assert_true(bytes_eq(out.source, BYTES_OF(source)));
	assert_true(bytes_eq(out.signer, BYTES_LIT("CN=a signer")));
	assert_true(out.imported == 1780000000 && out.as_of == 1770000000);
	assert_true(out.signer_not_after == 1790000000);
	assert_int_equal(out.revocation, REVOCATION_OF_NONE);
	assert_int_equal(out.row_count, 2);
	assert_int_equal(out.row[0].index, 3);
	row = reference_find(&out, 7);
	assert_non_null(row);
	assert_int_equal(row->count, 2);
	assert_int_equal(row->alg, HASH_SHA384);
	assert_int_equal(row->digest[1].n, 48);
	assert_int_equal(row->digest[1].p[47], 0xbb);
	assert_true(bytes_eq(row->name, BYTES_LIT("first")));
	assert_null(reference_find(&out, 0));
}

/* The largest document there can be still fits and comes back. */
static void
test_largest(void **state)
{
	struct document_row row = {.alg = HASH_SHA512,
	    .count = REFERENCE_ALTERNATIVES};
	struct writer w = writer_of(payload, sizeof(payload));
	struct fault fault;

	(void)state;
	memset(&doc, 0, sizeof(doc));
	memset(doc.vendor, 'v', REFERENCE_TEXT);
	memset(doc.product, 'p', REFERENCE_TEXT);
	memset(doc.version, '1', REFERENCE_TEXT);
	memset(row.name, 'n', REFERENCE_TEXT);
	for (unsigned i = 0; i < REFERENCE_ROWS; i++) {
		row.index = REFERENCE_INDEX_MAX - i;
		assert_status(document_add(&doc, &row, &fault), OK);
	}
	row.index = 0;
	assert_status(document_add(&doc, &row, &fault), RIM_VALUE);
	normal_payload(&doc, BYTES_LIT("largest"), &w);
	assert_false(w.failed);
	ref = sound();
	assert_status(reference_decode(
			  make_cose(&ref, writer_view(&w)), &key, NULL, &out),
	    OK);
	assert_int_equal(out.row_count, REFERENCE_ROWS);
}

/* Signed payloads with some bytes replaced by others, as many. */
static const struct row {
	const char *name;
	const char *find, *put; /* hexadecimal */
	enum status want;
} rows[] = {
    {"another profile", "2f7265666572656e63652f31", "2f7265666572656e63652f32",
	REFERENCE_PROFILE},
    {"another tag than 501", "d901f5", "d901f6", CBOR_TYPE},
    {"another tag than 506", "d901fa", "d901f9", CBOR_TYPE},
    {"another tag than 32", "d820", "d821", CBOR_TYPE},
    {"two identifiers", "67544553545f494404", "67544553545f494504",
	REFERENCE_MALFORMED},
    {"an identifier that is no file name", "0067544553545f494401",
	"00672e2e2f545f494401", REFERENCE_MALFORMED},
    {"index 0", "a2000401a3", "a2000001a3", REFERENCE_MALFORMED},
    {"an index twice", "a2000401a3", "a2000801a3", REFERENCE_MALFORMED},
    {"indices not ascending", "a2000401a3", "a2000901a3",
	REFERENCE_MALFORMED},
    {"an index below zero", "a2000401a3", "a2002001a3", CBOR_TYPE},
    {"an index as text", "a2000401a3", "a2006001a3", CBOR_TYPE},
    {"two versions", "3535302e39302e303702", "3535302e39302e303802",
	REFERENCE_MALFORMED},
    {"an unknown hash", "82075830", "82095830", REFERENCE_MALFORMED},
    {"a hash of another size", "82075830", "82085830", REFERENCE_MALFORMED},
    {"a digest cut short", "82075830", "8207582f", REFERENCE_MALFORMED},
    {"another key in mval", "0b656669", "0c656669", REFERENCE_MALFORMED},
    {"text that is not UTF-8", "656669727374", "6566ff727374", CBOR_TEXT},
    {"control characters are text", "656669727374", "65660a727374", OK},
    {"more rows than said", "65474831303082", "65474831303081",
	CBOR_TRAILING},
    {"fewer rows than said", "65474831303082", "65474831303083",
	CBOR_TRUNCATED},
};

static bool
patch(struct bytes content, const char *find, const char *put)
{
	uint8_t f[32], p[32];
	struct bytes what = kit_hex(find, f, sizeof(f));
	struct bytes with = kit_hex(put, p, sizeof(p));

	assert_int_equal(what.n, with.n);
	for (size_t i = 0; i + what.n <= content.n; i++)
		if (bytes_eq(bytes_sub(content, i, what.n), what)) {
			memcpy(payload + i, with.p, with.n);
			return true;
		}
	return false;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct bytes content = make_payload();

	ref = sound();
	assert_true(patch(content, row->find, row->put));
	assert_status(reference_decode(make_cose(&ref, content), &key, NULL, &out),
	    row->want);
}

/* What was looked up is said when anything was, and in one way. */
static void
test_revocation(void **state)
{
	static const uint8_t none[] = {0x3a, 0x00, 0x01, 0x12, 0x3d, 0x00};
	struct bytes msg;
	uint8_t *at;

	(void)state;
	for (int extent = REVOCATION_OF_NONE; extent <= REVOCATION_OF_ALL;
	     extent++) {
		ref = sound();
		ref.revocation = (enum revocation_extent)extent;
		msg = make_cose(&ref, make_payload());
		assert_status(reference_decode(msg, &key, NULL, &out), OK);
		assert_int_equal(out.revocation, extent);
	}
	at = memmem(cose, msg.n, none, sizeof(none) - 1);
	assert_non_null(at);
	at[sizeof(none) - 1] = REVOCATION_OF_NONE;
	assert_status(
	    reference_decode(msg, &key, NULL, &out), REFERENCE_MALFORMED);
}

static uint8_t list[REFERENCE_INDEX_BYTES];

/* An index over COUNT digests, each of one byte repeated. */
static struct bytes
make_index(const char *bytes, size_t count)
{
	static uint8_t digests[8][32], content[512];
	struct writer p = writer_of(content, sizeof(content));
	struct writer w = writer_of(list, sizeof(list));

	for (size_t i = 0; i < count; i++)
		memset(digests[i], bytes[i], 32);
	reference_index_payload(digests, count, &p);
	assert_false(p.failed);
	assert_status(normal_sign_index(writer_view(&p), key_pem, &w), OK);
	return writer_view(&w);
}

static void
test_index(void **state)
{
	struct reference_index index;
	struct curves *curves = curves_new();
	uint8_t d[32];

	(void)state;
	assert_status(reference_index_decode(
			  make_index("", 0), &key, NULL, &index),
	    OK);
	assert_int_equal(index.count, 0);
	memset(d, 'b', 32);
	assert_false(reference_index_has(&index, BYTES_OF(d)));

	/* In order and once, in whatever order they come. */
	assert_status(reference_index_decode(
			  make_index("zbmba", 5), &key, curves, &index),
	    OK);
	assert_int_equal(index.count, 4);
	for (int c = 0; c < 256; c++) {
		memset(d, c, 32);
		assert_int_equal(reference_index_has(&index, BYTES_OF(d)),
		    c != 0 && strchr("abmz", c) != NULL);
	}
	assert_false(reference_index_has(&index, bytes_view(d, 31)));
	curves_free(curves);
}

/* A payload as it must not be, signed all the same. */
static const struct {
	const char *name, *hex;
	enum status st;
} odd[] = {
    {"no array", "a0", CBOR_TYPE},
    {"something behind", "8000", CBOR_TRAILING},
    {"a short digest", "81581f", CBOR_TRUNCATED},
    {"text", "816161", CBOR_TYPE},
    {"a digest of one byte", "814100", REFERENCE_MALFORMED},
};

static void
test_index_odd(void **state)
{
	struct reference_index index;
	uint8_t content[80] = {0x82};
	struct bytes sets;

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct writer w = writer_of(list, sizeof(list));
		uint8_t bytes[16];

		assert_status(normal_sign_index(
				  kit_hex(odd[i].hex, bytes, sizeof(bytes)),
				  key_pem, &w),
		    OK);
		assert_status(reference_index_decode(
				  writer_view(&w), &key, NULL, &index),
		    odd[i].st);
	}

	/* Not ascending; one twice. */
	for (uint8_t last = 0; last < 2; last++) {
		struct writer w = writer_of(list, sizeof(list));

		content[1] = content[35] = 0x58;
		content[2] = content[36] = 32;
		memset(content + 3, 1, 32);
		memset(content + 37, last, 32);
		assert_status(normal_sign_index(
				  bytes_view(content, 69), key_pem, &w),
		    OK);
		assert_status(reference_index_decode(
				  writer_view(&w), &key, NULL, &index),
		    REFERENCE_MALFORMED);
	}

	/* A set is no index, an index no set. */
	ref = sound();
	sets = make_cose(&ref, make_payload());
	assert_status(reference_index_decode(sets, &key, NULL, &index),
	    REFERENCE_MALFORMED);
	assert_status(reference_decode(make_index("a", 1), &key, NULL, &out),
	    REFERENCE_MALFORMED);
}

/* Every bit of an index, and every length. */
static void
test_index_mutation(void **state)
{
	struct reference_index index;
	struct bytes msg = make_index("ab", 2);
	struct curves *curves = curves_new();

	(void)state;
	for (size_t i = 0; i < msg.n; i++)
		assert_int_not_equal(reference_index_decode(
					 bytes_sub(msg, 0, i), &key, curves,
					 &index),
		    OK);
	for (size_t i = 0; i < 8 * msg.n; i++) {
		list[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(
		    reference_index_decode(msg, &key, curves, &index), OK);
		list[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_status(reference_index_decode(msg, &key, curves, &index), OK);
	curves_free(curves);
}

/* What an index names needs no signature; what it does not name, one. */
static void
test_listed(void **state)
{
	static const char pem_form[] = "-----BEGIN";
	struct references *set = references_new(NULL);
	uint8_t digests[1][32], content[64];
	char pub[SIGNER_PUBLIC_PEM];
	struct reference_index index;
	struct writer p = writer_of(content, sizeof(content));
	struct writer w = writer_of(list, sizeof(list));
	struct bytes named, other;
	struct digest d;

	(void)state;
	/* Somebody else's signature, so that nothing but the index counts. */
	ref = sound();
	named = make_cose(&ref, make_payload());
	cose[named.n - 1] ^= 1;
	assert_status(
	    reference_decode(named, &key, NULL, &out), REFERENCE_SIGNATURE);
	assert_status(hash_one(HASH_SHA256, named, &d), OK);
	memcpy(digests[0], d.b, 32);
	reference_index_payload(digests, 1, &p);
	assert_status(normal_sign_index(writer_view(&p), key_pem, &w), OK);
	assert_status(reference_index_decode(
			  writer_view(&w), &key, NULL, &index),
	    OK);
	assert_status(reference_decode_listed(named, &index, &out), OK);
	assert_int_equal(out.row_count, 2);

	/* The same through a set: before the key, before the index, after. */
	assert_status(signer_public(key_pem, pub), OK);
	assert_int_equal(strncmp(pub, pem_form, strlen(pem_form)), 0);
	assert_status(references_set_index(set, writer_view(&w)),
	    REFERENCE_KEY_MISSING);
	assert_status(references_set_key(set, bytes_str(pub)), OK);
	assert_status(references_add(set, named), REFERENCE_SIGNATURE);
	assert_status(references_set_index(set, writer_view(&w)), OK);
	assert_status(references_add(set, named), OK);

	/* One byte of it more or less, and it is not what was named. */
	cose[0] ^= 1;
	assert_status(reference_decode_listed(named, &index, &out),
	    REFERENCE_SIGNATURE);
	cose[0] ^= 1;
	other = bytes_sub(named, 0, named.n - 1);
	assert_status(reference_decode_listed(other, &index, &out),
	    REFERENCE_SIGNATURE);

	/* A damaged index names nothing, nor does one for another key. */
	list[w.n - 1] ^= 1;
	assert_status(references_set_index(set, writer_view(&w)),
	    REFERENCE_SIGNATURE);
	assert_status(references_add(set, named), REFERENCE_SIGNATURE);
	list[w.n - 1] ^= 1;
	assert_status(references_set_index(set, writer_view(&w)), OK);
	assert_status(references_set_key(set, bytes_str(pub)), OK);
	assert_status(references_add(set, named), REFERENCE_SIGNATURE);
	references_free(set);
}

/* Claims out of range, each alone. */
static void
test_claims_range(void **state)
{
	static char wide[REFERENCE_SIGNER + 2];
	struct reference r[12];

	(void)state;
	for (size_t i = 0; i < COUNT(r); i++)
		r[i] = sound();
	r[0].kind = (enum reference_kind)0;
	r[1].kind = (enum reference_kind)5;
	r[2].trust = (enum reference_trust)0;
	r[3].trust = (enum reference_trust)4;
	r[4].as_of = r[4].imported + 1;
	r[5].imported = LAST_TIME + 1;
	r[6].signer_not_after = LAST_TIME + 1;
	r[7].source.n = 31;
	r[8].signer.n = 0;
	memset(wide, 'w', REFERENCE_SIGNER + 1);
	r[9].signer = bytes_str(wide);
	r[10].imported = -1;
	r[11].revocation = (enum revocation_extent)3;
	for (size_t i = 0; i < COUNT(r); i++) {
		struct bytes msg = make_cose(&r[i], make_payload());

		assert_int_not_equal(
		    reference_decode(msg, &key, NULL, &out), OK);
	}
}

static void
test_keys(void **state)
{
	char other_pem[1024], pub[SIGNER_PUBLIC_PEM];
	struct public_key other, p256;
	struct forge_ak ak;
	struct bytes msg;

	(void)state;
	ref = sound();
	msg = make_cose(&ref, make_payload());
	assert_true(assay_key(ASSAY_KEY_NEW, NULL, other_pem,
			sizeof(other_pem)) > 0);
	assert_status(signer_public(other_pem, pub), OK);
	assert_status(key_from_pem(bytes_str(pub), &other), OK);
	assert_status(reference_decode(msg, &other, NULL, &out),
	    REFERENCE_SIGNATURE);
	assert_true(forge_ak_new(&ak, KEY_P256));
	assert_status(key_from_point(KEY_P256, bytes_view(ak.point + 1, 32),
			  bytes_view(ak.point + 33, 32), &p256),
	    OK);
	assert_status(
	    reference_decode(msg, &p256, NULL, &out), REFERENCE_ALGORITHM);
	forge_ak_free(&ak);
	assert_status(signer_public("not a key", pub), KEY_MALFORMED);
}

/* Every bit flipped, every length, one byte more: never accepted. */
static void
test_mutation(void **state)
{
	struct bytes msg;
	uint8_t *copy;

	(void)state;
	ref = sound();
	msg = make_cose(&ref, make_payload());
	copy = malloc(msg.n + 1);
	assert_non_null(copy);
	memcpy(copy, msg.p, msg.n);
	copy[msg.n] = 0;
	for (size_t i = 0; i < msg.n; i++)
		assert_int_not_equal(
		    reference_decode(
			bytes_view(copy, i), &key, NULL, &out),
		    OK);
	assert_status(reference_decode(
			  bytes_view(copy, msg.n + 1), &key, NULL, &out),
	    CBOR_TRAILING);
	for (size_t i = 0; i < 8 * msg.n; i++) {
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(
		    reference_decode(
			bytes_view(copy, msg.n), &key, NULL, &out),
		    OK);
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	free(copy);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sound),
	    cmocka_unit_test(test_largest),
	    cmocka_unit_test(test_revocation),
	    cmocka_unit_test(test_index),
	    cmocka_unit_test(test_index_odd),
	    cmocka_unit_test(test_index_mutation),
	    cmocka_unit_test(test_listed),
	    cmocka_unit_test(test_claims_range),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_mutation),
	};
	char pub[SIGNER_PUBLIC_PEM];

	if (crypto_init() != OK ||
	    assay_key(ASSAY_KEY_NEW, NULL, key_pem, sizeof(key_pem)) <= 0 ||
	    signer_public(key_pem, pub) != OK ||
	    key_from_pem(bytes_str(pub), &key) != OK)
		return 1;
	return kit_run_rows("reference", rows, sizeof(rows[0]), COUNT(rows),
	    test_row, tests, COUNT(tests));
}
