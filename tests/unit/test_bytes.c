/* SPDX-License-Identifier: Apache-2.0 */
/* Readers, writers, comparison, UTF-8, hexadecimal, base64url. */
#include "testkit.h"

#include <string.h>

static void
test_compare(void **state)
{
	struct bytes a = BYTES_LIT("abc"), none = {NULL, 0};

	(void)state;
	assert_true(bytes_eq(a, BYTES_LIT("abc")));
	assert_false(bytes_eq(a, BYTES_LIT("abd")));
	assert_false(bytes_eq(a, BYTES_LIT("ab")));
	assert_true(bytes_eq(none, BYTES_LIT("")));
	assert_true(bytes_eq_ct(a, BYTES_LIT("abc")));
	assert_false(bytes_eq_ct(a, BYTES_LIT("bbc")));
	assert_false(bytes_eq_ct(a, BYTES_LIT("abcd")));
	assert_true(bytes_eq_ct(none, none));

	/* A prefix comes first; bytes count as unsigned. */
	assert_true(bytes_cmp(BYTES_LIT("ab"), a) < 0);
	assert_true(bytes_cmp(a, BYTES_LIT("ab")) > 0);
	assert_true(bytes_cmp(BYTES_LIT("\x7f"), BYTES_LIT("\x80")) < 0);
	assert_int_equal(bytes_cmp(none, BYTES_LIT("")), 0);
	assert_true(bytes_cmp(none, a) < 0);
}

static void
test_sub(void **state)
{
	struct bytes a = BYTES_LIT("abcd");

	(void)state;
	assert_true(bytes_eq(bytes_sub(a, 1, 2), BYTES_LIT("bc")));
	assert_int_equal(bytes_sub(a, 4, 0).n, 0);
	assert_null(bytes_sub(a, 5, 0).p);
	assert_null(bytes_sub(a, 1, 4).p);
	assert_null(bytes_sub(a, 1, SIZE_MAX).p);
	assert_null(bytes_sub(a, SIZE_MAX, 1).p);
	assert_true(bytes_is_zero(bytes_view("\0\0", 2)));
	assert_true(bytes_is_zero(bytes_view(NULL, 0)));
	assert_false(bytes_is_zero(bytes_view("\0\1", 2)));
}

/* RFC 3629, section 4, and the usual ways to break it. */
static void
test_text(void **state)
{
	static const struct {
		const char *s;
		bool ok;
	} rows[] = {
	    {"", true},
	    {"plain", true},
	    {"\xc3\xbc", true},
	    {"\xe2\x82\xac", true},
	    {"\xed\x9f\xbf", true},
	    {"\xee\x80\x80", true},
	    {"\xf0\x9f\x98\x80", true},
	    {"\xf4\x8f\xbf\xbf", true},
	    {"\x80", false},             /* lone continuation */
	    {"\xc3", false},             /* cut */
	    {"\xc0\x80", false},         /* overlong NUL */
	    {"\xc1\xbf", false},         /* overlong */
	    {"\xe0\x9f\xbf", false},     /* overlong */
	    {"\xed\xa0\x80", false},     /* surrogate */
	    {"\xf0\x8f\xbf\xbf", false}, /* overlong */
	    {"\xf4\x90\x80\x80", false}, /* past U+10FFFF */
	    {"\xf5\x80\x80\x80", false},
	    {"\xe2\x82", false},
	    {"\xe2\x28\xa1", false},
	    {"\xff", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
		    bytes_is_text(bytes_str(rows[i].s)), rows[i].ok);
	assert_false(bytes_is_text(bytes_view("a\0b", 3)));
}

static void
test_reader(void **state)
{
	struct reader r = reader_of(
	    BYTES_LIT("\x01\x02\x03\x04\x05\x06\x07\x08\x01\x02\x03\x04"
		      "\x05\x06\x07\x08\x01\x02\x03\x04\x05\x06\x07\x08"
		      "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x02xy"));

	(void)state;
	assert_int_equal(read_u8(&r), 1);
	assert_int_equal(read_be16(&r), 0x0203);
	assert_int_equal(read_be32(&r), 0x04050607);
	assert_true(read_be64(&r) == UINT64_C(0x0801020304050607));
	assert_int_equal(read_le16(&r), 0x0108);
	assert_int_equal(read_le24(&r), 0x040302);
	assert_int_equal(read_le32(&r), 0x08070605);
	assert_true(read_le64(&r) == UINT64_C(0x0807060504030201));
	assert_true(bytes_eq(read_tpm2b(&r), BYTES_LIT("xy")));
	assert_true(reader_at_end(&r));

	/* The error stays, and nothing more is given. */
	assert_int_equal(read_u8(&r), 0);
	assert_true(r.failed);
	assert_false(reader_at_end(&r));
	r = reader_of(BYTES_LIT("\x00\x05xy"));
	assert_int_equal(read_tpm2b(&r).n, 0);
	assert_true(r.failed);
	assert_int_equal(read_u8(&r), 0);
	assert_int_equal(read_bytes(&r, 0).n, 0);
	r = reader_of(BYTES_LIT("abc"));
	assert_null(read_bytes(&r, SIZE_MAX).p);
	assert_true(r.failed);
}

static void
test_writer(void **state)
{
	uint8_t buf[40];
	struct writer w = writer_of(buf, 36);

	(void)state;
	memset(buf, 0xee, sizeof(buf));
	write_u8(&w, 1);
	write_be16(&w, 0x0203);
	write_be32(&w, 0x04050607);
	write_be64(&w, UINT64_C(0x08090a0b0c0d0e0f));
	write_le16(&w, 0x1110);
	write_le32(&w, 0x15141312);
	write_bytes(&w, BYTES_LIT("\x16\x17"));
	write_bytes(&w, bytes_view(NULL, 0));
	write_str(&w, "\x18");
	assert_false(w.failed);
	assert_int_equal(w.n, 24);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(buf[i], i + 1);

	/* What does not fit changes nothing, and the error stays. */
	assert_null(write_space(&w, 13));
	assert_true(w.failed);
	write_u8(&w, 9);
	assert_int_equal(w.n, 24);
	assert_int_equal(buf[24], 0xee);
	w = writer_of(buf, 3);
	write_be32(&w, 1);
	assert_true(w.failed);
	assert_int_equal(writer_view(&w).n, 0);
	w = writer_of(buf, 3);
	assert_null(write_space(&w, SIZE_MAX));
}

static void
test_number(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		size_t digits;
		bool ok;
		uint64_t value;
	} rows[] = {
	    {"0", 10, 1, true, 0},
	    {"007", 10, 3, true, 7},
	    {"65535", 10, 5, true, 65535},
	    {"9999999999", 10, 10, true, 9999999999},
	    {"10de", 16, 8, true, 0x10de},
	    {"ffffffffffffffff", 16, 16, true, UINT64_MAX},
	    {"", 10, 8, false, 0},
	    {"123456", 10, 5, false, 0},
	    {"1a", 10, 8, false, 0},
	    {"1A", 16, 8, false, 0},
	    {"0x1", 16, 8, false, 0},
	    {"-1", 10, 8, false, 0},
	    {"+1", 10, 8, false, 0},
	    {" 1", 10, 8, false, 0},
	    {"1\n", 10, 8, false, 0},
	    {"1:", 10, 8, false, 0},
	    {"1/", 10, 8, false, 0},
	    {"g", 16, 8, false, 0},
	};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v = 4711;
		assert_int_equal(bytes_to_number(bytes_str(rows[i].text),
				     rows[i].base, rows[i].digits, &v),
		    rows[i].ok);
		assert_true(v == (rows[i].ok ? rows[i].value : 4711));
	}
	assert_false(bytes_to_number(BYTES_LIT("1\0"), 10, 8, &v));
}

static void
test_hex(void **state)
{
	uint8_t out[4];
	char text[9];

	(void)state;
	assert_int_equal(bytes_from_hex("00fFA9", 6, out, 4), 3);
	assert_memory_equal(out, "\x00\xff\xa9", 3);
	assert_int_equal(bytes_from_hex("", 0, out, 0), 0);
	assert_int_equal(bytes_from_hex("0", 1, out, 4), -1);
	assert_int_equal(bytes_from_hex("0g", 2, out, 4), -1);
	assert_int_equal(bytes_from_hex(" 0", 2, out, 4), -1);
	assert_int_equal(bytes_from_hex("0x12", 4, out, 4), -1);
	assert_int_equal(bytes_from_hex("0011223344", 10, out, 4), -1);
	assert_int_equal(bytes_from_hex("00\0\0", 4, out, 4), -1);
	bytes_to_hex(BYTES_LIT("\x01\xab\xff"), text);
	assert_string_equal(text, "01abff");
	bytes_to_hex(bytes_view(NULL, 0), text);
	assert_string_equal(text, "");
}

/* RFC 4648, sections 5 and 10. */
static void
test_base64url(void **state)
{
	static const struct {
		const char *plain, *coded, *padded;
	} good[] = {
	    {"", "", ""},
	    {"f", "Zg", "Zg=="},
	    {"fo", "Zm8", "Zm8="},
	    {"foo", "Zm9v", "Zm9v"},
	    {"foob", "Zm9vYg", "Zm9vYg=="},
	    {"\xfb\xff\xbf", "-_-_", "-_-_"},
	};
	/* Wrong in every reading. */
	static const char *const bad[] = {"Z", "Zm9vY", "Zm9v!", "Zm+v",
	    "Zm/v", "Zh", "Zm9", "Zg=", "=", "==", "====", "A===", "Zg==Zg==",
	    "Zm9v====", "Z g=", "Zg==="};
	uint8_t out[8];
	char text[12];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		size_t n = strlen(good[i].plain);
		const char *c = good[i].coded, *p = good[i].padded;

		assert_int_equal(bytes_to_base64url(bytes_str(good[i].plain),
				     text, sizeof(text)),
		    strlen(c));
		assert_string_equal(text, c);
		assert_int_equal(
		    bytes_from_base64url(c, strlen(c), false, out, 8), n);
		assert_memory_equal(out, good[i].plain, n);
		assert_int_equal(
		    bytes_from_base64url(c, strlen(c), true, out, 8), n);
		assert_int_equal(
		    bytes_from_base64url(p, strlen(p), true, out, 8), n);
		if (strcmp(c, p) != 0)
			assert_int_equal(bytes_from_base64url(
					     p, strlen(p), false, out, 8),
			    -1);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(bytes_from_base64url(
				     bad[i], strlen(bad[i]), true, out, 8),
		    -1);
		assert_int_equal(bytes_from_base64url(
				     bad[i], strlen(bad[i]), false, out, 8),
		    -1);
	}
	assert_int_equal(bytes_from_base64url("Zm9v", 4, false, out, 2), -1);
	assert_int_equal(bytes_from_base64url("Zm\0v", 4, false, out, 8), -1);
	assert_int_equal(bytes_to_base64url(BYTES_LIT("foo"), text, 4), -1);
	assert_int_equal(bytes_to_base64url(BYTES_LIT("foo"), text, 5), 4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_sub),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_reader),
	    cmocka_unit_test(test_writer),
	    cmocka_unit_test(test_number),
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_base64url),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
