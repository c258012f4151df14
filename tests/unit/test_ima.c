/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of files: every template, what an attacker may write into one, and
 * what PCR 10 says of them.  Lists are given as views of exactly their size.
 */
#include "testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forge.h"
#include "ima_replay.h"
#include "quote_files.h"
#include "replay.h"

enum { LIST = 4096 };

static uint8_t list[LIST];
static struct writer at;
static struct pcr_values values;
static struct ima_replay found;
static struct ima_record rec;

/* Read all of a copy of exactly N bytes; the last record is in REC. */
static enum status
read_all(size_t n)
{
	static uint8_t *copy;
	struct ima_list l;
	enum status st;

	free(copy);
	copy = malloc(n > 0 ? n : 1);
	assert_non_null(copy);
	memcpy(copy, list, n);
	st = ima_open(bytes_view(copy, n), &l);
	while (st == OK && ima_next(&l, &rec))
		;
	return st != OK ? st : l.st;
}

/* One record: the template, its data in digits, what reading it says. */
static const struct row {
	const char *name;
	const char *template;
	const char *data;
	enum status want;
} rows[] = {
    {"ima-ng", "ima-ng",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920"
	"02000000" "6100", OK},
    {"ima-sig", "ima-sig",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920"
	"02000000" "6100" "03000000" "030204", OK},
    {"ima-sig without signature", "ima-sig",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920"
	"02000000" "6100" "00000000", OK},
    {"ima-sigv2", "ima-sigv2",
	"1e000000" "696d613a736861313a00"
	"0102030405060708091011121314151617181920" "02000000" "6100"
	"00000000", OK},
    {"ima-ngv2", "ima-ngv2",
	"1e000000" "696d613a736861313a00"
	"0102030405060708091011121314151617181920" "02000000" "6100", OK},
    {"ima-buf", "ima-buf",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920"
	"02000000" "6b00" "02000000" "6162", OK},
    {"ima-modsig", "ima-modsig",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920"
	"02000000" "6100" "00000000" "1a000000" "736861313a00"
	"0102030405060708091011121314151617181920" "01000000" "30", OK},
    {"ima-modsig without module signature", "ima-modsig",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920"
	"02000000" "6100" "00000000" "00000000" "00000000", OK},
    {"fields spelt out", "n-ng|d-ng",
	"02000000" "6100" "1a000000" "736861313a00"
	"0102030405060708091011121314151617181920", OK},
    {"one field", "n-ng", "02000000" "6100", OK},
    {"a hash that nobody here knows", "d-ng",
	"07000000" "6d64353a00" "0102", OK},
    {"unknown template", "ima-xyz", "00000000", IMA_TEMPLATE},
    {"unknown field", "d-ng|zz",
	"07000000" "6d64353a00" "0102" "00000000", IMA_TEMPLATE},
    /* N50: fields without NUL, of length 0, 1, or past the end. */
    {"N50 digest of length 0", "d-ng", "00000000", IMA_MALFORMED},
    {"N50 digest of length 1", "d-ng", "01000000" "73", IMA_MALFORMED},
    {"N50 digest without colon", "d-ng", "05000000" "7368613100",
	IMA_MALFORMED},
    {"N50 digest without NUL", "d-ng",
	"19000000" "736861313a" "0102030405060708091011121314151617181920",
	IMA_MALFORMED},
    {"N50 digest without algorithm", "d-ng",
	"16000000" "3a00" "0102030405060708091011121314151617181920",
	IMA_MALFORMED},
    {"N50 something between colon and NUL", "d-ng",
	"1b000000" "736861313a7800"
	"0102030405060708091011121314151617181920", IMA_MALFORMED},
    {"N50 digest too short", "d-ng", "07000000" "736861313a00" "01",
	IMA_MALFORMED},
    {"N50 no digest at all", "d-ng", "06000000" "736861313a00",
	IMA_MALFORMED},
    {"N50 digest of no kind", "d-ngv2",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920",
	IMA_MALFORMED},
    {"N50 length past the end", "n-ng", "03000000" "6100", IMA_MALFORMED},
    {"N50 largest length", "n-ng", "ffffffff" "6100", IMA_MALFORMED},
    {"N50 path without NUL", "n-ng", "02000000" "6162", IMA_MALFORMED},
    {"N50 path of length 0", "n-ng", "00000000", IMA_MALFORMED},
    {"N50 path that is only a NUL", "n-ng", "01000000" "00", IMA_MALFORMED},
    {"N50 NUL within the path", "n-ng", "04000000" "61006200",
	IMA_MALFORMED},
    {"field missing", "d-ng|n-ng",
	"1a000000" "736861313a00" "0102030405060708091011121314151617181920",
	IMA_MALFORMED},
    {"bytes after the last field", "n-ng", "02000000" "6100" "00",
	IMA_MALFORMED},
    {"length cut", "n-ng", "020000", IMA_MALFORMED},
};

static void
run_row(void **state)
{
	const struct row *row = *state;
	uint8_t data[256];

	at = writer_of(list, sizeof(list));
	forge_ima_record(&at, row->template,
	    kit_hex(row->data, data, sizeof(data)), false);
	assert_status(read_all(at.n), row->want);
	if (row->want == OK)
		for (size_t n = 1; n < at.n; n++)
			assert_status(read_all(n), IMA_MALFORMED);
}

/* The oldest template: no lengths but of the name, which is padded. */
static size_t
put_ima(struct writer *w, const char *path)
{
	uint8_t padded[256] = {0}, digest[20];
	struct bytes parts[] = {BYTES_OF(digest), BYTES_OF(padded)};
	struct digest d;

	memset(digest, 7, sizeof(digest));
	memcpy(padded, path, strlen(path));
	hash_parts(HASH_SHA1, parts, 2, &d);
	write_le32(w, 10);
	write_bytes(w, digest_view(&d));
	write_le32(w, 3);
	write_str(w, "ima");
	write_bytes(w, BYTES_OF(digest));
	write_le32(w, (uint32_t)strlen(path));
	write_str(w, path);
	return w->n;
}

static void
test_ima_template(void **state)
{
	size_t one;

	(void)state;
	at = writer_of(list, sizeof(list));
	one = put_ima(&at, "boot_aggregate");
	put_ima(&at, "/init");
	for (size_t n = 1; n < at.n; n++)
		assert_status(read_all(n), n == one ? OK : IMA_MALFORMED);
	assert_status(read_all(at.n), OK);
	assert_true(bytes_eq(rec.path, BYTES_LIT("/init")));
	assert_int_equal(rec.file_digest.n, 20);
	list[at.n - 1] ^= 1;
	assert_status(read_all(at.n), IMA_DIGEST);
}

static const uint8_t one_digest[32] = {1, 2, 3};

/* A list begins with the aggregate. */
static void
start(struct bytes aggregate)
{
	at = writer_of(list, sizeof(list));
	forge_ima_file(&at, "boot_aggregate", aggregate);
}

static void
put(const char *path)
{
	forge_ima_file(&at, path, BYTES_OF(one_digest));
}

static void
test_malformed(void **state)
{
	(void)state;
	assert_status(read_all(0), IMA_MALFORMED);
	start(BYTES_OF(one_digest));
	assert_status(read_all(at.n), OK);
	assert_true(bytes_eq(rec.path, BYTES_LIT("boot_aggregate")));
	list[0] = 24; /* a PCR that does not exist */
	assert_status(read_all(at.n), IMA_MALFORMED);
	list[0] = 10;
	list[4] ^= 1; /* the template's digest */
	assert_status(read_all(at.n), IMA_DIGEST);
	list[4] ^= 1;
	list[at.n - 3] ^= 1; /* its data */
	assert_status(read_all(at.n), IMA_DIGEST);
	list[at.n - 3] ^= 1;
	list[24] = 0; /* a template without a name */
	assert_status(read_all(at.n), IMA_MALFORMED);
	memset(list + 24, 0xff, 4);
	assert_status(read_all(at.n), IMA_MALFORMED);
}

/* The same list with template digests of another hash. */
static void
test_wide_digests(void **state)
{
	uint8_t data[64];
	struct writer d = writer_of(data, sizeof(data));
	struct digest sum;

	(void)state;
	write_le32(&d, 2);
	write_bytes(&d, bytes_view("a", 2));
	assert_status(hash_one(HASH_SHA256, writer_view(&d), &sum), OK);
	at = writer_of(list, sizeof(list));
	for (int i = 0; i < 2; i++) {
		write_le32(&at, 10);
		write_bytes(&at, digest_view(&sum));
		write_le32(&at, 4);
		write_str(&at, "n-ng");
		write_le32(&at, (uint32_t)d.n);
		write_bytes(&at, writer_view(&d));
	}
	assert_status(read_all(at.n), OK);
	assert_int_equal(rec.number, 1);
	assert_int_equal(rec.digest.n, 32);
}

/* PCR 10 as this much of the list leads to it. */
static void
set_pcr10(enum hash bank, size_t n)
{
	struct digest d;

	assert_status(ima_end_value(
			  bytes_view(list, n), bank, bytes_view(NULL, 0), &d),
	    OK);
	assert_true(pcrs_set(&values, bank, 10, digest_view(&d)));
}

static enum status
replay(enum hash bank, uint64_t first, struct bytes before,
    const struct ima_mark *mark)
{
	const struct ima_part part = {writer_view(&at), first, before};

	return ima_replay(&part, bank, &values, mark, &found);
}

static const struct bytes nothing;

/* A list that is longer than the quote: what is covered, what follows. */
static void
test_longer_list(void **state)
{
	size_t end[4];

	(void)state;
	start(BYTES_OF(one_digest));
	end[0] = at.n;
	for (size_t i = 1; i < 4; i++) {
		put(i == 1 ? "/bin/a" : i == 2 ? "/bin/b" : "/bin/c");
		end[i] = at.n;
	}
	for (size_t i = 0; i < 4; i++) {
		memset(&values, 0, sizeof(values));
		set_pcr10(HASH_SHA256, end[i]);
		assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
		assert_int_equal(found.records, 4);
		assert_int_equal(found.covered, i + 1);
		assert_false(found.padded);
	}
	/* Not the value of any beginning: before the list, and after. */
	memset(&values, 0, sizeof(values));
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), IMA_MISMATCH);
	pcrs_set(&values, HASH_SHA256, 10,
	    BYTES_LIT("00000000000000000000000000000000"));
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), IMA_MISMATCH);
	memset(values.value, 0, sizeof(values.value));
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), IMA_MISMATCH);
}

/* A record moved, changed or left out leads elsewhere. */
static void
test_order(void **state)
{
	(void)state;
	start(BYTES_OF(one_digest));
	put("/bin/a");
	put("/bin/b");
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA384, at.n);
	assert_status(replay(HASH_SHA384, 0, nothing, NULL), OK);
	start(BYTES_OF(one_digest));
	put("/bin/b");
	put("/bin/a");
	assert_status(replay(HASH_SHA384, 0, nothing, NULL), IMA_MISMATCH);
	start(BYTES_OF(one_digest));
	put("/bin/b");
	assert_status(replay(HASH_SHA384, 0, nothing, NULL), IMA_MISMATCH);
}

/* What a kernel does that does not know the bank's hash. */
static void
test_padded(void **state)
{
	uint8_t pcr[32] = {0};
	struct ima_list l;

	(void)state;
	start(BYTES_OF(one_digest));
	put("/bin/a");
	assert_status(ima_open(writer_view(&at), &l), OK);
	while (ima_next(&l, &rec)) {
		uint8_t padded[32] = {0};
		struct bytes parts[] = {BYTES_OF(pcr), BYTES_OF(padded)};
		struct digest d;

		memcpy(padded, rec.digest.p, 20);
		hash_parts(HASH_SHA256, parts, 2, &d);
		memcpy(pcr, d.b, 32);
	}
	memset(&values, 0, sizeof(values));
	pcrs_set(&values, HASH_SHA256, 10, BYTES_OF(pcr));
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
	assert_int_equal(found.covered, 2);
	assert_true(found.padded);
}

/* N71: the kernel could not say what was read, and extended with ones. */
static void
n71_violation(void **state)
{
	static const uint8_t zero[32];
	uint8_t pcr[32] = {0}, ones[32];
	struct bytes parts[] = {BYTES_OF(pcr), BYTES_OF(ones)};
	struct digest d;
	size_t before;

	(void)state;
	start(BYTES_OF(one_digest));
	before = at.n;
	forge_ima_file(&at, "/var/log/\x1b\xff", BYTES_OF(zero));
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA256, before);
	memset(ones, 0xff, sizeof(ones));
	memcpy(pcr, pcrs_get(&values, HASH_SHA256, 10).p, 32);
	hash_parts(HASH_SHA256, parts, 2, &d);
	memcpy(values.value[0][10], d.b, 32);
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
	assert_int_equal(found.covered, 2);
	assert_int_equal(found.violations, 1);
	assert_int_equal(found.first_violation, 1);
	assert_string_equal(found.first_path, "/var/log/\\x1b\\xff");

	/* One that comes after the quote is not this quote's business. */
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA256, before);
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
	assert_int_equal(found.violations, 0);
}

/* N72: shorter than last time, or not the same list gone on. */
static void
n72_truncated(void **state)
{
	struct digest two;
	struct ima_mark mark;
	size_t end;

	(void)state;
	start(BYTES_OF(one_digest));
	put("/bin/a");
	end = at.n;
	assert_status(ima_end_value(
	    bytes_view(list, end), HASH_SHA256, nothing, &two), OK);
	mark = (struct ima_mark){2, digest_view(&two)};
	put("/bin/b");
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA256, at.n);
	assert_status(replay(HASH_SHA256, 0, nothing, &mark), OK);

	/* A shorter quote, and a shorter list. */
	memset(&values, 0, sizeof(values));
	start(BYTES_OF(one_digest));
	set_pcr10(HASH_SHA256, at.n);
	assert_status(replay(HASH_SHA256, 0, nothing, &mark), IMA_TRUNCATED);

	/* As long, and another one. */
	memset(&values, 0, sizeof(values));
	put("/bin/x");
	set_pcr10(HASH_SHA256, at.n);
	assert_status(replay(HASH_SHA256, 0, nothing, &mark), IMA_REWRITTEN);
	memset(&values, 0, sizeof(values));
	put("/bin/b");
	set_pcr10(HASH_SHA256, at.n);
	assert_status(replay(HASH_SHA256, 0, nothing, &mark), IMA_REWRITTEN);
}

/* Sent in parts: the second begins where the first was left. */
static void
test_parts(void **state)
{
	struct digest two, wrong;
	struct ima_mark mark;
	size_t end;

	(void)state;
	start(BYTES_OF(one_digest));
	put("/bin/a");
	end = at.n;
	assert_status(ima_end_value(
	    bytes_view(list, end), HASH_SHA256, nothing, &two), OK);
	put("/bin/b");
	put("/bin/c");
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA256, at.n);
	mark = (struct ima_mark){2, digest_view(&two)};
	at.n -= end;
	memmove(list, list + end, at.n);
	assert_status(replay(HASH_SHA256, 2, digest_view(&two), &mark), OK);
	assert_int_equal(found.records, 2);
	assert_int_equal(found.covered, 2);
	assert_int_equal(found.aggregate, AGGREGATE_ABSENT);

	wrong = two;
	wrong.b[3] ^= 1;
	assert_status(
	    replay(HASH_SHA256, 2, digest_view(&wrong), &mark), IMA_MISMATCH);
	mark.value = digest_view(&wrong);
	assert_status(
	    replay(HASH_SHA256, 2, digest_view(&two), &mark), IMA_REWRITTEN);
	two.n = 20;
	assert_status(
	    replay(HASH_SHA256, 2, digest_view(&two), NULL), IMA_MISMATCH);
}

/* N73: over PCR 0 to 7, over 0 to 9, over none of them, and zero. */
static void
n73_boot_aggregate(void **state)
{
	static const uint8_t zero[32];
	static const struct {
		unsigned last;
		enum ima_aggregate want;
	} forms[] = {{7, AGGREGATE_0_7}, {9, AGGREGATE_0_9},
	    {8, AGGREGATE_WRONG}, {6, AGGREGATE_WRONG}};

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct bytes parts[10];
		struct digest d;

		memset(&values, 0, sizeof(values));
		for (unsigned k = 0; k < 10; k++) {
			uint8_t value[32] = {(uint8_t)(k + 1)};

			pcrs_set(&values, HASH_SHA256, k, BYTES_OF(value));
			parts[k] = pcrs_get(&values, HASH_SHA256, k);
		}
		hash_parts(HASH_SHA256, parts, forms[i].last + 1, &d);
		start(digest_view(&d));
		set_pcr10(HASH_SHA256, at.n);
		assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
		assert_int_equal(found.aggregate, forms[i].want);
	}
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA256, at.n);
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
	assert_int_equal(found.aggregate, AGGREGATE_UNCHECKED);

	/* The first record is of something else. */
	at = writer_of(list, sizeof(list));
	put("/bin/a");
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA256, at.n);
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
	assert_int_equal(found.aggregate, AGGREGATE_WRONG);

	/* Zero, with a digest of its own: not a violation. */
	{
		uint8_t data[64];
		struct writer d = writer_of(data, sizeof(data));

		write_le32(&d, 40);
		write_bytes(&d, bytes_view("sha256:", 8));
		write_bytes(&d, BYTES_OF(zero));
		write_le32(&d, 15);
		write_bytes(&d, bytes_view("boot_aggregate", 15));
		at = writer_of(list, sizeof(list));
		forge_ima_record(&at, "ima-ng", writer_view(&d), false);
	}
	memset(&values, 0, sizeof(values));
	set_pcr10(HASH_SHA256, at.n);
	assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
	assert_int_equal(found.aggregate, AGGREGATE_ZERO);
	assert_int_equal(found.violations, 0);
}

static void
test_has_file(void **state)
{
	static const uint8_t other[32] = {9};

	(void)state;
	start(BYTES_OF(other));
	put("/bin/a");
	assert_true(ima_has_file(writer_view(&at), 2, BYTES_OF(one_digest)));
	assert_false(ima_has_file(writer_view(&at), 1, BYTES_OF(one_digest)));
	list[0] = 11; /* a PCR that nobody vouches for */
	assert_false(ima_has_file(writer_view(&at), 2, BYTES_OF(other)));
}

/* "sha256:DIGITS PATH" of a line of the kernel's text form, and its digest. */
static void
from_text(struct bytes file)
{
	char *text = strndup((const char *)file.p, file.n), *line, *rest = text;

	assert_non_null(text);
	at = writer_of(list, sizeof(list));
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		char sum[65] = "", hash[65] = "", path[64] = "";
		uint8_t digest[32], want[20];
		size_t was = at.n;

		assert_int_equal(sscanf(line, "10 %40s ima-ng sha256:%64s "
				"%63s", sum, hash, path), 3);
		forge_ima_file(&at, path,
		    kit_hex(hash, digest, sizeof(digest)));
		assert_memory_equal(list + was + 4,
		    kit_hex(sum, want, sizeof(want)).p, 20);
	}
	free(text);
}

/* Both aggregates of ima-evm-utils, by the boot logs that go with them. */
static void
test_sample_aggregates(void **state)
{
	static const struct {
		const char *text, *log;
		enum ima_aggregate want;
	} samples[] = {
	    {"tpm/ima/test_ascii_runtime_measurements",
		"tpm/ima/test_binary_bios_measurements", AGGREGATE_0_7},
	    {"tpm/ima/sample-ascii_runtime_measurements-pcrs-8-9",
		"tpm/ima/sample-binary_bios_measurements-pcrs-8-9",
		AGGREGATE_0_9},
	};
	static struct replay boot;

	(void)state;
	if (!kit_have_samples())
		skip();
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct bytes text = kit_sample(samples[i].text);
		struct bytes log = kit_sample(samples[i].log);

		from_text(text);
		assert_status(eventlog_replay(log, &boot), OK);
		values = boot.pcrs;
		for (size_t b = 0; b < values.have.count; b++)
			values.have.bank[b].mask &= ~(UINT32_C(1) << 10);
		set_pcr10(HASH_SHA256, at.n);
		assert_status(replay(HASH_SHA256, 0, nothing, NULL), OK);
		assert_int_equal(found.aggregate, samples[i].want);
		free((void *)(uintptr_t)text.p);
		free((void *)(uintptr_t)log.p);
	}
}

/* A machine that ran under IMA, before and after some files were read. */
static void
test_sample_list(void **state)
{
	static const struct {
		const char *pcrs;
		size_t covered;
	} moments[] = {{"boot/c_ima/pcrs.txt", 1},
	    {"boot/c_ima/pcrs_after_ima.txt", 4}};
	static const enum hash banks[] = {
	    HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512};
	struct bytes file = kit_sample("boot/c_ima/ima_binary.bin");

	(void)state;
	if (file.p == NULL)
		skip();
	at = writer_of(list, sizeof(list));
	write_bytes(&at, file);
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct bytes pcrs = kit_sample(moments[i].pcrs);

		assert_status(pcr_file_parse(pcrs, &values), OK);
		free((void *)(uintptr_t)pcrs.p);
		for (size_t b = 0; b < COUNT(banks); b++) {
			assert_status(replay(banks[b], 0, nothing, NULL), OK);
			assert_int_equal(found.records, 4);
			assert_int_equal(found.covered, moments[i].covered);
			assert_int_equal(found.aggregate, AGGREGATE_0_9);
			/* This kernel had no SHA-384 and no SHA-512. */
			assert_int_equal(found.padded, b >= 2);
		}
	}
	free((void *)(uintptr_t)file.p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ima_template),
	    cmocka_unit_test(test_malformed),
	    cmocka_unit_test(test_wide_digests),
	    cmocka_unit_test(test_longer_list),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_padded),
	    cmocka_unit_test(n71_violation),
	    cmocka_unit_test(n72_truncated),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(n73_boot_aggregate),
	    cmocka_unit_test(test_has_file),
	    cmocka_unit_test(test_sample_aggregates),
	    cmocka_unit_test(test_sample_list),
	};

	if (crypto_init_verify() != OK)
		return 1;
	return kit_run_rows("IMA", rows, sizeof(rows[0]), COUNT(rows), run_row,
	    tests, COUNT(tests));
}
