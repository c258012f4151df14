/* SPDX-License-Identifier: Apache-2.0 */
/* The tolerant CBOR reader: what it tolerates and where that ends. */
#include "testkit.h"

#include <string.h>

#include "loose.h"

static const struct row {
	const char *name;
	const char *hex;
	bool ok; /* one item, to the last byte */
} rows[] = {
    {"an integer", "00", true},
    {"a head longer than needed", "1b0000000000000001", true},
    {"map keys in any order", "a201000000", true},
    {"a tag", "d901f500", true},
    {"true", "f5", true},
    {"null", "f6", true},
    {"nothing", "", false},
    {"a reserved head", "1c", false},
    {"an indefinite string", "5f4100ff", false},
    {"an indefinite array", "9f00ff", false},
    {"an indefinite map", "bf0000ff", false},
    {"a break", "ff", false},
    {"a half float", "f90000", false},
    {"a double", "fb0000000000000000", false},
    {"a simple value in two bytes", "f820", false},
    {"a string cut short", "4300ff", false},
    {"text that is not UTF-8", "61ff", false},
    {"an array cut short", "8200", false},
    {"a map without its last value", "a100", false},
    {"a tag without content", "c1", false},
    {"an array that claims 2^64-1", "9bffffffffffffffff00", false},
    {"a map that claims 2^63", "bb800000000000000000", false},
    {"a string that claims 2^64-1", "5bffffffffffffffff00", false},
    {"fifteen levels", "81818181818181818181818181818100", true},
    {"sixteen levels", "8181818181818181818181818181818100", false},
    {"bytes after the item", "0000", false},
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	uint8_t store[64];
	struct bytes in = kit_hex(row->hex, store, sizeof(store));
	struct reader r = reader_of(in);
	struct bytes got = loose_skip(&r);

	assert_int_equal(reader_at_end(&r), row->ok);
	if (row->ok)
		assert_true(bytes_eq(got, in));
}

/* Keys in any order; foreign ones are skipped, a second one is refused. */
static void
test_map(void **state)
{
	uint8_t store[64];
	struct loose_map m;
	struct reader r = reader_of(
	    kit_hex("a50301206103617861630007182a4102", store, 64));

	(void)state;
	loose_map(&r, &m);
	assert_true(reader_at_end(&r));
	assert_int_equal(m.value[3].n, 1);
	assert_int_equal(m.value[0].n, 1);
	assert_int_equal(m.value[42].n, 2);
	assert_int_equal(m.value[1].n, 0);

	r = reader_of(kit_hex("a203000300", store, sizeof(store)));
	loose_map(&r, &m);
	assert_false(reader_at_end(&r));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_map),
	};

	return kit_run_rows("rim_loose", rows, sizeof(rows[0]), COUNT(rows),
	    test_row, tests, COUNT(tests));
}
