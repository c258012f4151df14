/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 8949 appendix A, and the examples of CMW (RFC 9999).  What our profile
 * of CBOR refuses is decided by the features of an item, found here by a
 * second, independent walk over its bytes.
 */
#include "dcbor.h"
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmw.h"
#include "evidence_read.h"

/* The code of the first thing in an item that our profile does not have. */
static enum status
first_refusal(struct reader *r)
{
	uint8_t head = read_u8(r), major = head >> 5, info = head & 31;
	uint64_t n = info;
	enum status st = OK;

	if (head == 0xff || (info == 31 && major != 7))
		return CBOR_INDEFINITE;
	if (major == 7)
		return head >= 0xf4 && head <= 0xf6 ? OK : CBOR_UNSUPPORTED;
	if (info == 24)
		n = read_u8(r);
	else if (info == 25)
		n = read_be16(r);
	else if (info == 26)
		n = read_be32(r);
	else if (info == 27)
		n = read_be64(r);
	if (major <= 1)
		return OK;
	if (major <= 3) {
		read_bytes(r, (size_t)n);
		return OK;
	}
	n = major == 6 ? 1 : major == 5 ? 2 * n : n;
	for (uint64_t i = 0; i < n && st == OK && !r->failed; i++)
		st = first_refusal(r);
	return st;
}

/* Write again what the cursor reads; the whole of it. */
static void
copy_item(struct dcbor *c, struct writer *w)
{
	struct dcbor_item item;
	uint64_t inside = 0;

	assert_true(dcbor_next(c, &item));
	switch (item.type) {
	case CBOR_UINT:
		dcbor_put_uint(w, item.value);
		break;
	case CBOR_NINT:
		if (item.value > INT64_MAX) /* no writer needs it */
			write_bytes(w, BYTES_LIT("\x3b\xff\xff\xff\xff\xff\xff"
						 "\xff\xff"));
		else
			dcbor_put_int(w, -1 - (int64_t)item.value);
		break;
	case CBOR_BSTR:
		dcbor_put_bstr(w, item.text);
		break;
	case CBOR_TSTR:
		dcbor_put_tstr(w, item.text);
		break;
	case CBOR_ARRAY:
		dcbor_put_array(w, inside = item.value);
		break;
	case CBOR_MAP:
		dcbor_put_map(w, item.value);
		inside = 2 * item.value;
		break;
	case CBOR_TAG:
		dcbor_put_tag(w, item.value);
		inside = 1;
		break;
	case CBOR_BOOL:
		write_u8(w, item.value == 1 ? 0xf5 : 0xf4);
		break;
	case CBOR_NULL:
		write_u8(w, 0xf6);
		break;
	}
	while (inside-- > 0)
		copy_item(c, w);
}

static void
test_rfc8949_appendix_a(void **state)
{
	struct bytes text = kit_sample("vectors/cbor-rfc8949/appendix_a.json");
	json_t *all, *at;
	size_t i, accepted = 0;

	(void)state;
	if (text.p == NULL)
		skip();
	all = json_loadb((const char *)text.p, text.n,
	    JSON_DECODE_INT_AS_REAL, NULL);
	assert_non_null(all);
	json_array_foreach(all, i, at) {
		const char *hex =
		    json_string_value(json_object_get(at, "hex"));
		uint8_t buf[128], again[128];
		struct bytes in = kit_hex(hex, buf, sizeof(buf));
		struct reader r = reader_of(in);
		struct dcbor c = dcbor_of(in);
		struct writer w = writer_of(again, sizeof(again));
		enum status want = first_refusal(&r);

		dcbor_skip(&c, 8);
		assert_status(dcbor_end(&c), want);
		if (want != OK)
			continue;
		accepted++;
		assert_true(json_is_true(json_object_get(at, "roundtrip")));
		c = dcbor_of(in);
		copy_item(&c, &w);
		assert_true(bytes_eq(writer_view(&w), in));
	}
	assert_true(accepted >= 40 && i == 82);
	json_decref(all);
	free((void *)(uintptr_t)text.p);
}

/* Encode "[ type, h'..', ind ]" of diagnostic notation. */
static bool
from_diag(const char *s, struct writer *w)
{
	uint64_t n = 1;

	for (const char *p = s; *p != '\0'; p++)
		n += *p == ',';
	if (*s != '[')
		return false;
	dcbor_put_array(w, n);
	for (s++; *s != ']' && *s != '\0'; s++) {
		uint8_t value[64];
		char *end;
		size_t len;

		if (*s == '"') {
			len = strcspn(++s, "\"");
			dcbor_put_tstr(w, bytes_view(s, len));
			s += len;
		} else if (s[0] == 'h' && s[1] == '\'') {
			len = strcspn(s += 2, "'");
			assert_true(bytes_from_hex(s, len, value,
					sizeof(value)) >= 0);
			dcbor_put_bstr(w, bytes_view(value, len / 2));
			s += len;
		} else if (*s >= '0' && *s <= '9') {
			dcbor_put_uint(w, strtoul(s, &end, 10));
			s = end - 1;
		}
	}
	return !w->failed;
}

static void
test_cmw_records(void **state)
{
	static const struct {
		const char *file;
		uint16_t cf;
		const char *type;
		uint64_t ind;
	} rows[] = {
	    {"cmw-example-1.diag", 64999, NULL, 0},
	    {"cmw-example-2.diag", 0,
		"application/vnd.example.rats-conceptual-msg", 0},
	    {"cmw-example-3.diag", 0, "application/rim+cose", 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char path[128];
		uint8_t buf[256];
		struct writer w = writer_of(buf, sizeof(buf));
		struct cmw_record rec;
		struct bytes text;
		struct dcbor c;

		snprintf(path, sizeof(path), "vectors/cmw/%s", rows[i].file);
		text = kit_sample(path);
		if (text.p == NULL)
			skip();
		assert_true(from_diag((const char *)text.p, &w));
		c = dcbor_of(writer_view(&w));
		assert_status(cmw_get_record(&c, &rec), OK);
		assert_status(dcbor_end(&c), OK);
		assert_true(rows[i].type != NULL
			? cmw_is_text(&rec, rows[i].type)
			: cmw_is_cf(&rec, rows[i].cf));
		assert_int_equal(rec.ind, rows[i].ind);
		free((void *)(uintptr_t)text.p);
	}
}

/* Major type of a tag (RFC 8949, 3.1). */
enum { MAJOR_TAG = 6 };

/* Walk a collection with any keys: its records, and what is not one. */
static enum status
walk(struct bytes in, size_t *records, size_t *tags)
{
	struct dcbor c = dcbor_of(in);
	struct dcbor_map m = dcbor_get_map(&c);
	struct dcbor_item key;
	struct cmw_record rec;

	while (m.left-- > 0 && c.st == OK) {
		dcbor_next(&c, &key);
		if (c.rest.n > 0 && c.rest.p[0] >> 5 == MAJOR_TAG) {
			dcbor_skip(&c, 1);
			++*tags;
		} else if (cmw_get_record(&c, &rec) == OK) {
			++*records;
		}
	}
	return dcbor_end(&c);
}

static void
test_cmw_collections(void **state)
{
	/* Labels are integers here; our profile has only text. */
	static const struct {
		const char *file;
		size_t records, tags;
		enum status order;
	} rows[] = {
	    {"collection-cbor-ok.cbor", 2, 1, OK},
	    {"collection-cbor-ok-2.cbor", 1, 0, OK},
	    {"collection-cbor-mixed-keys.cbor", 1, 1, CBOR_KEY_ORDER},
	};
	static struct evidence ev;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t records = 0, tags = 0;
		struct bytes in;
		struct dcbor c;
		char path[128];

		snprintf(path, sizeof(path), "vectors/cmw/veraison/%s",
		    rows[i].file);
		in = kit_sample(path);
		if (in.p == NULL)
			skip();
		assert_status(walk(in, &records, &tags), OK);
		assert_int_equal(records, rows[i].records);
		assert_int_equal(tags, rows[i].tags);
		c = dcbor_of(in);
		dcbor_skip(&c, 4);
		assert_status(dcbor_end(&c), rows[i].order);
		assert_int_not_equal(evidence_decode(in, &ev), OK);
		free((void *)(uintptr_t)in.p);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rfc8949_appendix_a),
	    cmocka_unit_test(test_cmw_records),
	    cmocka_unit_test(test_cmw_collections),
	};

	if (!kit_have_samples())
		return 77;
	return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
