/* SPDX-License-Identifier: Apache-2.0 */
/* The collection of evidence profile 1, its quote item, its formulas. */
#include "testkit.h"

#include <stdio.h>
#include <string.h>

#include "evidence_read.h"

/* One entry of a collection as written, in the order given. */
struct entry {
	const char *label;
	const char *type; /* a media type, or NULL for CF */
	uint16_t cf;
	const char *value;
	uint64_t ind;
};

#define CLAIMS {"claims", NULL, CF_EAT_UCS_CBOR, "c", CMW_EVIDENCE}
#define QUOTE {"tpm-quote", MEDIA_TPM2_QUOTE, 0, "q", CMW_EVIDENCE}
#define PROFILE {"__cmwc_t", EVIDENCE_PROFILE_URI, 0, NULL, 0}

static const struct row {
	const char *name;
	struct entry entry[6];
	enum status want;
} rows[] = {
    {"least", {CLAIMS, PROFILE, QUOTE}, OK},
    {"all_named",
	{{"ima", MEDIA_IMA, 0, "i", 4}, CLAIMS,
	    {"ak-cert", NULL, CF_PKIX_CERT, "a", 2}, PROFILE,
	    {"eventlog", MEDIA_EVENTLOG, 0, "e", 4}, QUOTE},
	OK},
    {"ek_chain",
	{CLAIMS, PROFILE, {"ek-chain", NULL, CF_PKCS7_CERTS, "e", 2}, QUOTE},
	OK},
    {"gpu", {{"gpu-0", "a/b", 0, "g", 4}, CLAIMS, PROFILE, QUOTE}, OK},
    {"gpu_99", {CLAIMS, {"gpu-99", "a/b", 0, "g", 4}, PROFILE, QUOTE}, OK},
    {"gpu_100", {CLAIMS, {"gpu-100", "a/b", 0, "g", 4}, PROFILE, QUOTE},
	EVIDENCE_ITEM_UNKNOWN},
    {"gpu_00", {CLAIMS, {"gpu-00", "a/b", 0, "g", 4}, PROFILE, QUOTE},
	EVIDENCE_ITEM_UNKNOWN},
    {"gpu_none", {{"gpu-", "a/b", 0, "g", 4}, CLAIMS, PROFILE, QUOTE},
	EVIDENCE_ITEM_UNKNOWN},
    {"switch",
	{CLAIMS, {"switch-3", "a/b", 0, "s", 4}, PROFILE, QUOTE},
	CBOR_KEY_ORDER},
    {"switch_in_order",
	{CLAIMS, PROFILE, {"switch-3", "a/b", 0, "s", 4}, QUOTE}, OK},
    {"extension", {{"x-a", NULL, 1, "x", 31}, CLAIMS, PROFILE, QUOTE}, OK},
    {"extension_32",
	{CLAIMS, PROFILE, QUOTE,
	    {"x-abcdefghijklmnopqrstuvwxyz0123", NULL, 1, "x", 1}},
	OK},
    {"extension_33",
	{CLAIMS, PROFILE, QUOTE,
	    {"x-abcdefghijklmnopqrstuvwxyz01234", NULL, 1, "x", 1}},
	EVIDENCE_ITEM_UNKNOWN},
    {"extension_empty", {{"x-", NULL, 1, "x", 4}, CLAIMS, PROFILE, QUOTE},
	EVIDENCE_ITEM_UNKNOWN},
    {"extension_upper", {{"x-A", NULL, 1, "x", 4}, CLAIMS, PROFILE, QUOTE},
	EVIDENCE_ITEM_UNKNOWN},
    {"extension_no_indicator",
	{{"x-a", NULL, 1, "x", 0}, CLAIMS, PROFILE, QUOTE}, CMW_INDICATOR},
    {"gpu_as_result", {{"gpu-0", "a/b", 0, "g", 8}, CLAIMS, PROFILE, QUOTE},
	CMW_INDICATOR},
    {"claims_without_indicator",
	{{"claims", NULL, CF_EAT_UCS_CBOR, "c", 0}, PROFILE, QUOTE},
	CMW_INDICATOR},
    {"claims_as_endorsement",
	{{"claims", NULL, CF_EAT_UCS_CBOR, "c", 2}, PROFILE, QUOTE},
	CMW_INDICATOR},
    {"claims_other_format",
	{{"claims", NULL, 263, "c", 4}, PROFILE, QUOTE}, CMW_TYPE},
    {"quote_by_number", {CLAIMS, PROFILE, {"tpm-quote", NULL, 0, "q", 4}},
	CMW_TYPE},
    {"claims_by_name",
	{{"claims", "application/eat-ucs+cbor", 0, "c", 4}, PROFILE, QUOTE},
	CMW_TYPE},
    {"eventlog_other_type",
	{CLAIMS, PROFILE, {"eventlog", MEDIA_IMA, 0, "e", 4}, QUOTE},
	CMW_TYPE},
    {"unknown_label", {{"gpu", "a/b", 0, "g", 4}, CLAIMS, PROFILE, QUOTE},
	EVIDENCE_ITEM_UNKNOWN},
    {"no_claims", {PROFILE, QUOTE}, EVIDENCE_ITEM_MISSING},
    {"no_quote", {CLAIMS, PROFILE}, EVIDENCE_ITEM_MISSING},
    {"empty_claims",
	{{"claims", NULL, CF_EAT_UCS_CBOR, "", 4}, PROFILE, QUOTE},
	EVIDENCE_ITEM_MISSING},
    {"no_profile", {CLAIMS, QUOTE}, EVIDENCE_PROFILE},
    {"other_profile",
	{CLAIMS, {"__cmwc_t", "tag:other,2026:assay/evidence/1", 0, NULL, 0},
	    QUOTE},
	EVIDENCE_PROFILE},
    {"next_profile",
	{CLAIMS,
	    {"__cmwc_t", "tag:" ASSAY_AUTHORITY ":assay/evidence/2", 0, NULL,
		0},
	    QUOTE},
	EVIDENCE_PROFILE},
    {"nothing", {{NULL, NULL, 0, NULL, 0}}, CMW_EMPTY},
    {"order", {PROFILE, CLAIMS, QUOTE}, CBOR_KEY_ORDER},
    {"twice", {CLAIMS, CLAIMS, PROFILE, QUOTE}, CBOR_KEY_ORDER},
};

static struct bytes
encode(const struct row *row, uint8_t *buf, size_t cap)
{
	struct writer w = writer_of(buf, cap);
	size_t n = 0;

	while (n < COUNT(row->entry) && row->entry[n].label != NULL)
		n++;
	dcbor_put_map(&w, n);
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &row->entry[i];
		struct cmw_record rec = {.type_cf = e->cf, .ind = e->ind};

		dcbor_put_tstr(&w, bytes_str(e->label));
		if (e->value == NULL) {
			dcbor_put_tstr(&w, bytes_str(e->type));
			continue;
		}
		if (e->type != NULL)
			rec.type_text = bytes_str(e->type);
		rec.value = bytes_str(e->value);
		cmw_put_record(&w, &rec);
	}
	assert_false(w.failed);
	return writer_view(&w);
}

static void
run_row(void **state)
{
	static struct evidence ev;
	const struct row *row = *state;
	uint8_t buf[2048], again[2048];
	struct bytes in = encode(row, buf, sizeof(buf));
	struct writer w = writer_of(again, sizeof(again));

	assert_status(evidence_decode(in, &ev), row->want);
	if (row->want != OK)
		return;

	/* What was taken apart goes together to the same bytes. */
	assert_status(evidence_encode(ev.claims, ev.quote, ev.items,
			  ev.item_count, &w),
	    OK);
	assert_true(bytes_eq(writer_view(&w), in));
	for (size_t i = 0; i < in.n; i++)
		assert_int_not_equal(
		    evidence_decode(bytes_sub(in, 0, i), &ev), OK);
}

/* Seventeen of a kind, and too many extensions. */
static void
test_counts(void **state)
{
	static struct evidence ev;
	static struct evidence_item items[ITEMS_MAX + 1];
	static char label[ITEMS_MAX + 1][LABEL_MAX];
	static uint8_t buf[1 << 16];
	const struct {
		const char *prefix;
		size_t count;
		enum status want;
	} cases[] = {
	    {"gpu-", GPUS_MAX, OK},
	    {"gpu-", GPUS_MAX + 1, EVIDENCE_DEVICE_COUNT},
	    {"switch-", SWITCHES_MAX, OK},
	    {"switch-", SWITCHES_MAX + 1, EVIDENCE_DEVICE_COUNT},
	    {"x-", ITEMS_MAX, OK},
	    {"x-", ITEMS_MAX + 1, EVIDENCE_TOO_LARGE},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(cases); k++) {
		struct writer w = writer_of(buf, sizeof(buf));
		size_t n = cases[k].count;

		for (size_t i = 0; i < n; i++) {
			snprintf(label[i], LABEL_MAX, "%s%zu",
			    cases[k].prefix, i);
			items[i] = (struct evidence_item){bytes_str(label[i]),
			    {.type_cf = 1, .value = BYTES_LIT("v"),
				.ind = CMW_EVIDENCE}};
		}
		if (n > ITEMS_MAX) {
			assert_status(evidence_encode(BYTES_LIT("c"),
					  BYTES_LIT("q"), items, n, &w),
			    cases[k].want);
			continue;
		}
		assert_status(evidence_encode(BYTES_LIT("c"), BYTES_LIT("q"),
				  items, n, &w),
		    OK);
		assert_status(
		    evidence_decode(writer_view(&w), &ev), cases[k].want);
	}
}

static void
test_labels(void **state)
{
	static const char *const good[] = {"gpu-0", "gpu-9", "gpu-10",
	    "gpu-99", "switch-0", "switch-15"};
	static const char *const bad[] = {"", "gpu", "gpu-", "gpu-01",
	    "gpu-100", "gpu--1", "gpu- 1", "gpu-1 ", "GPU-1", "switch",
	    "switch-", "switch-007", "gpu-a", "gpu-1a", "cpu-1"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(device_label_ok(bytes_str(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(device_label_ok(bytes_str(bad[i])));
	assert_false(device_label_ok(bytes_view("gpu-1\0", 6)));
}

static const struct {
	const char *hex;
	enum status want;
} quote_rows[] = {
    {"a3004161014162024163", OK},
    {"a400416101416202416303a10ba10041ff", OK},
    {"a2004161014162", CLAIM_MISSING},
    {"a30040014162024163", CLAIM_MISSING},
    {"a3004161014162024163ff", CBOR_TRAILING},
    {"a4004161014162024163044164", CLAIM_UNKNOWN},
    {"a4004161014162024163204164", CLAIM_UNKNOWN},
    {"a3014162004161024163", CBOR_KEY_ORDER},
    {"a3006161014162024163", CBOR_TYPE},
    {"830041610141", CBOR_TYPE},
    {"a400416101416202416303a10ba100a10001", OK},
    {"a400416101416202416303a10ba100a100a10001", CBOR_DEPTH},
    {"a0", CLAIM_MISSING},
    {"", CBOR_TRUNCATED},
};

static void
test_quote_parts(void **state)
{
	struct quote_parts parts;
	uint8_t buf[64];

	(void)state;
	for (size_t i = 0; i < COUNT(quote_rows); i++) {
		struct bytes in =
		    kit_hex(quote_rows[i].hex, buf, sizeof(buf));

		assert_status(
		    quote_parts_decode(in, &parts), quote_rows[i].want);
	}
}

/* The formulas, computed by hand once (SHA-256 of the bytes as written). */
static void
test_formulas(void **state)
{
	static const char nonce_input[] = "assay/gpu-nonce/1";
	uint8_t ueid[UEID_LEN], g[NONCE_LEN], buf[128];
	struct writer w = writer_of(buf, sizeof(buf));
	struct bytes ak = BYTES_LIT("ak"), ek = BYTES_LIT("ek");
	struct digest d, want;

	(void)state;
	/* Q = H("assay/evidence/1" 00 claims) */
	assert_status(evidence_binding(HASH_SHA256, BYTES_LIT("abc"), &d), OK);
	assert_status(hash_one(HASH_SHA256,
			  BYTES_LIT("assay/evidence/1\0abc"), &want),
	    OK);
	assert_true(bytes_eq(digest_view(&d), digest_view(&want)));

	/* 01 and the hash of the EK name, or of the AK name without one. */
	assert_status(evidence_ueid(ak, ek, ueid), OK);
	assert_status(hash_one(HASH_SHA256, ek, &want), OK);
	assert_int_equal(ueid[0], 1);
	assert_memory_equal(ueid + 1, want.b, 32);
	assert_status(evidence_ueid(ak, bytes_view(NULL, 0), ueid), OK);
	assert_status(hash_one(HASH_SHA256, ak, &want), OK);
	assert_memory_equal(ueid + 1, want.b, 32);

	/* SHA-256 of [ text, N, AK name, label ] in CBOR. */
	write_u8(&w, 0x84);
	write_u8(&w, 0x60 + sizeof(nonce_input) - 1);
	write_str(&w, nonce_input);
	write_bytes(&w, BYTES_LIT("\x43nnn\x42" "ak\x65gpu-0"));
	assert_status(evidence_device_nonce(BYTES_LIT("nnn"), ak,
			  BYTES_LIT("gpu-0"), g),
	    OK);
	assert_status(hash_one(HASH_SHA256, writer_view(&w), &want), OK);
	assert_memory_equal(g, want.b, NONCE_LEN);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_quote_parts),
	    cmocka_unit_test(test_formulas),
	};

	if (crypto_init() != OK)
		return 1;
	return kit_run_rows("evidence", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
}
