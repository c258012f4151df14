/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot log: replay, and what an attacker may write into one.  Logs are
 * given as views of exactly their size, so that a sanitizer sees any step
 * past the end; the replay itself has no heap to grow.
 */
#include "testkit.h"

#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "forge.h"

enum { EV_POST_CODE = 1, EV_NO_ACTION = 3, LOG = 8192 };

static const enum hash two[] = {HASH_SHA1, HASH_SHA256};
static const enum hash odd[] = {HASH_SHA256, (enum hash)0x0012};
static struct replay replay;
static uint8_t bytes[LOG];

/* Replay a copy of exactly N bytes. */
static enum status
run(size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	enum status st;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	st = eventlog_replay(bytes_view(copy, n), &replay);
	free(copy);
	return st;
}

static struct writer
start(void)
{
	struct writer w = writer_of(bytes, sizeof(bytes));

	forge_log_start(&w, two, 2);
	return w;
}

static void
put(struct writer *w, uint32_t pcr, uint32_t type, struct bytes data)
{
	forge_log_event(w, two, 2, pcr, type, data);
}

static struct bytes
locality(char value)
{
	static uint8_t event[17];

	memcpy(event, "StartupLocality", 16);
	event[16] = (uint8_t)value;
	return BYTES_OF(event);
}

static void
test_replay(void **state)
{
	struct writer w = start();
	struct digest e, want;
	struct bytes parts[2];
	uint8_t zero[32] = {0};

	(void)state;
	put(&w, 7, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), OK);
	assert_int_equal(replay.events, 2);
	assert_int_equal(replay.touched, 1 << 7);
	hash_one(HASH_SHA256, BYTES_LIT("one"), &e);
	parts[0] = BYTES_OF(zero);
	parts[1] = digest_view(&e);
	hash_parts(HASH_SHA256, parts, 2, &want);
	assert_true(bytes_eq(pcrs_get(&replay.pcrs, HASH_SHA256, 7),
	    digest_view(&want)));
	assert_true(
	    bytes_is_zero(pcrs_get(&replay.pcrs, HASH_SHA256, 0)));
	/* DRTM PCRs start as ones (PTP 3.6.2). */
	assert_int_equal(pcrs_get(&replay.pcrs, HASH_SHA256, 17).p[0], 0xff);
	assert_int_equal(pcrs_get(&replay.pcrs, HASH_SHA256, 16).p[0], 0);
	assert_int_equal(pcrs_get(&replay.pcrs, HASH_SHA256, 23).p[0], 0);
	assert_int_equal(pcrs_get(&replay.pcrs, HASH_SHA384, 0).n, 0);
}

/* Without a Spec ID event every record has the SHA-1 form. */
static void
test_sha1_form(void **state)
{
	struct writer w = writer_of(bytes, sizeof(bytes));

	(void)state;
	for (int i = 0; i < 2; i++) {
		write_le32(&w, 4);
		write_le32(&w, EV_POST_CODE);
		memset(write_space(&w, 20), 7, 20);
		write_le32(&w, 3);
		write_str(&w, "abc");
	}
	assert_status(run(w.n), OK);
	assert_int_equal(replay.events, 2);
	assert_int_equal(replay.pcrs.have.count, 1);
	assert_int_equal(replay.pcrs.have.bank[0].alg, HASH_SHA1);
	for (size_t n = 0; n < w.n; n++)
		assert_int_equal(run(n) == OK, n == w.n / 2);
}

static void
test_every_cut(void **state)
{
	struct writer w = start();
	size_t edge[4] = {0}, edges = 0;

	(void)state;
	edge[edges++] = w.n;
	put(&w, 0, EV_POST_CODE, BYTES_LIT("one"));
	edge[edges++] = w.n;
	put(&w, 1, EV_NO_ACTION, BYTES_LIT("two"));
	for (size_t n = 0; n < w.n; n++)
		assert_status(run(n),
		    n == edge[0] || n == edge[1] ? OK : EVENTLOG_MALFORMED);
}

/* Banks that nobody here knows are skipped by their declared size. */
static void
test_unknown_bank(void **state)
{
	struct writer w = writer_of(bytes, sizeof(bytes));

	(void)state;
	forge_log_start(&w, odd, 2);
	forge_log_event(&w, odd, 2, 2, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), OK);
	assert_int_equal(replay.pcrs.have.count, 1);
	assert_int_equal(replay.touched, 1 << 2);
}

/* N33: counts from the wire, as large as they can be. */
static void
n33_hostile_counts(void **state)
{
	static const uint32_t counts[] = {
	    0, 3, 17, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
	struct writer w = start();
	size_t first = w.n;

	(void)state;
	put(&w, 0, EV_POST_CODE, BYTES_LIT("one"));
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct writer at;

		/* numberOfAlgorithms, at 32 + 24 of the Spec ID event. */
		at = writer_of(bytes + 56, 4);
		write_le32(&at, counts[i]);
		assert_status(run(w.n), EVENTLOG_MALFORMED);
		at = writer_of(bytes + 56, 4);
		write_le32(&at, 2);

		/* digestCount of the event. */
		at = writer_of(bytes + first + 8, 4);
		write_le32(&at, counts[i]);
		assert_status(run(w.n), EVENTLOG_MALFORMED);
		at = writer_of(bytes + first + 8, 4);
		write_le32(&at, 2);

		/* eventSize: only 3 reaches exactly to the end. */
		at = writer_of(bytes + w.n - 7, 4);
		write_le32(&at, counts[i]);
		assert_status(
		    run(w.n), counts[i] == 3 ? OK : EVENTLOG_MALFORMED);
		at = writer_of(bytes + w.n - 7, 4);
		write_le32(&at, 3);
	}
	assert_status(run(w.n), OK);
}

/* N33: a digest size that is zero, wrong, or too large; an id twice. */
static void
n33_hostile_algorithms(void **state)
{
	static const struct {
		size_t at;
		uint8_t lo, hi;
	} cases[] = {{62, 0, 0}, {62, 21, 0}, {62, 255, 255}, {66, 0, 0},
	    {66, 31, 0}, {64, 4, 0}};
	struct writer w = start();

	(void)state;
	put(&w, 0, EV_POST_CODE, BYTES_LIT("one"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t lo = bytes[cases[i].at], hi = bytes[cases[i].at + 1];

		bytes[cases[i].at] = cases[i].lo;
		bytes[cases[i].at + 1] = cases[i].hi;
		assert_status(run(w.n), EVENTLOG_MALFORMED);
		bytes[cases[i].at] = lo;
		bytes[cases[i].at + 1] = hi;
	}
	assert_status(run(w.n), OK);
}

/* Digests of one event: each bank once, none that was not declared. */
static void
test_banks_of_an_event(void **state)
{
	static const enum hash twice[] = {HASH_SHA1, HASH_SHA1};
	static const enum hash other[] = {HASH_SHA1, HASH_SHA384};
	struct writer w = start();

	(void)state;
	forge_log_event(&w, twice, 2, 0, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), EVENTLOG_MALFORMED);
	w = start();
	forge_log_event(&w, other, 2, 0, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), EVENTLOG_MALFORMED);
	w = start();
	forge_log_event(&w, two, 1, 0, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), EVENTLOG_MALFORMED);
}

/* N45: indices at and past the last PCR. */
static void
n45_pcr_index(void **state)
{
	static const uint32_t index[] = {
	    24, 25, 31, 32, 33, 255, 256, 0x7fffffff, 0x80000017, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < COUNT(index); i++) {
		struct writer w = start();

		put(&w, index[i], EV_POST_CODE, BYTES_LIT("one"));
		assert_status(run(w.n), EVENTLOG_PCR_INDEX);
		w = start();
		put(&w, index[i], EV_NO_ACTION, BYTES_LIT("one"));
		assert_status(run(w.n), EVENTLOG_PCR_INDEX);
	}
	for (uint32_t i = 0; i < PCR_COUNT; i++) {
		struct writer w = start();

		put(&w, i, EV_POST_CODE, BYTES_LIT("one"));
		assert_status(run(w.n), OK);
		assert_int_equal(replay.touched, UINT32_C(1) << i);
	}
}

/* N37: an EV_NO_ACTION extends nothing and so has no digest. */
static void
n37_no_action_with_digest(void **state)
{
	struct writer w = start();
	size_t first = w.n;

	(void)state;
	put(&w, 3, EV_NO_ACTION, BYTES_LIT("note"));
	assert_status(run(w.n), OK);
	assert_int_equal(replay.touched, 0);
	assert_true(bytes_is_zero(pcrs_get(&replay.pcrs, HASH_SHA256, 3)));
	bytes[first + 12 + 2] = 1; /* in the SHA-1 digest */
	assert_status(run(w.n), EVENTLOG_MALFORMED);
	bytes[first + 12 + 2] = 0;
	bytes[first + 12 + 22 + 2 + 31] = 1; /* in the SHA-256 digest */
	assert_status(run(w.n), EVENTLOG_MALFORMED);
}

/* N34: a measured event that is called EV_NO_ACTION cannot hide. */
static void
n34_retyped_event(void **state)
{
	struct writer w = start();
	size_t first = w.n;

	(void)state;
	put(&w, 7, EV_POST_CODE, BYTES_LIT("authority"));
	assert_status(run(w.n), OK);
	bytes[first + 4] = EV_NO_ACTION;
	assert_status(run(w.n), EVENTLOG_MALFORMED);
}

/* N38: the start value of PCR 0 is told once, there, before anything else. */
static void
n38_startup_locality(void **state)
{
	struct writer w = start();

	(void)state;
	put(&w, 0, EV_NO_ACTION, locality(3));
	assert_status(run(w.n), OK);
	assert_int_equal(pcrs_get(&replay.pcrs, HASH_SHA256, 0).p[31], 3);
	assert_int_equal(pcrs_get(&replay.pcrs, HASH_SHA1, 0).p[19], 3);

	put(&w, 0, EV_NO_ACTION, locality(3));
	assert_status(run(w.n), EVENTLOG_MALFORMED); /* twice */
	w = start();
	put(&w, 1, EV_NO_ACTION, locality(3));
	assert_status(run(w.n), EVENTLOG_MALFORMED); /* elsewhere */
	w = start();
	put(&w, 0, EV_POST_CODE, BYTES_LIT("one"));
	put(&w, 0, EV_NO_ACTION, locality(3));
	assert_status(run(w.n), EVENTLOG_MALFORMED); /* too late */
	w = start();
	put(&w, 0, EV_NO_ACTION, bytes_view("StartupLocality", 16));
	assert_status(run(w.n), EVENTLOG_MALFORMED); /* without a value */
	w = start();
	put(&w, 0, EV_POST_CODE, locality(3));
	assert_status(run(w.n), OK); /* measured: data like any other */
	assert_int_not_equal(
	    pcrs_get(&replay.pcrs, HASH_SHA256, 0).p[31], 3);
	w = start();
	put(&w, 5, EV_POST_CODE, BYTES_LIT("one"));
	put(&w, 0, EV_NO_ACTION, locality(4));
	assert_status(run(w.n), OK); /* another PCR came first */
}

/* The Spec ID event stands in PCR 0 with a zero digest. */
static void
test_spec_id(void **state)
{
	struct writer w = start();

	(void)state;
	assert_status(run(w.n), OK);
	bytes[0] = 1;
	assert_status(run(w.n), EVENTLOG_MALFORMED);
	bytes[0] = 0;
	bytes[8] = 1;
	assert_status(run(w.n), EVENTLOG_MALFORMED);
	bytes[8] = 0;
	bytes[w.n - 1] = 1; /* vendorInfoSize past the event */
	assert_status(run(w.n), EVENTLOG_MALFORMED);

	/* Unless the vendor's bytes come after it, which some firmware does. */
	bytes[w.n] = 0xde;
	w.n++;
	assert_status(run(w.n), OK);
	assert_int_equal(replay.events, 1);
	put(&w, 5, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), OK);
	assert_int_equal(replay.events, 2);
	assert_int_equal(replay.touched, 1 << 5);
	assert_status(run(0), EVENTLOG_MALFORMED);
}

/* Which differences count, which are what the running system adds. */
static void
test_compare(void **state)
{
	static struct pcr_values values;
	struct writer w = start();
	struct pcr_selection sel;
	unsigned wrong = 99;
	uint32_t later = 99;

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		put(&w, i, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), OK);
	values = replay.pcrs;
	selection_from_text(BYTES_LIT("sha256:0,4,11,14"), &sel);
	assert_status(
	    replay_compare(&replay, &sel, &values, &wrong, &later), OK);
	assert_int_equal(later, 0);

	values.value[1][11][0] ^= 1;
	assert_status(
	    replay_compare(&replay, &sel, &values, &wrong, &later), OK);
	assert_int_equal(later, 1 << 11);
	values.value[1][14][31] ^= 1;
	assert_status(replay_compare(&replay, &sel, &values, &wrong, &later),
	    EVENTLOG_MISMATCH);
	assert_int_equal(wrong, 14);

	/* A PCR that is not quoted says nothing. */
	selection_from_text(BYTES_LIT("sha256:0,4"), &sel);
	assert_status(
	    replay_compare(&replay, &sel, &values, &wrong, &later), OK);
	selection_from_text(BYTES_LIT("sha384:0"), &sel);
	assert_status(replay_compare(&replay, &sel, &values, &wrong, &later),
	    EVENTLOG_BANK_MISSING);
}

/* PCR 11 under systemd: the phases of the boot, and nothing else. */
static void
test_phases(void **state)
{
	static const struct {
		const char *words[3];
		uint32_t later;
	} cases[] = {
	    {{"enter-initrd", "leave-initrd", "sysinit"}, 0},
	    {{"sysinit", "ready", NULL}, 0},
	    {{"ready", NULL, NULL}, 0},
	    {{"ready", "sysinit", NULL}, 1 << 11},
	    {{"sysinit", "sysinit", NULL}, 1 << 11},
	    {{"enter-initrd", "sysinit", NULL}, 1 << 11},
	    {{"other", NULL, NULL}, 1 << 11},
	};
	static struct pcr_values values;
	struct writer w = start();
	struct pcr_selection sel;
	unsigned wrong;
	uint32_t later;

	(void)state;
	put(&w, 11, EV_POST_CODE, BYTES_LIT(".linux"));
	assert_status(run(w.n), OK);
	selection_from_text(BYTES_LIT("sha256:11"), &sel);
	for (size_t i = 0; i < COUNT(cases); i++) {
		values = replay.pcrs;
		for (size_t k = 0; k < 3 && cases[i].words[k] != NULL; k++) {
			uint8_t *pcr = values.value[1][11];
			struct bytes parts[2];
			struct digest word, next;

			hash_one(HASH_SHA256, bytes_str(cases[i].words[k]),
			    &word);
			parts[0] = bytes_view(pcr, 32);
			parts[1] = digest_view(&word);
			hash_parts(HASH_SHA256, parts, 2, &next);
			memcpy(pcr, next.b, 32);
		}
		assert_status(replay_compare(&replay, &sel, &values, &wrong,
				  &later), OK);
		assert_int_equal(later, cases[i].later);
	}
}

/* N56: firmware left a PCR open, or a bank is not in the log at all. */
static void
n56_unextended(void **state)
{
	static struct pcr_values values;
	struct writer w = start();
	struct pcr_selection sel;
	unsigned wrong = 99;
	uint32_t later = 99;

	(void)state;
	for (uint32_t i = 0; i < 7; i++)
		put(&w, i, EV_POST_CODE, BYTES_LIT("one"));
	put(&w, 9, EV_POST_CODE, BYTES_LIT("one"));
	assert_status(run(w.n), OK);
	values = replay.pcrs;
	selection_from_text(BYTES_LIT("sha256:0,6,8,9"), &sel);
	assert_status(
	    replay_compare(&replay, &sel, &values, &wrong, &later), OK);
	selection_from_text(BYTES_LIT("sha256:0,7,9"), &sel);
	assert_status(replay_compare(&replay, &sel, &values, &wrong, &later),
	    EVENTLOG_UNEXTENDED);
	assert_int_equal(wrong, 7);
	selection_from_text(BYTES_LIT("sha512:0"), &sel);
	assert_status(replay_compare(&replay, &sel, &values, &wrong, &later),
	    EVENTLOG_BANK_MISSING);

	/* A log that says nothing agrees with PCRs that hold nothing. */
	w = start();
	assert_status(run(w.n), OK);
	values = replay.pcrs;
	selection_from_text(BYTES_LIT("sha256:0"), &sel);
	assert_status(replay_compare(&replay, &sel, &values, &wrong, &later),
	    EVENTLOG_UNEXTENDED);
}

/* What went into NV indices, and the trust point of Windows: in no PCR. */
static void
test_outside_pcrs(void **state)
{
	struct writer w = start();
	size_t first = w.n;

	(void)state;
	put(&w, 0x01c40201, EV_NO_ACTION, BYTES_LIT("nonce"));
	memset(bytes + first + 14, 5, 20);
	assert_status(run(w.n), OK);
	assert_int_equal(replay.touched, 0);
	bytes[first + 4] = EV_POST_CODE;
	assert_status(run(w.n), EVENTLOG_PCR_INDEX);

	w = writer_of(bytes, sizeof(bytes));
	write_le32(&w, UINT32_MAX);
	write_le32(&w, EV_NO_ACTION);
	memset(write_space(&w, 20), 7, 20);
	write_le32(&w, 3);
	write_str(&w, "abc");
	assert_status(run(w.n), OK);
	assert_int_equal(replay.touched, 0);
	bytes[4] = EV_POST_CODE;
	assert_status(run(w.n), EVENTLOG_PCR_INDEX);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_replay),
	    cmocka_unit_test(test_sha1_form),
	    cmocka_unit_test(test_every_cut),
	    cmocka_unit_test(test_unknown_bank),
	    cmocka_unit_test(n33_hostile_counts),
	    cmocka_unit_test(n33_hostile_algorithms),
	    cmocka_unit_test(test_banks_of_an_event),
	    cmocka_unit_test(n45_pcr_index),
	    cmocka_unit_test(n37_no_action_with_digest),
	    cmocka_unit_test(n34_retyped_event),
	    cmocka_unit_test(n38_startup_locality),
	    cmocka_unit_test(test_spec_id),
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_phases),
	    cmocka_unit_test(n56_unextended),
	    cmocka_unit_test(test_outside_pcrs),
	};

	if (crypto_init() != OK)
		return 1;
	return cmocka_run_group_tests_name("eventlog", tests, NULL, NULL);
}
