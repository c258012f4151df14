/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classification as a caller meets it: names, facts, reports, bundles, the
 * attestation result; and, where they are, the columns of the reference.
 */
#include "chip_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "testkit.h"
#include "verdict.h"
#include "world.h"

enum { TEXT = 1 << 20 };

static struct world world;
static char text[TEXT];

static struct assay *
context(const char *day)
{
	struct assay *ctx = assay_new();
	int64_t at;

	assert_non_null(ctx);
	assert_true(date_parse(bytes_str(day), &at));
	assay_set_time(ctx, at);
	return ctx;
}

static json_t *
as_json(const struct assay_result *r)
{
	json_t *all;

	assert_non_null(r);
	assert_in_range(
	    assay_result_write(r, ASSAY_JSON, NULL, text, sizeof(text)), 1,
	    sizeof(text) - 1);
	all = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(all);
	return all;
}

static json_t *
capability_of(const json_t *all, const char *label)
{
	json_t *devices = json_object_get(
	    json_object_get(all, "data"), "devices");

	return json_object_get(json_object_get(devices, label), "capability");
}

static const char *
member(const json_t *at, const char *key)
{
	const char *s = json_string_value(json_object_get(at, key));

	return s != NULL ? s : "";
}

/* "yes", "no" or "unknown": does RULE hold? */
static const char *
holds(const json_t *all, const char *rule)
{
	json_t *one, *h;
	size_t i;

	json_array_foreach(json_object_get(all, "rules"), i, one) {
		if (strcmp(member(one, "id"), rule) != 0)
			continue;
		h = json_object_get(one, "holds");
		if (json_is_string(h))
			return json_string_value(h);
		return json_is_true(h) ? "yes" : "no";
	}
	return "missing";
}

static json_t *
name(const char *chip, const char *day, int *exit)
{
	struct assay *ctx = context(day);
	struct assay_check in = {.chip = {chip, strlen(chip)}};
	struct assay_result *r = assay_check(ctx, ASSAY_CAPABILITY, &in);
	json_t *all = as_json(r);

	*exit = assay_result_exit(r);
	assay_result_free(r);
	assay_free(ctx);
	return all;
}

static void
test_name(void **state)
{
	json_t *all;
	int exit;

	(void)state;
	all = name("H20 96GB", "2026-11-26", &exit);
	assert_int_equal(exit, 0);
	assert_string_equal(
	    member(capability_of(all, "chip"), "class"), "none");
	assert_string_equal(member(capability_of(all, "chip"), "notice"),
	    "not a legal determination");
	assert_true(json_array_size(json_object_get(
			capability_of(all, "chip"), "assumptions")) >= 4);
	assert_string_equal(holds(all, "US-ISINFORMED-2025-04"), "yes");
	assert_string_equal(holds(all, "US-3A090-B1"), "no");
	assert_string_equal(holds(all, "EU-2021-821"), "unknown");
	assert_int_equal(json_array_size(json_object_get(all, "rules")), 30);
	json_decref(all);

	all = name("Instinct MI308X", "2026-11-26", &exit);
	assert_int_equal(exit, 2);
	json_decref(all);
	all = name("Banana", "2026-11-26", &exit);
	assert_int_equal(exit, 64);
	json_decref(all);
	all = name("H100", "2026-11-26", &exit);
	assert_int_equal(exit, 64);
	json_decref(all);
}

/* Past the expiry of the built-in tables there is no class. */
static void
test_expired(void **state)
{
	int exit;
	json_t *all = name("L4", "2031-01-01", &exit);

	(void)state;
	assert_int_equal(exit, 3);
	assert_null(capability_of(all, "chip"));
	json_decref(all);
}

static int
facts(const char *json, enum status want)
{
	struct assay *ctx = context("2026-11-26");
	struct assay_check in = {.facts = {json, strlen(json)}};
	struct assay_result *r = assay_check(ctx, ASSAY_CAPABILITY, &in);
	int exit;

	assert_non_null(r);
	exit = assay_result_exit(r);
	assert_true(world_has(r, want));
	assert_in_range(
	    assay_result_write(r, ASSAY_EXPLAIN, NULL, text, sizeof(text)), 1,
	    sizeof(text) - 1);
	assay_result_free(r);
	assay_free(ctx);
	return exit;
}

#define DEVICE(facts)                                                          \
	"{\"data\":{\"devices\":[{\"label\":\"gpu-0\",\"facts\":{" facts "}}]}}"
#define PCI(device)                                                            \
	"\"pci-vendor\":{\"sysfs\":4318},\"pci-device\":{\"sysfs\":" device "}"

static void
test_facts(void **state)
{
	(void)state;
	assert_int_equal(facts(DEVICE(PCI("9001")), CLASS_CLAIMED), 2);
	assert_non_null(strstr(text, "H20 96GB: none (basis 0"));
	assert_int_equal(facts(DEVICE(PCI("1")), CLASS_UNKNOWN), 2);
	assert_non_null(strstr(text, "unknown chip: UNKNOWN"));
	assert_int_equal(
	    facts(DEVICE(PCI("9001") ",\"product\":{\"sysfs\":"
				     "\"NVIDIA H100 80GB HBM3\"}"),
		IDENTITY_MISMATCH),
	    1);
	assert_int_equal(
	    facts("{\"data\":{\"devices\":[]}}", NO_DEVICE), 2);

	assert_int_equal(facts("", FACTS_MALFORMED), 65);
	assert_int_equal(facts("{}", FACTS_MALFORMED), 65);
	assert_int_equal(facts("[]", FACTS_MALFORMED), 65);
	assert_int_equal(
	    facts(DEVICE("\"speed\":{\"sysfs\":1}"), FACTS_MALFORMED), 65);
	assert_int_equal(
	    facts(DEVICE("\"pci-vendor\":{\"me\":1}"), FACTS_MALFORMED), 65);
	assert_int_equal(
	    facts(DEVICE("\"pci-vendor\":{\"sysfs\":\"1\"}"),
		FACTS_MALFORMED),
	    65);
	assert_int_equal(
	    facts(DEVICE("\"pci-vendor\":{\"sysfs\":-1}"), FACTS_MALFORMED),
	    65);
	assert_int_equal(
	    facts("{\"data\":{\"devices\":[{\"label\":\"x\"}]}}",
		FACTS_MALFORMED),
	    65);
}

#define OBSERVED(row)                                                          \
	"{\"schema\":1,\"kind\":\"assay-observed\",\"device\":\"d\","         \
	"\"pci\":\"0000:17:00.0\",\"uuid\":\"GPU-1\",\"copy_gbs_min\":1,"     \
	"\"seconds_milli\":1,\"observed\":[" row "]}"
#define ROW(tops)                                                              \
	"{\"format\":\"fp16\",\"bits\":16,\"tops_min_milli\":" tops              \
	",\"method\":\"m\"}"

static void
test_observed(void **state)
{
	static const struct {
		const char *json;
		enum status want;
	} rows[] = {
	    {OBSERVED(ROW("1000")), CHIP_NAMED},
	    {OBSERVED(ROW("900000")), CAPABILITY_EXCEEDED},
	    {OBSERVED(ROW("1") "," ROW("900000")), CAPABILITY_EXCEEDED},
	    {"", OBSERVED_MALFORMED},
	    {"{}", OBSERVED_MALFORMED},
	    {"[1]", OBSERVED_MALFORMED},
	    {OBSERVED(""), OBSERVED_MALFORMED},
	    {OBSERVED("1"), OBSERVED_MALFORMED},
	    {OBSERVED(ROW("0")), OBSERVED_MALFORMED},
	    {OBSERVED(ROW("-1")), OBSERVED_MALFORMED},
	    {OBSERVED(ROW("1.5")), OBSERVED_MALFORMED},
	    {OBSERVED(ROW("\"1\"")), OBSERVED_MALFORMED},
	    {OBSERVED(ROW("900000000000000000")), OBSERVED_MALFORMED},
	    {OBSERVED(ROW("1,\"more\":1")), OBSERVED_MALFORMED},
	    {OBSERVED(ROW("1")) "x", OBSERVED_MALFORMED},
	    {"{\"mock\":true," "\"schema\":1,\"kind\":\"assay-observed\"}",
		OBSERVED_MALFORMED},
	};
	struct assay *ctx = context("2026-11-26");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct assay_check in = {.chip = {"H20 96GB", 8},
		    .observed = {rows[i].json, strlen(rows[i].json)}};
		struct assay_result *r =
		    assay_check(ctx, ASSAY_CAPABILITY, &in);

		print_message("%s\n", rows[i].json);
		assert_non_null(r);
		assert_true(world_has(r, rows[i].want));
		assay_result_free(r);
	}
	assay_free(ctx);
}

/* The genuine report of an H100: its own signature makes basis 2. */
static void
test_signed_report(void **state)
{
	struct bytes report = kit_sample("nvidia/h100-550.90.07-report.hex");
	struct bytes chain = kit_sample("nvidia/h100-550.90.07-chain.pem");
	struct assay *ctx = context("2026-11-26");
	struct assay_check in = {.report = {report.p, report.n},
	    .chain = {chain.p, chain.n}};
	struct assay_result *r;
	json_t *all;

	(void)state;
	if (report.p == NULL || chain.p == NULL) {
		assay_free(ctx);
		skip();
		return;
	}
	r = assay_check(ctx, ASSAY_CAPABILITY, &in);
	all = as_json(r);
	assert_int_equal(assay_result_exit(r), 0);
	assert_string_equal(
	    member(capability_of(all, "gpu-0"), "class"), "3A090.a.1");
	assert_string_equal(
	    member(capability_of(all, "gpu-0"), "chip"), "H100 PCIe 80GB");
	assert_int_equal(json_integer_value(json_object_get(
			     capability_of(all, "gpu-0"), "basis")),
	    2);
	json_decref(all);
	assay_result_free(r);
	assay_free(ctx);
	free((void *)(uintptr_t)report.p);
	free((void *)(uintptr_t)chain.p);
}

/* Facts of a device in a forged bundle. */
static void
as_h100(struct forge *f)
{
	static uint8_t encoded[1024];
	struct writer w = writer_of(encoded, sizeof(encoded));
	struct fact_list list = {.n = 0};

	fact_add_uint(&list, FACT_PCI_VENDOR, SOURCE_SYSFS, 0x10de);
	fact_add_uint(&list, FACT_PCI_DEVICE, SOURCE_SYSFS, 0x2331);
	facts_encode(&list, &w);
	for (size_t i = 0; i < f->claims.device_count; i++)
		f->claims.devices[i].facts = writer_view(&w);
}

static void
as_mi250(struct forge *f)
{
	static uint8_t encoded[1024];
	struct writer w = writer_of(encoded, sizeof(encoded));
	struct fact_list list = {.n = 0};

	fact_add_uint(&list, FACT_PCI_VENDOR, SOURCE_SYSFS, 0x1002);
	fact_add_uint(&list, FACT_PCI_DEVICE, SOURCE_SYSFS, 0x740c);
	facts_encode(&list, &w);
	for (size_t i = 0; i < f->claims.device_count; i++)
		f->claims.devices[i].facts = writer_view(&w);
}

#define POLICY                                                                 \
	"[policy]\nrequire-eventlog = no\nrequire-device-signed = no\n"        \
	"allow-pinned = yes\n"

static json_t *
bundle(const char *policy, size_t devices, void (*change)(struct forge *f),
    int *exit)
{
	struct assay_result *r;
	json_t *all;

	world_reset(&world);
	world.policy = policy;
	world.forge.devices = devices;
	r = world_verify(&world, FORGE_CLAIMS, change);
	all = as_json(r);
	*exit = assay_result_exit(r);
	assay_result_free(r);
	return all;
}

/* In a bundle the class is claimed: basis 1, and no more. */
static void
test_bundle(void **state)
{
	int exit;
	json_t *all = bundle(POLICY, 1, as_h100, &exit), *at;

	(void)state;
	at = capability_of(all, "gpu-0");
	assert_int_equal(exit, 0);
	assert_string_equal(member(at, "class"), "3A090.a.1");
	assert_int_equal(json_integer_value(json_object_get(at, "basis")), 1);
	assert_string_equal(member(at, "notice"), "not a legal determination");
	assert_true(json_array_size(json_object_get(at, "holds")) > 3);
	json_decref(all);

	/* The same board is worse off where devices are to sign. */
	all = bundle("[policy]\nrequire-eventlog = no\nallow-pinned = yes\n",
	    1, as_h100, &exit);
	assert_int_equal(exit, 2);
	json_decref(all);

	/* A chip that nobody knows, where a class is asked for and not. */
	all = bundle(POLICY, 1, NULL, &exit);
	assert_int_equal(exit, 2);
	assert_string_equal(
	    member(capability_of(all, "gpu-0"), "class"), "UNKNOWN");
	json_decref(all);
	all = bundle(POLICY "require-class = no\n", 1, NULL, &exit);
	assert_int_equal(exit, 0);
	json_decref(all);
}

/* Eight devices are eight devices: no class is made of their sum. */
static void
t23_aggregation(void **state)
{
	int exit;
	json_t *all = bundle(POLICY, 8, as_h100, &exit), *node;

	(void)state;
	node = json_object_get(json_object_get(all, "data"), "node");
	assert_string_equal(member(node, "tpp_sum"), "96832");
	assert_string_equal(
	    member(capability_of(all, "gpu-7"), "class"), "3A090.a.1");
	json_decref(all);
}

/* Two devices of one package are one package in the sum, too. */
static void
t24_node(void **state)
{
	int exit;
	json_t *all = bundle(POLICY, 2, as_mi250, &exit), *node;

	(void)state;
	node = json_object_get(json_object_get(all, "data"), "node");
	assert_string_equal(member(node, "tpp_sum"), "6128");
	assert_string_equal(
	    member(capability_of(all, "gpu-1"), "class"), "3A090.a.1");
	json_decref(all);
}

/* Old rules are told by their digest and refused by their version. */
static void
t26_rules_of_yesterday(void **state)
{
	int exit;
	json_t *all = bundle(POLICY "table-versions = us:1\n", 1, as_h100,
	    &exit), *table;
	size_t i, digests = 0;

	(void)state;
	assert_int_equal(exit, 0);
	json_array_foreach(json_object_get(json_object_get(all, "data"),
			       "tables"),
	    i, table)
		digests += strlen(member(table, "sha256")) == 64;
	assert_int_equal(digests, 6);
	json_decref(all);
	all = bundle(POLICY "table-versions = us:99\n", 1, as_h100, &exit);
	assert_int_equal(exit, 1);
	assert_null(capability_of(all, "gpu-0"));
	json_decref(all);
}

/* The attestation result carries the class and the digests of its tables. */
static void
test_ear(void **state)
{
	struct assay_signing signing = {.key_pem = kit_key[0],
	    .issued_at = 1780272000, .build = "test"};
	struct assay_result *r;
	json_t *ear, *gpu, *digests;

	(void)state;
	world_reset(&world);
	world.policy = POLICY;
	r = world_verify(&world, FORGE_CLAIMS, as_h100);
	assert_non_null(r);
	ear = ear_claims(r, &signing);
	gpu = json_object_get(json_object_get(ear, "submods"), "gpu-0");
	assert_string_equal(member(json_object_get(gpu,
				       "assay.capability_class"), "class"),
	    "3A090.a.1");
	digests = json_object_get(json_object_get(ear, "assay.digests"),
	    "tables");
	assert_int_equal(json_object_size(digests), 6);
	assert_non_null(strstr(member(digests, "us"), "sha-256;"));
	json_decref(ear);
	assay_result_free(r);
}

/* A classification of the bundle itself: the same, in full. */
static void
test_bundle_in_full(void **state)
{
	struct assay *ctx;
	struct assay_result *r;
	struct assay_check in;

	(void)state;
	world_reset(&world);
	world.policy = POLICY;
	assert_true(forge_build(&world.forge, FORGE_CLAIMS, as_h100));
	ctx = world_context(&world);
	assert_non_null(ctx);
	in = (struct assay_check){
	    .evidence = {world.forge.out.p, world.forge.out.n},
	    .nonce = {world.nonce, world.nonce_len}};
	r = assay_check(ctx, ASSAY_CAPABILITY, &in);
	assert_non_null(r);
	assert_int_equal(assay_result_exit(r), 2);
	assert_true(world_has(r, CLASS_CLAIMED));
	assert_in_range(
	    assay_result_write(r, ASSAY_EXPLAIN, NULL, text, sizeof(text)), 1,
	    sizeof(text) - 1);
	assert_non_null(strstr(text, "H100 PCIe 80GB: 3A090.a.1 (basis 1"));
	assert_non_null(strstr(text, "US-3A090-A1: holds"));
	assert_non_null(strstr(text, "12104>=4800 && yes"));
	assert_non_null(strstr(text, "not a legal determination"));
	assay_result_free(r);

	/* What does not decode makes no class. */
	in.evidence.len--;
	r = assay_check(ctx, ASSAY_CAPABILITY, &in);
	assert_non_null(r);
	assert_int_equal(assay_result_exit(r), 65);
	assay_result_free(r);

	/* One question at a time. */
	in.chip = (struct assay_file){"L4", 2};
	r = assay_check(ctx, ASSAY_CAPABILITY, &in);
	assert_non_null(r);
	assert_int_equal(assay_result_exit(r), 64);
	assay_result_free(r);
	assay_free(ctx);
}

/* --- The columns of the reference. */

enum { COLUMNS = 40, FIELD = 400 };

/* Cut a line with quoted fields; fields past COLUMNS are dropped. */
static void
cut(const char *line, char field[COLUMNS][FIELD])
{
	size_t f = 0, n = 0;
	bool quoted = false;

	for (; *line != '\0' && *line != '\n' && *line != '\r'; line++) {
		if (*line == '"') {
			quoted = !quoted;
		} else if (*line == ',' && !quoted) {
			field[f][n] = '\0';
			n = 0;
			if (++f == COLUMNS)
				return;
		} else if (n < FIELD - 1) {
			field[f][n++] = *line;
		}
	}
	field[f][n] = '\0';
}

static size_t
column(char head[COLUMNS][FIELD], const char *wanted)
{
	size_t i = 0;

	while (strcmp(head[i], wanted) != 0)
		assert_true(++i < COLUMNS);
	return i;
}

/* What is unknown must say which cell it turns on. */
static void
compare(const char *chip, const char *what, const char *got, const char *want,
    const json_t *all, const char *by, size_t *unknown, size_t *wrong)
{
	const char *why = "";
	json_t *rule;
	size_t i;

	if (strcmp(got, want) == 0)
		return;
	if (strcasecmp(got, "unknown") != 0) {
		/* Known to be below without the figure that is missing. */
		if (strcmp(want, "UNKNOWN") == 0 && strcmp(got, "none") == 0)
			return;
		print_error("%s: %s is %s, column has %s\n", chip, what, got,
		    want);
		(*wrong)++;
		return;
	}
	(*unknown)++;
	json_array_foreach(json_object_get(all, "rules"), i, rule)
		if (strcmp(member(rule, "id"), by) == 0)
			why = member(rule, "unknown");
	print_message("%s: %s UNKNOWN, column has %s: %s\n", chip, what,
	    want, why);
	assert_non_null(strstr(why, "cell in the table"));
}

static const char *
review(const json_t *all)
{
	const char *c = holds(all, "US-CN-CBC-2026");
	const char *d = holds(all, "US-CN-POD-2026");

	return strcmp(c, "yes") == 0 ? "case-by-case"
	    : strcmp(d, "yes") == 0  ? "presumption of denial"
	    : strcmp(c, "no") == 0 && strcmp(d, "no") == 0 ? "n/a"
							    : "unknown";
}

static const char *
tariff(const json_t *all)
{
	const char *a = holds(all, "US-TARIFF-B1");
	const char *b = holds(all, "US-TARIFF-B2");

	return strcmp(a, "yes") == 0 ? "1"
	    : strcmp(b, "yes") == 0  ? "2"
	    : strcmp(a, "no") == 0 && strcmp(b, "no") == 0 ? ""
							    : "unknown";
}

static const char *
tariff_unknown(const json_t *all)
{
	return strcmp(holds(all, "US-TARIFF-B1"), "unknown") == 0
	    ? "US-TARIFF-B1"
	    : "US-TARIFF-B2";
}

static void
test_columns(void **state)
{
	static char head[COLUMNS][FIELD], field[COLUMNS][FIELD];
	char path[1024], line[4096];
	const char *samples = getenv("ASSAY_SAMPLES");
	size_t chips = 0, unknown = 0, wrong = 0;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/../reference/chips.csv",
	    samples != NULL ? samples : "");
	if ((f = fopen(path, "r")) == NULL) {
		skip();
		return;
	}
	assert_non_null(fgets(line, sizeof(line), f));
	cut(line, head);
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *chip;
		char *n_a;
		json_t *all, *old;
		int exit;

		memset(field, 0, sizeof(field));
		cut(line, field);
		chip = field[column(head, "name")];
		all = name(chip, "2026-11-26", &exit);
		old = name(chip, "2023-01-01", &exit);
		chips++;
		compare(chip, "class 2023",
		    member(capability_of(all, "chip"), "class"),
		    field[column(head, "class_3a090_2023")], all,
		    member(capability_of(all, "chip"), "class_by"), &unknown,
		    &wrong);
		compare(chip, "class 2022",
		    member(capability_of(old, "chip"), "class"),
		    field[column(head, "class_3a090_2022")], old,
		    "US-3A090-2022", &unknown, &wrong);
		compare(chip, "letter", holds(all, "US-ISINFORMED-2025-04"),
		    field[column(head, "is_informed_2025")], all,
		    "US-ISINFORMED-2025-04", &unknown, &wrong);
		n_a = field[column(head, "cn_review_2026")];
		if (strncmp(n_a, "n/a", 3) == 0)
			n_a[3] = '\0';
		compare(chip, "review", review(all), n_a, all,
		    "US-CN-CBC-2026", &unknown, &wrong);
		compare(chip, "tariff", tariff(all),
		    field[column(head, "tariff_band_2026")], all,
		    tariff_unknown(all), &unknown, &wrong);
		json_decref(all);
		json_decref(old);
	}
	fclose(f);
	print_message("%zu chips, %zu answers unknown, %zu wrong\n", chips,
	    unknown, wrong);
	assert_true(chips >= 49);
	assert_int_equal(wrong, 0);
	assert_true(unknown < 45);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_name),
	    cmocka_unit_test(test_expired),
	    cmocka_unit_test(test_facts),
	    cmocka_unit_test(test_observed),
	    cmocka_unit_test(test_signed_report),
	    cmocka_unit_test(test_bundle),
	    cmocka_unit_test(t23_aggregation),
	    cmocka_unit_test(t24_node),
	    cmocka_unit_test(t26_rules_of_yesterday),
	    cmocka_unit_test(test_ear),
	    cmocka_unit_test(test_bundle_in_full),
	    cmocka_unit_test(test_columns),
	};
	int rc;

	if (!kit_keys() || !world_open(&world, KEY_P256))
		return 1;
	rc = cmocka_run_group_tests_name("classify", tests, NULL, NULL);
	world_close(&world);
	return rc;
}
