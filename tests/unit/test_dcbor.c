/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deterministic CBOR (RFC 8949, 4.2.1): one row, one way to be wrong.  T36:
 * neither an order, nor a length, nor the form of a number is free to carry
 * anything.
 */
#include "testkit.h"

#include <string.h>

#include "dcbor.h"

/* What dcbor_skip with four levels, and then the end, say about the bytes. */
static const struct row {
	const char *name;
	const char *hex;
	enum status want;
} rows[] = {
    {"empty", "", CBOR_TRUNCATED},
    {"uint_0", "00", OK},
    {"uint_23", "17", OK},
    {"uint_24", "1818", OK},
    {"uint_max", "1bffffffffffffffff", OK},
    {"uint_23_in_2", "1817", CBOR_NOT_SHORTEST},
    {"uint_255_in_3", "1900ff", CBOR_NOT_SHORTEST},
    {"uint_65535_in_5", "1a0000ffff", CBOR_NOT_SHORTEST},
    {"uint_32bit_in_9", "1b00000000ffffffff", CBOR_NOT_SHORTEST},
    {"nint_24_in_2", "3817", CBOR_NOT_SHORTEST},
    {"nint_min", "3bffffffffffffffff", OK},
    {"head_cut", "19ff", CBOR_TRUNCATED},
    {"head_reserved_28", "1c", CBOR_UNSUPPORTED},
    {"head_reserved_29", "5d", CBOR_UNSUPPORTED},
    {"head_reserved_30", "7e", CBOR_UNSUPPORTED},
    {"bstr", "43010203", OK},
    {"bstr_cut", "430102", CBOR_TRUNCATED},
    {"bstr_long_head", "5801aa", CBOR_NOT_SHORTEST},
    {"bstr_huge", "5bffffffffffffffff", CBOR_TRUNCATED},
    {"bstr_indefinite", "5f4101ff", CBOR_INDEFINITE},
    {"tstr", "63666f6f", OK},
    {"tstr_not_utf8", "61ff", CBOR_TEXT},
    {"tstr_nul", "6100", CBOR_TEXT},
    {"tstr_huge", "7bffffffffffffffff", CBOR_TRUNCATED},
    {"tstr_indefinite", "7f6161ff", CBOR_INDEFINITE},
    {"array", "820102", OK},
    {"array_short", "8201", CBOR_TRUNCATED},
    {"array_count_past_input", "9b00000001000000000000", CBOR_TRUNCATED},
    {"array_indefinite", "9f01ff", CBOR_INDEFINITE},
    {"map", "a201020304", OK},
    {"map_half", "a10102a1", CBOR_TRAILING},
    {"map_no_value", "a101", CBOR_TRUNCATED},
    {"map_count_past_input", "bbffffffffffffffff0101", CBOR_TRUNCATED},
    {"map_keys_descending", "a203040102", CBOR_KEY_ORDER},
    {"map_key_twice", "a201020102", CBOR_KEY_ORDER},
    {"map_10_before_256", "a20a0019010000", OK},
    {"map_nint_after_uint", "a21901000039010000", OK},
    {"map_rfc7049_order", "a220001903e800", CBOR_KEY_ORDER},
    {"map_text_by_length", "a261610062626200", OK},
    {"map_indefinite", "bf0102ff", CBOR_INDEFINITE},
    {"tag", "c001", OK},
    {"tag_without_item", "c0", CBOR_TRUNCATED},
    {"tag_long_head", "d80101", CBOR_NOT_SHORTEST},
    {"false", "f4", OK},
    {"true", "f5", OK},
    {"null", "f6", OK},
    {"undefined", "f7", CBOR_UNSUPPORTED},
    {"simple_0", "e0", CBOR_UNSUPPORTED},
    {"simple_16", "f0", CBOR_UNSUPPORTED},
    {"simple_255", "f8ff", CBOR_UNSUPPORTED},
    {"simple_20_in_2", "f814", CBOR_UNSUPPORTED},
    {"half", "f93c00", CBOR_UNSUPPORTED},
    {"single", "fa3f800000", CBOR_UNSUPPORTED},
    {"double", "fb3ff0000000000000", CBOR_UNSUPPORTED},
    {"half_cut", "f93c", CBOR_TRUNCATED},
    {"break", "ff", CBOR_INDEFINITE},
    {"trailing", "0000", CBOR_TRAILING},
    {"depth_4", "8181818100", OK},
    {"depth_5", "818181818100", CBOR_DEPTH},
    {"depth_of_tags", "c0c0c0c0c000", CBOR_DEPTH},
    {"depth_of_keys", "a1a1a1a1a10000000000", CBOR_DEPTH},
};

static void
run_row(void **state)
{
	const struct row *row = *state;
	uint8_t buf[64];
	struct bytes in = kit_hex(row->hex, buf, sizeof(buf));
	struct dcbor c = dcbor_of(in);
	struct bytes whole = dcbor_skip(&c, 4);

	assert_status(dcbor_end(&c), row->want);
	if (row->want == OK)
		assert_true(bytes_eq(whole, in));
	else if (row->want != CBOR_TRAILING)
		assert_int_equal(whole.n, 0);
}

/* After the first failure every read gives nothing and the reason stays. */
static void
test_sticky(void **state)
{
	struct dcbor c = dcbor_of(BYTES_LIT("\x01\x02\x03"));
	struct dcbor_map m;
	int64_t key;

	(void)state;
	assert_int_equal(dcbor_get_uint(&c), 1);
	assert_int_equal(dcbor_get_bstr(&c).n, 0);
	assert_status(c.st, CBOR_TYPE);
	assert_int_equal(dcbor_get_uint(&c), 0);
	assert_int_equal(dcbor_get_int(&c), 0);
	m = dcbor_get_map(&c);
	assert_int_equal(m.left, 0);
	assert_false(dcbor_key_int(&c, &m, &key));
	dcbor_fail(&c, CLAIM_VALUE);
	assert_status(dcbor_end(&c), CBOR_TYPE);
}

/* Each reader refuses every other type. */
static void
test_types(void **state)
{
	static const char *const items[] = {
	    "\x05", "\x25", "\x41\x61", "\x61\x61", "\x80", "\xa0", "\xc1\x05",
	    "\xf5", "\xf6"};

	(void)state;
	for (size_t i = 0; i < COUNT(items); i++) {
		struct bytes in = bytes_str(items[i]);
		struct dcbor c = dcbor_of(in);

		dcbor_get_uint(&c);
		assert_status(c.st, i == 0 ? OK : CBOR_TYPE);
		c = dcbor_of(in);
		dcbor_get_int(&c);
		assert_status(c.st, i <= 1 ? OK : CBOR_TYPE);
		c = dcbor_of(in);
		dcbor_get_bstr(&c);
		assert_status(c.st, i == 2 ? OK : CBOR_TYPE);
		c = dcbor_of(in);
		dcbor_get_tstr(&c);
		assert_status(c.st, i == 3 ? OK : CBOR_TYPE);
		c = dcbor_of(in);
		dcbor_get_array(&c);
		assert_status(c.st, i == 4 ? OK : CBOR_TYPE);
		c = dcbor_of(in);
		dcbor_get_map(&c);
		assert_status(c.st, i == 5 ? OK : CBOR_TYPE);
		c = dcbor_of(in);
		dcbor_want_tag(&c, 1);
		assert_status(c.st, i == 6 ? OK : CBOR_TYPE);
	}
}

static void
test_counts(void **state)
{
	struct dcbor c = dcbor_of(BYTES_LIT("\x82\x01\x02"));

	(void)state;
	dcbor_want_array(&c, 3);
	assert_status(c.st, CBOR_TYPE);
	c = dcbor_of(BYTES_LIT("\xc1\x05"));
	dcbor_want_tag(&c, 2);
	assert_status(c.st, CBOR_TYPE);
}

/* Integers at the edges of int64_t; past them they are refused. */
static void
test_integers(void **state)
{
	struct dcbor c = dcbor_of(BYTES_LIT("\x1b\x7f\xff\xff\xff\xff\xff\xff"
					    "\xff"));

	(void)state;
	assert_true(dcbor_get_int(&c) == INT64_MAX);
	c = dcbor_of(BYTES_LIT("\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"));
	assert_true(dcbor_get_int(&c) == INT64_MIN);
	c = dcbor_of(bytes_view("\x1b\x80\0\0\0\0\0\0\0", 9));
	dcbor_get_int(&c);
	assert_status(c.st, CBOR_TYPE);
	c = dcbor_of(bytes_view("\x3b\x80\0\0\0\0\0\0\0", 9));
	dcbor_get_int(&c);
	assert_status(c.st, CBOR_TYPE);
}

/* Walking a map: keys of one kind, ascending, and then no more. */
static void
test_map(void **state)
{
	struct dcbor c = dcbor_of(BYTES_LIT(
	    "\xa3\x05\x01\x20\x02\x3a\x00\x01\x11\x6f\x03"));
	struct dcbor_map m;
	struct bytes text;
	int64_t key;

	(void)state;
	m = dcbor_get_map(&c);
	assert_true(dcbor_key_int(&c, &m, &key) && key == 5);
	assert_int_equal(dcbor_get_uint(&c), 1);
	assert_true(dcbor_key_int(&c, &m, &key) && key == -1);
	assert_int_equal(dcbor_get_uint(&c), 2);
	assert_true(dcbor_key_int(&c, &m, &key) && key == -70000);
	assert_int_equal(dcbor_get_uint(&c), 3);
	assert_false(dcbor_key_int(&c, &m, &key));
	assert_status(dcbor_end(&c), OK);

	c = dcbor_of(BYTES_LIT("\xa1\x05\x01"));
	m = dcbor_get_map(&c);
	assert_false(dcbor_key_text(&c, &m, &text));
	assert_status(c.st, CBOR_TYPE);
	c = dcbor_of(BYTES_LIT("\xa1\x61\x61\x01"));
	m = dcbor_get_map(&c);
	assert_false(dcbor_key_int(&c, &m, &key));
	assert_status(c.st, CBOR_TYPE);

	/* The second key is not above the first. */
	c = dcbor_of(BYTES_LIT("\xa2\x61\x62\x01\x61\x61\x01"));
	m = dcbor_get_map(&c);
	assert_true(dcbor_key_text(&c, &m, &text));
	dcbor_get_uint(&c);
	assert_false(dcbor_key_text(&c, &m, &text));
	assert_status(c.st, CBOR_KEY_ORDER);
}

/* What is written is the shortest form, and a full writer stays as it was. */
static void
test_write(void **state)
{
	static const uint8_t want[] = {0x17, 0x18, 0x18, 0x20, 0x3a, 0x00,
	    0x01, 0x11, 0x6f, 0x41, 0x78, 0x61, 0x79, 0x82, 0xa1, 0xd9, 0x02,
	    0x59, 0x59, 0x01, 0x00};
	uint8_t buf[64];
	struct writer w = writer_of(buf, sizeof(buf));

	(void)state;
	dcbor_put_uint(&w, 23);
	dcbor_put_uint(&w, 24);
	dcbor_put_int(&w, -1);
	dcbor_put_int(&w, -70000);
	dcbor_put_bstr(&w, BYTES_LIT("x"));
	dcbor_put_tstr(&w, BYTES_LIT("y"));
	dcbor_put_array(&w, 2);
	dcbor_put_map(&w, 1);
	dcbor_put_tag(&w, 601);
	dcbor_put_bstr_head(&w, 256);
	assert_int_equal(w.n, sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));

	w = writer_of(buf, 2);
	dcbor_put_uint(&w, 65535);
	assert_true(w.failed);
	assert_int_equal(w.n, 0);
	w = writer_of(buf, 16);
	dcbor_put_int(&w, INT64_MIN);
	assert_memory_equal(buf, "\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", 9);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sticky),
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_integers),
	    cmocka_unit_test(test_map),
	    cmocka_unit_test(test_write),
	};

	return kit_run_rows("dcbor", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
}
