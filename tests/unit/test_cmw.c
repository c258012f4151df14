/* SPDX-License-Identifier: Apache-2.0 */
/* CMW records (RFC 9999, 3.1): one row, one way to be wrong. */
#include "dcbor.h"
#include "testkit.h"

#include "cmw.h"

static const struct row {
	const char *name;
	const char *hex;
	enum status want;
} rows[] = {
    {"content_format", "8219fde7442347da55", OK},
    {"content_format_65535", "8219ffff40", OK},
    {"content_format_65536", "821a0001000040", CMW_RECORD},
    {"content_format_negative", "822040", CMW_RECORD},
    {"media_type", "8263612f624100", OK},
    {"media_type_without_slash", "8263612d624100", CMW_RECORD},
    {"media_type_slash_first", "82632f61624100", CMW_RECORD},
    {"media_type_empty", "82604100", CMW_RECORD},
    {"media_type_newline", "8264612f620a4100", CMW_RECORD},
    {"media_type_not_ascii", "8264612fc3bc4100", CMW_RECORD},
    {"media_type_as_bytes", "8243612f624100", CMW_RECORD},
    {"indicator_1", "8319fde74001", OK},
    {"indicator_31", "8319fde740181f", OK},
    {"indicator_0", "8319fde74000", CMW_INDICATOR},
    {"indicator_32", "8319fde7401820", CMW_INDICATOR},
    {"indicator_negative", "8319fde74020", CBOR_TYPE},
    {"indicator_text", "8319fde7406134", CBOR_TYPE},
    {"value_text", "8219fde76161", CBOR_TYPE},
    {"value_missing", "8119fde7", CMW_RECORD},
    {"four_elements", "8419fde7400401", CMW_RECORD},
    {"empty_array", "80", CMW_RECORD},
    {"a_map", "a119fde740", CBOR_TYPE},
    {"a_tag", "da637476ab442347da55", CBOR_TYPE},
    {"indefinite", "9f19fde740ff", CBOR_INDEFINITE},
    {"cut_in_value", "8219fde7442347da", CBOR_TRUNCATED},
    {"nothing", "", CBOR_TRUNCATED},
};

static void
run_row(void **state)
{
	const struct row *row = *state;
	uint8_t buf[64], again[64];
	struct bytes in = kit_hex(row->hex, buf, sizeof(buf));
	struct dcbor c = dcbor_of(in);
	struct writer w = writer_of(again, sizeof(again));
	struct cmw_record rec;

	assert_status(cmw_get_record(&c, &rec), row->want);
	if (row->want != OK)
		return;

	/* What was read is written back to the same bytes. */
	assert_status(dcbor_end(&c), OK);
	assert_true(bytes_eq(rec.whole, in));
	cmw_put_record(&w, &rec);
	assert_true(bytes_eq(writer_view(&w), in));
}

static void
test_types(void **state)
{
	struct cmw_record text = {.type_text = BYTES_LIT("a/b")};
	struct cmw_record cf = {.type_cf = 267};

	(void)state;
	assert_true(cmw_is_text(&text, "a/b"));
	assert_false(cmw_is_text(&text, "a/bc"));
	assert_false(cmw_is_text(&text, "A/B"));
	assert_false(cmw_is_text(&cf, "a/b"));
	assert_true(cmw_is_cf(&cf, 267));
	assert_false(cmw_is_cf(&cf, 266));
	assert_false(cmw_is_cf(&text, 0));
}

/* A record behind another, and a failure that was there before. */
static void
test_cursor(void **state)
{
	struct dcbor c = dcbor_of(BYTES_LIT("\x82\x01\x40\x82\x02\x41\x61"));
	struct cmw_record rec;

	(void)state;
	assert_status(cmw_get_record(&c, &rec), OK);
	assert_int_equal(rec.whole.n, 3);
	assert_status(cmw_get_record(&c, &rec), OK);
	assert_int_equal(rec.type_cf, 2);
	assert_int_equal(rec.whole.n, 4);
	assert_status(cmw_get_record(&c, &rec), CBOR_TRUNCATED);
	assert_int_equal(rec.value.n, 0);
	assert_int_equal(rec.whole.n, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_cursor),
	};

	return kit_run_rows("cmw", rows, sizeof(rows[0]), COUNT(rows), run_row,
	    tests, COUNT(tests));
}
