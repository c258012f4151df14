/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: what is read, what is refused with which code, who must have
 * signed, which version and day are good enough.
 */
#include "chip_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcbor.h"
#include "testkit.h"

#define CHIPS_HEAD                                                             \
	"table,1,chips,chips,7,2026-01-01,2027-01-01\n"                        \
	"source,s,a test\n"
#define CHIP "chip,x,Maker,X,die\n"
#define RULES_HEAD                                                             \
	"table,1,rules,mine,1,2026-01-01,2027-01-01\n"                         \
	"source,s,a test\n"
#define RULE "rule,R-1,US,control,Some text\n"
#define REST                                                                   \
	"consequence,none\ntext,published,2026-01-01,\nenforced,2026-01-01,\n"

static const char good_chips[] = CHIPS_HEAD CHIP
    "tpp,15832,primary,s,\"a note, with a comma\"\n"
    "\n# a comment\narea,?,unknown,\ndc,yes,assumed,s\n";
static const char good_rules[] = RULES_HEAD RULE
    "predicate,tpp>=4800 && dc,primary,s\n" REST;

#define TPMS_HEAD                                                              \
	"table,1,tpms,tpm-firmware,1,2026-01-01,2027-01-01\nsource,s,a test\n"
#define TPM "tpm,x,IFX,why\n"

static const struct row {
	const char *name;
	enum table_kind kind;
	const char *text;
	enum status want;
} rows[] = {
    {"chips", TABLE_CHIPS, good_chips, OK},
    {"rules", TABLE_RULES, good_rules, OK},
    {"empty", TABLE_CHIPS, "", TABLE_MALFORMED},
    {"only_comments", TABLE_CHIPS, "# nothing\n\n", TABLE_MALFORMED},
    {"no_header", TABLE_CHIPS, "chip,x,Maker,X,die\n", TABLE_MALFORMED},
    {"format_2", TABLE_CHIPS, "table,2,chips,c,1,2026-01-01,2027-01-01\n",
	TABLE_FORMAT_UNKNOWN},
    {"format_words", TABLE_CHIPS, "table,x,chips,c,1,2026-01-01,2027-01-01\n",
	TABLE_FORMAT_UNKNOWN},
    {"other_kind", TABLE_CHIPS, good_rules, TABLE_MALFORMED},
    {"kind_case", TABLE_CHIPS, "table,1,Chips,c,1,2026-01-01,2027-01-01\n",
	TABLE_MALFORMED},
    {"version_0", TABLE_CHIPS, "table,1,chips,c,0,2026-01-01,2027-01-01\n",
	TABLE_MALFORMED},
    {"version_1.5", TABLE_CHIPS, "table,1,chips,c,1.5,2026-01-01,2027-01-01\n",
	TABLE_MALFORMED},
    {"id_space", TABLE_CHIPS, "table,1,chips,a b,1,2026-01-01,2027-01-01\n",
	TABLE_MALFORMED},
    {"id_capital", TABLE_CHIPS, "table,1,chips,C,1,2026-01-01,2027-01-01\n",
	TABLE_MALFORMED},
    {"issued_30_february", TABLE_CHIPS,
	"table,1,chips,c,1,2026-02-30,2027-01-01\n", TABLE_MALFORMED},
    {"expires_before", TABLE_CHIPS,
	"table,1,chips,c,1,2026-01-01,2025-01-01\n", TABLE_MALFORMED},
    {"header_long", TABLE_CHIPS,
	"table,1,chips,c,1,2026-01-01,2027-01-01,x\n", TABLE_MALFORMED},
    {"no_chip", TABLE_CHIPS, CHIPS_HEAD, TABLE_MALFORMED},
    {"no_last_line_feed", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,X,die",
	TABLE_MALFORMED},
    {"crlf", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,X,die\r\n",
	TABLE_MALFORMED},
    {"tab", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,X,d\tie\n",
	TABLE_MALFORMED},
    {"not_text", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,X,\xff\n",
	TABLE_MALFORMED},
    {"quote_open", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,\"X,die\n",
	TABLE_MALFORMED},
    {"quote_inside", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,X\"Y,die\n",
	TABLE_MALFORMED},
    {"quote_doubled", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,\"X\"\"Y\",die\n",
	TABLE_MALFORMED},
    {"behind_quote", TABLE_CHIPS, CHIPS_HEAD "chip,x,Maker,\"X\" ,die\n",
	TABLE_MALFORMED},
    {"too_many_fields", TABLE_CHIPS, CHIPS_HEAD "chip,1,2,3,4,5,6,7,8\n",
	TABLE_MALFORMED},
    {"figure_first", TABLE_CHIPS, CHIPS_HEAD "tpp,1,primary,s\n" CHIP,
	TABLE_MALFORMED},
    {"figure_unknown", TABLE_CHIPS, CHIPS_HEAD CHIP "speed,1,primary,s\n",
	TABLE_MALFORMED},
    {"figure_twice", TABLE_CHIPS,
	CHIPS_HEAD CHIP "tpp,1,primary,s\ntpp,1,primary,s\n",
	TABLE_MALFORMED},
    {"figure_words", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,many,primary,s\n",
	TABLE_MALFORMED},
    {"figure_negative", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,-1,primary,s\n",
	TABLE_MALFORMED},
    {"figure_4_decimals", TABLE_CHIPS,
	CHIPS_HEAD CHIP "area,1.2345,primary,s\n", TABLE_MALFORMED},
    {"figure_empty", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,,primary,s\n",
	TABLE_MALFORMED},
    {"figure_?_known", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,?,primary,s\n",
	TABLE_MALFORMED},
    {"figure_unknown_valued", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,1,unknown,s\n",
	TABLE_MALFORMED},
    {"level_missing", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,1\n",
	TABLE_MALFORMED},
    {"level_unknown", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,1,certain,s\n",
	TABLE_MALFORMED},
    {"source_missing", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,1,primary,\n",
	TABLE_MALFORMED},
    {"source_unknown", TABLE_CHIPS, CHIPS_HEAD CHIP "tpp,1,primary,else\n",
	TABLE_MALFORMED},
    {"source_twice", TABLE_CHIPS, CHIPS_HEAD "source,s,again\n" CHIP,
	TABLE_MALFORMED},
    {"source_empty", TABLE_CHIPS, CHIPS_HEAD "source,t,\n" CHIP,
	TABLE_MALFORMED},
    {"flag_words", TABLE_CHIPS, CHIPS_HEAD CHIP "dc,1,assumed,s\n",
	TABLE_MALFORMED},
    {"chip_twice", TABLE_CHIPS, CHIPS_HEAD CHIP CHIP, TABLE_MALFORMED},
    {"name_twice", TABLE_CHIPS, CHIPS_HEAD CHIP "chip,y,Maker,x,die\n",
	TABLE_MALFORMED},
    {"pci_twice", TABLE_CHIPS,
	CHIPS_HEAD CHIP "pci,10de:0001,primary,s\nchip,y,Maker,Y,die\n"
			"pci,10DE:0001,primary,s\n",
	TABLE_MALFORMED},
    {"pci_is_a_vf", TABLE_CHIPS,
	CHIPS_HEAD CHIP "pci,10de:0001,primary,s\nchip,y,Maker,Y,die\n"
			"vf,10de:0001,primary,s\n",
	TABLE_MALFORMED},
    {"sku_twice", TABLE_CHIPS,
	CHIPS_HEAD CHIP "sku,A_1_1,primary,s\nsku,a_1_1,primary,s\n",
	TABLE_MALFORMED},
    {"no_rule", TABLE_RULES, RULES_HEAD, TABLE_MALFORMED},
    {"no_predicate", TABLE_RULES, RULES_HEAD RULE REST, TABLE_MALFORMED},
    {"no_consequence", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\ntext,published,2026-01-01,\n"
			"enforced,2026-01-01,\n",
	TABLE_MALFORMED},
    {"no_enforcement", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\nconsequence,x\n"
			"text,published,2026-01-01,\n",
	TABLE_MALFORMED},
    {"bill_in_force", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\nconsequence,x\ntext,bill,,\n"
			"enforced,2026-01-01,\n",
	TABLE_MALFORMED},
    {"predicate_twice", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\npredicate,dc,primary,s\n" REST,
	TABLE_MALFORMED},
    {"predicate_code", TABLE_RULES,
	RULES_HEAD RULE "predicate,exec(1),primary,s\n" REST,
	EXPRESSION_MALFORMED},
    {"predicate_itself", TABLE_RULES,
	RULES_HEAD RULE "predicate,any(R-1),primary,s\n" REST,
	EXPRESSION_MALFORMED},
    {"predicate_below", TABLE_RULES,
	RULES_HEAD RULE "predicate,any(R-2),primary,s\n" REST
			"rule,R-2,US,control,T\npredicate,dc,primary,s\n" REST,
	EXPRESSION_MALFORMED},
    {"predicate_above", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\n" REST
			"rule,R-2,US,control,T\npredicate,any(R-1),primary,s\n"
	    REST,
	OK},
    {"predicate_shipped", TABLE_RULES,
	RULES_HEAD RULE "predicate,any(US-3A090-A1),primary,s\n" REST, OK},
    {"when_wrong", TABLE_RULES,
	RULES_HEAD RULE "when,dc &&\npredicate,dc,primary,s\n" REST,
	EXPRESSION_MALFORMED},
    {"rule_twice", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\n" REST RULE,
	TABLE_MALFORMED},
    {"rule_of_another_table", TABLE_RULES,
	RULES_HEAD "rule,US-3A090-A1,US,control,T\npredicate,dc,primary,s\n"
	    REST,
	TABLE_MALFORMED},
    {"rule_small_letters", TABLE_RULES,
	RULES_HEAD "rule,r-1,US,control,T\npredicate,dc,primary,s\n" REST,
	TABLE_MALFORMED},
    {"text_unknown", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\nconsequence,x\n"
			"text,secret,,\nenforced,2026-01-01,\n",
	TABLE_MALFORMED},
    {"dates_turned", TABLE_RULES,
	RULES_HEAD RULE "predicate,dc,primary,s\nconsequence,x\n"
			"text,published,2026-01-01,\n"
			"enforced,2026-01-01,2025-01-01\n",
	TABLE_MALFORMED},
    {"n58_tpms", TABLE_TPMS, TPMS_HEAD TPM "firmware,7.0-7.61,primary,s\n",
	OK},
    {"n58_tpms_none", TABLE_TPMS, TPMS_HEAD, OK},
    {"n58_tpms_widest", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,0.0-65535.65535,primary,s\n", OK},
    {"n58_tpms_of_chips", TABLE_TPMS, good_chips, TABLE_MALFORMED},
    {"n58_tpm_without_reason", TABLE_TPMS, TPMS_HEAD "tpm,x,IFX\n",
	TABLE_MALFORMED},
    {"n58_tpm_empty_reason", TABLE_TPMS, TPMS_HEAD "tpm,x,IFX,\n",
	TABLE_MALFORMED},
    {"n58_tpm_long_maker", TABLE_TPMS, TPMS_HEAD "tpm,x,IFXXX,why\n",
	TABLE_MALFORMED},
    {"n58_tpm_no_maker", TABLE_TPMS, TPMS_HEAD "tpm,x,,why\n",
	TABLE_MALFORMED},
    {"n58_tpm_name", TABLE_TPMS, TPMS_HEAD "tpm,X,IFX,why\n",
	TABLE_MALFORMED},
    {"n58_tpm_twice", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,7.0,primary,s\n" TPM, TABLE_MALFORMED},
    {"n58_firmware_of_none", TABLE_TPMS,
	TPMS_HEAD "firmware,7.0,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_whole", TABLE_TPMS, TPMS_HEAD TPM "firmware,7,primary,s\n",
	TABLE_MALFORMED},
    {"n58_firmware_three", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,7.0.1,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_large", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,65536.0,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_larger", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,7.4294967296,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_zero_first", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,07.1,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_turned", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,7.61-7.0,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_open", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,7.61-,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_sign", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,-7.61,primary,s\n", TABLE_MALFORMED},
    {"n58_firmware_unknown", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,?,unknown,\n", TABLE_MALFORMED},
    {"n58_firmware_no_source", TABLE_TPMS,
	TPMS_HEAD TPM "firmware,7.0,primary,\n", TABLE_MALFORMED},
    {"n58_other_line", TABLE_TPMS, TPMS_HEAD "chip,x,Maker,X,die\n",
	TABLE_MALFORMED},
};

/* Signed by one key and asked for by a policy that trusts it. */
static enum status
add(enum table_kind kind, const char *text, char detail[TABLE_DETAIL])
{
	struct tables *t = tables_new();
	uint8_t cose[TABLE_COSE_MAX];
	struct policy policy;
	size_t n = kit_sign(text, 1, cose, sizeof(cose));
	enum status st;

	assert_non_null(t);
	kit_policy(&policy, 1, 0, "");
	assert_status(tables_set_signatures(t, bytes_view(cose, n)), OK);
	st = tables_add(t, kind, bytes_str(text), &policy, detail);
	tables_free(t);
	return st;
}

/* What a shipped table says of one TPM. */
static const char *
flaw_of(const char *maker, unsigned major, unsigned minor)
{
	static char id[TABLE_ID_MAX + 1];
	struct tables *t = tables_new();
	char detail[TABLE_DETAIL];
	const struct tpms *set;
	const struct flawed *row;

	assert_non_null(t);
	assert_status(tables_tpms(t, NULL, NULL, &set, detail), OK);
	row = tpms_find(set, maker,
	    (uint64_t)major << 48 | (uint64_t)minor << 32 | 0x1234);
	snprintf(id, sizeof(id), "%.*s", row == NULL ? 0 : (int)row->id.n,
	    row == NULL ? "" : (const char *)row->id.p);
	tables_free(t);
	return id;
}

/* N58: both ends of a range, what is fixed, another maker, an odd maker. */
static void
n58_shipped_firmware(void **state)
{
	static const struct {
		const char *maker;
		unsigned major, minor;
		const char *want;
	} firmware[] = {
	    {"id:49465800", 7, 0, "ifx-roca"},
	    {"id:49465800", 7, 61, "ifx-roca"},
	    {"id:49465800", 7, 62, ""},
	    {"id:49465800", 4, 34, ""},
	    {"id:49465800", 4, 40, "ifx-roca"},
	    {"id:49465800", 133, 32, "ifx-roca"},
	    {"id:49465800", 133, 33, ""},
	    {"id:49465820", 7, 0, "ifx-roca"},
	    {"id:53544d20", 73, 4, "stm-ecdsa"},
	    {"id:53544D20", 73, 8, "stm-ecdsa"},
	    {"id:53544D20", 73, 20, ""},
	    {"id:53544D20", 7, 0, ""},
	    {"id:49465800", 73, 4, ""},
	    {"id:494658", 7, 0, ""},
	    {"id:4946580000", 7, 0, ""},
	    {"49465800", 7, 0, ""},
	    {"IFX", 7, 0, ""},
	    {"", 7, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(firmware) / sizeof(firmware[0]); i++)
		assert_string_equal(flaw_of(firmware[i].maker,
					firmware[i].major, firmware[i].minor),
		    firmware[i].want);
}

/* N58: what nobody has verified is shown to people and denies nothing. */
static void
n58_recollection(void **state)
{
	static const char text[] = TPMS_HEAD TPM
	    "firmware,7.0,recollection,s\nfirmware,7.1,secondary,s\n";
	static struct tpms set;
	char detail[TABLE_DETAIL];

	(void)state;
	assert_status(tpms_read(&set, bytes_str(text), detail), OK);
	assert_int_equal(set.count, 2);
	assert_null(tpms_find(&set, "id:49465800", UINT64_C(7) << 48));
	assert_non_null(tpms_find(
	    &set, "id:49465800", UINT64_C(7) << 48 | UINT64_C(1) << 32));
}

static void
run_row(void **state)
{
	const struct row *row = *state;
	char detail[TABLE_DETAIL] = "";

	assert_status(add(row->kind, row->text, detail), row->want);
	if (row->want != OK && row->text[0] != '\0')
		assert_true(detail[0] != '\0');
}

/* TEXT with COSE under a policy of N keys, M needed, and MORE lines. */
static enum status
use(const char *text, struct bytes cose, size_t n, unsigned m,
    const char *more, const char *day)
{
	struct tables *t = tables_new();
	char detail[TABLE_DETAIL] = "";
	struct policy policy;
	enum status st = OK;
	int64_t at;

	assert_non_null(t);
	assert_true(date_parse(bytes_str(day), &at));
	kit_policy(&policy, n, m, more);
	if (cose.n > 0)
		st = tables_set_signatures(t, cose);
	if (st == OK)
		st = tables_add(
		    t, TABLE_CHIPS, bytes_str(text), &policy, detail);
	if (st == OK)
		st = tables_ready(t, &at, &policy, detail);
	tables_free(t);
	return st;
}

#define DAY "2026-06-01"

static void
test_signers(void **state)
{
	uint8_t store[TABLE_COSE_MAX];
	struct bytes none = {NULL, 0}, one, two;
	size_t n = kit_sign(good_chips, 1, store, sizeof(store));
	uint8_t both[TABLE_COSE_MAX];

	(void)state;
	one = bytes_view(store, n);
	two = bytes_view(both, kit_sign(good_chips, 2, both, sizeof(both)));
	assert_status(use(good_chips, one, 1, 0, "", DAY), OK);
	assert_status(use(good_chips, two, 2, 0, "", DAY), OK);
	assert_status(use(good_chips, one, 2, 1, "", DAY), OK);
	assert_status(use(good_chips, two, 1, 0, "", DAY), OK);
	assert_status(use(good_chips, two, 3, 2, "", DAY), OK);

	assert_status(use(good_chips, none, 1, 0, "", DAY), TABLE_UNSIGNED);
	assert_status(use(good_chips, one, 0, 0, "", DAY), TABLE_UNSIGNED);
	assert_status(use(good_chips, one, 2, 0, "", DAY), TABLE_SIGNERS);
	assert_status(use(good_chips, two, 3, 0, "", DAY), TABLE_SIGNERS);
}

/* One digit, and nothing else. */
static void
test_one_digit(void **state)
{
	char changed[sizeof(good_chips)];
	uint8_t store[TABLE_COSE_MAX];
	size_t n = kit_sign(good_chips, 2, store, sizeof(store));
	struct bytes cose = bytes_view(store, n);
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good_chips) - 1; i++) {
		if (good_chips[i] < '0' || good_chips[i] > '9')
			continue;
		memcpy(changed, good_chips, sizeof(changed));
		changed[i] = changed[i] == '9' ? '8' : (char)(changed[i] + 1);
		assert_status(
		    use(changed, cose, 2, 0, "", DAY), TABLE_SIGNATURE);
		tried++;
	}
	assert_true(tried > 20);
}

static void
test_version_and_expiry(void **state)
{
	uint8_t store[TABLE_COSE_MAX];
	struct bytes cose = bytes_view(
	    store, kit_sign(good_chips, 1, store, sizeof(store)));

	(void)state;
	assert_status(use(good_chips, cose, 1, 0,
			  "table-versions = chips:7\n", DAY), OK);
	assert_status(use(good_chips, cose, 1, 0,
			  "table-versions = chips:8\n", DAY), TABLE_OLD);
	assert_status(use(good_chips, cose, 1, 0,
			  "table-versions = us:1, chips:8\n", DAY), TABLE_OLD);

	/* The rules built in are held to it, too. */
	assert_status(use(good_chips, cose, 1, 0,
			  "table-versions = us:2\n", DAY), TABLE_OLD);
	assert_status(
	    use(good_chips, cose, 1, 0, "", "2027-01-01"), OK);
	assert_status(
	    use(good_chips, cose, 1, 0, "", "2027-01-02"), TABLE_EXPIRED);
}

/* Every byte of the signatures, and every length. */
static void
test_signatures_malformed(void **state)
{
	uint8_t store[TABLE_COSE_MAX], bad[TABLE_COSE_MAX];
	size_t n = kit_sign(good_chips, 1, store, sizeof(store));

	(void)state;
	for (size_t i = 0; i < n; i++) {
		enum status st;

		memcpy(bad, store, n);
		bad[i] ^= 1;
		st = use(good_chips, bytes_view(bad, n), 1, 0, "", DAY);
		assert_true(st == TABLE_SIGNATURES_MALFORMED ||
		    st == TABLE_SIGNATURE || st == TABLE_SIGNERS);
	}
	for (size_t i = 1; i < n; i++)
		assert_status(use(good_chips, bytes_view(store, i), 1, 0, "",
				  DAY),
		    TABLE_SIGNATURES_MALFORMED);
	memcpy(bad, store, n);
	bad[n] = 0;
	assert_status(use(good_chips, bytes_view(bad, n + 1), 1, 0, "", DAY),
	    TABLE_SIGNATURES_MALFORMED);

	/* The same signature twice is not two signers. */
	bad[0] = 0x82;
	memcpy(bad + 1, store + 1, n - 1);
	memcpy(bad + n, store + 1, n - 1);
	assert_status(use(good_chips, bytes_view(bad, 2 * n - 1), 2, 0, "",
			  DAY),
	    TABLE_SIGNATURES_MALFORMED);
}

/* Signing anew: others' signatures stay while they fit. */
static void
test_signing(void **state)
{
	static const char other[] = CHIPS_HEAD CHIP "tpp,1,primary,s\n";
	uint8_t store[TABLE_COSE_MAX], again[TABLE_COSE_MAX];
	size_t n = kit_sign(good_chips, 2, store, sizeof(store));
	struct table_signers signers;
	struct assay_signed what = {.key_pem = kit_key[0],
	    .table = {good_chips, strlen(good_chips)},
	    .signatures = {store, n}};
	long m = assay_sign(&what, again, sizeof(again));

	(void)state;
	assert_int_equal(m, n);
	assert_status(table_signers_read(bytes_str(good_chips),
			  bytes_view(again, (size_t)m), &signers),
	    OK);
	assert_int_equal(signers.count, 2);

	/* For a changed table the old ones are gone. */
	what.table = (struct assay_file){other, strlen(other)};
	m = assay_sign(&what, again, sizeof(again));
	assert_true(m > 0);
	assert_status(table_signers_read(bytes_str(other),
			  bytes_view(again, (size_t)m), &signers),
	    OK);
	assert_int_equal(signers.count, 1);

	/* No room, no key, no signatures. */
	assert_true(assay_sign(&what, again, 10) > 10);
	what.key_pem = "no key";
	assert_int_equal(assay_sign(&what, again, sizeof(again)), -1);
	what.key_pem = kit_key[0];
	what.signatures = (struct assay_file){"x", 1};
	assert_int_equal(assay_sign(&what, again, sizeof(again)), -1);
}

/* What is built in reads, and every cell of it has its provenance. */
static void
test_shipped(void **state)
{
	struct tables *t = kit_tables(NULL);
	const struct chips *chips = tables_chips(t);
	size_t rules = 0;

	(void)state;
	assert_int_equal(chips->count, 49);
	for (size_t i = 0; i < chips->count; i++)
		for (enum figure f = 0; f < FIGURE_COUNT; f++) {
			const struct cell *c = &chips->chip[i].figure[f];

			if (c->there && c->level != LEVEL_UNKNOWN)
				assert_non_null(c->source);
		}
	for (size_t i = 0; i < tables_rule_sets(t); i++)
		rules += tables_rules(t, i)->count;
	assert_int_equal(rules, 30);
	assert_status(tables_select(t, BYTES_LIT("my")), OK);
	assert_status(tables_select(t, BYTES_LIT("atlantis")), TABLE_UNKNOWN);
	tables_free(t);
}

/* Through the public functions, with the policy's keys. */
static void
test_policy_keys(void **state)
{
	static const struct {
		const char *text;
		enum status want;
	} bad[] = {
	    {"trust-tables = 00\n", CONFIG_VALUE},
	    {"trust-tables =\n", CONFIG_VALUE},
	    {"tables-needed = 1\n", CONFIG_VALUE},
	    {"tables-needed = 0\n", CONFIG_VALUE},
	    {"tables-needed = x\n", CONFIG_VALUE},
	    {"table-versions = chips\n", CONFIG_VALUE},
	    {"table-versions = :1\n", CONFIG_VALUE},
	    {"table-versions = chips:0\n", CONFIG_VALUE},
	    {"table-versions = chips:1x\n", CONFIG_VALUE},
	    {"table-versions = chips:1\ntable-versions = us:1\n", CONFIG_KEY},
	    {"require-class = maybe\n", CONFIG_VALUE},
	};
	char text[512], error[256];
	struct policy p;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(text, sizeof(text), "[policy]\n%s", bad[i].text);
		assert_status(policy_parse(bytes_str(text), &p, error,
				  sizeof(error)),
		    bad[i].want);
	}

	/* The same key twice is one key. */
	snprintf(text, sizeof(text),
	    "[policy]\ntrust-tables = %s\ntrust-tables = %s\n", kit_finger[0],
	    kit_finger[0]);
	assert_status(policy_parse(bytes_str(text), &p, error, sizeof(error)),
	    CONFIG_VALUE);
	snprintf(text, sizeof(text), "[policy]\ntrust-tables = %s, %s\n",
	    kit_finger[0], kit_finger[1]);
	assert_status(
	    policy_parse(bytes_str(text), &p, error, sizeof(error)), OK);
	assert_int_equal(p.table_keys.n, 2);
	assert_int_equal(p.tables_needed, 2);
	assert_true(p.require_class);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(n58_shipped_firmware),
	    cmocka_unit_test(n58_recollection),
	    cmocka_unit_test(test_signers),
	    cmocka_unit_test(test_one_digit),
	    cmocka_unit_test(test_version_and_expiry),
	    cmocka_unit_test(test_signatures_malformed),
	    cmocka_unit_test(test_signing),
	    cmocka_unit_test(test_shipped),
	    cmocka_unit_test(test_policy_keys),
	};

	if (!kit_keys())
		return 1;
	return kit_run_rows("tables", rows, sizeof(rows[0]), COUNT(rows),
	    run_row, tests, COUNT(tests));
}
