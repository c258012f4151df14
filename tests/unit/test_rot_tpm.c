/* SPDX-License-Identifier: Apache-2.0 */
/* The root of trust over a software TPM, and over hostile ones. */
#include "rot.h"
#include "tpm_attest.h"

#include "tpm_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>

#include <cmocka.h>

static const struct pcr_selection boot_pcrs = {
    .bank = {{HASH_SHA256, 0xffff}}, .count = 1};

/* A quote over QUALIFYING holds, from its first byte to its signer. */
static void
quote_and_check(struct rot *rot, struct bytes qualifying)
{
	uint8_t attest_buf[1024], sig_buf[256];
	struct writer attest = writer_of(attest_buf, sizeof(attest_buf));
	struct writer sig = writer_of(sig_buf, sizeof(sig_buf));
	struct tpm_signature signature;
	struct tpm_public pub;
	struct tpm_name name;
	struct quote q;

	assert_int_equal(
	    rot_quote(rot, qualifying, &boot_pcrs, &attest, &sig), OK);
	assert_int_equal(rot_last_rc(rot), 0);

	/* The key is what it must be, and has the name it says. */
	assert_int_equal(public_parse(rot_ak_public(rot), &pub), OK);
	assert_int_equal(public_check_ak(&pub), OK);
	assert_int_equal(pub.key.type, KEY_P256);
	assert_int_equal(name_of(&pub, &name), OK);
	assert_true(bytes_eq(name_view(&name), rot_ak_name(rot)));

	/* The quote answers, covers the PCRs asked for, and is signed. */
	assert_int_equal(quote_parse(writer_view(&attest), &q), OK);
	assert_true(bytes_eq(q.extra_data, qualifying));
	assert_true(selection_eq(&q.selection, &boot_pcrs));
	assert_int_equal(signature_parse(writer_view(&sig), &signature), OK);
	assert_int_equal(
	    signature_verify(&pub, &signature, writer_view(&attest)), OK);

	/* By a primary key of the endorsement hierarchy. */
	assert_int_equal(qualified_name_primary(TPM_HIERARCHY_ENDORSEMENT,
	                     rot_ak_name(rot), &name),
	    OK);
	assert_true(bytes_eq(q.qualified_signer, name_view(&name)));
}

/* Nothing of ours is left in the TPM. */
static void
assert_clean(const struct tpm_lab *lab)
{
	static const char *const asks[] = {"handles-transient",
	    "handles-loaded-session", "handles-saved-session"};
	char out[256];

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		const char *args[] = {"tpm2_getcap", asks[i], NULL};

		assert_int_equal(tpm_lab_tool(lab, args, out, sizeof(out)), 0);
		assert_string_equal(out, "");
	}
}

static int
start(void **state)
{
	static struct tpm_lab lab;

	tpm_lab_start(&lab, false);
	*state = &lab;
	return 0;
}

static int
stop(void **state)
{
	tpm_lab_stop(*state);
	return 0;
}

static void
wants_a_name(void **state)
{
	static const char *const wrong[] = {NULL, "", "swtpm",
	    "swtpm:", "swtpm:host=127.0.0.1", "swtpm:port=2321",
	    "swtpm:path=", "device", "device:", "device:tpm0",
	    "mssim:host=a,port=1", "tabrmd:", "/dev/tpmrm0",
	    "SWTPM:host=a,port=1"};
	struct rot *rot = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(rot_open(wrong[i], &rot), TCTI_UNNAMED);
	assert_int_equal(rot_open("device:/dev/none", &rot), TPM_UNAVAILABLE);
	assert_int_equal(rot_open("swtpm:path=/none/s", &rot), TPM_UNAVAILABLE);
	assert_int_equal(
	    rot_open("swtpm:host=127.0.0.1,port=99999", &rot), TPM_UNAVAILABLE);
	assert_null(rot);
	rot_close(NULL);
}

static void
quotes_over_tcp(void **state)
{
	struct tpm_lab lab;
	struct rot *rot;

	(void)state;
	tpm_lab_start(&lab, true);
	assert_int_equal(rot_open(lab.tcti, &rot), OK);
	quote_and_check(rot, BYTES_LIT("0123456789abcdef0123456789abcdef"));
	rot_close(rot);
	assert_clean(&lab);
	tpm_lab_stop(&lab);
}

static void
leaves_nothing_behind(void **state)
{
	const struct tpm_lab *lab = *state;
	uint8_t first[TPM_NAME_MAX], nonce[32];
	struct rot *rot;

	for (unsigned i = 0; i < 50; i++) {
		memset(nonce, (int)i, sizeof(nonce));
		assert_int_equal(rot_open(lab->tcti, &rot), OK);
		quote_and_check(rot, BYTES_OF(nonce));

		/* The same key each time. */
		if (i == 0)
			memcpy(first, rot_ak_name(rot).p, 34);
		assert_memory_equal(first, rot_ak_name(rot).p, 34);
		rot_close(rot);
	}
	assert_clean(lab);
}

static void
quotes_what_is_given(void **state)
{
	const struct tpm_lab *lab = *state;
	uint8_t data[HASH_MAX + 1] = {1}, small[16], sig_buf[256];
	struct writer attest = writer_of(small, sizeof(small));
	struct writer sig = writer_of(sig_buf, sizeof(sig_buf));
	struct rot *rot;

	assert_int_equal(rot_open(lab->tcti, &rot), OK);
	for (size_t n = 0; n <= 34; n++)
		quote_and_check(rot, bytes_view(data, n));
	assert_int_equal(
	    rot_quote(rot, BYTES_OF(data), &boot_pcrs, &attest, &sig),
	    INTERNAL);
	assert_int_equal(
	    rot_quote(rot, bytes_view(data, 32), &boot_pcrs, &attest, &sig),
	    INTERNAL);
	rot_close(rot);
	assert_clean(lab);
}

/* When an operator has made the AK persistent: two commands, no more. */
static void
uses_the_persistent_key(void **state)
{
	static const char *const persist[] = {"tpm2_evictcontrol", "-C", "o",
	    "-c", "0x80000000", "0x81018000", NULL};
	const struct tpm_lab *lab = *state;
	uint8_t name[34];
	char out[256];
	struct rot *rot;
	size_t before;

	assert_int_equal(rot_open(lab->tcti, &rot), OK);
	assert_int_equal(tpm_lab_tool(lab, persist, out, sizeof(out)), 0);
	memcpy(name, rot_ak_name(rot).p, sizeof(name));
	rot_close(rot);

	before = tpm_lab_commands(lab);
	assert_true(before > 0);
	assert_int_equal(rot_open(lab->tcti, &rot), OK);
	quote_and_check(rot, BYTES_LIT("nonce"));
	assert_memory_equal(name, rot_ak_name(rot).p, sizeof(name));
	rot_close(rot);
	assert_int_equal(tpm_lab_commands(lab) - before, 2);
	assert_clean(lab);
}

/* Another key at the handle of the AK is never used. */
static void
refuses_a_foreign_key(void **state)
{
	static const char restricted[] =
	    "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|"
	    "restricted|sign";
	static const struct {
		const char *alg, *attributes;
	} rows[] = {
	    {"rsa2048:rsassa-sha256:null", restricted},
	    {"ecc384:ecdsa-sha256:null", restricted},
	    {"ecc256:ecdsa-sha256:null", restricted}, /* lacks noda */
	    {"ecc256:ecdsa-sha256:null",
	        "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|"
	        "sign"},
	};
	static const char *const evict[] = {
	    "tpm2_evictcontrol", "-C", "o", "-c", "0x81018000", NULL};
	const struct tpm_lab *lab = *state;
	char path[TREE_PATH_MAX], out[512];
	struct rot *rot = NULL;

	tree_at(&lab->tree, "key.ctx", path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *create[] = {"tpm2_createprimary", "-C", "e", "-G",
		    rows[i].alg, "-a", rows[i].attributes, "-c", path, NULL};
		const char *persist[] = {"tpm2_evictcontrol", "-C", "o", "-c",
		    path, "0x81018000", NULL};
		const char *flush[] = {"tpm2_flushcontext", "-t", NULL};

		assert_int_equal(
		    tpm_lab_tool(lab, create, out, sizeof(out)), 0);
		assert_int_equal(
		    tpm_lab_tool(lab, persist, out, sizeof(out)), 0);
		assert_int_equal(tpm_lab_tool(lab, flush, out, sizeof(out)), 0);
		assert_int_equal(rot_open(lab->tcti, &rot), AK_FOREIGN);
		assert_int_equal(tpm_lab_tool(lab, evict, out, sizeof(out)), 0);
	}
	assert_clean(lab);
}

/* The values read are those that a quote covers. */
static void
reads_pcrs(void **state)
{
	static const char *const extend[] = {"tpm2_pcrextend",
	    "16:sha256=000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f",
	    NULL};
	static const struct pcr_selection all = {
	    .bank = {{HASH_SHA256, 0xffffff}, {HASH_SHA384, 0xffffff}},
	    .count = 2};
	static const struct pcr_selection none = {.count = 0};
	/* SHA3-256 (TCG Algorithm Registry): no bank of that kind. */
	static const struct pcr_selection absent = {
	    .bank = {{(enum hash)0x0027, 1}, {HASH_SHA256, 1}}, .count = 2};
	const struct tpm_lab *lab = *state;
	uint8_t attest_buf[1024], sig_buf[256];
	struct writer attest = writer_of(attest_buf, sizeof(attest_buf));
	struct writer sig = writer_of(sig_buf, sizeof(sig_buf));
	struct pcr_values values;
	struct digest d;
	struct rot *rot;
	struct quote q;
	char out[256];

	assert_int_equal(tpm_lab_tool(lab, extend, out, sizeof(out)), 0);
	assert_int_equal(rot_open(lab->tcti, &rot), OK);
	assert_int_equal(rot_read_pcrs(rot, &all, &values), OK);
	assert_int_equal(pcrs_get(&values, HASH_SHA256, 23).n, 32);
	assert_int_equal(pcrs_get(&values, HASH_SHA384, 23).n, 48);
	assert_false(bytes_is_zero(pcrs_get(&values, HASH_SHA256, 16)));

	assert_int_equal(
	    rot_quote(rot, BYTES_LIT("n"), &all, &attest, &sig), OK);
	assert_int_equal(quote_parse(writer_view(&attest), &q), OK);
	assert_int_equal(
	    pcrs_digest(&values, &q.selection, HASH_SHA256, &d), OK);
	assert_true(bytes_eq(digest_view(&d), q.pcr_digest));

	assert_int_equal(rot_read_pcrs(rot, &none, &values), OK);
	assert_int_equal(rot_read_pcrs(rot, &absent, &values), TPM_FAILED);
	rot_close(rot);
	assert_clean(lab);
}

/* Answers that no honest TPM gives: an error each time, nothing worse. */
static void
survives_hostile_tpms(void **state)
{
#define HEAD(size, rc) "\x80\x01" size rc
#define ABSENT         HEAD("\0\0\0\x0a", "\0\0\x01\x8b")
#define ROW(first, next, want)                                                 \
	{                                                                      \
		first, sizeof(first) - 1, next, sizeof(next) - 1, want         \
	}
	static const char zeros[4096];
	static const struct {
		const char *first;
		size_t first_len;
		const char *next;
		size_t next_len;
		enum status want;
	} rows[] = {
	    /* To TPM2_ReadPublic. */
	    ROW("", "", TPM_UNAVAILABLE),
	    ROW("\x80\x01\0\0\0", "", TPM_UNAVAILABLE),
	    ROW(HEAD("\xff\xff\xff\xff", "\0\0\0\0"), "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\0", "\0\0\0\0"), "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\x09", "\0\0\0\0"), "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\x0a", "\0\0\0\0"), "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\x0c", "\0\0\0\0") "\xff\xff", "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\x0c", "\0\0\0\0") "\0\0", "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\x20", "\0\0\0\0") "\0\x10\0\x23\0\x0b", "",
	        TPM_UNAVAILABLE),
	    ROW("\x80\x02\0\0\0\x0e\0\0\0\0\xff\xff\xff\xff", "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\x0a", "\0\0\x09\x22"), "", TPM_FAILED),
	    ROW(HEAD("\0\0\0\x0a", "\0\0\x01\x01"), "", TPM_FAILED),
	    ROW("GET / HTTP/1.1\r\n\r\n", "", TPM_FAILED),
	    /* To TPM2_CreatePrimary, and to TPM2_FlushContext. */
	    ROW(ABSENT, "", TPM_UNAVAILABLE),
	    ROW(ABSENT, HEAD("\0\0\0\x0a", "\0\0\0\0"), TPM_FAILED),
	    ROW(ABSENT, HEAD("\0\0\0\x0a", "\0\0\x09\x02"), TPM_FAILED),
	    ROW(ABSENT, "\x80\x02\0\0\0\x12\0\0\0\0\x80\0\0\0\xff\xff\xff\xff",
	        TPM_FAILED),
	    ROW(ABSENT,
	        "\x80\x02\0\0\0\x14\0\0\0\0\x80\0\0\0\0\0\0\x02\xff\xff",
	        TPM_FAILED),
	    {zeros, sizeof(zeros), zeros, sizeof(zeros), TPM_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rot *rot = NULL;
		struct tpm_lab lab;
		enum status st;

		tpm_lab_fake(&lab, bytes_view(rows[i].first, rows[i].first_len),
		    bytes_view(rows[i].next, rows[i].next_len));
		st = rot_open(lab.tcti, &rot);
		tpm_lab_stop(&lab);
		assert_null(rot);
		if (st != rows[i].want)
			fail_msg("row %zu: %s, not %s", i, status_name(st),
			    status_name(rows[i].want));
	}
}

#define WITH_TPM(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wants_a_name),
	    cmocka_unit_test(quotes_over_tcp),
	    WITH_TPM(leaves_nothing_behind),
	    WITH_TPM(quotes_what_is_given),
	    WITH_TPM(uses_the_persistent_key),
	    WITH_TPM(refuses_a_foreign_key),
	    WITH_TPM(reads_pcrs),
	    cmocka_unit_test(survives_hostile_tpms),
	};

	signal(SIGPIPE, SIG_IGN);
	if (crypto_init() != OK)
		return 1;
	if (!tpm_lab_possible()) {
		fputs("skipped: swtpm or tpm2-tools are missing\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
