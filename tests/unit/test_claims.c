/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claims of evidence profile 1: a sound set, and what each deviation is
 * called.  A row replaces, adds or drops one claim of the sound set.
 */
#include "testkit.h"

#include <string.h>

#include "claims.h"
#include "facts_read.h"

#define H32 "5820" \
	"1111111111111111111111111111111111111111111111111111111111111111"
#define NAME "5822000b" \
	"2222222222222222222222222222222222222222222222222222222222222222"
#define UEID "582101" \
	"3333333333333333333333333333333333333333333333333333333333333333"
#define PROFILE_TEXT "tag:" ASSAY_AUTHORITY ":assay/evidence/1"
/* gpu-0: hwmodel "m", one fact: PCI vendor, by the simulator. */
#define DEVICE "a2190103416d3a00011179a101a100191234"

/* Keys in their order, with a sound value in hexadecimal. */
static const struct {
	int64_t key;
	const char *hex;
} sound[] = {
    {CLAIM_IAT, "1a6ab13b80"},
    {CLAIM_NONCE, H32},
    {CLAIM_UEID, UEID},
    {CLAIM_UPTIME, "00"},
    {CLAIM_PROFILE, NULL}, /* written out below */
    {CLAIM_SUBMODS, "a1656770752d30" DEVICE},
    {CLAIM_SWNAME, "6161"},
    {CLAIM_SWVERSION, "816131"},
    {CLAIM_ITEM_DIGESTS, "a1656770752d30822f" H32},
    {CLAIM_KEY_NAMES, "a100" NAME},
    {CLAIM_BOOT, "a20050000102030405060708090a0b0c0d0e0f0100"},
    {CLAIM_AGENT, "a200" H32 "0100"},
};

static const struct row {
	const char *name;
	int64_t key;     /* which claim is otherwise */
	const char *hex; /* its value; NULL: it is not there */
	enum status want;
} rows[] = {
    {"sound", 0, NULL, OK},
    {"iat_missing", CLAIM_IAT, NULL, CLAIM_MISSING},
    {"nonce_missing", CLAIM_NONCE, NULL, CLAIM_MISSING},
    {"ueid_missing", CLAIM_UEID, NULL, CLAIM_MISSING},
    {"uptime_missing", CLAIM_UPTIME, NULL, CLAIM_MISSING},
    {"profile_missing", CLAIM_PROFILE, NULL, CLAIM_MISSING},
    {"submods_missing", CLAIM_SUBMODS, NULL, CLAIM_MISSING},
    {"swname_missing", CLAIM_SWNAME, NULL, CLAIM_MISSING},
    {"swversion_missing", CLAIM_SWVERSION, NULL, CLAIM_MISSING},
    {"digests_missing", CLAIM_ITEM_DIGESTS, NULL, CLAIM_MISSING},
    {"key_names_missing", CLAIM_KEY_NAMES, NULL, CLAIM_MISSING},
    {"boot_missing", CLAIM_BOOT, NULL, CLAIM_MISSING},
    {"agent_missing", CLAIM_AGENT, NULL, CLAIM_MISSING},
    {"iat_negative", CLAIM_IAT, "20", CBOR_TYPE},
    {"iat_float", CLAIM_IAT, "f93c00", CBOR_UNSUPPORTED},
    {"nonce_31", CLAIM_NONCE, "581f000000000000000000000000000000"
	"00000000000000000000000000000000", CLAIM_VALUE},
    {"nonce_text", CLAIM_NONCE, "6161", CBOR_TYPE},
    {"nonce_list", CLAIM_NONCE, "81" H32, CBOR_TYPE},
    {"ueid_6", CLAIM_UEID, "46010203040506", CLAIM_VALUE},
    {"profile_bytes", CLAIM_PROFILE, "4161", CBOR_TYPE},
    {"profile_other", CLAIM_PROFILE, "6161", OK}, /* judged by verify */
    {"swname_empty", CLAIM_SWNAME, "60", CLAIM_VALUE},
    {"swversion_text", CLAIM_SWVERSION, "6131", CBOR_TYPE},
    {"swversion_two", CLAIM_SWVERSION, "82613101", CBOR_TYPE},
    {"oemid", CLAIM_OEMID, "43acde48", OK},
    {"oemid_deep", CLAIM_OEMID, "818100", CBOR_DEPTH},
    {"epoch", CLAIM_EPOCH, "8261614162", OK},
    {"chain", CLAIM_CHAIN, "a2000501" H32, OK},
    {"chain_half", CLAIM_CHAIN, "a10005", CLAIM_MISSING},
    {"chain_31", CLAIM_CHAIN, "a20005014101", CLAIM_VALUE},
    {"chain_third", CLAIM_CHAIN, "a3000501" H32 "0200", CLAIM_VALUE},
    {"boot_15", CLAIM_BOOT, "a2004f000102030405060708090a0b0c0d0e0100",
	CLAIM_VALUE},
    {"boot_half", CLAIM_BOOT, "a10100", CLAIM_MISSING},
    {"agent_half", CLAIM_AGENT, "a100" H32, CLAIM_MISSING},
    {"key_names_with_ek", CLAIM_KEY_NAMES, "a200" NAME "01" NAME, OK},
    {"key_names_only_ek", CLAIM_KEY_NAMES, "a101" NAME, CLAIM_VALUE},
    {"key_names_third", CLAIM_KEY_NAMES, "a200" NAME "02" NAME, CLAIM_VALUE},
    {"key_names_empty", CLAIM_KEY_NAMES, "a0", CLAIM_VALUE},
    {"key_names_short", CLAIM_KEY_NAMES, "a10042000b", CLAIM_VALUE},
    {"key_name_sha1", CLAIM_KEY_NAMES, "a10058220004"
	"2222222222222222222222222222222222222222222222222222222222222222",
	CLAIM_VALUE},
    {"digests_none", CLAIM_ITEM_DIGESTS, "a0", OK},
    {"digest_algorithm", CLAIM_ITEM_DIGESTS, "a16161820c" H32, CLAIM_VALUE},
    {"digest_length", CLAIM_ITEM_DIGESTS, "a16161822f4100", CLAIM_VALUE},
    {"digest_sha384_of_32", CLAIM_ITEM_DIGESTS, "a1616182382a" H32,
	CLAIM_VALUE},
    {"digest_three", CLAIM_ITEM_DIGESTS, "a16161832f" H32 "00", CBOR_TYPE},
    {"digest_key_number", CLAIM_ITEM_DIGESTS, "a100822f" H32, CBOR_TYPE},
    {"submods_none", CLAIM_SUBMODS, "a0", OK},
    {"submods_label", CLAIM_SUBMODS, "a1646370752d" DEVICE, CLAIM_VALUE},
    {"submods_number", CLAIM_SUBMODS, "a100" DEVICE, CBOR_TYPE},
    {"submods_token", CLAIM_SUBMODS, "a1656770752d304161", CBOR_TYPE},
    {"device_without_facts", CLAIM_SUBMODS, "a1656770752d30a1190103416d",
	CLAIM_MISSING},
    {"device_without_model", CLAIM_SUBMODS,
	"a1656770752d30a13a00011179a101a100191234", CLAIM_MISSING},
    {"device_model_empty", CLAIM_SUBMODS,
	"a1656770752d30a2190103403a00011179a101a100191234", CLAIM_VALUE},
    {"device_unknown_claim", CLAIM_SUBMODS,
	"a1656770752d30a21818003a00011179a101a100191234", CLAIM_UNKNOWN},
    {"device_private_claim", CLAIM_SUBMODS,
	"a1656770752d30a3190103416d3a00011179a101a1001912343a0001117b00",
	OK},
    {"device_item_label", CLAIM_SUBMODS,
	"a1656770752d30a3190103416d3a00011179a101a1001912343a0001117a6161",
	CLAIM_VALUE},
    {"device_measurements", CLAIM_SUBMODS,
	"a1656770752d30a3190103416d19011181821901274161"
	"3a00011179a101a100191234",
	OK},
    {"device_measurements_format", CLAIM_SUBMODS,
	"a1656770752d30a3190103416d19011181821901264161"
	"3a00011179a101a100191234",
	CLAIM_VALUE},
    {"device_measurements_none", CLAIM_SUBMODS,
	"a1656770752d30a3190103416d190111803a00011179a101a100191234",
	CLAIM_VALUE},
    {"facts_none", CLAIM_SUBMODS, "a1656770752d30a2190103416d3a00011179a0",
	CLAIM_VALUE},
    {"fact_without_source", CLAIM_SUBMODS,
	"a1656770752d30a2190103416d3a00011179a101a0", CLAIM_VALUE},
    {"fact_of_wrong_type", CLAIM_SUBMODS,
	"a1656770752d30a2190103416d3a00011179a101a1006161", CLAIM_VALUE},
    {"fact_unknown", CLAIM_SUBMODS,
	"a1656770752d30a2190103416d3a00011179a11863a1184d4161", OK},
    {"fact_unknown_bool", CLAIM_SUBMODS,
	"a1656770752d30a2190103416d3a00011179a11863a100f5", CLAIM_VALUE},
    {"fact_key_negative", CLAIM_SUBMODS,
	"a1656770752d30a2190103416d3a00011179a120a10000", CLAIM_VALUE},
    {"unknown_public", 300, "00", CLAIM_UNKNOWN},
    {"unknown_standard", -300, "00", CLAIM_UNKNOWN},
    {"unknown_65536", -65536, "00", CLAIM_UNKNOWN},
    {"unknown_private", -65537, "a1008100", OK},
    {"unknown_private_deep", -80000, "818181818100", CBOR_DEPTH},
    {"cti_not_ours", 7, "4161", CLAIM_UNKNOWN},
};

/* Order of encoded integer keys: unsigned ascending, then negative. */
static bool
key_before(int64_t a, int64_t b)
{
	if ((a < 0) != (b < 0))
		return a >= 0;
	return a < 0 ? a > b : a < b;
}

static void
put(struct writer *w, int64_t key, const char *hex)
{
	uint8_t buf[256];

	dcbor_put_int(w, key);
	if (hex == NULL)
		dcbor_put_tstr(w, BYTES_LIT(PROFILE_TEXT));
	else
		write_bytes(w, kit_hex(hex, buf, sizeof(buf)));
}

static struct bytes
encode(const struct row *row, uint8_t *buf, size_t cap)
{
	struct writer w = writer_of(buf, cap);
	size_t n = COUNT(sound);
	bool known = row->key == 0, done = row->key == 0 || row->hex == NULL;

	for (size_t i = 0; i < COUNT(sound); i++)
		known |= sound[i].key == row->key;
	n = n + (known ? 0 : 1) - (row->key != 0 && row->hex == NULL);
	dcbor_put_tag(&w, TAG_UCCS);
	dcbor_put_map(&w, n);
	for (size_t i = 0; i < COUNT(sound); i++) {
		if (!done && !key_before(sound[i].key, row->key)) {
			put(&w, row->key, row->hex);
			done = true;
		}
		if (sound[i].key != row->key)
			put(&w, sound[i].key, sound[i].hex);
	}
	if (!done)
		put(&w, row->key, row->hex);
	assert_false(w.failed);
	return writer_view(&w);
}

static void
run_row(void **state)
{
	static struct claims claims;
	const struct row *row = *state;
	uint8_t buf[2048];
	struct bytes in = encode(row, buf, sizeof(buf));

	assert_status(claims_decode(in, &claims), row->want);
	if (row->want != OK)
		return;
	for (size_t i = 0; i < in.n; i++)
		assert_int_not_equal(
		    claims_decode(bytes_sub(in, 0, i), &claims), OK);
	buf[in.n] = 0;
	assert_status(
	    claims_decode(bytes_view(buf, in.n + 1), &claims), CBOR_TRAILING);
}

/* What is decoded encodes to the same bytes. */
static void
test_round_trip(void **state)
{
	static struct claims claims;
	uint8_t buf[2048], again[2048];
	struct bytes in = encode(&rows[0], buf, sizeof(buf));
	struct writer w = writer_of(again, sizeof(again));

	(void)state;
	assert_status(claims_decode(in, &claims), OK);
	claims_encode(&claims, &w);
	assert_true(bytes_eq(writer_view(&w), in));

	/* A writer without room fails and does not write past its end. */
	w = writer_of(again, in.n - 1);
	again[in.n - 1] = 0xee;
	claims_encode(&claims, &w);
	assert_true(w.failed);
	assert_int_equal(again[in.n - 1], 0xee);
}

/* The tag, the map, and nothing else around. */
static void
test_envelope(void **state)
{
	static struct claims claims;
	uint8_t buf[2048];
	struct bytes in = encode(&rows[0], buf, sizeof(buf));

	(void)state;
	assert_status(
	    claims_decode(bytes_sub(in, 3, in.n - 3), &claims), CBOR_TYPE);
	buf[2] ^= 1; /* tag 600 */
	assert_status(claims_decode(in, &claims), CBOR_TYPE);
	assert_status(claims_decode(BYTES_LIT("\xd9\x02\x59\xa0"), &claims),
	    CLAIM_MISSING);
	assert_status(claims_decode(BYTES_LIT("\xd9\x02\x59\x80"), &claims),
	    CBOR_TYPE);
}

/* Facts come back as they were added, in order, each once. */
static void
test_facts(void **state)
{
	struct fact_list l = {.n = 0};
	struct fact_cursor cur;
	uint8_t buf[512];
	struct writer w = writer_of(buf, sizeof(buf));
	struct fact f;

	(void)state;
	assert_true(fact_add_uint(&l, FACT_MEMORY, SOURCE_SYSFS, UINT64_MAX));
	assert_true(fact_add_text(
	    &l, FACT_PCI_ADDRESS, SOURCE_SYSFS, BYTES_LIT("0000:01:00.0")));
	assert_true(fact_add_uint(&l, FACT_MEMORY, SOURCE_SIMULATED, 5));
	assert_false(fact_add_uint(&l, FACT_MEMORY, SOURCE_SYSFS, 6));
	assert_false(fact_add_uint(&l, FACT_DRIVER, SOURCE_SYSFS, 6));
	assert_false(fact_add_text(
	    &l, FACT_DRIVER, SOURCE_SYSFS, BYTES_LIT("\xff")));
	facts_encode(&l, &w);
	assert_status(facts_check(writer_view(&w)), OK);
	assert_status(facts_open(writer_view(&w), &cur), OK);
	assert_true(facts_next(&cur, &f) && f.key == FACT_PCI_ADDRESS);
	assert_true(facts_next(&cur, &f) && f.number == 5);
	assert_true(facts_next(&cur, &f) && f.number == UINT64_MAX);
	assert_false(facts_next(&cur, &f));
	assert_string_equal(fact_name(FACT_MEMORY), "memory");
	assert_string_equal(fact_unit(FACT_MEMORY), "bytes");
	assert_null(fact_name(1000));
	assert_null(source_name(1000));

	for (uint64_t i = l.n; i < FACTS_MAX; i++)
		assert_true(fact_add_uint(
		    &l, (enum fact_key)(1000 + i), SOURCE_AGENT, i));
	assert_false(fact_add_uint(&l, FACT_NUMA_NODE, SOURCE_AGENT, 1));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_envelope),
	    cmocka_unit_test(test_facts),
	};

	return kit_run_rows("claims", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
}
